namespace EmbeddedTcp.Sockets;

/// <summary>Kinds of addresses.</summary>
public enum AddressFamily
{
    /// <summary>None.</summary>
    Unspecified = 0,

    /// <summary>IPv4, the only one there is.</summary>
    InterNetwork = 2,

    /// <summary>IPv6, which is refused.</summary>
    InterNetworkV6 = 23,
}

/// <summary>Kinds of sockets.</summary>
public enum SocketType
{
    /// <summary>TCP.</summary>
    Stream = 1,

    /// <summary>UDP.</summary>
    Dgram = 2,
}

/// <summary>Protocols.</summary>
public enum ProtocolType
{
    /// <summary>The one that suits the socket's type.</summary>
    IP = 0,

    /// <summary>The one that suits the socket's type, too: nanoFramework's TcpListener names it.</summary>
    IPv4 = 4,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,
}

/// <summary>How to send or receive.</summary>
[System.Flags]
public enum SocketFlags
{
    /// <summary>As always.</summary>
    None = 0,

    /// <summary>Leaves what was received where it is; streams only.</summary>
    Peek = 2,
}

/// <summary>What <see cref="Socket.Poll"/> asks for.</summary>
public enum SelectMode
{
    /// <summary>Accept or Receive would not block.</summary>
    SelectRead = 0,

    /// <summary>Send would not block.</summary>
    SelectWrite = 1,

    /// <summary>The connection failed.</summary>
    SelectError = 2,
}

/// <summary>Which direction of a connection ends.</summary>
public enum SocketShutdown
{
    /// <summary>Nothing more will be read.</summary>
    Receive = 0,

    /// <summary>Nothing more will be sent: the peer reads the end of the stream.</summary>
    Send = 1,

    /// <summary>Both.</summary>
    Both = 2,
}

/// <summary>Whose option it is.</summary>
public enum SocketOptionLevel
{
    /// <summary>The socket's.</summary>
    Socket = 0xFFFF,

    /// <summary>IP's.</summary>
    IP = 0,

    /// <summary>TCP's.</summary>
    Tcp = 6,

    /// <summary>UDP's.</summary>
    Udp = 17,
}

/// <summary>The options that <see cref="Socket.SetSocketOption(SocketOptionLevel, SocketOptionName, int)"/> knows.</summary>
public enum SocketOptionName
{
    /// <summary>Socket: taken and without effect, since a listener never waits for a TIME_WAIT to pass.</summary>
    ReuseAddress = 4,

    /// <summary>Socket: probes an idle peer.</summary>
    KeepAlive = 8,

    /// <summary>Socket: taken and without effect, since broadcasts are always permitted.</summary>
    Broadcast = 32,

    /// <summary>Socket: seconds, or negative for off.</summary>
    Linger = 128,

    /// <summary>Socket: milliseconds, 0 or −1 for ever.</summary>
    SendTimeout = 0x1005,

    /// <summary>Socket: milliseconds, 0 or −1 for ever.</summary>
    ReceiveTimeout = 0x1006,

    /// <summary>Socket, read only: the connection's last error, a <see cref="SocketError"/> as a number.</summary>
    Error = 0x1007,

    /// <summary>Socket, read only: the <see cref="SocketType"/>.</summary>
    Type = 0x1008,

    /// <summary>IP: time to live of what is sent to one host.</summary>
    IpTimeToLive = 4,

    /// <summary>IP: time to live of what is sent to groups.</summary>
    MulticastTimeToLive = 10,

    /// <summary>IP: a group to join, its four octets and four of an address of ours.</summary>
    AddMembership = 12,

    /// <summary>IP: a group to leave.</summary>
    DropMembership = 13,

    /// <summary>TCP: switches the Nagle algorithm off.</summary>
    NoDelay = 1,
}

/// <summary>What <see cref="Socket.Close()"/> does with data that the peer has not acknowledged.</summary>
public class LingerOption
{
    /// <summary>Makes an option.</summary>
    /// <param name="enable">False: data is sent in the background, as long as that takes.</param>
    /// <param name="seconds">0: data is thrown away and the connection reset. Otherwise the background's bound, to 65,535 s.</param>
    public LingerOption(bool enable, int seconds)
    {
        Enabled = enable;
        LingerTime = seconds;
    }

    /// <summary>Whether <see cref="LingerTime"/> counts.</summary>
    public bool Enabled { get; set; }

    /// <summary>Seconds.</summary>
    public int LingerTime { get; set; }
}
