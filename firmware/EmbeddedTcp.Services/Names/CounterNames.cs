namespace EmbeddedTcp.Diagnostics;

/// <summary>
/// Names of the counters, for people. The names of what the engine counts, drops and passes through stand here and not beside it: an
/// engine that prints nothing does not carry them.
/// </summary>
public static class CounterNames
{
    /// <summary>The name of a counter.</summary>
    /// <param name="counters">The counters.</param>
    /// <param name="index">0 to <see cref="StackCounters.Count"/> − 1.</param>
    public static string NameAt(this StackCounters counters, int index)
    {
        switch (index)
        {
            case 0: return "frames in";
            case 1: return "frames out";
            case 2: return "ARP requests out";
            case 3: return "ARP replies out";
            case 4: return "echo replies";
            case 5: return "ICMP errors in";
            case 6: return "segments in";
            case 7: return "segments out";
            case 8: return "predicted";
            case 9: return "retransmissions";
            case 10: return "retransmission timeouts";
            case 11: return "fast retransmits";
            case 12: return "duplicate ACKs";
            case 13: return "out of order";
            case 14: return "window probes";
            case 15: return "keep-alive probes";
            case 16: return "challenge ACKs";
            case 17: return "resets out";
            case 18: return "resets in";
            case 19: return "active opens";
            case 20: return "passive opens";
            case 21: return "failed opens";
            case 22: return "timed out";
            case 23: return "half-open expired";
            case 24: return "slots evicted";
            case 25: return "TIME_WAIT evicted";
            case 26: return "spurious timeouts";
            case 27: return "ECN reductions";
            case 28: return "SYN cookies sent";
            default: return "SYN cookies accepted";
        }
    }
}
