namespace EmbeddedTcp.UnitTests.Support;

/// <summary>Loses some of the frames it sends, the same ones for the same seed, and sends some twice.</summary>
public class LossyDevice : MemoryDevice
{
    private readonly Lcg _random;

    /// <summary>Percentage of frames lost.</summary>
    public int LossPercent;

    /// <summary>Percentage of frames sent twice.</summary>
    public int DuplicatePercent;

    /// <summary>Percentage of frames refused.</summary>
    public int BusyPercent;

    /// <summary>Frames lost so far.</summary>
    public int Lost;

    /// <summary>The next so many frames are lost, whatever the percentage.</summary>
    public int LoseNext;

    /// <summary>Makes a device whose fate follows from a seed.</summary>
    public LossyDevice(uint seed)
        : base(64)
    {
        _random = new Lcg(seed);
    }

    /// <inheritdoc />
    public override bool Send(int length)
    {
        return _random.Next(100) >= BusyPercent && base.Send(length);
    }

    /// <inheritdoc />
    protected override void Transmitted(byte[] frame, int length)
    {
        if (LoseNext > 0)
        {
            LoseNext--;
            Lost++;
            return;
        }

        if (_random.Next(100) < LossPercent)
        {
            Lost++;
            return;
        }

        base.Transmitted(frame, length);
        if (_random.Next(100) < DuplicatePercent)
        {
            base.Transmitted(frame, length);
        }
    }
}
