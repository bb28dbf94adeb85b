using System;
using System.Collections.Generic;
using System.Net;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;

namespace EmbeddedTcp.VirtualBoard.ChipService;

/// <summary>Everything the command line decides about a chip that is offered as a service.</summary>
public sealed record ChipSettings
{
    /// <summary>The chip: w5500 or enc28j60.</summary>
    public required string Model { get; init; }

    /// <summary>EREVID of the ENC28J60's silicon revision.</summary>
    public int Revision { get; init; } = Enc28j60Errata.B7;

    /// <summary>Where the service listens; port 0 is any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Name of the TAP interface to attach to, or null for the user-mode network.</summary>
    public string? TapName { get; init; }

    /// <summary>The host's, or the gateway's, address and network.</summary>
    public Ipv4Network Host { get; init; } = new(0x0A4D0001, 24);

    /// <summary>The address that the client's stack is expected to use: forwarded ports lead there.</summary>
    public Ipv4Network Board { get; init; } = new(0x0A4D0002, 24);

    /// <summary>Ports of 127.0.0.1 that lead to the client's stack; user-mode network only.</summary>
    public IReadOnlyList<PortForward> Forwards { get; init; } = [];

    /// <summary>Where to record the wire, or null.</summary>
    public string? CapturePath { get; init; }

    /// <summary>Faults of the chip by name; erratum-N for the ENC28J60's errata.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Faults { get; init; } = [];

    /// <summary>Start of the chip's pseudo-random sequence.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The SPI clock that is modelled.</summary>
    public int ClockHz { get; init; } = 20_000_000;

    /// <summary>How long to run, or null for until told to stop.</summary>
    public TimeSpan? RunTime { get; init; }

    /// <summary>The chip that these settings describe.</summary>
    /// <param name="error">Null, or the fault that the chip does not have.</param>
    /// <returns>A chip, powered long ago.</returns>
    public ChipModel Create(out string? error)
    {
        error = null;
        ChipModel chip = Model == "enc28j60" ? new Enc28j60Model(Revision) : new W5500Model();
        chip.ClockHz = ClockHz;
        chip.Faults.Seed(Seed);
        foreach ((string name, int value) in Faults)
        {
            if (!Set(chip, name, value))
            {
                error = $"--fault: the {chip.Name} has no fault '{name}'; there are {chip.Faults.Names}"
                    + (chip is Enc28j60Model ? " and erratum-1 to erratum-19" : string.Empty);
            }
        }

        return chip;
    }

    private static bool Set(ChipModel chip, string name, int value)
    {
        const string erratum = "erratum-";
        return chip is Enc28j60Model enc && name.StartsWith(erratum, StringComparison.Ordinal)
            ? Numbers.TryInteger(name[erratum.Length..], 1, 19, out int item) && enc.Errata.Set(item, value)
            : chip.Faults.Set(name, value);
    }
}
