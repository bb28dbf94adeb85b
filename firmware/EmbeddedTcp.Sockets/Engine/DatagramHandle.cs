using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Sockets.Engine;

/// <summary>A UDP socket.</summary>
internal sealed class DatagramHandle : Handle
{
    private readonly uint[] _groups;
    private UdpSocket _socket;
    private bool _refused;
    private bool _sendFailed;

    /// <summary>Makes one that is not bound yet.</summary>
    internal DatagramHandle(SocketHost host)
        : base(host)
    {
        if (host.Net.Udp == null)
        {
            Fail(SocketError.ProtocolNotSupported);
        }

        _groups = new uint[host.Net.Options.MulticastGroups];
        TimeToLive = Ipv4Header.DefaultTimeToLive;
        MulticastTimeToLive = 1;
    }

    internal int TimeToLive;
    internal int MulticastTimeToLive;

    internal int LocalPort
    {
        get { return _socket == null ? 0 : _socket.LocalPort; }
    }

    internal bool Connected
    {
        get { return _socket != null && _socket.RemotePort != 0; }
    }

    internal uint RemoteAddress
    {
        get { return _socket == null ? 0 : _socket.RemoteAddress; }
    }

    internal int RemotePort
    {
        get { return _socket == null ? 0 : _socket.RemotePort; }
    }

    internal int Available
    {
        get { return _socket == null ? 0 : _socket.Available; }
    }

    internal void Bind(int port)
    {
        if (_socket != null)
        {
            Fail(SocketError.InvalidArgument);
        }

        UdpEngine udp = Host.Net.Udp;
        _socket = udp.Bind(port);
        if (_socket == null)
        {
            bool taken = false;
            for (int i = 0; i < udp.SocketCount; i++)
            {
                taken |= port != 0 && udp.SocketAt(i).LocalPort == port;
            }

            Fail(taken ? SocketError.AddressAlreadyInUse : SocketError.TooManyOpenSockets);
        }

        _socket.Service = Host;
        ApplyTimeToLive();
    }

    internal void ConnectTo(uint address, int port)
    {
        BindIfNeeded();
        if (!Host.HasRoute(address))
        {
            Fail(SocketError.NetworkUnreachable);
        }

        _socket.Connect(address, port);
    }

    internal void ApplyTimeToLive()
    {
        if (_socket != null)
        {
            _socket.TimeToLive = TimeToLive;
            _socket.MulticastTimeToLive = MulticastTimeToLive;
        }
    }

    internal void Join(uint group)
    {
        int free = -1;
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group)
            {
                Fail(SocketError.AddressAlreadyInUse);
            }

            free = _groups[i] == 0 ? i : free;
        }

        if (free < 0)
        {
            Fail(SocketError.NoBufferSpaceAvailable);
        }

        Host.JoinGroup(group);
        _groups[free] = group;
    }

    internal void Leave(uint group)
    {
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group)
            {
                _groups[i] = 0;
                Host.LeaveGroup(group);
                return;
            }
        }

        Fail(SocketError.AddressNotAvailable);
    }

    internal override int Attempt(int verb, byte[] buffer, int offset, int count, Peer peer)
    {
        if (verb == Send)
        {
            return AttemptSend(buffer, offset, count, peer);
        }

        if (_socket == null || verb == Accept)
        {
            Fail(verb == Accept ? SocketError.OperationNotSupported : SocketError.InvalidArgument);
        }

        NoteErrors();
        if (_refused)
        {
            _refused = false;
            Fail(SocketError.ConnectionReset);
        }

        int n = _socket.ReceiveFrom(buffer, offset, count);
        if (n < 0)
        {
            return Again;
        }

        peer.Address = _socket.FromAddress;
        peer.Port = _socket.FromPort;
        return n;
    }

    internal override bool Ready(int verb)
    {
        switch (verb)
        {
            case Receive:
            case PollRead:
                NoteErrors();
                return _socket != null && (_socket.Pending > 0 || _refused);
            case PollError:
                NoteErrors();
                return _refused;
            default:
                return true;
        }
    }

    internal override bool Turn(int verb)
    {
        // A device that was busy says nothing when it no longer is.
        return verb != Send || !_sendFailed;
    }

    internal override void Release()
    {
        if (_socket != null && !Host.Aborted)
        {
            _socket.Close();
        }

        _socket = null;
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] != 0)
            {
                Host.LeaveGroup(_groups[i]);
                _groups[i] = 0;
            }
        }
    }

    private int AttemptSend(byte[] buffer, int offset, int count, Peer peer)
    {
        if (count > Host.Net.Udp.MaximumPayload)
        {
            Fail(SocketError.MessageSize);
        }

        BindIfNeeded();
        uint address = peer == null ? _socket.RemoteAddress : peer.Address;
        int port = peer == null ? _socket.RemotePort : peer.Port;
        if (port == 0 || address == 0)
        {
            Fail(peer == null ? SocketError.NotConnected : SocketError.AddressNotAvailable);
        }

        if (!Host.HasRoute(address))
        {
            Fail(SocketError.NetworkUnreachable);
        }

        _sendFailed = !_socket.SendTo(address, port, buffer, offset, count);
        return _sendFailed ? Again : count;
    }

    private void BindIfNeeded()
    {
        if (_socket == null)
        {
            Bind(0);
        }
    }

    // RFC 1122 §4.1.3.3: errors are passed on. Only where there is but one peer they can be about: a server is not to be stopped by the
    // port unreachable of one of its clients.
    private void NoteErrors()
    {
        if (_socket == null || (_socket.TakeEvents() & UdpEvents.Error) == 0 || _socket.RemotePort == 0)
        {
            return;
        }

        _refused |= _socket.ErrorType == IcmpHeader.DestinationUnreachable && _socket.ErrorCode == IcmpHeader.CodePortUnreachable;
    }
}
