using System;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// Brings the engine's events to the handlers, keeps the connections' deadlines, and is the wall between one
/// handler's mistake and everything else.
/// </summary>
public sealed partial class Dispatcher
{
    /// <summary>Services at most.</summary>
    public const int MaxServices = 16;

    /// <summary>Faults are always counted but printed this many milliseconds apart at least, so that they cannot drown the console.</summary>
    public const int FaultPrintInterval = 1000;

    /// <summary>The longest time that <see cref="WaitMs"/> returns, in milliseconds.</summary>
    public const int LongestWait = 60000;

    /// <summary>Scratch memory that any handler may use while it is being called: nothing survives in it.</summary>
    public readonly byte[] Scratch = new byte[2048];

    private const long Never = long.MaxValue;

    private readonly TcpEngine _tcp;
    private readonly TextOutput _output;
    private readonly Service[] _services = new Service[MaxServices];
    private readonly TcpConnection[] _connections;
    private readonly ConnectionHandler[] _handlers;
    private readonly long[] _deadlines;
    private long _nextDeadline = Never; // A lower bound: deadlines that move away leave it where it was.
    private long _lastFaultPrinted = -FaultPrintInterval;

    /// <summary>Allocates the table.</summary>
    /// <param name="tcp">The engine whose connections it serves.</param>
    /// <param name="options">How patient handlers are.</param>
    /// <param name="output">Where faults are printed.</param>
    public Dispatcher(TcpEngine tcp, ApplicationOptions options, TextOutput output)
    {
        _tcp = tcp;
        _output = output;
        Options = options;
        SlotCount = tcp.SlotCount;
        _connections = new TcpConnection[SlotCount];
        _handlers = new ConnectionHandler[SlotCount];
        _deadlines = new long[SlotCount];
        for (int i = 0; i < SlotCount; i++)
        {
            _deadlines[i] = Never;
        }
    }

    /// <summary>How patient handlers are.</summary>
    public ApplicationOptions Options { get; }

    /// <summary>The engine's connection slots: the length of every array indexed by <see cref="TcpConnection.Index"/>.</summary>
    public int SlotCount { get; }

    /// <summary>The time of the current poll in milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>Services in the table.</summary>
    public int ServiceCount { get; private set; }

    /// <summary>Connections that are in some handler's hands.</summary>
    public int Open { get; private set; }

    /// <summary>Exceptions caught at this wall.</summary>
    public int Faults { get; private set; }

    /// <summary>The bytes this table and its scratch memory take, without the headers of the objects.</summary>
    public int MemoryBytes => Scratch.Length + (SlotCount * 16) + (MaxServices * 4);

    /// <summary>A service of the table.</summary>
    /// <param name="index">0 to <see cref="ServiceCount"/> − 1.</param>
    public Service ServiceAt(int index)
    {
        Service service = _services[index];
        service.Update();
        return service;
    }

    /// <summary>Whose connection a slot holds.</summary>
    /// <param name="slot">0 to <see cref="SlotCount"/> − 1.</param>
    /// <returns>The handler; null when no handler owns it.</returns>
    public ConnectionHandler HandlerAt(int slot)
    {
        for (int i = 0; i < ServiceCount && _handlers[slot] == null; i++)
        {
            if (_services[i].Owns(_tcp.SlotAt(slot)))
            {
                return _services[i];
            }
        }

        return _handlers[slot];
    }

    /// <summary>The name of the service that a listener belongs to; empty when it belongs to none.</summary>
    public string OwnerOf(TcpListener listener)
    {
        for (int i = 0; i < ServiceCount; i++)
        {
            if (_services[i].Listener == listener)
            {
                return _services[i].Name;
            }
        }

        return "";
    }

    /// <summary>Milliseconds until a slot's deadline, negative when it has none.</summary>
    /// <param name="slot">0 to <see cref="SlotCount"/> − 1.</param>
    public long DeadlineInMs(int slot)
    {
        long deadline = _deadlines[slot];
        return deadline == Never ? -1 : deadline <= NowMs ? 0 : deadline - NowMs;
    }

    /// <summary>Puts a service into the table and lets it allocate its memory. It does not listen yet.</summary>
    /// <returns>False when the table is full.</returns>
    public bool Add(Service service)
    {
        if (ServiceCount == MaxServices)
        {
            return false;
        }

        service.Attach(this);
        _services[ServiceCount++] = service;
        return true;
    }

    /// <summary>Opens a connection for a handler.</summary>
    /// <param name="handler">Its owner from now on.</param>
    /// <param name="address">The peer's address, most significant octet first.</param>
    /// <param name="port">The peer's port, 1 to 65,535.</param>
    /// <param name="limit">Its first deadline, in milliseconds from now.</param>
    /// <returns>Null when no slot or no local port is free.</returns>
    public TcpConnection Connect(ConnectionHandler handler, uint address, int port, int limit)
    {
        TcpConnection connection = _tcp.Connect(address, port);
        if (connection != null)
        {
            Adopt(connection, handler);
            SetDeadline(connection, limit);
        }

        return connection;
    }

    /// <summary>Takes a connection that waits at a listener which is no service's.</summary>
    /// <param name="handler">Its owner from now on.</param>
    /// <param name="listener">The listener.</param>
    /// <param name="limit">Its first deadline, in milliseconds from now.</param>
    /// <returns>Null when none is waiting.</returns>
    public TcpConnection Accept(ConnectionHandler handler, TcpListener listener, int limit)
    {
        TcpConnection connection = listener.Accept();
        if (connection != null)
        {
            Adopt(connection, handler);
            SetDeadline(connection, limit);
        }

        return connection;
    }

    /// <summary>Moves a connection's deadline.</summary>
    /// <param name="connection">A connection that is in a handler's hands.</param>
    /// <param name="milliseconds">From now.</param>
    public void SetDeadline(TcpConnection connection, int milliseconds)
    {
        long deadline = NowMs + milliseconds;
        _deadlines[connection.Index] = deadline;
        if (deadline < _nextDeadline)
        {
            _nextDeadline = deadline;
        }
    }

    /// <summary>Gives a connection back to the engine, which sends what is queued and a FIN in the background.</summary>
    public void Close(TcpConnection connection)
    {
        Release(connection, false);
    }

    /// <summary>Ends a connection with a RST and gives it back to the engine.</summary>
    public void Abort(TcpConnection connection)
    {
        Release(connection, true);
    }

    /// <summary>Accepts, delivers events and deadlines.</summary>
    /// <param name="nowMs">The time in milliseconds.</param>
    /// <returns>True when events are left over for another turn.</returns>
    public bool Run(long nowMs)
    {
        NowMs = nowMs;
        Accept();

        // Bounded, since a handler might make its own connection ready again and starve the rest.
        int budget = 4 * SlotCount;
        TcpConnection connection;
        while ((connection = _tcp.TakeReady()) != null)
        {
            Deliver(connection, connection.TakeEvents());
            if (--budget == 0)
            {
                break;
            }
        }

        if (nowMs >= _nextDeadline)
        {
            RunDeadlines();
        }

        return budget == 0;
    }

    /// <summary>Milliseconds until the next deadline, 0 to 60,000.</summary>
    public int WaitMs()
    {
        long wait = _nextDeadline == Never ? LongestWait : _nextDeadline - NowMs;
        return wait < 0 ? 0 : wait > LongestWait ? LongestWait : (int)wait;
    }

    /// <summary>Stops listening and asks every handler to end its connections.</summary>
    public void Stop()
    {
        for (int i = 0; i < ServiceCount; i++)
        {
            _services[i].StopListening();
        }

        for (int i = 0; i < SlotCount; i++)
        {
            TcpConnection connection = _connections[i];
            if (connection != null)
            {
                try
                {
                    _handlers[i].OnStop(connection);
                }
                catch (Exception e)
                {
                    Fault(_handlers[i], connection, e);
                }
            }
        }
    }

    /// <summary>Aborts whatever is still in a handler's hands.</summary>
    public void AbortAll()
    {
        for (int i = 0; i < SlotCount; i++)
        {
            if (_connections[i] != null)
            {
                Release(_connections[i], true);
            }
        }
    }
}
