using EmbeddedTcp.ChipModels;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.DriverTests.AtLarge;

/// <summary>The far end of the cable as an Ethernet device of its own: what the chip sends is received, and what is sent is delivered to the chip.</summary>
internal sealed class HostEnd : EthernetDevice
{
    private readonly ChipModel _chip;
    private readonly Queue<byte[]> _arrived = new();

    public HostEnd(ChipModel chip)
    {
        _chip = chip;
        chip.Cable = new Plug(this);
        TxBuffer = new byte[MaxFrameLength];
        RxBuffer = new byte[MaxFrameLength];
    }

    public override bool LinkUp => true;

    public override bool Open(byte[] macAddress) => true;

    public override int Receive()
    {
        if (!_arrived.TryDequeue(out byte[]? frame))
        {
            return 0;
        }

        frame.CopyTo(RxBuffer, 0);
        return frame.Length;
    }

    public override bool Send(int length)
    {
        // What the chip does not take is lost, as on any wire.
        int padded = Math.Max(length, MinFrameLength);
        Array.Clear(TxBuffer, length, padded - length);
        _chip.Deliver(TxBuffer, 0, padded);
        return true;
    }

    public override bool Recover() => true;

    public override string Describe() => "the far end";

    private sealed class Plug(HostEnd end) : CableEnd
    {
        public override void Transmitted(byte[] frame, int offset, int length)
        {
            end._arrived.Enqueue(frame.AsSpan(offset, length).ToArray());
        }
    }
}
