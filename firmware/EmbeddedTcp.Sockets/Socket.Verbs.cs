using System;
using EmbeddedTcp.Sockets.Engine;

namespace EmbeddedTcp.Sockets;

/// <content>What can be done with a socket. Every verb fails with a <see cref="SocketException"/>, or an <see cref="ObjectDisposedException"/> once it is closed.</content>
public sealed partial class Socket
{
    /// <summary>Chooses our port.</summary>
    /// <param name="localEP">Our address or <see cref="IPAddress.Any"/>, and a port or 0 for any.</param>
    public void Bind(EndPoint localEP)
    {
        IPEndPoint local = CheckEndPoint(localEP);
        lock (_host.Gate)
        {
            CheckOpen();
            uint address = local.Address.Bits;
            if (address != 0 && address != _host.Net.Address)
            {
                throw new SocketException(SocketError.AddressNotAvailable);
            }

            if (_bound || (_stream != null && _stream.IsOpen))
            {
                throw new SocketException(SocketError.InvalidArgument);
            }

            if (_datagrams != null)
            {
                _datagrams.Bind(local.Port);
            }
            else
            {
                _stream.LocalPort = local.Port;
            }

            _boundPort = local.Port;
            _bound = true;
        }
    }

    /// <summary>Connects: over TCP by a handshake, which it waits for; a UDP socket from then on hears this peer alone.</summary>
    /// <remarks>There is no time-out of its own: a peer that says nothing is given up after <see cref="StackOptions.R2SynTimeout"/>.</remarks>
    /// <param name="remoteEP">The peer.</param>
    public void Connect(EndPoint remoteEP)
    {
        IPEndPoint remote = CheckEndPoint(remoteEP);
        if (remote.Port == 0)
        {
            throw new SocketException(SocketError.AddressNotAvailable);
        }

        if (_datagrams != null)
        {
            lock (_host.Gate)
            {
                CheckOpen();
                _datagrams.ConnectTo(remote.Address.Bits, remote.Port);
            }

            return;
        }

        StreamHandle stream = Stream();
        bool done = false;
        try
        {
            _host.Block(stream, Handle.Connect, null, 0, 0, new Peer { Address = remote.Address.Bits, Port = remote.Port }, -1);
            _bound = true;
            done = true;
        }
        finally
        {
            if (!done)
            {
                lock (_host.Gate)
                {
                    stream.GiveUpConnecting();
                }
            }
        }
    }

    /// <summary>As <see cref="Connect(EndPoint)"/>.</summary>
    public void Connect(IPAddress address, int port)
    {
        Connect(new IPEndPoint(address, port));
    }

    /// <summary>Makes it a port that peers connect to.</summary>
    /// <param name="backlog">Established connections that may wait to be accepted; each holds a slot. Less than 1 counts as 1.</param>
    public void Listen(int backlog)
    {
        lock (_host.Gate)
        {
            StreamHandle stream = Stream();
            if (stream.IsOpen || !_bound)
            {
                throw new SocketException(SocketError.InvalidArgument);
            }

            ListenHandle listener = new ListenHandle(_host, _boundPort, backlog < 1 ? 1 : backlog);
            _boundPort = listener.Port;
            stream.Closed = true;
            _stream = null;
            _handle = listener;
        }
    }

    /// <summary>Waits for a peer's connection.</summary>
    /// <returns>A socket that the caller must close.</returns>
    public Socket Accept()
    {
        int slot = _host.Block(_handle, Handle.Accept, null, 0, 0, null, -1);
        lock (_host.Gate)
        {
            return new Socket(_host, new StreamHandle(_host, _host.Net.Tcp.SlotAt(slot)));
        }
    }

    /// <summary>Sends all of a buffer.</summary>
    public int Send(byte[] buffer)
    {
        return Send(buffer, 0, LengthOf(buffer), SocketFlags.None);
    }

    /// <summary>Sends all of a buffer.</summary>
    public int Send(byte[] buffer, SocketFlags socketFlags)
    {
        return Send(buffer, 0, LengthOf(buffer), socketFlags);
    }

    /// <summary>Sends the beginning of a buffer.</summary>
    public int Send(byte[] buffer, int size, SocketFlags socketFlags)
    {
        return Send(buffer, 0, size, socketFlags);
    }

    /// <summary>Sends: waits until all of it is in the send ring, over UDP until the device took it.</summary>
    /// <param name="buffer">Holds the data; may be used again after the call.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="size">How many.</param>
    /// <param name="socketFlags">None.</param>
    /// <returns>The size. When the time is over before, nobody is told how much was sent.</returns>
    public int Send(byte[] buffer, int offset, int size, SocketFlags socketFlags)
    {
        CheckRange(buffer, offset, size);
        CheckFlags(socketFlags, SocketFlags.None);
        int sent = 0;
        do
        {
            sent += Finished(_host.Block(_handle, Handle.Send, buffer, offset + sent, size - sent, null, _sendTimeout));
        }
        while (sent < size);
        return sent;
    }

    /// <summary>Sends a datagram.</summary>
    public int SendTo(byte[] buffer, EndPoint remoteEP)
    {
        return SendTo(buffer, 0, LengthOf(buffer), SocketFlags.None, remoteEP);
    }

    /// <summary>Sends a datagram.</summary>
    /// <exception cref="SocketException"><see cref="SocketError.MessageSize"/>: it is longer than the link can carry.</exception>
    public int SendTo(byte[] buffer, int offset, int size, SocketFlags socketFlags, EndPoint remoteEP)
    {
        CheckRange(buffer, offset, size);
        CheckFlags(socketFlags, SocketFlags.None);
        IPEndPoint remote = CheckEndPoint(remoteEP);
        CheckType(SocketType.Dgram);
        Peer peer = new Peer { Address = remote.Address.Bits, Port = remote.Port };
        return Finished(_host.Block(_handle, Handle.Send, buffer, offset, size, peer, _sendTimeout));
    }

    /// <summary>Receives into a buffer.</summary>
    public int Receive(byte[] buffer)
    {
        return Receive(buffer, 0, LengthOf(buffer), SocketFlags.None);
    }

    /// <summary>Receives into a buffer.</summary>
    public int Receive(byte[] buffer, SocketFlags socketFlags)
    {
        return Receive(buffer, 0, LengthOf(buffer), socketFlags);
    }

    /// <summary>Receives into the beginning of a buffer.</summary>
    public int Receive(byte[] buffer, int size, SocketFlags socketFlags)
    {
        return Receive(buffer, 0, size, socketFlags);
    }

    /// <summary>Receives what is there, and waits until something is.</summary>
    /// <param name="buffer">Receives the data.</param>
    /// <param name="offset">Where the first byte goes.</param>
    /// <param name="size">At most so many.</param>
    /// <param name="socketFlags">None, or <see cref="SocketFlags.Peek"/> over TCP.</param>
    /// <returns>How many; over TCP 0 at the end of the stream. What a buffer cannot take of a datagram is lost.</returns>
    public int Receive(byte[] buffer, int offset, int size, SocketFlags socketFlags)
    {
        CheckRange(buffer, offset, size);
        if (_datagrams != null)
        {
            return ReceiveDatagram(buffer, offset, size, socketFlags, new Peer());
        }

        CheckFlags(socketFlags, SocketFlags.Peek);
        int verb = socketFlags == SocketFlags.Peek ? Handle.Peek : Handle.Receive;
        return Finished(_host.Block(_handle, verb, buffer, offset, size, null, _receiveTimeout));
    }

    /// <summary>Receives a datagram and tells whose it is.</summary>
    public int ReceiveFrom(byte[] buffer, ref EndPoint remoteEP)
    {
        return ReceiveFrom(buffer, 0, LengthOf(buffer), SocketFlags.None, ref remoteEP);
    }

    /// <summary>Receives a datagram and tells whose it is; allocates its end point unless it is the one that was given.</summary>
    public int ReceiveFrom(byte[] buffer, int offset, int size, SocketFlags socketFlags, ref EndPoint remoteEP)
    {
        CheckRange(buffer, offset, size);
        CheckType(SocketType.Dgram);
        Peer peer = new Peer();
        int n = ReceiveDatagram(buffer, offset, size, socketFlags, peer);
        IPEndPoint known = remoteEP as IPEndPoint;
        if (known == null || known.Address.Bits != peer.Address || known.Port != peer.Port)
        {
            remoteEP = new IPEndPoint(IPAddress.FromBits(peer.Address), peer.Port);
        }

        return n;
    }

    /// <summary>Waits until a verb would not block.</summary>
    /// <param name="microSeconds">How long, rounded up to milliseconds; negative for ever, 0 not at all.</param>
    /// <param name="mode">Which verb.</param>
    /// <returns>False when the time is over.</returns>
    public bool Poll(int microSeconds, SelectMode mode)
    {
        int timeout = microSeconds < 0 ? -1 : (int)((microSeconds + 999L) / 1000);
        int verb = mode == SelectMode.SelectRead ? Handle.PollRead : mode == SelectMode.SelectWrite ? Handle.PollWrite : Handle.PollError;
        return _host.Block(_handle, verb, null, 0, 0, null, timeout) != Handle.Again;
    }

    /// <summary>Ends one direction of a connection, or both: half-close.</summary>
    public void Shutdown(SocketShutdown how)
    {
        lock (_host.Gate)
        {
            CheckOpen();
            Stream().Shutdown(how);
        }
    }

    private int ReceiveDatagram(byte[] buffer, int offset, int size, SocketFlags flags, Peer peer)
    {
        CheckFlags(flags, SocketFlags.None);
        return Finished(_host.Block(_handle, Handle.Receive, buffer, offset, size, peer, _receiveTimeout));
    }

    private StreamHandle Stream()
    {
        if (_stream == null)
        {
            CheckOpen();
            throw new SocketException(_datagrams == null ? SocketError.NotConnected : SocketError.OperationNotSupported);
        }

        return _stream;
    }

    private void CheckType(SocketType type)
    {
        if (_type != type)
        {
            throw new SocketException(SocketError.OperationNotSupported);
        }
    }

    private static int Finished(int result)
    {
        if (result == Handle.Again)
        {
            throw new SocketException(SocketError.TimedOut);
        }

        return result;
    }

    private static int LengthOf(byte[] buffer)
    {
        return buffer == null ? 0 : buffer.Length;
    }

    private static void CheckFlags(SocketFlags flags, SocketFlags allowed)
    {
        if ((flags & ~allowed) != 0)
        {
            throw new SocketException(SocketError.OperationNotSupported);
        }
    }

    private static void CheckRange(byte[] buffer, int offset, int size)
    {
        if (buffer == null)
        {
            throw new ArgumentNullException("buffer");
        }

        if ((offset | size | (buffer.Length - size - offset)) < 0)
        {
            throw new ArgumentOutOfRangeException("size");
        }
    }

    private static IPEndPoint CheckEndPoint(EndPoint endPoint)
    {
        IPEndPoint ip = endPoint as IPEndPoint;
        if (ip == null)
        {
            throw new ArgumentNullException("endPoint");
        }

        return ip;
    }
}
