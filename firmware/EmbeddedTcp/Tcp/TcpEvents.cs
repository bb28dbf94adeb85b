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
}
