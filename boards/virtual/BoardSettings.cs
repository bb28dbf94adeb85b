using System;
using System.Collections.Generic;
using EmbeddedTcp.Samples;
using System.Security.Cryptography;
using EmbeddedTcp.VirtualBoard.Wires;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>Everything the command line decides about the virtual board.</summary>
public sealed record BoardSettings
{
    /// <summary>The forwards that are there without being asked for: page, echo, discard, daytime, character generator.</summary>
    public static readonly IReadOnlyList<PortForward> DefaultForwards =
        [new(8080, 80), new(8007, 7), new(8009, 9), new(8013, 13), new(8019, 19)];

    /// <summary>The Ethernet controller on the board.</summary>
    public ChipKind Chip { get; init; } = ChipKind.W5500;

    /// <summary>Name of the TAP interface to attach to, or null for the user-mode network.</summary>
    public string? TapName { get; init; }

    /// <summary>The host's, or the gateway's, address and network.</summary>
    public Ipv4Network Host { get; init; } = new(0x0A4D0001, 24);

    /// <summary>The board's address and network.</summary>
    public Ipv4Network Board { get; init; } = new(0x0A4D0002, 24);

    /// <summary>Ports of 127.0.0.1 that lead to the board; user-mode network only.</summary>
    public IReadOnlyList<PortForward> Forwards { get; init; } = DefaultForwards;

    /// <summary>The board asks for its address by DHCP; <see cref="Board"/> is what the user-mode network gives it.</summary>
    public bool Dhcp { get; init; }

    /// <summary>The board's name for DHCP and multicast DNS.</summary>
    public string HostName { get; init; } = "virtual-board";

    /// <summary>Names, in lower case, that the user-mode network's name server knows.</summary>
    public IReadOnlyDictionary<string, uint> Names { get; init; } = new Dictionary<string, uint>();

    /// <summary>Where to record the wire, or null.</summary>
    public string? CapturePath { get; init; }

    /// <summary>How bad the wire is.</summary>
    public FaultSettings Faults { get; init; } = FaultSettings.None;

    /// <summary>Maximum segment lifetime in milliseconds.</summary>
    public int MaximumSegmentLifetime { get; init; } = 30000;

    /// <summary>Floor of the retransmission timeout in milliseconds.</summary>
    public int MinimumRto { get; init; } = 1000;

    /// <summary>How long to run, or null for until told to stop.</summary>
    public TimeSpan? RunTime { get; init; }

    /// <summary>How much faster than the computer's the board's clock runs, 1 to 1,000.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>The board's port with the console on it, or 0 for none.</summary>
    public int NetworkConsolePort { get; init; }

    /// <summary>The program of firmware/samples that runs beside the standard services, or null.</summary>
    public string? App { get; init; }

    /// <summary>What it is told: the server it talks to and the port.</summary>
    public SampleSettings AppSettings { get; init; } = new();

    /// <summary>Connection slots.</summary>
    public int Slots { get; init; } = 8;

    /// <summary>Receive ring of each slot in bytes.</summary>
    public int ReceiveBufferSize { get; init; } = 4096;

    /// <summary>Send ring of each slot in bytes.</summary>
    public int SendBufferSize { get; init; } = 4096;

    /// <summary>TCP features to offer, bits of <see cref="Tcp.TcpFeatures"/>, or null for what suits the sizes of the rings.</summary>
    public int? Features { get; init; }

    /// <summary>Changes what no option of the command line reaches, last of all; null for nothing.</summary>
    public Action<StackOptions>? Tune { get; init; }

    /// <summary>What these settings mean for the stack, with a boot secret that nobody can know.</summary>
    public StackOptions ToStackOptions()
    {
        var options = new StackOptions
        {
            Address = Dhcp ? 0 : Board.Address,
            PrefixLength = Board.PrefixLength,
            Gateway = Host.Address,
            Connections = Slots,
            ReceiveBufferSize = ReceiveBufferSize,
            SendBufferSize = SendBufferSize,
            MaximumSegmentLifetime = MaximumSegmentLifetime,
            MinimumRto = MinimumRto,
            InitialRto = Math.Max(MinimumRto, 1000),
            BootSecret = RandomNumberGenerator.GetBytes(16),
            UdpSockets = 6,
            MulticastGroups = 1,
            ReassemblyDatagrams = 2,
        };
        FeatureNames.Offer(options, Features);
        Tune?.Invoke(options);
        return options;
    }
}

/// <summary>An address within its network.</summary>
/// <param name="Address">Most significant octet first.</param>
/// <param name="PrefixLength">Length of the network prefix in bits, 1 to 30.</param>
public readonly record struct Ipv4Network(uint Address, int PrefixLength)
{
    /// <summary>The network's part of an address.</summary>
    public uint Mask => uint.MaxValue << (32 - PrefixLength);

    /// <summary>True when an address belongs to this network.</summary>
    public bool Contains(uint address)
    {
        return ((address ^ Address) & Mask) == 0;
    }

    /// <summary>Reads <c>10.77.0.2/24</c>.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Parse(string text, out Ipv4Network network)
    {
        network = default;
        int slash = text.IndexOf('/');
        if (slash < 0
            || !Ipv4Address.TryParse(text[..slash], out uint address)
            || !Numbers.TryInteger(text[(slash + 1)..], 0, 32, out int prefix))
        {
            return "is no address with its prefix length, such as 10.77.0.2/24";
        }

        if (prefix is < 1 or > 30)
        {
            return "has a prefix length outside 1 to 30";
        }

        network = new Ipv4Network(address, prefix);
        uint first = address >> 24;
        if (first == 0 || first == 127 || first >= 224)
        {
            return "is no address a host can have";
        }

        uint host = address & ~network.Mask;
        return host == 0 || host == ~network.Mask ? "is the address of a network or its broadcast, not of a host" : null;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"{Ipv4Address.Format(Address)}/{PrefixLength}";
    }
}
