using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The owner of connections: a service that accepts them, or a console job that opened one.
/// </summary>
/// <remarks>
/// <para>Everything is called on the poll loop's thread and returns at once. A handler keeps what it needs to know
/// about a connection in arrays indexed by <see cref="TcpConnection.Index"/>, allocated in <see cref="Attach"/>.</para>
/// <para>An exception that leaves a handler costs the connection it was called for and nothing else.</para>
/// </remarks>
public abstract class ConnectionHandler
{
    /// <summary>What the console and the status page call it; ASCII, at most 16 characters.</summary>
    public readonly string Name;

    /// <summary>Connections it owns now.</summary>
    public int Open;

    /// <summary>Connections it has ever owned.</summary>
    public int Opened;

    /// <summary>Connections it gave up because their deadline passed.</summary>
    public int Expired;

    /// <summary>Exceptions that left it; each cost the connection it was working on.</summary>
    public int Faults;

    /// <summary>Names the handler.</summary>
    /// <param name="name">ASCII, at most 16 characters.</param>
    protected ConnectionHandler(string name)
    {
        Name = name;
    }

    /// <summary>The table its connections are in; null before <see cref="Attach"/>.</summary>
    protected Dispatcher Dispatcher { get; private set; }

    /// <summary>Takes its place in the dispatcher and allocates all memory the handler will ever need.</summary>
    /// <param name="dispatcher">Where its connections will be.</param>
    public virtual void Attach(Dispatcher dispatcher)
    {
        Dispatcher = dispatcher;
    }

    /// <summary>
    /// Something changed: data arrived, room became free, the handshake completed or the peer closed. Events are edges,
    /// so the handler looks at everything it can act on and goes on until nothing moves.
    /// </summary>
    /// <param name="connection">A connection it owns.</param>
    public abstract void OnReady(TcpConnection connection);

    /// <summary>
    /// The connection's deadline passed. Unless overridden it ends: with a FIN when all data was acknowledged, else with a RST,
    /// since a peer that takes nothing would take no FIN either.
    /// </summary>
    /// <param name="connection">A connection it owns.</param>
    public virtual void OnDeadline(TcpConnection connection)
    {
        Expired++;
        if (connection.SendQueued > 0)
        {
            Dispatcher.Abort(connection);
        }
        else
        {
            Dispatcher.Close(connection);
        }
    }

    /// <summary>The application is stopping: the connection shall end soon and gracefully.</summary>
    /// <param name="connection">A connection it owns.</param>
    public virtual void OnStop(TcpConnection connection)
    {
        Dispatcher.Close(connection);
    }

    /// <summary>
    /// The connection is about to leave the handler's hands, whatever the cause: it ended, was closed, aborted or faulted.
    /// Called exactly once for each; what arrived may still be read here.
    /// </summary>
    /// <param name="connection">A connection it owns no longer once this returns.</param>
    public virtual void OnReleased(TcpConnection connection)
    {
    }
}
