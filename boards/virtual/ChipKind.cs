using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.ChipModels.W5500;
using EmbeddedTcp.Drivers;
using EmbeddedTcp.Drivers.Enc28j60;
using EmbeddedTcp.Drivers.W5500;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>A kind of Ethernet controller: its model, its driver, and what the virtual wire has to know about it.</summary>
public abstract class ChipKind
{
    /// <summary>WIZnet's, 100 Mbit/s.</summary>
    public static readonly ChipKind W5500 = new W5500Kind();

    /// <summary>Microchip's, 10 Mbit/s.</summary>
    public static readonly ChipKind Enc28j60 = new Enc28j60Kind();

    private static readonly ChipKind[] s_all = [W5500, Enc28j60];

    private ChipKind(string name)
    {
        Name = name;
    }

    /// <summary>The names that <see cref="TryFind"/> knows, for a person.</summary>
    public static string Names => string.Join(", ", s_all.Select(kind => kind.Name));

    /// <summary>What it is called on the command line.</summary>
    public string Name { get; }

    /// <summary>Frames the wire may hand over between two polls: fewer full ones than the receive memory holds.</summary>
    public abstract int FramesPerTurn { get; }

    /// <summary>What a full frame with preamble and gap takes on the wire.</summary>
    public abstract long FrameNanoseconds { get; }

    /// <summary>Finds a kind by its name.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out ChipKind? kind)
    {
        kind = Array.Find(s_all, k => k.Name == name);
        return kind != null;
    }

    /// <summary>A chip, powered, with a cable in its socket.</summary>
    public abstract ChipModel CreateModel();

    /// <summary>Its driver.</summary>
    /// <param name="bus">The chip's pins.</param>
    /// <param name="longestTransfer">Bytes that the bus exchanges in one chip-select frame, 1,536 at least: a frame of full size and what belongs to it.</param>
    public abstract EthernetDevice CreateDriver(SpiBus bus, int longestTransfer = 16384);

    /// <inheritdoc/>
    public override string ToString()
    {
        return Name;
    }

    private sealed class W5500Kind() : ChipKind("w5500")
    {
        // Ten full frames fit into 16 KB.
        public override int FramesPerTurn => 8;

        public override long FrameNanoseconds => 125_000;

        public override ChipModel CreateModel() => new W5500Model();

        public override EthernetDevice CreateDriver(SpiBus bus, int longestTransfer) =>
            new W5500Driver(bus, Math.Min(W5500Driver.DefaultReceiveBufferSize, longestTransfer & ~3)) { AcceptMulticast = true };
    }

    private sealed class Enc28j60Kind() : ChipKind("enc28j60")
    {
        // Four full frames fit into 6.5 KB.
        public override int FramesPerTurn => 3;

        public override long FrameNanoseconds => 1_250_000;

        public override ChipModel CreateModel() => new Enc28j60Model();

        // It never fetches more than one frame at a time.
        public override EthernetDevice CreateDriver(SpiBus bus, int longestTransfer) => new Enc28j60Driver(bus) { AcceptMulticast = true };
    }
}
