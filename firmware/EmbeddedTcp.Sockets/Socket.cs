using System;
using EmbeddedTcp.Sockets.Engine;

namespace EmbeddedTcp.Sockets;

/// <summary>
/// A TCP connection, a port that is listened on, or a UDP port, with the blocking verbs of System.Net.Sockets. Verbs may be called by several
/// threads; two that send at once on one connection may find their bytes mixed.
/// </summary>
public sealed partial class Socket : IDisposable
{
    private readonly SocketHost _host;
    private readonly SocketType _type;
    private Handle _handle;
    private StreamHandle _stream;
    private DatagramHandle _datagrams;
    private int _receiveTimeout = -1;
    private int _sendTimeout = -1;
    private int _boundPort;
    private bool _bound;

    /// <summary>Makes a socket of <see cref="SocketHost.Default"/>.</summary>
    /// <param name="addressFamily">IPv4.</param>
    /// <param name="socketType">Stream for TCP, datagram for UDP.</param>
    /// <param name="protocolType">The protocol that goes with it, or IP.</param>
    /// <exception cref="SocketException">Anything else, or the stack has no UDP.</exception>
    public Socket(AddressFamily addressFamily, SocketType socketType, ProtocolType protocolType)
        : this(null, addressFamily, socketType, protocolType)
    {
    }

    /// <summary>As the other, of a host of the caller's choice.</summary>
    public Socket(SocketHost host, AddressFamily addressFamily, SocketType socketType, ProtocolType protocolType)
    {
        if (addressFamily != AddressFamily.InterNetwork)
        {
            GC.SuppressFinalize(this);
            throw new SocketException(SocketError.AddressFamilyNotSupported);
        }

        bool any = protocolType == ProtocolType.IP || protocolType == ProtocolType.IPv4;
        _host = SocketHost.Required(host);
        _type = socketType;
        if (socketType == SocketType.Stream && (any || protocolType == ProtocolType.Tcp))
        {
            _handle = _stream = new StreamHandle(_host);
        }
        else if (socketType == SocketType.Dgram && (any || protocolType == ProtocolType.Udp))
        {
            _handle = _datagrams = new DatagramHandle(_host);
        }
        else
        {
            throw new SocketException(SocketError.ProtocolNotSupported);
        }
    }

    private Socket(SocketHost host, StreamHandle accepted)
    {
        _host = host;
        _type = SocketType.Stream;
        _handle = _stream = accepted;
        _bound = true;
    }

    /// <summary>Gives back what a forgotten socket has of the stack, when the collector finds it.</summary>
    ~Socket()
    {
        Dispose();
    }

    /// <summary>The host it belongs to.</summary>
    public SocketHost Host
    {
        get { return _host; }
    }

    /// <summary>Always <see cref="AddressFamily.InterNetwork"/>.</summary>
    public AddressFamily AddressFamily
    {
        get { return AddressFamily.InterNetwork; }
    }

    /// <summary>Stream or datagram.</summary>
    public SocketType SocketType
    {
        get { return _type; }
    }

    /// <summary>TCP or UDP.</summary>
    public ProtocolType ProtocolType
    {
        get { return _type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp; }
    }

    /// <summary>True from the handshake to the connection's end on both sides; for UDP while there is a peer.</summary>
    public bool Connected
    {
        get
        {
            lock (_host.Gate)
            {
                return !_handle.Closed && (_stream != null ? _stream.Connected : _datagrams != null && _datagrams.Connected);
            }
        }
    }

    /// <summary>Bytes that can be read at once; for UDP those of the first datagram.</summary>
    public int Available
    {
        get
        {
            lock (_host.Gate)
            {
                CheckOpen();
                return _stream != null ? _stream.Available : _datagrams != null ? _datagrams.Available : 0;
            }
        }
    }

    /// <summary>Our address and port, or null before there is a port.</summary>
    public EndPoint LocalEndPoint
    {
        get
        {
            lock (_host.Gate)
            {
                CheckOpen();
                int port = _stream != null ? _stream.LocalPort : _datagrams != null ? _datagrams.LocalPort : _boundPort;
                bool connected = _stream != null && _stream.IsOpen;
                return port == 0 ? null : new IPEndPoint(connected ? IPAddress.FromBits(_host.Net.Address) : IPAddress.Any, port);
            }
        }
    }

    /// <summary>The peer's address and port.</summary>
    /// <exception cref="SocketException"><see cref="SocketError.NotConnected"/>.</exception>
    public EndPoint RemoteEndPoint
    {
        get
        {
            lock (_host.Gate)
            {
                CheckOpen();
                if (_stream != null && _stream.IsOpen)
                {
                    return new IPEndPoint(IPAddress.FromBits(_stream.RemoteAddress), _stream.RemotePort);
                }

                if (_datagrams == null || !_datagrams.Connected)
                {
                    throw new SocketException(SocketError.NotConnected);
                }

                return new IPEndPoint(IPAddress.FromBits(_datagrams.RemoteAddress), _datagrams.RemotePort);
            }
        }
    }

    /// <summary>How long a verb that reads waits for the first byte, in milliseconds; 0, or −1 when it is set, for ever.</summary>
    public int ReceiveTimeout
    {
        get { return _receiveTimeout < 0 ? 0 : _receiveTimeout; }
        set { _receiveTimeout = CheckTimeout(value); }
    }

    /// <summary>How long a verb that sends waits for room without getting any, in milliseconds; 0, or −1 when it is set, for ever.</summary>
    public int SendTimeout
    {
        get { return _sendTimeout < 0 ? 0 : _sendTimeout; }
        set { _sendTimeout = CheckTimeout(value); }
    }

    /// <summary>
    /// Gives the socket back. Queued data is still sent, in the background, as <see cref="LingerState"/> says; but when data came that was not
    /// read, the peer gets a RST. Threads that wait on it fail with <see cref="SocketError.Interrupted"/>. May be called more than once.
    /// </summary>
    public void Close()
    {
        Dispose();
    }

    /// <summary>As the other, and bounds the background.</summary>
    /// <param name="timeout">Milliseconds; 0 resets the connection, −1 leaves <see cref="LingerState"/> as it is.</param>
    public void Close(int timeout)
    {
        if (timeout < -1)
        {
            throw new ArgumentOutOfRangeException("timeout");
        }

        lock (_host.Gate)
        {
            if (timeout >= 0 && _stream != null && !_handle.Closed)
            {
                _stream.LingerMs = timeout;
            }
        }

        Dispose();
    }

    /// <summary>As <see cref="Close()"/>.</summary>
    public void Dispose()
    {
        if (_handle != null)
        {
            lock (_host.Gate)
            {
                _handle.Close();
            }
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>True for a TCP connection, also one that has ended.</summary>
    internal bool IsStream
    {
        get
        {
            lock (_host.Gate)
            {
                CheckOpen();
                return _stream != null && _stream.IsOpen;
            }
        }
    }

    internal void CheckOpen()
    {
        if (_handle.Closed)
        {
            throw new ObjectDisposedException("Socket");
        }
    }

    private static int CheckTimeout(int milliseconds)
    {
        if (milliseconds < -1)
        {
            throw new ArgumentOutOfRangeException("value");
        }

        return milliseconds == 0 ? -1 : milliseconds;
    }
}
