namespace EmbeddedTcp.ChipModels;

/// <summary>
/// The pins of a modelled Ethernet controller: SPI slave with explicit chip select, interrupt, reset, the cable, and time.
/// </summary>
public abstract class ChipModel
{
    /// <summary>Where transmitted frames go; null when no cable is attached.</summary>
    public CableEnd Cable;

    /// <summary>The SPI clock in hertz: how long each exchanged byte takes.</summary>
    public int ClockHz = 20000000;

    /// <summary>The model's clock in nanoseconds. Moves by <see cref="AdvanceTo"/>, by <see cref="Spend"/> and by the time SPI traffic takes.</summary>
    public long NowNanoseconds { get; protected set; }

    /// <summary>The model's clock in microseconds.</summary>
    public long NowMicroseconds => NowNanoseconds / 1000;

    /// <summary>True while the chip pulls its active-low INT line down.</summary>
    public abstract bool InterruptAsserted { get; }

    /// <summary>Pulls chip select low: a new SPI frame begins.</summary>
    public abstract void Select();

    /// <summary>Exchanges one byte inside the SPI frame.</summary>
    /// <param name="mosi">The byte on the master's output.</param>
    /// <returns>The byte on the chip's output.</returns>
    public abstract byte Exchange(byte mosi);

    /// <summary>Exchanges many bytes inside the SPI frame; the same as <see cref="Exchange"/> for each, only faster.</summary>
    /// <param name="mosi">The bytes on the master's output, from index 0.</param>
    /// <param name="miso">Receives the bytes on the chip's output, from index 0; may be the same array.</param>
    /// <param name="count">How many.</param>
    public virtual void ExchangeBlock(byte[] mosi, byte[] miso, int count)
    {
        for (int i = 0; i < count; i++)
        {
            miso[i] = Exchange(mosi[i]);
        }
    }

    /// <summary>Releases chip select: the SPI frame ends.</summary>
    public abstract void Deselect();

    /// <summary>Drives the active-low reset pin.</summary>
    /// <param name="asserted">True pulls it low.</param>
    public abstract void SetReset(bool asserted);

    /// <summary>Lets time pass up to an absolute moment; moments in the past are ignored.</summary>
    /// <param name="microseconds">The new time of <see cref="NowMicroseconds"/>.</param>
    public abstract void AdvanceTo(long microseconds);

    /// <summary>Lets time pass.</summary>
    /// <param name="nanoseconds">How much, 0 or more.</param>
    public abstract void Spend(long nanoseconds);

    /// <summary>A frame arrives over the cable.</summary>
    /// <param name="frame">Holds the frame from <paramref name="offset"/>, without FCS. Copied before the call returns.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes.</param>
    /// <returns>True when the chip stored it; false when a filter or lack of room dropped it.</returns>
    public abstract bool Deliver(byte[] frame, int offset, int length);

    /// <summary>Plugs or pulls the cable, as the PHY sees it.</summary>
    /// <param name="plugged">True when a link partner is there.</param>
    public abstract void SetCable(bool plugged);
}

/// <summary>The far side of a model's cable.</summary>
public abstract class CableEnd
{
    /// <summary>The chip put a frame on the wire.</summary>
    /// <param name="frame">Holds the frame from <paramref name="offset"/>, without FCS; valid during the call only.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes, padding included.</param>
    public abstract void Transmitted(byte[] frame, int offset, int length);
}
