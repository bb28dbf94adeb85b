namespace EmbeddedTcp.Sockets.Engine;

/// <summary>A port that is listened on.</summary>
internal sealed class ListenHandle : Handle
{
    private const int FirstEphemeralPort = 49152;

    private readonly Tcp.TcpListener _listener;

    /// <summary>Begins to listen.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port, or 0 for any.</param>
    /// <param name="backlog">Connections that may wait, 1 or more.</param>
    internal ListenHandle(SocketHost host, int port, int backlog)
        : base(host)
    {
        Tcp.TcpEngine tcp = host.Net.Tcp;
        int at = host.Net.NextRandom() % (65536 - FirstEphemeralPort);

        // At most one more than there can be listeners.
        for (int i = 0; _listener == null && i <= tcp.ListenerCount; i++)
        {
            int tried = port != 0 ? port : FirstEphemeralPort + (at + i) % (65536 - FirstEphemeralPort);
            _listener = tcp.Listen(tried, backlog);
        }

        if (_listener == null)
        {
            bool taken = false;
            for (int i = 0; i < tcp.ListenerCount; i++)
            {
                taken |= tcp.ListenerAt(i) != null && tcp.ListenerAt(i).Port == port;
            }

            Fail(taken ? SocketError.AddressAlreadyInUse : SocketError.TooManyOpenSockets);
        }

        _listener.Service = host;
    }

    internal int Port
    {
        get { return _listener.Port; }
    }

    /// <summary>Accepts: the result is the number of the connection's slot.</summary>
    internal override int Attempt(int verb, byte[] buffer, int offset, int count, Peer peer)
    {
        if (verb != Accept)
        {
            Fail(SocketError.NotConnected);
        }

        Tcp.TcpConnection c = _listener.Accept();
        if (c == null)
        {
            return Again;
        }

        // At once, since whatever the loop's own handlers are told of is theirs.
        c.Service = Host;
        return c.Index;
    }

    internal override bool Ready(int verb)
    {
        return (verb == Accept || verb == PollRead) && _listener.Pending > 0;
    }

    internal override void Release()
    {
        if (!Host.Aborted)
        {
            _listener.Close();
        }
    }
}
