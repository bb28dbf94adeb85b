namespace EmbeddedTcp.Diagnostics;

/// <summary>
/// What the stack counted since it opened. Fields wrap at 2³². Fields, not properties, since each is touched per segment.
/// </summary>
public sealed class StackCounters
{
    /// <summary>Discards by <see cref="DropReason"/>.</summary>
    public readonly int[] Drops = new int[(int)DropReason.Count];

    /// <summary>Frames taken from the device.</summary>
    public int FramesIn
    {
        get { return LongWayFrames + ShortWay; }
    }

    /// <summary>Frames the device accepted.</summary>
    public int FramesOut
    {
        get { return OtherFramesOut + FramesOfConnections; }
    }

    /// <summary>ARP requests sent.</summary>
    public int ArpRequestsOut;

    /// <summary>ARP replies sent.</summary>
    public int ArpRepliesOut;

    /// <summary>ICMP echo requests answered.</summary>
    public int EchoReplies;

    /// <summary>ICMP errors received and used.</summary>
    public int IcmpErrorsIn;

    /// <summary>TCP segments received, bad ones included.</summary>
    public int SegmentsIn
    {
        get { return LongWaySegments + ShortWay; }
    }

    /// <summary>TCP segments sent.</summary>
    public int SegmentsOut
    {
        get { return OtherSegmentsOut + FramesOfConnections; }
    }

    /// <summary>Segments handled by header prediction.</summary>
    public int Predicted
    {
        get { return LongWayPredicted + ShortWay; }
    }

    /// <summary>Data segments, SYNs and FINs sent again.</summary>
    public int Retransmissions;

    /// <summary>Retransmission timeouts.</summary>
    public int RetransmissionTimeouts;

    /// <summary>Entries into fast retransmit.</summary>
    public int FastRetransmits;

    /// <summary>Duplicate acknowledgments received.</summary>
    public int DuplicateAcks;

    /// <summary>Segments kept out of order.</summary>
    public int OutOfOrder;

    /// <summary>Zero-window probes sent.</summary>
    public int WindowProbes;

    /// <summary>Keep-alive probes sent.</summary>
    public int KeepAliveProbes;

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    public int ChallengeAcks;

    /// <summary>RSTs sent.</summary>
    public int ResetsOut;

    /// <summary>RSTs that ended a connection or a half-open entry.</summary>
    public int ResetsIn;

    /// <summary>Active opens.</summary>
    public int ActiveOpens;

    /// <summary>Connections that completed a passive open.</summary>
    public int PassiveOpens;

    /// <summary>Connection attempts that failed.</summary>
    public int FailedOpens;

    /// <summary>Connections ended by a time limit.</summary>
    public int TimedOut;

    /// <summary>Half-open entries that were given up or gave way.</summary>
    public int HalfOpenExpired;

    /// <summary>Slots taken from a closed connection for a new one.</summary>
    public int SlotsEvicted;

    /// <summary>TIME_WAIT records that gave way before 2MSL.</summary>
    public int TimeWaitEvicted;

    /// <summary>Retransmission timeouts that timestamps proved to be a mistake (RFC 3522), and that were undone.</summary>
    public int SpuriousTimeouts;

    /// <summary>Reductions of cwnd because the peer echoed a congestion mark (RFC 3168).</summary>
    public int EcnReductions;

    /// <summary>SYN,ACKs sent with a cookie because the table of half-open peers was full (RFC 4987 §3.6).</summary>
    public int CookiesSent;

    /// <summary>Connections that completed their handshake by a cookie.</summary>
    public int CookiesAccepted;

    /// <summary>How many ordinary counters there are to enumerate.</summary>
    public int Count
    {
        get { return 30; }
    }

    /// <summary>The value of a counter, 0 to 2³² − 1.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public long ValueAt(int index)
    {
        return (uint)Field(index);
    }

    private int Field(int index)
    {
        switch (index)
        {
            case 0: return FramesIn;
            case 1: return FramesOut;
            case 2: return ArpRequestsOut;
            case 3: return ArpRepliesOut;
            case 4: return EchoReplies;
            case 5: return IcmpErrorsIn;
            case 6: return SegmentsIn;
            case 7: return SegmentsOut;
            case 8: return Predicted;
            case 9: return Retransmissions;
            case 10: return RetransmissionTimeouts;
            case 11: return FastRetransmits;
            case 12: return DuplicateAcks;
            case 13: return OutOfOrder;
            case 14: return WindowProbes;
            case 15: return KeepAliveProbes;
            case 16: return ChallengeAcks;
            case 17: return ResetsOut;
            case 18: return ResetsIn;
            case 19: return ActiveOpens;
            case 20: return PassiveOpens;
            case 21: return FailedOpens;
            case 22: return TimedOut;
            case 23: return HalfOpenExpired;
            case 24: return SlotsEvicted;
            case 25: return TimeWaitEvicted;
            case 26: return SpuriousTimeouts;
            case 27: return EcnReductions;
            case 28: return CookiesSent;
            default: return CookiesAccepted;
        }
    }

    /// <summary>What happened last, segment by segment; null unless an option asks for it. Here, since whoever counts has the counters at hand.</summary>
    internal TraceSink Trace;

    // A frame that takes the short way is a segment that was predicted: it is counted once.
    internal int ShortWay;
    internal int LongWayFrames;
    internal int LongWaySegments;
    internal int LongWayPredicted;

    // And so is a frame with a segment of a connection.
    internal int FramesOfConnections;
    internal int OtherFramesOut;
    internal int OtherSegmentsOut;

    /// <summary>Counts a discard.</summary>
    internal void Drop(DropReason reason)
    {
        Drops[(int)reason]++;
        if (Trace != null)
        {
            Trace.Dropped(reason);
        }
    }
}
