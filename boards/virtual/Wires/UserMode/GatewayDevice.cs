using System;
using System.Collections.Generic;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>The gateway's Ethernet controller: frames in memory, straight to and from the wire.</summary>
internal sealed class GatewayDevice : EthernetDevice
{
    private readonly UserNet _owner;
    private readonly Queue<byte[]> _received = new();

    public GatewayDevice(UserNet owner)
    {
        _owner = owner;
        RxBuffer = new byte[MaxFrameLength];
        TxBuffer = new byte[MaxFrameLength];
    }

    public override bool LinkUp => true;

    /// <summary>Puts a frame at the end of the receive queue.</summary>
    public void Enqueue(byte[] frame)
    {
        _received.Enqueue(frame);
    }

    public override bool Open(byte[] macAddress)
    {
        return true;
    }

    public override int Receive()
    {
        if (!_received.TryDequeue(out byte[]? frame))
        {
            return 0;
        }

        frame.CopyTo(RxBuffer, 0);
        FramesReceived++;
        return frame.Length;
    }

    public override bool Send(int length)
    {
        if (!_owner.Wire!.Arrive(TxBuffer.AsSpan(TxOffset, length)))
        {
            SendErrors++;
            return false;
        }

        FramesSent++;
        return true;
    }

    public override bool Recover()
    {
        return true;
    }

    public override string Describe()
    {
        return "gateway of the user-mode network";
    }
}
