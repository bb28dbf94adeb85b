using System;
using System.Collections.Generic;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>A device without a chip: what the stack sends stands in one queue, what it is to receive in another.</summary>
internal sealed class LabDevice : EthernetDevice
{
    private readonly Queue<byte[]> _outgoing = new();
    private readonly Queue<byte[]> _incoming = new();

    internal LabDevice()
    {
        RxBuffer = [];
        TxBuffer = new byte[MaxFrameLength];
    }

    public override bool LinkUp => true;

    public override bool Open(byte[] macAddress) => true;

    public override bool Recover() => true;

    public override string Describe() => "a cable of the lab";

    public override int Receive()
    {
        if (!_incoming.TryDequeue(out byte[]? frame))
        {
            return 0;
        }

        RxBuffer = frame;
        return frame.Length;
    }

    public override bool Send(int length)
    {
        _outgoing.Enqueue(TxBuffer.AsSpan(0, length).ToArray());
        return true;
    }

    internal void Deliver(byte[] frame) => _incoming.Enqueue(frame);

    internal bool TryTake(out byte[] frame) => _outgoing.TryDequeue(out frame!);
}
