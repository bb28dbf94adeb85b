using System;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.UnitTests.Support;

/// <summary>A device without a chip: a bounded queue of received frames, and a receiver for sent ones. Allocates nothing after it is made.</summary>
public class MemoryDevice : EthernetDevice
{
    private readonly byte[][] _frames;
    private readonly int[] _lengths;
    private int _head;
    private int _count;

    /// <summary>Where sent frames are delivered; null drops them.</summary>
    public MemoryDevice Peer;

    /// <summary>True makes <see cref="Send"/> refuse every frame, as a chip with a full transmit buffer does.</summary>
    public bool Busy;

    /// <summary>Makes a device.</summary>
    /// <param name="capacity">Frames that can wait to be received; what comes when they are full is lost.</param>
    public MemoryDevice(int capacity)
    {
        _frames = new byte[capacity][];
        for (int i = 0; i < capacity; i++)
        {
            _frames[i] = new byte[MaxFrameLength];
        }

        _lengths = new int[capacity];
        TxBuffer = new byte[MaxFrameLength];
        RxBuffer = _frames[0];
    }

    /// <inheritdoc />
    public override bool LinkUp
    {
        get { return true; }
    }

    /// <summary>Frames that wait to be received.</summary>
    public int Waiting
    {
        get { return _count; }
    }

    /// <inheritdoc />
    public override bool Open(byte[] macAddress)
    {
        return true;
    }

    /// <inheritdoc />
    public override int Receive()
    {
        if (_count == 0)
        {
            return 0;
        }

        RxBuffer = _frames[_head];
        int length = _lengths[_head];
        _head = _head + 1 == _frames.Length ? 0 : _head + 1;
        _count--;
        return length;
    }

    /// <inheritdoc />
    public override bool Send(int length)
    {
        if (Busy)
        {
            return false;
        }

        Transmitted(TxBuffer, length);
        return true;
    }

    /// <summary>Puts a frame into the receive queue.</summary>
    public void Deliver(byte[] frame, int length)
    {
        if (_count == _frames.Length)
        {
            ReceiveErrors++;
            return;
        }

        int at = _head + _count;
        if (at >= _frames.Length)
        {
            at -= _frames.Length;
        }

        Array.Copy(frame, 0, _frames[at], 0, length);
        _lengths[at] = length;
        _count++;
    }

    /// <inheritdoc />
    public override bool Recover()
    {
        return true;
    }

    /// <inheritdoc />
    public override string Describe()
    {
        return "memory";
    }

    /// <summary>A frame leaves the engine; it starts at index 0.</summary>
    protected virtual void Transmitted(byte[] frame, int length)
    {
        if (Peer != null)
        {
            Peer.Deliver(frame, length);
        }
    }
}
