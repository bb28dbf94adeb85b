using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Sockets;

/// <summary>Why a verb failed; the numbers are those of Windows Sockets, as on .NET and nanoFramework.</summary>
public enum SocketError
{
    /// <summary>It did not.</summary>
    Success = 0,

    /// <summary>The socket was closed by another thread meanwhile.</summary>
    Interrupted = 10004,

    /// <summary>An argument makes no sense for this socket.</summary>
    InvalidArgument = 10022,

    /// <summary>All connection slots, listeners or UDP sockets of the stack are in use.</summary>
    TooManyOpenSockets = 10024,

    /// <summary>It would have had to wait.</summary>
    WouldBlock = 10035,

    /// <summary>The datagram is longer than the link can carry.</summary>
    MessageSize = 10040,

    /// <summary>The option is unknown.</summary>
    ProtocolOption = 10042,

    /// <summary>The stack was made without UDP.</summary>
    ProtocolNotSupported = 10043,

    /// <summary>This type of socket cannot do that.</summary>
    OperationNotSupported = 10045,

    /// <summary>Only IPv4 is known.</summary>
    AddressFamilyNotSupported = 10047,

    /// <summary>The port is in use.</summary>
    AddressAlreadyInUse = 10048,

    /// <summary>The address is not ours, or none that one can connect to.</summary>
    AddressNotAvailable = 10049,

    /// <summary>The stack was stopped.</summary>
    NetworkDown = 10050,

    /// <summary>There is no route.</summary>
    NetworkUnreachable = 10051,

    /// <summary>Our address is another one now.</summary>
    NetworkReset = 10052,

    /// <summary>Our own side gave the connection up.</summary>
    ConnectionAborted = 10053,

    /// <summary>The peer reset the connection, or has no such UDP port.</summary>
    ConnectionReset = 10054,

    /// <summary>A table of the stack is full.</summary>
    NoBufferSpaceAvailable = 10055,

    /// <summary>The socket is connected already.</summary>
    IsConnected = 10056,

    /// <summary>The socket is not connected.</summary>
    NotConnected = 10057,

    /// <summary>Nothing can be sent any more.</summary>
    Shutdown = 10058,

    /// <summary>The time is over.</summary>
    TimedOut = 10060,

    /// <summary>Nobody listens there.</summary>
    ConnectionRefused = 10061,

    /// <summary>An ICMP error says that the host cannot be reached.</summary>
    HostUnreachable = 10065,

    /// <summary>There is no such name.</summary>
    HostNotFound = 11001,

    /// <summary>No name server answered.</summary>
    TryAgain = 11002,

    /// <summary>No name server is known, or all of them refused.</summary>
    NoRecovery = 11003,

    /// <summary>The name has no address.</summary>
    NoData = 11004,
}

/// <summary>The stack's reasons as errors.</summary>
internal static class SocketErrors
{
    /// <summary>Why a connection ended.</summary>
    internal static SocketError Of(TcpEndReason reason)
    {
        switch (reason)
        {
            case TcpEndReason.None:
            case TcpEndReason.Closed: return SocketError.Success;
            case TcpEndReason.Refused: return SocketError.ConnectionRefused;
            case TcpEndReason.Reset: return SocketError.ConnectionReset;
            case TcpEndReason.TimedOut:
            case TcpEndReason.KeepAliveTimedOut: return SocketError.TimedOut;
            case TcpEndReason.Unreachable: return SocketError.HostUnreachable;
            case TcpEndReason.AddressChanged: return SocketError.NetworkReset;
            default: return SocketError.ConnectionAborted;
        }
    }
}
