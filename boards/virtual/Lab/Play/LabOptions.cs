using System.Collections.Generic;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>What can be changed about a scenario from the command line; null leaves a value as the scenario has it.</summary>
public sealed record LabOptions
{
    /// <summary>Faults of given segments.</summary>
    public IReadOnlyList<SegmentFault> Faults { get; init; } = [];

    /// <summary>Time a frame takes from one side to the other, in milliseconds.</summary>
    public int? Latency { get; init; }

    /// <summary>Receive ring of each connection in octets.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>Send ring of each connection in octets.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>Maximum segment lifetime in milliseconds.</summary>
    public int? MaximumSegmentLifetime { get; init; }

    /// <summary>Initial and smallest retransmission timeout in milliseconds.</summary>
    public int? Rto { get; init; }

    /// <summary>Maximum transmission unit in octets.</summary>
    public int? Mtu { get; init; }

    /// <summary>True when the scenario is played as it was written, so that its expectations hold.</summary>
    public bool AsWritten => Faults.Count == 0 && Latency == null && ReceiveBuffer == null && SendBuffer == null
        && MaximumSegmentLifetime == null && Rto == null && Mtu == null;

    /// <summary>Changes a side's options.</summary>
    internal void ApplyTo(StackOptions options)
    {
        options.ReceiveBufferSize = ReceiveBuffer ?? options.ReceiveBufferSize;
        options.SendBufferSize = SendBuffer ?? options.SendBufferSize;
        options.MaximumSegmentLifetime = MaximumSegmentLifetime ?? options.MaximumSegmentLifetime;
        options.InitialRto = Rto ?? options.InitialRto;
        options.MinimumRto = Rto ?? options.MinimumRto;
        options.Mtu = Mtu ?? options.Mtu;
    }
}
