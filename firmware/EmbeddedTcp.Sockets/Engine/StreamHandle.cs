using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Sockets.Engine;

/// <summary>A TCP connection, or what will be one.</summary>
internal sealed class StreamHandle : Handle
{
    internal int LocalPort;
    internal uint RemoteAddress;
    internal int RemotePort;
    internal bool ReadingEnded;

    private TcpConnection _connection;
    private SocketError _failure;
    private bool _connecting;
    private bool _noDelay;
    private bool _keepAlive;
    private int _lingerMs = -1;
    private int _timeToLive;

    internal StreamHandle(SocketHost host)
        : base(host)
    {
        _timeToLive = host.Net.Options.TimeToLive;
    }

    internal StreamHandle(SocketHost host, TcpConnection accepted)
        : this(host)
    {
        _connection = accepted;
        LocalPort = accepted.LocalPort;
        RemoteAddress = accepted.RemoteAddress;
        RemotePort = accepted.RemotePort;
        accepted.Service = host;
    }

    internal bool IsOpen
    {
        get { return _connection != null; }
    }

    internal bool Connected
    {
        get { return _connection != null && !_connecting && _connection.EndReason == TcpEndReason.None; }
    }

    internal int Available
    {
        get { return _connection == null || ReadingEnded ? 0 : _connection.Available; }
    }

    internal SocketError LastError
    {
        get { return _connection == null ? _failure : SocketErrors.Of(_connection.EndReason); }
    }

    internal bool NoDelay
    {
        get
        {
            return _noDelay;
        }

        set
        {
            _noDelay = value;
            Apply();
        }
    }

    internal bool KeepAlive
    {
        get
        {
            return _keepAlive;
        }

        set
        {
            _keepAlive = value;
            Apply();
        }
    }

    internal int LingerMs
    {
        get
        {
            return _lingerMs;
        }

        set
        {
            _lingerMs = value;
            Apply();
        }
    }

    internal int TimeToLive
    {
        get
        {
            return _timeToLive;
        }

        set
        {
            _timeToLive = value;
            Apply();
        }
    }

    internal void Shutdown(SocketShutdown how)
    {
        if (_connection == null || _connecting)
        {
            Fail(SocketError.NotConnected);
        }

        ReadingEnded |= how != SocketShutdown.Send;
        if (how != SocketShutdown.Receive)
        {
            _connection.Shutdown();
        }

        Host.Stirred(this);
    }

    /// <summary>A wait for a connection ended, by time or by force, and nobody will ask for it any more.</summary>
    internal void GiveUpConnecting()
    {
        if (_connecting && _connection != null)
        {
            Drop();
        }

        _connecting = false;
    }

    internal override int Attempt(int verb, byte[] buffer, int offset, int count, Peer peer)
    {
        if (verb == Connect)
        {
            return AttemptConnect(peer);
        }

        if (verb == Accept)
        {
            Fail(SocketError.InvalidArgument);
        }

        TcpConnection c = _connection;
        if (c == null || _connecting)
        {
            Fail(SocketError.NotConnected);
        }

        if (verb == Send)
        {
            int written = c.Write(buffer, offset, count);
            if (written < 0)
            {
                SocketError error = SocketErrors.Of(c.EndReason);
                Fail(error == SocketError.Success ? SocketError.Shutdown : error);
            }

            return written == 0 && count > 0 ? Again : written;
        }

        if (ReadingEnded || count == 0)
        {
            return 0;
        }

        int n = verb == Peek ? c.Peek(buffer, offset, count) : c.Read(buffer, offset, count);
        if (n > 0)
        {
            return n;
        }

        if (n == 0)
        {
            return Again;
        }

        if (!c.PeerClosed || c.EndReason == TcpEndReason.Reset)
        {
            SocketError error = SocketErrors.Of(c.EndReason);
            if (error != SocketError.Success)
            {
                Fail(error);
            }
        }

        return 0;
    }

    internal override bool Ready(int verb)
    {
        TcpConnection c = _connection;
        if (verb == Connect)
        {
            return _failure != SocketError.Success || (c != null && c.State != TcpState.SynSent);
        }

        if (verb == PollError)
        {
            return LastError != SocketError.Success;
        }

        if (c == null || _connecting)
        {
            return verb == PollRead && c == null;
        }

        bool ended = c.EndReason != TcpEndReason.None;
        return verb == Send || verb == PollWrite
            ? c.WriteSpace > 0 || ended
            : c.Available > 0 || c.PeerClosed || ended || ReadingEnded;
    }

    internal override bool Turn(int verb)
    {
        if (verb == Connect && _connecting && _connection == null && _failure == SocketError.Success)
        {
            Open();
        }

        return true;
    }

    internal override void Release()
    {
        if (_connection != null && !Host.Aborted)
        {
            _connection.Close();
        }

        // The slot is somebody else's from here on.
        _connection = null;
        _connecting = false;
    }

    private int AttemptConnect(Peer peer)
    {
        if (!_connecting)
        {
            if (_connection != null)
            {
                Fail(SocketError.IsConnected);
            }

            RemoteAddress = peer.Address;
            RemotePort = peer.Port;
            _failure = SocketError.Success;
            _connecting = true;
            return Again;
        }

        if (_connection != null && _connection.EndReason != TcpEndReason.None)
        {
            _failure = SocketErrors.Of(_connection.EndReason);
            _failure = _failure == SocketError.Success ? SocketError.ConnectionAborted : _failure;
            Drop();
        }

        if (_failure != SocketError.Success)
        {
            _connecting = false;
            Fail(_failure);
        }

        if (_connection == null || _connection.State == TcpState.SynSent)
        {
            return Again;
        }

        _connecting = false;
        return 0;
    }

    // In a poll, so that the first retransmission and the first round trip are counted from now and not from the last poll.
    private void Open()
    {
        TcpEngine tcp = Host.Net.Tcp;
        uint address = RemoteAddress;
        if (address >> 24 >= 224 || address >> 24 == 127 || address == 0 || address == Host.Net.Address
            || address == (Host.Net.Address | ~Host.Net.SubnetMask))
        {
            // There is no loopback, and a connection has one other end.
            _failure = SocketError.AddressNotAvailable;
            return;
        }

        if (!Host.HasRoute(address))
        {
            _failure = SocketError.NetworkUnreachable;
            return;
        }

        _connection = tcp.Connect(address, RemotePort, LocalPort);
        if (_connection == null)
        {
            _failure = LocalPort != 0 && tcp.FreeSlots > 0 ? SocketError.AddressAlreadyInUse : SocketError.TooManyOpenSockets;
            return;
        }

        LocalPort = _connection.LocalPort;
        _connection.Service = Host;
        Apply();
    }

    private void Drop()
    {
        if (!Host.Aborted)
        {
            _connection.Abort();
        }

        _connection = null;
        LocalPort = 0;
    }

    private void Apply()
    {
        TcpConnection c = _connection;
        if (c == null || Host.Aborted)
        {
            return;
        }

        c.NoDelay = _noDelay;
        if (c.KeepAlive != _keepAlive)
        {
            c.KeepAlive = _keepAlive;
        }

        c.Linger = _lingerMs;
        if (c.TimeToLive != _timeToLive)
        {
            c.TimeToLive = _timeToLive;
        }
    }
}
