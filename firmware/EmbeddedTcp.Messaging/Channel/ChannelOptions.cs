using System;

namespace EmbeddedTcp.Messaging;

/// <summary>Everything that is decided before a channel is made. Times are in milliseconds.</summary>
public sealed class ChannelOptions
{
    private const int Day = 86400000;

    /// <summary>Largest message we take, in bytes, 64 to 1,048,576; the channel has a buffer of this size. It may be larger than TCP's rings.</summary>
    public int MaximumMessage = 1024;

    /// <summary>Requests of ours that may wait for their reply at once, 1 to 256.</summary>
    public int RequestSlots = 4;

    /// <summary>A heartbeat is sent when nothing else was for this long, 100 to 3,600,000. The smaller one of the two sides' holds for both.</summary>
    public int HeartbeatInterval = 10000;

    /// <summary>Heartbeat intervals without a byte from the peer after which it is dead, 2 to 10.</summary>
    public int SilentIntervals = 3;

    /// <summary>How long the peer's hello may take, 100 to a day.</summary>
    public int HelloTimeout = 5000;

    /// <summary>How long a message may take from its first byte to its last, 100 to a day; a second more for each KB of it.</summary>
    public int MessageTimeout = 30000;

    /// <summary>How long the peer may take nothing of what waits for it, 100 to a day: alive or not, it does not read.</summary>
    public int StallTimeout = 60000;

    /// <summary>
    /// Frames that carry nothing (heartbeats, replies to no request of ours, types we do not know) which the peer may send at once, 16 to 10,000;
    /// two more come with each heartbeat interval. Whoever sends more is cut off.
    /// </summary>
    public int FloodLimit = 32;

    /// <summary>How long looking the name up and TCP's handshake may take, 100 to a day.</summary>
    public int ConnectTimeout = 15000;

    /// <summary>Longest wait before the first new attempt, 100 to a day. Each failure doubles it; how much of it is waited, half to all, is drawn.</summary>
    public int BackoffFirst = 1000;

    /// <summary>Where the doubling ends, <see cref="BackoffFirst"/> to a day.</summary>
    public int BackoffMost = 60000;

    /// <summary>A channel that was open for this long begins with <see cref="BackoffFirst"/> again, 0 to a day.</summary>
    public int StableAfter = 30000;

    /// <summary>Failures in a row after which a client gives up; 0 for never.</summary>
    public int Attempts;

    /// <summary>How long the peer may take to close its direction after ours, 100 to a day; then the connection is reset.</summary>
    public int CloseTimeout = 2000;

    internal void Check()
    {
        Range("MaximumMessage", MaximumMessage, ChannelFormat.SmallestMaximum, 1048576);
        Range("RequestSlots", RequestSlots, 1, 256);
        Range("HeartbeatInterval", HeartbeatInterval, ChannelFormat.ShortestHeartbeat, ChannelFormat.LongestHeartbeat);
        Range("SilentIntervals", SilentIntervals, 2, 10);
        Range("HelloTimeout", HelloTimeout, 100, Day);
        Range("MessageTimeout", MessageTimeout, 100, Day);
        Range("StallTimeout", StallTimeout, 100, Day);
        Range("FloodLimit", FloodLimit, 16, 10000);
        Range("ConnectTimeout", ConnectTimeout, 100, Day);
        Range("BackoffFirst", BackoffFirst, 100, Day);
        Range("BackoffMost", BackoffMost, BackoffFirst, Day);
        Range("StableAfter", StableAfter, 0, Day);
        Range("Attempts", Attempts, 0, int.MaxValue);
        Range("CloseTimeout", CloseTimeout, 100, Day);
    }

    private static void Range(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException(name);
        }
    }
}
