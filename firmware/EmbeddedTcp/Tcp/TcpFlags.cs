namespace EmbeddedTcp.Tcp;

/// <summary>The control bits of a segment (RFC 9293 §3.1).</summary>
public static class TcpFlags
{
    /// <summary>No more data from the sender.</summary>
    public const int Fin = 0x01;

    /// <summary>Synchronise sequence numbers.</summary>
    public const int Syn = 0x02;

    /// <summary>Reset the connection.</summary>
    public const int Rst = 0x04;

    /// <summary>Push.</summary>
    public const int Psh = 0x08;

    /// <summary>The acknowledgment number is meaningful.</summary>
    public const int Ack = 0x10;

    /// <summary>The urgent pointer is meaningful.</summary>
    public const int Urg = 0x20;

    /// <summary>ECN echo (RFC 3168).</summary>
    public const int Ece = 0x40;

    /// <summary>Congestion window reduced (RFC 3168).</summary>
    public const int Cwr = 0x80;
}
