namespace EmbeddedTcp.VirtualBoard.Wires;

/// <summary>How bad a wire is. Probabilities are per frame, from 0 to 1; both directions suffer alike.</summary>
public sealed record FaultSettings
{
    /// <summary>Longest delay a wire may have, in milliseconds.</summary>
    public const int MaxDelay = 60000;

    /// <summary>A wire that does nothing to its frames.</summary>
    public static readonly FaultSettings None = new();

    /// <summary>Probability that a frame vanishes.</summary>
    public double Loss { get; init; }

    /// <summary>Probability that a frame arrives twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>Probability that a frame is overtaken by the one behind it.</summary>
    public double Reorder { get; init; }

    /// <summary>Probability that one bit of a frame is flipped.</summary>
    public double Corrupt { get; init; }

    /// <summary>Time each frame spends in the wire, in milliseconds, 0 to <see cref="MaxDelay"/>.</summary>
    public int Delay { get; init; }

    /// <summary>Start of the pseudo-random sequence: the same seed and the same frames meet the same fate.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>True when frames arrive otherwise than they were sent.</summary>
    public bool Any => Loss > 0 || Duplicate > 0 || Reorder > 0 || Corrupt > 0 || Delay > 0;
}
