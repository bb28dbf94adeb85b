using System;
using System.Device.Gpio;
using System.Device.Spi;
using Iot.Device.Ft232H;

namespace EmbeddedTcp.LinuxSpi.Adapters;

/// <summary>FTDI's FT232H: clock on AD0, MOSI on AD1, MISO on AD2; chip select and the rest where one likes.</summary>
/// <param name="index">Which one, from 0, when several are plugged in.</param>
/// <param name="chipSelect">3 to 7 for AD3 to AD7, 8 to 15 for AC0 to AC7.</param>
public sealed class Ft232hAdapter(int index, int chipSelect) : SpiAdapter
{
    // The engine's 60 MHz, halved, by 1 to 65,536 (FTDI AN_108 §3.8.2).
    private const int Fastest = 30_000_000;
    private const int Slowest = 10_000;

    private Ft232HDevice? _device;

    /// <inheritdoc/>
    public override string Name => "FT232H";

    /// <inheritdoc/>
    /// <remarks>
    /// The binding computes its divisor with whole kilohertz and rounds it down, which makes 30 MHz of a wish for 20, and next to nothing of one above 30; so it
    /// is only given clocks that come out even.
    /// </remarks>
    public override int PossibleClock(int hertz)
    {
        if (hertz < Slowest)
        {
            return 0;
        }

        int divisor = (Fastest + hertz - 1) / hertz;
        return Fastest / divisor / 1000 * 1000;
    }

    /// <inheritdoc/>
    public override SpiDevice OpenSpi(int hertz)
    {
        return Ftdi.Try(Name, () => Device().CreateSpiDevice(Settings(0, chipSelect, hertz)));
    }

    /// <inheritdoc/>
    public override GpioController OpenGpio()
    {
        return Ftdi.Try(Name, () => Device().CreateGpioController());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _device?.Dispose();
        base.Dispose();
    }

    private Ft232HDevice Device()
    {
        return _device ??= Ftdi.Pick(Name, Ft232HDevice.GetFt232H(), index);
    }
}
