using System;
using System.Device.Gpio;
using System.Device.Spi;
using System.Threading;

namespace EmbeddedTcp.LinuxSpi.Adapters;

/// <summary>What the chip is connected to: a bus of the computer, or an adapter on its USB.</summary>
public abstract class SpiAdapter : IDisposable
{
    /// <summary>What every bus has to carry, in bytes: a frame of full size and what belongs to it.</summary>
    public const int ShortestLimit = 1536;

    /// <summary>Name for the start-up text and for errors.</summary>
    public abstract string Name { get; }

    /// <summary>The most bytes of one chip-select frame, <see cref="ShortestLimit"/> to 16,384.</summary>
    public virtual int LongestTransfer => 16384;

    /// <summary>True when the GPIO driver calls back at an edge; false: a pin can only be read.</summary>
    public virtual bool TellsEdges => false;

    /// <summary>The highest clock the adapter can make that is not above a wish, in hertz; 0 when all are.</summary>
    public abstract int PossibleClock(int hertz);

    /// <summary>Opens the chip's device on the bus, in SPI mode 0.</summary>
    /// <param name="hertz">A clock that <see cref="PossibleClock"/> gave.</param>
    /// <exception cref="AdapterException">Says in one line what is missing.</exception>
    public abstract SpiDevice OpenSpi(int hertz);

    /// <summary>Opens what has the pins for reset and interrupt.</summary>
    /// <exception cref="AdapterException">Says in one line what is missing.</exception>
    public abstract GpioController OpenGpio();

    /// <summary>Waits at least so many milliseconds.</summary>
    public virtual void Delay(int milliseconds)
    {
        Thread.Sleep(milliseconds);
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
    }

    /// <summary>Settings of mode 0, most significant bit first, chip select active low, which is what both chips want.</summary>
    protected static SpiConnectionSettings Settings(int bus, int chipSelect, int hertz)
    {
        return new SpiConnectionSettings(bus, chipSelect) { ClockFrequency = hertz, Mode = SpiMode.Mode0, DataBitLength = 8 };
    }
}
