namespace EmbeddedTcp.ChipModels.W5500;

/// <summary>
/// What can be made to go wrong with a modelled W5500. All off by default; the same seed gives the same mishaps.
/// </summary>
public sealed class W5500Faults
{
    /// <summary>-1: the chip is there. 0x00 to 0xFF: it is not, and this is what MISO shows instead.</summary>
    public int AbsentLevel = -1;

    /// <summary>One bit in so many bytes on MISO is wrong, on average; 0 for never.</summary>
    public int MisoFlipEvery;

    /// <summary>One bit in so many bytes on MOSI is wrong, on average; 0 for never.</summary>
    public int MosiFlipEvery;

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

    /// <summary>-1: INTn works. 0: it stays released. 1: it stays asserted.</summary>
    public int StuckInterrupt = -1;

    /// <summary>How long VERSIONR reads 0 after a reset.</summary>
    public int SlowResetMilliseconds;

    /// <summary>The chip takes every SPI frame as one of variable length.</summary>
    public bool IgnoresFixedLength;

    private uint _state = 0x9E3779B9;

    /// <summary>Starts the sequence of mishaps anew.</summary>
    /// <param name="seed">Any number.</param>
    public void Seed(int seed)
    {
        _state = (uint)seed * 2654435761 + 0x9E3779B9;
        if (_state == 0)
        {
            _state = 1;
        }
    }

    /// <summary>Sets a fault by its name, as an option of a command line would.</summary>
    /// <param name="name">absent, miso-flips, mosi-flips, lose-sendok, late-sendok, bad-length, lose-recv, stuck-int, slow-reset, no-fixed-length.</param>
    /// <param name="value">Its number: every so many, a level, or milliseconds; not 0 for on.</param>
    /// <returns>False when there is no fault of that name.</returns>
    public bool Set(string name, int value)
    {
        switch (name)
        {
            case "absent":
                AbsentLevel = value;
                return true;
            case "miso-flips":
                MisoFlipEvery = value;
                return true;
            case "mosi-flips":
                MosiFlipEvery = value;
                return true;
            case "lose-sendok":
                LoseSendOkEvery = value;
                return true;
            case "late-sendok":
                LateSendOkEvery = value;
                return true;
            case "bad-length":
                CorruptLengthEvery = value;
                return true;
            case "lose-recv":
                LoseReceiveEvery = value;
                return true;
            case "stuck-int":
                StuckInterrupt = value;
                return true;
            case "slow-reset":
                SlowResetMilliseconds = value;
                return true;
            case "no-fixed-length":
                IgnoresFixedLength = value != 0;
                return true;
            default:
                return false;
        }
    }

    internal bool Flips => MisoFlipEvery != 0 || MosiFlipEvery != 0;

    internal int FlipMiso(int value)
    {
        return OneIn(MisoFlipEvery) ? value ^ (1 << (int)(Next() & 7)) : value;
    }

    internal int FlipMosi(int value)
    {
        return OneIn(MosiFlipEvery) ? value ^ (1 << (int)(Next() & 7)) : value;
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

    private bool OneIn(int many)
    {
        return many != 0 && Next() % (uint)many == 0;
    }

    // Marsaglia's 32-bit xorshift.
    private uint Next()
    {
        uint x = _state;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        _state = x;
        return x;
    }
}
