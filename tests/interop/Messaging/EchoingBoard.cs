using System;
using EmbeddedTcp.Messaging;

namespace EmbeddedTcp.InteropTests.Messaging;

/// <summary>
/// What the board does on its channels: messages go back, however large; requests are answered with their octets turned round, "?" with an error; and it
/// counts what it is told. Belongs to the board's thread.
/// </summary>
internal sealed class EchoingBoard : ChannelHandler
{
    public const int Maximum = 60_000;

    private readonly byte[] _turned = new byte[Maximum];
    private readonly byte[] _large = new byte[Maximum];

    public bool Echoing { get; init; } = true;

    public int Messages { get; private set; }

    public int Opens { get; private set; }

    public byte[] Last { get; private set; } = [];

    public byte[] Reply { get; private set; } = [];

    public int Replies { get; private set; }

    public int Error { get; private set; }

    public ChannelEnd ClosedBy { get; private set; }

    public static ChannelOptions Options() => new()
    {
        MaximumMessage = Maximum, HeartbeatInterval = 500, BackoffFirst = 200, BackoffMost = 1000, RequestSlots = 64, HelloTimeout = 3000,
    };

    public override void OnOpen(MessageChannel channel) => Opens++;

    public override bool OnMessage(MessageChannel channel, byte[] message, int length)
    {
        if (Echoing && Send(channel, message, length) == SendResult.NoRoom)
        {
            return false;
        }

        Messages++;
        Last = message[..length];
        return true;
    }

    public override bool OnRequest(MessageChannel channel, int request, byte[] message, int length)
    {
        if (length == 1 && message[0] == '?')
        {
            return channel.ReplyError(request, 300) != SendResult.NoRoom;
        }

        for (int i = 0; i < length; i++)
        {
            _turned[i] = message[length - 1 - i];
        }

        return channel.Reply(request, _turned, 0, length) != SendResult.NoRoom;
    }

    public override void OnReply(MessageChannel channel, int request, byte[] message, int length)
    {
        Reply = message[..length];
        Replies++;
    }

    public override void OnRequestFailed(MessageChannel channel, int request, int failure, int error) => Error = error;

    public override void OnClosed(MessageChannel channel, ChannelEnd end) => ClosedBy = end;

    private int Send(MessageChannel channel, byte[] message, int length)
    {
        if (length <= channel.LargestSend)
        {
            return channel.Send(message, 0, length);
        }

        if (channel.Sending)
        {
            return SendResult.NoRoom;
        }

        Array.Copy(message, _large, length);
        return channel.SendLarge(_large, 0, length);
    }
}
