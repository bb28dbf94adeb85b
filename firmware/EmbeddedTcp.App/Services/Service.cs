using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// A handler that listens on a port. It also knows how every conversation ends well: our FIN after the last byte,
/// then reading on, and discarding, until the peer's FIN or a deadline.
/// </summary>
/// <remarks>
/// Reading on matters: closing with data unread sends a RST (RFC 9293 §3.10.4), and that may destroy, at the peer,
/// the answer that was just sent.
/// </remarks>
public abstract class Service : ConnectionHandler
{
    private TcpListener _listener;
    private bool[] _finishing; // By slot: our FIN is queued or sent.
    private long[] _drainEnds; // By slot: when a finishing connection ends whatever happens.

    /// <summary>Names the service and its port.</summary>
    /// <param name="name">ASCII, at most 16 characters.</param>
    /// <param name="port">1 to 65,535.</param>
    protected Service(string name, int port)
        : base(name)
    {
        Port = port;
    }

    /// <summary>The local port.</summary>
    public int Port { get; }

    /// <summary>The engine's listener; null while the service does not listen.</summary>
    public virtual TcpListener Listener => _listener;

    /// <inheritdoc/>
    public override void Attach(Dispatcher dispatcher)
    {
        base.Attach(dispatcher);
        _finishing = new bool[dispatcher.SlotCount];
        _drainEnds = new long[dispatcher.SlotCount];
    }

    /// <summary>Starts to listen.</summary>
    /// <returns>False when the port is taken or the engine has no room for another listener.</returns>
    public virtual bool Listen(TcpEngine tcp)
    {
        _listener = tcp.Listen(Port, Dispatcher.Options.Backlog);
        return _listener != null;
    }

    /// <summary>Stops listening; connections go on.</summary>
    public virtual void StopListening()
    {
        if (_listener != null)
        {
            _listener.Close();
            _listener = null;
        }
    }

    /// <summary>Whether it has a connection that the dispatcher knows nothing of.</summary>
    public virtual bool Owns(TcpConnection connection)
    {
        return false;
    }

    /// <summary>Its counts are about to be read.</summary>
    public virtual void Update()
    {
    }

    /// <summary>The bytes the service keeps for its connections, for the console's list of fixed memory.</summary>
    public virtual int MemoryBytes => Dispatcher == null ? 0 : Dispatcher.SlotCount * 9;

    /// <summary>A connection was accepted. Sets up its state and its first deadline; <see cref="Serve"/> follows at once.</summary>
    /// <param name="connection">The new connection.</param>
    public virtual void OnAccepted(TcpConnection connection)
    {
        _finishing[connection.Index] = false;
        connection.NoDelay = true; // Nothing is sent before the turn of the loop ends: what a service wrote by then is whole.
        Dispatcher.SetDeadline(connection, Dispatcher.Options.IdleLimit);
    }

    /// <inheritdoc/>
    public sealed override void OnReady(TcpConnection connection)
    {
        if (!_finishing[connection.Index])
        {
            Serve(connection);
        }
        else
        {
            Drain(connection);
        }
    }

    /// <inheritdoc/>
    public sealed override void OnDeadline(TcpConnection connection)
    {
        if (!_finishing[connection.Index])
        {
            OnExpired(connection);
        }
        else if (connection.SendQueued == 0)
        {
            Dispatcher.Close(connection); // The peer has everything and keeps its side open: the engine's FIN_WAIT_2 limit does the rest.
        }
        else if (Dispatcher.NowMs >= _drainEnds[connection.Index])
        {
            Expired++;
            Dispatcher.Abort(connection);
        }
        else
        {
            Dispatcher.SetDeadline(connection, Dispatcher.Options.LingerLimit);
        }
    }

    /// <inheritdoc/>
    public override void OnStop(TcpConnection connection)
    {
        if (!_finishing[connection.Index])
        {
            Finish(connection);
        }
    }

    /// <summary>Does the service's work, for as long as anything moves.</summary>
    /// <param name="connection">A connection that is not finishing.</param>
    protected abstract void Serve(TcpConnection connection);

    /// <summary>The deadline passed while the connection was being served. Unless overridden it ends.</summary>
    /// <param name="connection">A connection that is not finishing.</param>
    protected virtual void OnExpired(TcpConnection connection)
    {
        base.OnDeadline(connection);
    }

    /// <summary>Everything was written: sends our FIN behind it and waits, within limits, for the peer's.</summary>
    /// <param name="connection">A connection that is not finishing.</param>
    protected void Finish(TcpConnection connection)
    {
        Finish(connection, Dispatcher.Options.DrainLimit);
    }

    /// <summary>The same with a limit of its own.</summary>
    /// <param name="connection">A connection that is not finishing.</param>
    /// <param name="limit">How long the peer may take to acknowledge what is queued, in milliseconds.</param>
    protected void Finish(TcpConnection connection, int limit)
    {
        _drainEnds[connection.Index] = Dispatcher.NowMs + limit;
        _finishing[connection.Index] = true;
        Dispatcher.SetDeadline(connection, Dispatcher.Options.LingerLimit);
        connection.Shutdown();
        Drain(connection);
    }

    private void Drain(TcpConnection connection)
    {
        byte[] scratch = Dispatcher.Scratch;
        while (connection.Read(scratch, 0, scratch.Length) > 0)
        {
        }
    }
}
