using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;
using TcpListener = EmbeddedTcp.Tcp.TcpListener;

namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>
/// The board calls out: a SYN to a port of the gateway's address becomes a connection to that port of 127.0.0.1.
/// </summary>
/// <remarks>
/// The SYN is held back while the host's connection is made. If that succeeds, the gateway listens on the port and gets the
/// SYN; if it is refused, the gateway gets the SYN without a listener, and its own engine refuses. So the board sees what
/// the host saw.
/// </remarks>
internal sealed class OutwardConnects
{
    private const int MaxPending = 64;
    private const int Backlog = 8;

    // A board that sent a SYN and then fell silent: its socket is not kept longer than this.
    private const long HandshakeMicroseconds = 75_000_000;

    private readonly UserNet _net;
    private readonly GatewayDevice _device;
    private readonly TcpEngine _engine;
    private readonly uint _gateway;
    private readonly List<Call> _calls = new();
    private readonly List<TcpListener> _listeners = new();
    private bool _closed;

    public OutwardConnects(UserNet net, GatewayDevice device, TcpEngine engine, uint gateway)
    {
        _net = net;
        _device = device;
        _engine = engine;
        _gateway = gateway;
    }

    /// <summary>SYNs dropped because too many calls were being made.</summary>
    public int TooMany { get; private set; }

    /// <summary>When the oldest call must be given up, in microseconds.</summary>
    public long NextDue => _calls.Count > 0 ? _calls[0].Deadline : long.MaxValue;

    /// <summary>Looks at a frame on its way to the gateway.</summary>
    /// <returns>True when it is held back here, false when the gateway gets it now.</returns>
    public bool Withholds(byte[] frame, long now)
    {
        if (!IsSynToGateway(frame, out uint peer, out int peerPort, out int port))
        {
            return false;
        }

        Call? call = Find(peer, peerPort, port);
        if (call != null)
        {
            return !call.Answered;
        }

        if (_calls.Count >= MaxPending)
        {
            TooMany++;
            return true;
        }

        call = new Call(peer, peerPort, port, frame, now + HandshakeMicroseconds);
        _calls.Add(call);
        Connect(call);
        return true;
    }

    /// <summary>Joins handshakes that are complete with their sockets, and gives up what has waited too long.</summary>
    /// <returns>True when a connection was put through.</returns>
    public bool Poll(long now)
    {
        bool any = false;
        for (int i = _listeners.Count - 1; i >= 0; i--)
        {
            TcpListener listener = _listeners[i];
            while (listener.Accept() is { } connection)
            {
                any = true;
                Call? call = Find(connection.RemoteAddress, connection.RemotePort, listener.Port);
                if (call == null)
                {
                    connection.Abort();
                    continue;
                }

                _calls.Remove(call);
                _net.Join(call.Socket, connection);
            }

            if (!_calls.Exists(c => c.Answered && c.Port == listener.Port))
            {
                listener.Close();
                _listeners.RemoveAt(i);
            }
        }

        while (_calls.Count > 0 && _calls[0].Deadline <= now)
        {
            _calls[0].Socket.Close();
            _calls.RemoveAt(0);
        }

        return any;
    }

    public void Close()
    {
        _closed = true;
        foreach (Call call in _calls)
        {
            call.Socket.Close();
        }

        _calls.Clear();
    }

    // Checksums included: a damaged SYN must not call a port that nobody asked for.
    private bool IsSynToGateway(byte[] frame, out uint peer, out int peerPort, out int port)
    {
        peer = 0;
        peerPort = 0;
        port = 0;
        const int ip = EthernetHeader.Length;
        if (frame.Length < ip + Ipv4Header.MinLength + TcpHeader.MinLength
            || BigEndian.ReadUInt16(frame, EthernetHeader.Type) != EthernetHeader.TypeIpv4
            || frame[ip] >> 4 != 4
            || frame[ip + Ipv4Header.Protocol] != Ipv4Header.ProtocolTcp
            || (uint)BigEndian.ReadInt32(frame, ip + Ipv4Header.Destination) != _gateway)
        {
            return false;
        }

        int headerLength = (frame[ip] & 15) * 4;
        int tcp = ip + headerLength;
        int length = BigEndian.ReadUInt16(frame, ip + Ipv4Header.TotalLength) - headerLength;
        if (headerLength < Ipv4Header.MinLength || length < TcpHeader.MinLength || tcp + length > frame.Length)
        {
            return false;
        }

        const int syn = 2;
        const int synRstAck = 2 | 4 | 16;
        int pseudoHeader = Checksum.Sum(frame, ip + Ipv4Header.Source, 8) + Ipv4Header.ProtocolTcp + length;
        if ((frame[tcp + TcpHeader.Flags] & synRstAck) != syn
            || Checksum.Finish(Checksum.Sum(frame, ip, headerLength)) != 0
            || Checksum.Finish(pseudoHeader + Checksum.Sum(frame, tcp, length)) != 0)
        {
            return false;
        }

        peer = (uint)BigEndian.ReadInt32(frame, ip + Ipv4Header.Source);
        peerPort = BigEndian.ReadUInt16(frame, tcp + TcpHeader.SourcePort);
        port = BigEndian.ReadUInt16(frame, tcp + TcpHeader.DestinationPort);
        return true;
    }

    private Call? Find(uint peer, int peerPort, int port)
    {
        return _calls.Find(c => c.Peer == peer && c.PeerPort == peerPort && c.Port == port);
    }

    private async void Connect(Call call)
    {
        SocketError result = SocketError.Success;
        try
        {
            await call.Socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, call.Port));
            if (call.Socket.LocalEndPoint!.Equals(call.Socket.RemoteEndPoint))
            {
                // A TCP simultaneous open with itself, which a loopback allows: nobody listens there.
                result = SocketError.ConnectionRefused;
            }
        }
        catch (SocketException e)
        {
            result = e.SocketErrorCode;
        }
        catch (ObjectDisposedException)
        {
            result = SocketError.OperationAborted;
        }

        _net.Post(() => Connected(call, result));
    }

    private void Connected(Call call, SocketError result)
    {
        if (_closed || !_calls.Contains(call))
        {
            call.Socket.Close();
            return;
        }

        if (result == SocketError.Success && Listen(call.Port))
        {
            call.Answered = true;
            _device.Enqueue(call.Syn);
            return;
        }

        call.Socket.Close();
        _calls.Remove(call);
        if (result is SocketError.Success or SocketError.ConnectionRefused)
        {
            _device.Enqueue(call.Syn);
        }
    }

    private bool Listen(int port)
    {
        if (_listeners.Exists(l => l.Port == port))
        {
            return true;
        }

        TcpListener? listener = _engine.Listen(port, Backlog);
        if (listener == null)
        {
            return false;
        }

        _listeners.Add(listener);
        return true;
    }

    private sealed class Call
    {
        public Call(uint peer, int peerPort, int port, byte[] syn, long deadline)
        {
            Peer = peer;
            PeerPort = peerPort;
            Port = port;
            Syn = syn;
            Deadline = deadline;
        }

        public uint Peer { get; }

        public int PeerPort { get; }

        public int Port { get; }

        public byte[] Syn { get; }

        public long Deadline { get; }

        public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        /// <summary>The host's connection is made, and the gateway has the SYN.</summary>
        public bool Answered { get; set; }
    }
}
