namespace EmbeddedTcp.Tcp;

/// <summary>What happened on a connection since its events were last taken. Edge-triggered bits.</summary>
public static class TcpEvents
{
    /// <summary>The handshake of an active open completed.</summary>
    public const int Connected = 1;

    /// <summary>Data arrived that can be read.</summary>
    public const int Readable = 2;

    /// <summary>Room became free in the send ring.</summary>
    public const int Writable = 4;

    /// <summary>The peer's FIN arrived: after what is buffered, Read reports the end of the stream.</summary>
    public const int PeerClosed = 8;

    /// <summary>The connection ended; <see cref="TcpConnection.EndReason"/> says why. The handle must still be closed.</summary>
    public const int Ended = 16;

    /// <summary>The peer's urgent mark has appeared or moved on; <see cref="TcpConnection.UrgentOctets"/> tells where it is (RFC 9293 §3.8.5, MUST-32).</summary>
    public const int Urgent = 32;

    /// <summary>
    /// An ICMP error that does not end the connection; <see cref="TcpConnection.SoftErrorType"/> tells which (RFC 9293 §3.9.2.2). Or, with that
    /// type 0, R1 was reached: the peer has been mute for <see cref="StackOptions.R1Retransmissions"/> retransmissions (§3.8.3, SHLD-9).
    /// </summary>
    public const int SoftError = 64;
}
