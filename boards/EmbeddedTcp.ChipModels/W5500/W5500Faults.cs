namespace EmbeddedTcp.ChipModels.W5500;

/// <summary>
/// What can be made to go wrong with a modelled W5500. All off by default; the same seed gives the same mishaps.
/// <see cref="ChipFaults.FlipRegister"/> counts the block select bits in its upper 16 bits, the offset in its lower.
/// </summary>
public sealed class W5500Faults : ChipFaults
{
    /// <summary>One SENDOK in so many never comes; 0 for never, 1 for all.</summary>
    public int LoseSendOkEvery;

    /// <summary>One SENDOK in so many comes late by <see cref="LateSendOkMicroseconds"/>; 0 for never.</summary>
    public int LateSendOkEvery;

    /// <summary>How late.</summary>
    public int LateSendOkMicroseconds = 20000;

    /// <summary>One length header in so many is wrong; 0 for never, 1 for all.</summary>
    public int CorruptLengthEvery;

    /// <summary>One RECV command in so many does nothing; 0 for never, 1 for all.</summary>
    public int LoseReceiveEvery;

    /// <summary>The chip takes every SPI frame as one of variable length.</summary>
    public bool IgnoresFixedLength;

    /// <inheritdoc/>
    public override string Names => base.Names + " lose-sendok late-sendok sendok-delay bad-length lose-recv no-fixed-length";

    /// <inheritdoc/>
    public override bool Set(string name, int value)
    {
        switch (name)
        {
            case "lose-sendok":
                LoseSendOkEvery = value;
                return true;
            case "late-sendok":
                LateSendOkEvery = value;
                return true;
            case "sendok-delay":
                LateSendOkMicroseconds = value;
                return true;
            case "bad-length":
                CorruptLengthEvery = value;
                return true;
            case "lose-recv":
                LoseReceiveEvery = value;
                return true;
            case "no-fixed-length":
                IgnoresFixedLength = value != 0;
                return true;
            default:
                return base.Set(name, value);
        }
    }

    internal bool LosesSendOk()
    {
        return OneIn(LoseSendOkEvery);
    }

    internal long SendOkDelay()
    {
        return OneIn(LateSendOkEvery) ? LateSendOkMicroseconds * 1000L : 0;
    }

    internal int CorruptsLength(int length)
    {
        return OneIn(CorruptLengthEvery) ? (int)(Next() & 0xFFFF) : length;
    }

    internal bool LosesReceiveCommand()
    {
        return OneIn(LoseReceiveEvery);
    }
}
