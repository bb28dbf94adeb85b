namespace EmbeddedTcp.Services.Time;

/// <summary>The time of day, where a board knows it: a PC's clock, or a device's once something has set it.</summary>
public abstract class WallClock
{
    /// <summary>Seconds since 1970-01-01 00:00:00 UTC, or a negative number while the clock is not set.</summary>
    public abstract long UnixSeconds { get; }
}
