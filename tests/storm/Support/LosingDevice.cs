using EmbeddedTcp.StormTests.Storm;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests.Support;

/// <summary>A device in memory that loses frames it sends: each so many-th, or by a seed.</summary>
internal sealed class LosingDevice : MemoryDevice
{
    private readonly int _every;
    private readonly int _permille;
    private readonly Dice _dice;
    private int _frames;

    /// <summary>Loses each <paramref name="every"/>-th frame; 0 for none.</summary>
    internal LosingDevice(int every)
        : base(64)
    {
        _every = every;
    }

    internal LosingDevice(int permille, ulong seed)
        : base(64)
    {
        _permille = permille;
        _dice = new Dice(seed);
    }

    protected override void Transmitted(byte[] frame, int length)
    {
        _frames++;
        if ((_every == 0 || _frames % _every != 0) && (_permille == 0 || !_dice.Chance(_permille)))
        {
            base.Transmitted(frame, length);
        }
    }
}
