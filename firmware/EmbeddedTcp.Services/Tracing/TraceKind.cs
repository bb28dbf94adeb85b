namespace EmbeddedTcp.Services.Tracing;

/// <summary>What an entry of the <see cref="TraceRing"/> is about.</summary>
public enum TraceKind
{
    /// <summary>A segment was received.</summary>
    SegmentIn,

    /// <summary>A segment was sent.</summary>
    SegmentOut,

    /// <summary>A connection went from one state to another.</summary>
    StateChange,

    /// <summary>A timer fired.</summary>
    Timer,

    /// <summary>Something was discarded.</summary>
    Drop,
}
