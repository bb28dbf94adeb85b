namespace EmbeddedTcp.Drivers;

/// <summary>
/// The seam between a driver and the pins of one chip: SPI with chip select, the reset and interrupt lines, and time to wait.
/// Adapters exist for the nanoFramework SpiDevice and for the register-level models.
/// </summary>
/// <remarks>
/// Chip select stays low for 210 ns at least after the last clock, which is what the ENC28J60 wants after MAC and MII registers
/// (DS39662E section 16, SPI interface AC characteristics, TCSH); a select line that software toggles is slower than that.
/// </remarks>
public abstract class SpiBus
{
    /// <summary>
    /// One full-duplex exchange inside one chip-select frame.
    /// </summary>
    /// <param name="write">Bytes clocked out, from index 0.</param>
    /// <param name="read">Receives the bytes clocked in, from index 0; may be the same array as <paramref name="write"/>.</param>
    /// <param name="count">Bytes exchanged, 1 to 16,384; both arrays hold at least this many.</param>
    public abstract void Transfer(byte[] write, byte[] read, int count);

    /// <summary>The SPI clock in hertz that <see cref="Transfer"/> uses, or 0 where the adapter does not know it.</summary>
    public virtual int ClockHz
    {
        get { return 0; }
    }

    /// <summary>
    /// Changes the SPI clock between two transfers: a driver whose self-test failed tries a slower one. The chip may see chip select
    /// and clocks while the bus is opened again, so it is reset afterwards.
    /// </summary>
    /// <param name="hertz">The new clock; what the hardware makes of it may be lower, never higher.</param>
    /// <returns>False when the clock of this bus cannot be changed.</returns>
    public virtual bool SetClock(int hertz)
    {
        return false;
    }

    /// <summary>Waits at least the given time. Only used while a chip is reset and identified, never on the data path.</summary>
    /// <param name="milliseconds">1 to 1,000.</param>
    public abstract void Delay(int milliseconds);

    /// <summary>Drives the chip's active-low reset line. Boards that do not wire it leave this as it is.</summary>
    /// <param name="asserted">True pulls the line low.</param>
    /// <returns>False when the board has no reset line.</returns>
    public virtual bool SetReset(bool asserted)
    {
        return false;
    }

    /// <summary>
    /// Reads the level of the chip's active-low interrupt line. Boards that do not wire it leave this as it is.
    /// </summary>
    /// <returns>True while the line is low, and always where there is none: the driver then has to look for itself.</returns>
    public virtual bool InterruptAsserted()
    {
        return true;
    }

    /// <summary>Halves the SPI clock, but not below a floor.</summary>
    /// <returns>False when it is there already, or is not known, or cannot be changed.</returns>
    internal bool SlowDown(int floorHz)
    {
        int hertz = ClockHz;
        if (hertz <= floorHz)
        {
            return false;
        }

        hertz /= 2;
        return SetClock(hertz < floorHz ? floorHz : hertz);
    }

    /// <summary>The SPI clock for a person: "SPI at 20 MHz", "SPI lowered from 20 to 10 MHz", or "SPI".</summary>
    /// <param name="firstHz">The clock before any was lowered.</param>
    internal string ClockText(int firstHz)
    {
        int hertz = ClockHz;
        if (hertz == 0)
        {
            return "SPI";
        }

        return hertz < firstHz ? $"SPI lowered from {Megahertz(firstHz)} to {Megahertz(hertz)} MHz" : $"SPI at {Megahertz(hertz)} MHz";
    }

    private static string Megahertz(int hertz)
    {
        int tenths = (hertz + 50000) / 100000;
        return tenths % 10 == 0 ? (tenths / 10).ToString() : $"{tenths / 10}.{tenths % 10}";
    }
}
