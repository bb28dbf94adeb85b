using EmbeddedTcp.Link;

namespace EmbeddedTcp.StormTests.Fuzz;

/// <summary>A device that is fed one frame at a time and remembers what was sent.</summary>
internal sealed class FuzzDevice : EthernetDevice
{
    private readonly byte[] _frame = new byte[2048];
    private int _waiting;

    internal FuzzDevice()
    {
        TxBuffer = new byte[MaxFrameLength + 9];
        TxOffset = 9;
        RxBuffer = _frame;
    }

    /// <summary>Frames and bytes sent since they were last set to zero.</summary>
    internal int Frames { get; set; }

    internal int Bytes { get; set; }

    /// <summary>The last frames sent, to be mutated and sent back.</summary>
    internal List<byte[]> Sent { get; } = new List<byte[]>();

    public override bool LinkUp
    {
        get { return true; }
    }

    /// <summary>Puts a frame where the next <see cref="Receive"/> finds it, right at the end of a buffer: a read beyond it throws.</summary>
    internal void Feed(byte[] frame, int length)
    {
        _waiting = length;
        RxBuffer = new byte[length + 5];
        RxOffset = 5;
        Array.Copy(frame, 0, RxBuffer, RxOffset, length);
    }

    public override bool Open(byte[] macAddress)
    {
        return true;
    }

    public override int Receive()
    {
        int length = _waiting;
        _waiting = 0;
        return length;
    }

    public override bool Send(int length)
    {
        Frames++;
        Bytes += length;
        if (Sent.Count == 64)
        {
            Sent.RemoveAt(0);
        }

        Sent.Add(TxBuffer.AsSpan(TxOffset, length).ToArray());
        return true;
    }

    public override bool Recover()
    {
        return true;
    }

    public override string Describe()
    {
        return "fuzz";
    }
}
