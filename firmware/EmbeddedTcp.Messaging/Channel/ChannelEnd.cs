namespace EmbeddedTcp.Messaging;

/// <summary>Why a channel, or an attempt to open one, ended.</summary>
public enum ChannelEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Our own application closed it.</summary>
    Closed,

    /// <summary>The peer said goodbye: it is done.</summary>
    PeerClosed,

    /// <summary>The peer said goodbye: it shuts down or restarts.</summary>
    PeerGoingAway,

    /// <summary>The peer has no channel free for us.</summary>
    PeerFull,

    /// <summary>The peer said goodbye since something of ours displeased it; <see cref="MessageChannel.PeerGoodbye"/> says what.</summary>
    PeerComplained,

    /// <summary>The peer closed its direction between two frames, without a goodbye.</summary>
    EndOfStream,

    /// <summary>The peer closed its direction in the middle of a hello or of a frame.</summary>
    HalfMessage,

    /// <summary>What the peer sent first is no hello: it speaks something else.</summary>
    NotAChannel,

    /// <summary>The peer speaks another version of the format.</summary>
    WrongVersion,

    /// <summary>A number in the peer's hello is out of its range.</summary>
    BadHello,

    /// <summary>The peer's hello was not complete in time.</summary>
    HelloTimedOut,

    /// <summary>The peer announced a frame longer than what we said we take.</summary>
    TooLarge,

    /// <summary>The peer sent a frame that the format forbids.</summary>
    ProtocolError,

    /// <summary>The peer sent frames that carry nothing faster than anybody has reason to.</summary>
    Flood,

    /// <summary>A frame was not complete in time.</summary>
    TooSlow,

    /// <summary>Nothing was heard of the peer for as many heartbeats as we wait.</summary>
    Silence,

    /// <summary>The peer took nothing of what we sent for too long.</summary>
    Stalled,

    /// <summary>Nobody listens there.</summary>
    Refused,

    /// <summary>The peer reset the connection.</summary>
    Reset,

    /// <summary>The connection could not be made in time, or TCP's own patience ended.</summary>
    TimedOut,

    /// <summary>There is no way to the peer's address, or it cannot be one.</summary>
    Unreachable,

    /// <summary>Our interface has another address now, or none.</summary>
    AddressChanged,

    /// <summary>The peer's name has no address, or no server would tell.</summary>
    NoName,

    /// <summary>No connection slot was free on our side.</summary>
    NoSlot,
}
