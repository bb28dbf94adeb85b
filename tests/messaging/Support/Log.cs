using EmbeddedTcp.Messaging;

namespace EmbeddedTcp.MessagingTests.Support;

/// <summary>A handler that remembers what it was told, and does what it was told to.</summary>
public class Log : ChannelHandler
{
    /// <summary>Calls so far.</summary>
    public int Opens, Closes, Failures, Messages, Requests, Replies, RequestFailures, Sent, Rooms;

    /// <summary>The last ends.</summary>
    public ChannelEnd ClosedBy, FailedBy;

    /// <summary>What the last call said.</summary>
    public int Length, Request, Failure, Error;

    /// <summary>The first octet of the last message, or −1.</summary>
    public int First;

    /// <summary>Octets of all messages that were not what <see cref="Traffic.Octet"/> expects there.</summary>
    public int Wrong;

    /// <summary>False takes no message.</summary>
    public bool Takes = true;

    /// <summary>True replies to requests with themselves; false keeps quiet.</summary>
    public bool Replying = true;

    /// <summary>True sends messages back.</summary>
    public bool Echoing;

    /// <summary>The channel of the last call.</summary>
    public MessageChannel Channel;

    /// <inheritdoc />
    public override void OnOpen(MessageChannel channel)
    {
        Opens++;
        Channel = channel;
    }

    /// <inheritdoc />
    public override bool OnMessage(MessageChannel channel, byte[] message, int length)
    {
        if (!Takes || (Echoing && channel.Send(message, 0, length) == SendResult.NoRoom))
        {
            return false;
        }

        Note(message, length);
        Messages++;
        return true;
    }

    /// <inheritdoc />
    public override bool OnRequest(MessageChannel channel, int request, byte[] message, int length)
    {
        if (Replying && channel.Reply(request, message, 0, length) == SendResult.NoRoom)
        {
            return false;
        }

        Note(message, length);
        Request = request;
        Requests++;
        return true;
    }

    /// <inheritdoc />
    public override void OnReply(MessageChannel channel, int request, byte[] message, int length)
    {
        Note(message, length);
        Request = request;
        Replies++;
    }

    /// <inheritdoc />
    public override void OnRequestFailed(MessageChannel channel, int request, int failure, int error)
    {
        Request = request;
        Failure = failure;
        Error = error;
        RequestFailures++;
    }

    /// <inheritdoc />
    public override void OnRoom(MessageChannel channel)
    {
        Rooms++;
    }

    /// <inheritdoc />
    public override void OnSent(MessageChannel channel)
    {
        Sent++;
    }

    /// <inheritdoc />
    public override void OnClosed(MessageChannel channel, ChannelEnd end)
    {
        Closes++;
        ClosedBy = end;
    }

    /// <inheritdoc />
    public override void OnFailed(MessageChannel channel, ChannelEnd end)
    {
        Failures++;
        FailedBy = end;
    }

    private void Note(byte[] message, int length)
    {
        Length = length;
        First = length > 0 ? message[0] : -1;
        for (int i = 0; i < length; i++)
        {
            Wrong += message[i] == Traffic.Octet(First, i) ? 0 : 1;
        }
    }
}
