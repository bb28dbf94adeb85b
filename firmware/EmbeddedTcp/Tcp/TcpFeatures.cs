namespace EmbeddedTcp.Tcp;

/// <summary>
/// What both ends of a connection agreed on in their SYNs, and what else makes its segments differ from the plain header of twenty bytes.
/// A connection with none of these bits never looks further.
/// </summary>
public static class TcpFeatures
{
    /// <summary>Selective acknowledgment, RFC 2018.</summary>
    public const int Sack = 1;

    /// <summary>Timestamps, RFC 7323 §3.</summary>
    public const int Timestamps = 2;

    /// <summary>Window scale, RFC 7323 §2.</summary>
    public const int WindowScale = 4;

    /// <summary>Explicit congestion notification, RFC 3168 §6.1.</summary>
    public const int Ecn = 8;

    /// <summary>Not negotiated: our application marked octets as urgent that are not acknowledged yet (RFC 9293 §3.8.5).</summary>
    internal const int UrgentOut = 16;
}
