namespace EmbeddedTcp.ChipModels;

/// <summary>
/// What can be made to go wrong with any modelled chip. All off by default; the same seed gives the same mishaps.
/// </summary>
public class ChipFaults
{
    /// <summary>-1: the chip is there. 0x00 to 0xFF: it is not, and this is what MISO shows instead.</summary>
    public int AbsentLevel = -1;

    /// <summary>The chip dies for good, this long after the switch was set; 0 for never. MISO then floats.</summary>
    public int DeathAfterMilliseconds;

    /// <summary>-1: the revision register is right. Else what it shows instead.</summary>
    public int Revision = -1;

    /// <summary>One bit in so many bytes on MISO is wrong, on average; 0 for never.</summary>
    public int MisoFlipEvery;

    /// <summary>One bit in so many bytes on MOSI is wrong, on average; 0 for never.</summary>
    public int MosiFlipEvery;

    /// <summary>-1: bits flip anywhere. Else only while the register of this number is read or written; each chip says how it numbers them.</summary>
    public int FlipRegister = -1;

    /// <summary>One byte in so many loses a clock on its way to the chip; 0 for never. The chip is out of step until chip select rises.</summary>
    public int LoseClockEvery;

    /// <summary>One byte in so many brings the chip a clock too many; 0 for never.</summary>
    public int ExtraClockEvery;

    /// <summary>-1: the INT line works. 0: it stays released. 1: it stays asserted.</summary>
    public int StuckInterrupt = -1;

    /// <summary>One falling edge of INT in so many is missed: the line seems released until the chip releases it; 0 for never, 1 for all.</summary>
    public int MissInterruptEvery;

    /// <summary>How much longer than its data sheet allows the chip takes to come out of a reset.</summary>
    public int SlowResetMilliseconds;

    /// <summary>The chip resets itself every so often, on average; 0 for never.</summary>
    public int BrownOutEveryMilliseconds;

    /// <summary>The link is lost every so often, on average; 0 for never.</summary>
    public int LinkFlapEveryMilliseconds;

    /// <summary>How long the cable is out at each flap.</summary>
    public int LinkFlapMilliseconds = 50;

    /// <summary>One frame sent in so many is cut by a link flap; 0 for never, 1 for all.</summary>
    public int FlapInSendEvery;

    /// <summary>A broadcast frame of no interest arrives every so often, on average; 0 for never.</summary>
    public int FloodEveryMicroseconds;

    /// <summary>Brown-outs that came by <see cref="BrownOutEveryMilliseconds"/>.</summary>
    public int BrownOuts;

    /// <summary>Flaps that came by <see cref="LinkFlapEveryMilliseconds"/> or <see cref="FlapInSendEvery"/>.</summary>
    public int LinkFlaps;

    /// <summary>Frames that came by <see cref="FloodEveryMicroseconds"/>.</summary>
    public int FloodFrames;

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

    /// <summary>The names that <see cref="Set"/> knows, separated by spaces.</summary>
    public virtual string Names =>
        "absent die revision miso-flips mosi-flips flip-register lost-clocks extra-clocks stuck-int missed-int slow-reset "
        + "brown-outs link-flaps flap-time send-flaps flood";

    /// <summary>Sets a fault by its name, as an option of a command line would.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="value">Its number: every so many, a level, or a time; not 0 for on.</param>
    /// <returns>False when there is no fault of that name.</returns>
    public virtual bool Set(string name, int value)
    {
        switch (name)
        {
            case "absent":
                AbsentLevel = value;
                return true;
            case "die":
                DeathAfterMilliseconds = value;
                return true;
            case "revision":
                Revision = value;
                return true;
            case "miso-flips":
                MisoFlipEvery = value;
                return true;
            case "mosi-flips":
                MosiFlipEvery = value;
                return true;
            case "flip-register":
                FlipRegister = value;
                return true;
            case "lost-clocks":
                LoseClockEvery = value;
                return true;
            case "extra-clocks":
                ExtraClockEvery = value;
                return true;
            case "stuck-int":
                StuckInterrupt = value;
                return true;
            case "missed-int":
                MissInterruptEvery = value;
                return true;
            case "slow-reset":
                SlowResetMilliseconds = value;
                return true;
            case "brown-outs":
                BrownOutEveryMilliseconds = value;
                return true;
            case "link-flaps":
                LinkFlapEveryMilliseconds = value;
                return true;
            case "flap-time":
                LinkFlapMilliseconds = value;
                return true;
            case "send-flaps":
                FlapInSendEvery = value;
                return true;
            case "flood":
                FloodEveryMicroseconds = value;
                return true;
            default:
                return false;
        }
    }

    internal bool Flips => MisoFlipEvery != 0 || MosiFlipEvery != 0;

    internal bool BendsClock => LoseClockEvery != 0 || ExtraClockEvery != 0;

    internal bool DisturbsBus => (MisoFlipEvery | MosiFlipEvery | LoseClockEvery | ExtraClockEvery) != 0;

    internal bool Timed =>
        (BrownOutEveryMilliseconds | LinkFlapEveryMilliseconds | FloodEveryMicroseconds | DeathAfterMilliseconds) != 0;

    internal bool Hits(int register)
    {
        return FlipRegister < 0 || FlipRegister == register;
    }

    internal int FlipMiso(int value)
    {
        return OneIn(MisoFlipEvery) ? value ^ (1 << (int)(Next() & 7)) : value;
    }

    internal int FlipMosi(int value)
    {
        return OneIn(MosiFlipEvery) ? value ^ (1 << (int)(Next() & 7)) : value;
    }

    // Which of a byte's eight bits comes with the wrong number of clocks, and with how many; -1 for none.
    internal int BentClock(out int clocks)
    {
        clocks = OneIn(LoseClockEvery) ? 0 : OneIn(ExtraClockEvery) ? 2 : 1;
        return clocks == 1 ? -1 : (int)(Next() & 7);
    }

    internal bool MissesInterrupt()
    {
        return OneIn(MissInterruptEvery);
    }

    internal bool FlapsInSend()
    {
        if (!OneIn(FlapInSendEvery))
        {
            return false;
        }

        LinkFlaps++;
        return true;
    }

    // Between half and one and a half of a time.
    internal long About(long time)
    {
        return time / 2 + time * (Next() & 0xFFFF) / 0x10000 + 1;
    }

    // A broadcast of the EtherType for local experiments, IEEE 802 9.2.4.
    internal int MakeFloodFrame(byte[] frame)
    {
        int length = 60 + (int)(Next() % 1455);
        for (int i = 0; i < length; i++)
        {
            frame[i] = (byte)(i < 6 ? 0xFF : i);
        }

        frame[6] = 0x02;
        frame[12] = 0x88;
        frame[13] = 0xB5;
        return length;
    }

    /// <summary>Throws the dice.</summary>
    /// <param name="many">The number of sides; 0 never hits.</param>
    /// <returns>True once in so many.</returns>
    protected internal bool OneIn(int many)
    {
        return many != 0 && Next() % (uint)many == 0;
    }

    /// <summary>The next number of the sequence (Marsaglia's 32-bit xorshift).</summary>
    /// <returns>Any number but 0.</returns>
    protected internal uint Next()
    {
        uint x = _state;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        _state = x;
        return x;
    }
}
