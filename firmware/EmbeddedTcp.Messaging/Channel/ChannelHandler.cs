namespace EmbeddedTcp.Messaging;

/// <summary>
/// What an application does with its channels; one handler can serve many. Called from within <see cref="Link.NetworkInterface.Poll"/>, and by
/// <see cref="MessageChannel.Close()"/>. All verbs of the channel may be used here.
/// </summary>
public abstract class ChannelHandler
{
    /// <summary>Both hellos have passed: messages can be sent. <see cref="OnClosed"/> follows once.</summary>
    public virtual void OnOpen(MessageChannel channel)
    {
    }

    /// <summary>A message arrived, whole.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="message">Holds it from index 0 on; the channel's again once this returns true.</param>
    /// <param name="length">Its bytes, 0 or more.</param>
    /// <returns>
    /// False: not now. The channel keeps the message and takes no other, TCP's window closes, and the message is given again when room became
    /// free for sending, or by <see cref="MessageChannel.Resume"/>.
    /// </returns>
    public virtual bool OnMessage(MessageChannel channel, byte[] message, int length)
    {
        return true;
    }

    /// <summary>A request arrived: to be answered by <see cref="MessageChannel.Reply(int, byte[], int, int)"/> or <see cref="MessageChannel.ReplyError"/>, now or later.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="request">Names it in the reply.</param>
    /// <param name="message">As in <see cref="OnMessage"/>.</param>
    /// <param name="length">Its bytes, 0 or more.</param>
    /// <returns>As <see cref="OnMessage"/>.</returns>
    public virtual bool OnRequest(MessageChannel channel, int request, byte[] message, int length)
    {
        return channel.ReplyError(request, RequestError.NotUnderstood) != SendResult.NoRoom;
    }

    /// <summary>The reply to a request of ours, which ends it.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="request">What <see cref="MessageChannel.Request(byte[], int, int, int)"/> returned.</param>
    /// <param name="message">Holds it from index 0 on; the channel's again after the return.</param>
    /// <param name="length">Its bytes, 0 or more.</param>
    public virtual void OnReply(MessageChannel channel, int request, byte[] message, int length)
    {
    }

    /// <summary>A request of ours ended without a reply.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="request">What <see cref="MessageChannel.Request(byte[], int, int, int)"/> returned.</param>
    /// <param name="failure">One of <see cref="RequestFailure"/>.</param>
    /// <param name="error">With <see cref="RequestFailure.Error"/>, what the peer says (<see cref="RequestError"/> or a number of the application's).</param>
    public virtual void OnRequestFailed(MessageChannel channel, int request, int failure, int error)
    {
    }

    /// <summary>After a send that was refused for want of room: there is room again.</summary>
    public virtual void OnRoom(MessageChannel channel)
    {
    }

    /// <summary>The last of a large message that did not fit at once is queued; its buffer is the caller's again.</summary>
    public virtual void OnSent(MessageChannel channel)
    {
    }

    /// <summary>A channel that was open ended; its requests have been told before. A client tries again by itself, unless its application closed it.</summary>
    public virtual void OnClosed(MessageChannel channel, ChannelEnd end)
    {
    }

    /// <summary>An attempt to open a channel failed. A client tries again by itself, until <see cref="ChannelOptions.Attempts"/> have failed.</summary>
    public virtual void OnFailed(MessageChannel channel, ChannelEnd end)
    {
    }
}

/// <summary>What became of a send.</summary>
public static class SendResult
{
    /// <summary>Queued whole; or, a large one, begun.</summary>
    public const int Queued = 0;

    /// <summary>No room now: try again, or wait for <see cref="ChannelHandler.OnRoom"/>.</summary>
    public const int NoRoom = -1;

    /// <summary>The channel is not open.</summary>
    public const int NotOpen = -2;

    /// <summary>Larger than the peer takes, or than TCP's send ring holds (there is <see cref="MessageChannel.SendLarge"/> for that).</summary>
    public const int TooLarge = -3;

    /// <summary>As many requests are waiting as may.</summary>
    public const int TooManyRequests = -4;

    /// <summary>The request to be answered came on a connection that is gone.</summary>
    public const int Outdated = -5;
}

/// <summary>Why a request of ours ended without a reply.</summary>
public static class RequestFailure
{
    /// <summary>Its time is over; a reply that comes later is dropped and counted.</summary>
    public const int TimedOut = 1;

    /// <summary>The channel ended; <see cref="MessageChannel.LastEnd"/> says why.</summary>
    public const int ChannelEnded = 2;

    /// <summary>The peer answered with an error.</summary>
    public const int Error = 3;
}

/// <summary>Errors that every application knows; 256 to 65,535 are its own.</summary>
public static class RequestError
{
    /// <summary>No particular reason.</summary>
    public const int Failed = 0;

    /// <summary>Nobody here knows what to do with such a request.</summary>
    public const int NotUnderstood = 1;

    /// <summary>Not now.</summary>
    public const int Busy = 2;
}
