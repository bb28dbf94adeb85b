namespace EmbeddedTcp.Messaging;

/// <summary>Where a channel stands.</summary>
public enum ChannelState
{
    /// <summary>Not in use.</summary>
    Closed,

    /// <summary>Waits for the time of the next attempt, or for a link and an address.</summary>
    Backoff,

    /// <summary>The peer's name is being looked up.</summary>
    Resolving,

    /// <summary>TCP's handshake is under way.</summary>
    Connecting,

    /// <summary>Our hello is sent, the peer's is awaited.</summary>
    Greeting,

    /// <summary>Messages can be sent and received.</summary>
    Open,
}
