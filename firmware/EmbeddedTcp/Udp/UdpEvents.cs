namespace EmbeddedTcp.Udp;

/// <summary>What happened on a socket since its events were last taken. Edge-triggered bits.</summary>
public static class UdpEvents
{
    /// <summary>A datagram arrived.</summary>
    public const int Readable = 1;

    /// <summary>An ICMP error about a datagram of ours arrived; <see cref="UdpSocket.ErrorType"/> and its neighbours say which.</summary>
    public const int Error = 2;
}
