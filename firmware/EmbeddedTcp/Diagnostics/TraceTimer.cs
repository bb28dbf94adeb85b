using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Diagnostics;

/// <summary>Numbers and names of the timers in a trace: those of <see cref="ConnectionTimers"/>, and the two of connections without a slot.</summary>
public static class TraceTimer
{
    /// <summary>A half-open entry's SYN,ACK was not acknowledged in time.</summary>
    public const int SynAck = 64;

    /// <summary>A connection has been in TIME_WAIT for 2MSL.</summary>
    public const int TwoMsl = 65;

    /// <summary>The name of a timer.</summary>
    public static string NameOf(int timer)
    {
        switch (timer)
        {
            case SynAck: return "syn,ack";
            case TwoMsl: return "2MSL";
            default: return ConnectionTimers.NameOf(timer);
        }
    }
}
