using System;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.AppTests.Bench;

/// <summary>One end of a wire in memory. What is sent is at the other end at once; nothing is allocated after construction.</summary>
internal sealed class PipeDevice : EthernetDevice
{
    private const int QueueLength = 512;

    private readonly byte[][] _frames = new byte[QueueLength][];
    private readonly int[] _lengths = new int[QueueLength];
    private readonly string _description;
    private int _first;

    public PipeDevice(string description)
    {
        _description = description;
        for (int i = 0; i < QueueLength; i++)
        {
            _frames[i] = new byte[MaxFrameLength];
        }

        RxBuffer = new byte[MaxFrameLength];
        TxBuffer = new byte[MaxFrameLength];
    }

    /// <summary>The other end.</summary>
    public PipeDevice? Peer { get; set; }

    /// <summary>Frames on their way to this end.</summary>
    public int Waiting { get; private set; }

    /// <summary>Decides about each frame that leaves this end; true loses it.</summary>
    public Func<bool>? Loses { get; set; }

    /// <summary>Set to make <see cref="Open"/> fail.</summary>
    public string? Failure { get; set; }

    public override bool LinkUp => true;

    public override bool Open(byte[] macAddress)
    {
        Error = Failure;
        return Failure == null;
    }

    public override int Receive()
    {
        if (Waiting == 0)
        {
            return 0;
        }

        int length = _lengths[_first];
        Array.Copy(_frames[_first], RxBuffer, length);
        _first = (_first + 1) % QueueLength;
        Waiting--;
        FramesReceived++;
        return length;
    }

    public override bool Send(int length)
    {
        if (Peer!.Waiting == QueueLength)
        {
            return false;
        }

        FramesSent++;
        if (Loses == null || !Loses())
        {
            Peer.Deliver(TxBuffer, TxOffset, length);
        }

        return true;
    }

    public override bool Recover()
    {
        return true;
    }

    public override string Describe()
    {
        return _description;
    }

    private void Deliver(byte[] buffer, int offset, int length)
    {
        int last = (_first + Waiting) % QueueLength;
        Array.Copy(buffer, offset, _frames[last], 0, length);
        _lengths[last] = Math.Max(length, MinFrameLength);
        Waiting++;
    }
}
