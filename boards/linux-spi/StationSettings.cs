using EmbeddedTcp.LinuxSpi.Adapters;
using EmbeddedTcp.VirtualBoard;

namespace EmbeddedTcp.LinuxSpi;

/// <summary>Everything the command line decides.</summary>
internal sealed record StationSettings
{
    /// <summary>Name of the adapter for the model.</summary>
    internal const string Model = "model";

    /// <summary>spidev, ft232h, ft4222 or <see cref="Model"/>.</summary>
    internal string Adapter { get; init; } = "spidev";

    /// <summary>The bus of spidev, or which of several adapters.</summary>
    internal int Bus { get; init; }

    /// <summary>The chip select line.</summary>
    internal int ChipSelect { get; init; }

    /// <summary>The SPI clock wanted, in hertz.</summary>
    internal int ClockHz { get; init; } = 20_000_000;

    /// <summary>The pin with the chip's interrupt line, or null.</summary>
    internal int? Interrupt { get; init; }

    /// <summary>The pin with the chip's reset line, or null.</summary>
    internal int? Reset { get; init; }

    /// <summary>The station's Ethernet address, six bytes.</summary>
    internal byte[] MacAddress { get; init; } = [2, 0, 0, 0, 0, 1];

    /// <summary>Milliseconds between two looks at the chip when nothing else is due, or 0 for what suits the interrupt line.</summary>
    internal int Poll { get; init; }

    /// <summary>Times that a chip which does not answer is looked for before the end; 0: for ever.</summary>
    internal int Tries { get; init; }

    /// <summary>Chip, addresses, sizes, and what only the model needs.</summary>
    internal BoardSettings Board { get; init; } = new();

    /// <summary>Makes the adapter that is no model.</summary>
    internal SpiAdapter CreateAdapter()
    {
        return Adapter switch
        {
            "ft232h" => new Ft232hAdapter(Bus, ChipSelect),
            "ft4222" => new Ft4222Adapter(Bus, ChipSelect),
            _ => new SpidevAdapter(Bus, ChipSelect),
        };
    }
}
