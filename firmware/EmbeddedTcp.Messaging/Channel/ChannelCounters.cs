namespace EmbeddedTcp.Messaging;

/// <summary>What was counted on a client's channel, or on all channels of a listener together.</summary>
public sealed class ChannelCounters
{
    /// <summary>Ends, by <see cref="ChannelEnd"/>.</summary>
    private readonly int[] _ends = new int[(int)ChannelEnd.NoSlot + 1];

    /// <summary>Channels opened: both hellos passed.</summary>
    public int Opened;

    /// <summary>Messages received and taken by the application.</summary>
    public int MessagesIn;

    /// <summary>Messages queued.</summary>
    public int MessagesOut;

    /// <summary>Requests received and taken by the application.</summary>
    public int RequestsIn;

    /// <summary>Requests queued.</summary>
    public int RequestsOut;

    /// <summary>Replies received, errors among them, that ended a request of ours.</summary>
    public int RepliesIn;

    /// <summary>Replies queued, errors among them.</summary>
    public int RepliesOut;

    /// <summary>Replies received to no request of ours that still waits.</summary>
    public int LateReplies;

    /// <summary>Requests of ours that timed out.</summary>
    public int RequestsTimedOut;

    /// <summary>Heartbeats received.</summary>
    public int HeartbeatsIn;

    /// <summary>Heartbeats queued.</summary>
    public int HeartbeatsOut;

    /// <summary>Frames of an unknown type that may be skipped, and were.</summary>
    public int Skipped;

    /// <summary>Sends refused for want of room.</summary>
    public int SendsRefused;

    /// <summary>Messages and requests that the application did not take at once.</summary>
    public int Held;

    /// <summary>How often something ended so.</summary>
    public int EndsBy(ChannelEnd end)
    {
        return _ends[(int)end];
    }

    internal void Ended(ChannelEnd end)
    {
        _ends[(int)end]++;
    }
}
