using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>A port that is listened on, with its queue of established connections that wait to be accepted.</summary>
public sealed class TcpListener
{
    private readonly TcpEngine _engine;
    private TcpConnection _first;
    private TcpConnection _last;

    internal TcpListener(TcpEngine engine, int port, int backlog)
    {
        _engine = engine;
        Port = port;
        Backlog = backlog;
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>How many established connections may wait to be accepted. May be changed; at 0 peers stay half-open.</summary>
    public int Backlog { get; set; }

    /// <summary>Peers whose handshake was complete but found neither room here nor a slot, each time they tried. <see cref="Service"/> is told.</summary>
    public int Refused { get; private set; }

    /// <summary>How many are waiting.</summary>
    public int Pending { get; private set; }

    /// <summary>The service that is told when a connection waits to be accepted, or null.</summary>
    public NetworkService Service;

    /// <summary>Takes the connection that has waited longest.</summary>
    /// <returns>A connection that the caller now owns and must close, or null when none waits.</returns>
    public TcpConnection Accept()
    {
        TcpConnection c = _first;
        if (c == null)
        {
            return null;
        }

        Remove(c);
        c.OwnedByApplication = true;
        c.Timers.Disarm(ConnectionTimers.Orphan);

        // What arrived while it waited is news to its new owner.
        if (c.Events != 0)
        {
            c.Raise(0);
        }

        return c;
    }

    /// <summary>Stops listening. Connections that were not accepted are reset; accepted ones are not touched.</summary>
    public void Close()
    {
        while (_first != null)
        {
            TcpConnection c = Accept();
            c.Abort();
        }

        _engine.Remove(this);
    }

    internal void Refuse()
    {
        Refused++;
        if (Service != null)
        {
            Service.Wake();
        }
    }

    internal void Add(TcpConnection c)
    {
        c.InAcceptQueue = true;
        c.AcceptNext = null;
        if (_first == null)
        {
            _first = c;
        }
        else
        {
            _last.AcceptNext = c;
        }

        _last = c;
        Pending++;
        if (Service != null)
        {
            Service.Wake();
        }
    }

    internal void Remove(TcpConnection c)
    {
        TcpConnection previous = null;
        TcpConnection at = _first;
        while (at != null && at != c)
        {
            previous = at;
            at = at.AcceptNext;
        }

        if (at == null)
        {
            return;
        }

        if (previous == null)
        {
            _first = c.AcceptNext;
        }
        else
        {
            previous.AcceptNext = c.AcceptNext;
        }

        if (_last == c)
        {
            _last = previous;
        }

        c.AcceptNext = null;
        c.InAcceptQueue = false;
        Pending--;
    }
}
