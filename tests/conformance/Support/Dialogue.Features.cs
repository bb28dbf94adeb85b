namespace EmbeddedTcp.ConformanceTests.Support;

/// <content>A peer that takes part in negotiated options: what it is told once it puts into each of its segments.</content>
public sealed partial class Dialogue
{
    private readonly Negotiation _agreements = new();
    private bool _engineStamps;

    /// <summary>The peer's SYN carries timestamps, and once the engine's SYN did too, so does every other segment of the peer.</summary>
    public bool PeerStamps { get; set; }

    /// <summary>The peer's SYN carries SACK-permitted.</summary>
    public bool PeerSack { get; set; }

    /// <summary>The peer's SYN carries this shift count. <see cref="PeerWindow"/> is the field, not shifted.</summary>
    public int? PeerScale { get; set; }

    /// <summary>The peer's SYN asks for ECN, its SYN,ACK says yes (RFC 3168 §6.1.1).</summary>
    public bool PeerEcn { get; set; }

    /// <summary>The peer's timestamp clock, by default in milliseconds from an arbitrary start.</summary>
    public uint PeerClock => StoppedClock ?? (uint)(NowMs + PeerClockOffset);

    /// <summary>What the peer's clock shows while it stands still.</summary>
    public uint? StoppedClock { get; set; }

    public long PeerClockOffset { get; set; } = 0x0FFFFF00;

    /// <summary>TSval of the engine's last segment to the peer, which the peer echoes unless a test says otherwise.</summary>
    public uint LastTsval { get; private set; }

    /// <summary>True accepts any code point and TTL in datagrams with TCP: the test looks at them itself.</summary>
    public bool AnyService { get; set; }

    /// <summary>A connection on which both ends offered the given features.</summary>
    /// <param name="features">Bits of <see cref="TcpFeatures"/>.</param>
    /// <param name="active">True opens it from our side.</param>
    /// <param name="options">More options; the features are switched on in them.</param>
    /// <param name="mss">The peer's MSS.</param>
    /// <param name="window">The peer's window, as in the field of its segments.</param>
    /// <param name="scale">The peer's shift count, if window scale is among the features.</param>
    public static Dialogue With(int features, bool active = false, StackOptions? options = null, int mss = 1460, int window = 8192, int scale = 2)
    {
        StackOptions o = Offering(features, options);
        var t = new Dialogue(o) { PeerWindow = window };
        t.PeerOffers(features, scale);
        if (active)
        {
            t.Connects();
            t.Receives(SynAck.At(PeerIss, t.Iss + 1) with { Mss = mss });
            t.Sends(Ack.At(t.Iss + 1, PeerIss + 1));
            t.IsIn(TcpState.Established);
        }
        else
        {
            t.Listens();
            t.Opens(PeerIss, mss);
        }

        return t;
    }

    /// <summary>Options with the given features offered and no others.</summary>
    public static StackOptions Offering(int features, StackOptions? options = null)
    {
        StackOptions o = options ?? new StackOptions();
        o.SelectiveAcknowledgment = (features & TcpFeatures.Sack) != 0;
        o.Timestamps = (features & TcpFeatures.Timestamps) != 0;
        o.WindowScale = (features & TcpFeatures.WindowScale) != 0;
        o.ExplicitCongestionNotification = (features & TcpFeatures.Ecn) != 0;
        return o;
    }

    /// <summary>What the peer's SYN carries from now on.</summary>
    public void PeerOffers(int features, int scale = 2)
    {
        PeerSack = (features & TcpFeatures.Sack) != 0;
        PeerStamps = (features & TcpFeatures.Timestamps) != 0;
        PeerScale = (features & TcpFeatures.WindowScale) != 0 ? scale : null;
        PeerEcn = (features & TcpFeatures.Ecn) != 0;
    }

    /// <summary>Our application listens on our port.</summary>
    public void Listens() => Listener = Tcp.Listen(OwnPort, 2);

    /// <summary>What the engine says it agreed on.</summary>
    public int Features => C.NegotiatedFeatures;

    private Segment AsThePeerSendsIt(Segment s)
    {
        if (s.Options != null)
        {
            return s;
        }

        bool ack = (s.Flags & TcpFlags.Ack) != 0;
        if ((s.Flags & (TcpFlags.Syn | TcpFlags.Rst)) == TcpFlags.Syn)
        {
            s = s with
            {
                SackPermitted = s.SackPermitted || PeerSack,
                WindowScale = s.WindowScale ?? PeerScale,
                Flags = s.Flags | (PeerEcn ? ack ? TcpFlags.Ece : TcpFlags.Ece | TcpFlags.Cwr : 0),
            };
        }

        bool stamped = PeerStamps && (_engineStamps || (s.Flags & TcpFlags.Syn) != 0);
        return stamped && s.Tsval == null && (s.Flags & TcpFlags.Rst) == 0
            ? s with { Tsval = PeerClock, Tsecr = s.Tsecr ?? (ack ? LastTsval : 0) }
            : s;
    }

    private void NoteDeparture(Segment s)
    {
        LastTsval = s.Tsval ?? LastTsval;
        if ((s.Flags & TcpFlags.Syn) != 0)
        {
            _engineStamps = s.Tsval != null;
        }
    }

    // Only whole and plausible segments count as said; what is broken on purpose is not.
    private void NoteArrival(byte[] frame)
    {
        if (frame.Length < 54 || Frames.UInt16(frame, 12) != 0x0800 || frame[14] != 0x45 || frame[23] != 6)
        {
            return;
        }

        int headerLength = (frame[46] >> 4) * 4;
        if (headerLength >= 20 && 34 + headerLength <= frame.Length)
        {
            var s = new Segment(frame[47], Frames.UInt32(frame, 38), Frames.UInt32(frame, 42));
            _agreements.Arrives(TcpOptions.Read(s, frame.AsSpan(54, headerLength - 20)), Frames.UInt16(frame, 36), Frames.UInt16(frame, 34));
        }
    }
}
