namespace EmbeddedTcp.Tcp;

/// <summary>
/// Which octets beyond RCV.NXT have arrived. Their bytes already stand at their places in the <see cref="ReceiveBuffer"/>.
/// </summary>
internal sealed class Reassembly : SequenceRanges
{
    /// <summary>Holes kept open at once. A segment that would open one more counts as lost.</summary>
    internal const int MaxRanges = 4;

    internal Reassembly()
        : base(MaxRanges)
    {
    }
}
