namespace EmbeddedTcp.Tcp;

/// <summary>
/// Arithmetic on sequence numbers modulo 2³² (RFC 9293 §3.4). They are kept as ints; a comparison is the sign of the difference,
/// which is right as long as the two lie less than 2³¹ apart. The per-segment path writes these out.
/// </summary>
public static class Sequence
{
    /// <summary>a &lt; b.</summary>
    public static bool Less(int a, int b)
    {
        return a - b < 0;
    }

    /// <summary>a ≤ b.</summary>
    public static bool LessOrEqual(int a, int b)
    {
        return a - b <= 0;
    }

    /// <summary>low ≤ value &lt; low + length, for a length of 0 or more.</summary>
    public static bool InWindow(int value, int low, int length)
    {
        int distance = value - low;
        return distance >= 0 && distance < length;
    }
}
