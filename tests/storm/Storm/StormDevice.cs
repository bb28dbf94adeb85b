using EmbeddedTcp.Link;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>One end of the bad wire. Frames start at odd places in its buffers, as a driver's headroom makes them.</summary>
internal sealed class StormDevice : EthernetDevice
{
    internal const int Headroom = 3;

    private readonly BadWire _wire;
    private readonly int _side;
    private readonly int _refuse;
    private readonly Dice _dice;
    private readonly int _longest;

    internal StormDevice(BadWire wire, int side, int refusePermille, Dice dice, int mtu)
    {
        _wire = wire;
        _side = side;
        _refuse = refusePermille;
        _dice = dice;
        _longest = 14 + mtu;
        TxBuffer = new byte[Headroom + MaxFrameLength];
        TxOffset = Headroom;
        RxBuffer = new byte[BadWire.RxHeadroom + MaxFrameLength];
    }

    /// <summary>True when the last <see cref="Send"/> was refused: the engine has then reason to hold something back.</summary>
    internal bool Refused { get; set; }

    public override bool LinkUp
    {
        get { return true; }
    }

    public override bool Open(byte[] macAddress)
    {
        return true;
    }

    public override int Receive()
    {
        return _wire.Receive(_side, this);
    }

    public override bool Send(int length)
    {
        if (length < 14 || length > _longest)
        {
            throw new StormFailure($"the engine sent a frame of {length} bytes");
        }

        if (_dice.Chance(_refuse))
        {
            Refused = true;
            return false;
        }

        _wire.Send(_side, TxBuffer, TxOffset, length);
        return true;
    }

    public override bool Recover()
    {
        return true;
    }

    public override string Describe()
    {
        return "storm";
    }
}
