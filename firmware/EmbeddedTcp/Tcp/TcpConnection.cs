using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// One connection slot: the transmission control block of RFC 9293 §3.3.1 with its buffers, and the application's verbs on it.
/// </summary>
/// <remarks>
/// The reference belongs to the application from <see cref="TcpEngine.Connect(uint, int)"/> or <see cref="TcpListener.Accept"/> until it calls
/// <see cref="Close"/> or <see cref="Abort"/>; then the slot goes on by itself and is used again for another connection.
/// </remarks>
public sealed partial class TcpConnection
{
    internal readonly TcpEngine Engine;
    internal readonly NetworkInterface Net;
    internal readonly SendBuffer SendBuffer;
    internal readonly ReceiveBuffer ReceiveBuffer;
    internal readonly Reassembly Reassembly = new Reassembly();
    internal readonly RoundTripEstimator Rtt;
    internal readonly CongestionControl Congestion;
    internal readonly ConnectionTimers Timers;

    // Names of RFC 9293 §3.3.1. Fields, since the per-segment path reads them.
    internal TcpState CurrentState;
    internal int RemoteAddressBits;
    internal int RemotePortNumber;
    internal int LocalPortNumber;
    internal int Iss;
    internal int SndUna;
    internal int SndNxt;
    internal int SndWnd;
    internal int SndWl1;
    internal int SndWl2;
    internal int MaxSndWnd;
    internal int SendMss;
    internal int Irs;
    internal int RcvNxt;
    internal int RcvUp;
    internal bool UrgentPending;

    /// <summary>The right edge we announced, RCV.NXT + RCV.WND: it never moves left.</summary>
    internal int RcvAdv;

    /// <summary>While true, octets from <see cref="RtxNxt"/> up to SND.NXT are presumed lost and sent again before new ones.</summary>
    internal bool Retransmitting;
    internal int RtxNxt;

    // Karn's algorithm: one segment at a time is timed, and none that was sent twice.
    internal bool Timing;
    internal int TimedSeq;
    internal int TimedAt;

    internal bool FinQueued;
    internal bool FinSent;
    internal bool PeerFinKnown;
    internal int PeerFinSeq;
    internal bool PeerFinReceived;

    internal bool AckNow;
    internal int SegmentsToAck;
    internal bool SendSmallNow;
    internal int Retransmits;
    internal int FirstRetransmitAt;
    internal int LastHeardAt;
    internal int LastProgressAt;
    internal int LastSentAt;
    internal int ProbesSent;
    internal int WindowProbes;
    internal int FirstProbeAt;
    internal int Challenges;
    internal int ChallengeStartedAt;

    // Bookkeeping of the engine.
    internal bool OwnedByApplication;
    internal bool InAcceptQueue;
    internal TcpConnection HashNext;
    internal TcpConnection AcceptNext;
    internal TcpListener Listener;
    internal bool OutputPending;
    internal TcpConnection PendingNext;
    internal TcpConnection ReadyNext;
    internal bool ReadyPending;
    internal int Events;

    // The Ethernet, IPv4 and TCP headers of every segment of this connection, and the checksums of what never changes in them.
    internal readonly byte[] Template = new byte[SegmentSender.HeadersLength];
    internal int TemplateIpSum;
    internal int TemplateTcpSum;
    internal int TemplateSeq;
    internal int TemplateAck;
    internal int TemplateWindow;
    internal int NextHopVersion;
    internal int NextHopCheckedAt;

    internal TcpConnection(TcpEngine engine, NetworkInterface net, StackOptions options, int index)
    {
        Engine = engine;
        Net = net;
        Index = index;
        SendBuffer = new SendBuffer(options.SendBufferSize);
        ReceiveBuffer = new ReceiveBuffer(options.ReceiveBufferSize);
        Rtt = new RoundTripEstimator(options);
        Congestion = new CongestionControl(this);
        Timers = new ConnectionTimers(this);
        if (options.SelectiveAcknowledgment)
        {
            SackReport = new SackReport();
            Scoreboard = new SackScoreboard();
        }

        if (options.Timestamps)
        {
            Stamps = new Timestamps();
        }

        if (options.ExplicitCongestionNotification)
        {
            Ecn = new EcnState();
        }
    }

    /// <summary>Number of the slot, 0 to <see cref="TcpEngine.SlotCount"/> − 1.</summary>
    public int Index { get; }

    /// <summary>The state of RFC 9293 §3.3.2.</summary>
    public TcpState State
    {
        get { return CurrentState; }
    }

    /// <summary>Why the connection ended; <see cref="TcpEndReason.None"/> while it has not.</summary>
    public TcpEndReason EndReason { get; internal set; }

    /// <summary>False when the slot is free for a new connection.</summary>
    public bool InUse
    {
        get { return OwnedByApplication || InAcceptQueue || CurrentState != TcpState.Closed; }
    }

    /// <summary>Whatever the application wants to find again when an event names this connection. Null in a fresh connection.</summary>
    public object Tag { get; set; }

    /// <summary>
    /// The service that is told when something happens here, instead of <see cref="TcpEngine.TakeReady"/>; it finds out what by
    /// <see cref="TakeEvents"/>. Null in a fresh connection.
    /// </summary>
    public NetworkService Service
    {
        get
        {
            return _service;
        }

        set
        {
            _service = value;
            Engine.RemoveReady(this);
            if (value != null)
            {
                // For what happened before.
                value.Wake();
            }
            else if (Events != 0)
            {
                Engine.AddReady(this);
            }
        }
    }

    private NetworkService _service;

    /// <summary>A fresh transmission control block for a connection that is about to exist.</summary>
    internal void Initialise(int remoteAddress, int remotePort, int localPort, int iss, int peerMss, int now)
    {
        RemoteAddressBits = remoteAddress;
        RemotePortNumber = remotePort;
        LocalPortNumber = localPort;
        Iss = iss;
        SndUna = iss;
        SndNxt = iss;
        SndWnd = 0;
        SndWl1 = 0;
        SndWl2 = 0;
        MaxSndWnd = 0;
        SendMss = peerMss;
        Irs = 0;
        RcvNxt = 0;
        RcvAdv = 0;
        RcvUp = 0;
        UrgentPending = false;
        ForgetFeatures();
        ForgetSettings();
        Retransmitting = false;
        Straight = false;
        Timing = false;
        FinQueued = false;
        FinSent = false;
        PeerFinKnown = false;
        PeerFinReceived = false;
        AckNow = false;
        SegmentsToAck = 0;
        SendSmallNow = false;
        Retransmits = 0;
        LastHeardAt = now;
        LastProgressAt = now;
        LastSentAt = now;
        ProbesSent = 0;
        WindowProbes = 0;
        Challenges = 0;
        ChallengeStartedAt = now;
        Events = 0;
        EndReason = TcpEndReason.None;
        Tag = null;
        _service = null;
        Listener = null;
        SendBuffer.Clear();
        ReceiveBuffer.Clear();
        Reassembly.Clear();
        Rtt.Reset();
        Congestion.Reset();
        Timers.DisarmAll();
    }

    /// <summary>The sequence numbers of the peer are known: everything from its SYN on.</summary>
    internal void Synchronise(int irs)
    {
        Irs = irs;
        RcvNxt = irs + 1;
        RcvUp = RcvNxt;
        RcvAdv = RcvNxt + ReceiveBuffer.Size;
    }

    /// <summary>SND.WND, SND.WL1 and SND.WL2 from a segment.</summary>
    internal void UpdateSendWindow(TcpSegment s)
    {
        SndWnd = s.Window;
        SndWl1 = s.Seq;
        SndWl2 = s.Ack;
        if (s.Window > MaxSndWnd)
        {
            MaxSndWnd = s.Window;
        }
    }

    /// <summary>The way from state to state: each goes through here, so that all of them can be seen.</summary>
    internal void MoveTo(TcpState state)
    {
        Engine.StateChanged(RemoteAddressBits, RemotePortNumber, LocalPortNumber, CurrentState, state);
        CurrentState = state;
        Straight = false;
    }

    internal void TimerFired(int timer)
    {
        Straight = false;
        if (Engine.Counters.Trace != null)
        {
            Engine.Counters.Trace.TimerFired(timer, RemoteAddressBits, RemotePortNumber, LocalPortNumber);
        }
    }

    /// <summary>Notes events for the application.</summary>
    internal void Raise(int events)
    {
        Events |= events;
        if (!ReadyPending)
        {
            Engine.AddReady(this);
        }
    }
}
