namespace EmbeddedTcp.Drivers;

/// <summary>
/// The seam between a driver and the pins of one chip: SPI with chip select, the reset and interrupt lines, and time to wait.
/// Adapters exist for the nanoFramework SpiDevice and for the register-level models.
/// </summary>
public abstract class SpiBus
{
    /// <summary>
    /// One full-duplex exchange inside one chip-select frame.
    /// </summary>
    /// <param name="write">Bytes clocked out, from index 0.</param>
    /// <param name="read">Receives the bytes clocked in, from index 0; may be the same array as <paramref name="write"/>.</param>
    /// <param name="count">Bytes exchanged, 1 to 16,384; both arrays hold at least this many.</param>
    public abstract void Transfer(byte[] write, byte[] read, int count);

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
}
