using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Spi;
using System.Linq;
using Iot.Device.Ft4222;
using Iot.Device.FtCommon;

namespace EmbeddedTcp.LinuxSpi.Adapters;

/// <summary>FTDI's FT4222H, a bridge made for SPI, in the modes that have a GPIO interface (0 and 1).</summary>
/// <param name="index">Which one, from 0, when several are plugged in.</param>
/// <param name="chipSelect">0 to 3 for SS0O to SS3O; mode 0 has the first only.</param>
public sealed class Ft4222Adapter(int index, int chipSelect) : SpiAdapter
{
    // "SCK can support up to 30MHz in SPI master" (FT4222H data sheet 1.4, first page).
    private const int Fastest = 30_000_000;

    // System clocks and divisors (AN_329, FT4222_SetClock and FT4222_SPIMaster_Init), as far as the binding knows them.
    private static readonly int[] s_systemClocks = [24_000_000, 48_000_000, 60_000_000, 80_000_000];

    /// <inheritdoc/>
    public override string Name => "FT4222";

    /// <inheritdoc/>
    public override int PossibleClock(int hertz)
    {
        int wish = Math.Min(hertz, Fastest);
        int best = 0;
        foreach (int systemClock in s_systemClocks)
        {
            for (int divisor = 2; divisor <= 256; divisor *= 2)
            {
                int clock = systemClock / divisor;
                best = clock <= wish && clock > best ? clock : best;
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public override SpiDevice OpenSpi(int hertz)
    {
        // The binding hands its chip select line to FT4222_SPIMaster_Init as it is, where it is a map with a bit for each line (AN_329, ssoMap).
        return Ftdi.Try(Name, () =>
        {
            Ftdi.Pick(Name, Interfaces("FT4222 A", "FT4222"), index);
            return new Ft4222Spi(Settings(index, 1 << chipSelect, hertz));
        });
    }

    /// <inheritdoc/>
    public override GpioController OpenGpio()
    {
        return Ftdi.Try(Name, () =>
        {
            Ftdi.Pick(Name + " with a GPIO interface (mode 0 or 1)", Interfaces("FT4222 B", "FT4222 D"), index);
            return new GpioController(new Ft4222Gpio(index));
        });
    }

    private static IReadOnlyList<FtDevice> Interfaces(params string[] names)
    {
        return [.. FtCommon.GetDevices().Where(device => names.Contains(device.Description))];
    }
}
