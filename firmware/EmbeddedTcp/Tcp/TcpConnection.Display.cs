namespace EmbeddedTcp.Tcp;

/// <content>The control block as the console shows it.</content>
public sealed partial class TcpConnection
{
    /// <summary>The peer's IPv4 address.</summary>
    public uint RemoteAddress
    {
        get { return (uint)RemoteAddressBits; }
    }

    /// <summary>The peer's port.</summary>
    public int RemotePort
    {
        get { return RemotePortNumber; }
    }

    /// <summary>Our IPv4 address.</summary>
    public uint LocalAddress
    {
        get { return Net.Address; }
    }

    /// <summary>Our port.</summary>
    public int LocalPort
    {
        get { return LocalPortNumber; }
    }

    /// <summary>Octets written by the application and not yet acknowledged.</summary>
    public int SendQueued
    {
        get { return SendBuffer.Count; }
    }

    /// <summary>Octets received in order and not yet read.</summary>
    public int ReceiveQueued
    {
        get { return ReceiveBuffer.Count; }
    }

    /// <summary>SND.UNA.</summary>
    public uint SendUnacknowledged
    {
        get { return (uint)SndUna; }
    }

    /// <summary>SND.NXT.</summary>
    public uint SendNext
    {
        get { return (uint)SndNxt; }
    }

    /// <summary>SND.WND in octets.</summary>
    public int SendWindow
    {
        get { return SndWnd; }
    }

    /// <summary>RCV.NXT.</summary>
    public uint ReceiveNext
    {
        get { return (uint)RcvNxt; }
    }

    /// <summary>RCV.WND as announced, in octets.</summary>
    public int ReceiveWindow
    {
        get { return RcvAdv - RcvNxt; }
    }

    /// <summary>Eff.snd.MSS in octets.</summary>
    public int MaximumSegmentSize
    {
        get { return SendMss; }
    }

    /// <summary>The retransmission timeout in force, in milliseconds.</summary>
    public int Rto
    {
        get { return Rtt.Rto; }
    }

    /// <summary>SRTT in milliseconds, 0 before the first sample.</summary>
    public int SmoothedRtt
    {
        get { return Rtt.SmoothedRtt; }
    }

    /// <summary>The congestion window in octets.</summary>
    public int CongestionWindow
    {
        get { return Congestion.Window; }
    }

    /// <summary>Slow-start threshold in octets.</summary>
    public int SlowStartThreshold
    {
        get { return Congestion.Threshold; }
    }

    /// <summary>How often the oldest unacknowledged segment was retransmitted.</summary>
    public int Retransmissions
    {
        get { return Retransmits; }
    }

    /// <summary>ISS.</summary>
    public uint InitialSendSequence
    {
        get { return (uint)Iss; }
    }

    /// <summary>IRS.</summary>
    public uint InitialReceiveSequence
    {
        get { return (uint)Irs; }
    }

    /// <summary>SND.UP: the number after the last octet that our application marked as urgent.</summary>
    public uint SendUrgentPointer
    {
        get { return (uint)SndUp; }
    }

    /// <summary>RCV.UP: the number after the last octet that the peer marked as urgent.</summary>
    public uint ReceiveUrgentPointer
    {
        get { return (uint)RcvUp; }
    }

    /// <summary>SND.WL1: the sequence number of the segment that last updated SND.WND.</summary>
    public uint SendWindowUpdateSequence
    {
        get { return (uint)SndWl1; }
    }

    /// <summary>SND.WL2: the acknowledgment number of the segment that last updated SND.WND.</summary>
    public uint SendWindowUpdateAcknowledgment
    {
        get { return (uint)SndWl2; }
    }

    /// <summary>Max(SND.WND): the largest window the peer has offered, in octets.</summary>
    public int LargestSendWindow
    {
        get { return MaxSndWnd; }
    }

    /// <summary>Octets the send ring holds.</summary>
    public int SendBufferSize
    {
        get { return SendBuffer.Size; }
    }

    /// <summary>Octets the receive ring holds.</summary>
    public int ReceiveBufferSize
    {
        get { return ReceiveBuffer.Size; }
    }

    /// <summary>RTTVAR in milliseconds, 0 before the first sample.</summary>
    public int RttVariation
    {
        get { return Rtt.Variation; }
    }

    /// <summary>Duplicate acknowledgments in a row.</summary>
    public int DuplicateAcknowledgments
    {
        get { return Congestion.DuplicateAcks; }
    }

    /// <summary>True from a fast retransmit until everything that was outstanding then has been acknowledged.</summary>
    public bool InFastRecovery
    {
        get { return Congestion.InRecovery; }
    }

    /// <summary>Ranges of octets beyond RCV.NXT that have arrived out of order.</summary>
    public int OutOfOrderRanges
    {
        get { return Reassembly.Count; }
    }

    /// <summary>TS.Recent (RFC 7323 §4.3), 0 without timestamps.</summary>
    public uint RecentTimestamp
    {
        get { return (Features & TcpFeatures.Timestamps) != 0 ? (uint)Stamps.Recent : 0; }
    }

    /// <summary>pipe (RFC 6675 §2): octets presumed to be in the network; without SACK, all that are outstanding.</summary>
    public int Pipe
    {
        get
        {
            int flight = SndNxt - SndUna;
            return (Features & TcpFeatures.Sack) == 0 || Scoreboard.IsEmpty ? flight : Scoreboard.Pipe(SndUna, SndNxt, SendMss);
        }
    }

    /// <summary>True while the peer holds octets beyond SND.UNA that it acknowledged selectively.</summary>
    public bool PeerHasHoles
    {
        get { return (Features & TcpFeatures.Sack) != 0 && !Scoreboard.IsEmpty; }
    }

    /// <summary>Zero-window probes sent since the window closed.</summary>
    public int WindowProbesSent
    {
        get { return WindowProbes; }
    }

    /// <summary>Keep-alive probes sent since the peer was last heard.</summary>
    public int KeepAliveProbesSent
    {
        get { return ProbesSent; }
    }

    /// <summary>Milliseconds since a segment of the peer's was last accepted.</summary>
    public int IdleMs
    {
        get { return Net.Now - LastHeardAt; }
    }

    /// <summary>True when nobody holds the connection: its application has closed it, or has not accepted it yet.</summary>
    public bool IsOrphan
    {
        get { return !OwnedByApplication; }
    }

    /// <summary>Ends the connection with a RST whoever owns it; an owner is told as if it had ended by itself. For the person at the console.</summary>
    public void Kill()
    {
        Engine.Abort(this, TcpEndReason.Aborted);
    }

    /// <summary>Milliseconds until a timer fires, or −1 when it is not armed.</summary>
    /// <param name="timer">One of the constants of <see cref="ConnectionTimers"/>.</param>
    public int TimerRemainingMs(int timer)
    {
        return Timers.RemainingMs(timer);
    }
}
