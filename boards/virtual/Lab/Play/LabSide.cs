using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>One of the two stacks of a scenario, with the applications on it.</summary>
public sealed class LabSide
{
    private const int Entries = 4096;

    private readonly LabStage _stage;
    private readonly Func<StackOptions> _options;
    private readonly TraceEntry _entry = new(54);
    private int _read;
    private int _boots;

    internal LabSide(LabStage stage, string name, bool isClient, Func<StackOptions> options)
    {
        _stage = stage;
        _options = options;
        Name = name;
        IsClient = isClient;
        (Device, Net) = Boot();
    }

    /// <summary>"client" or "server".</summary>
    public string Name { get; }

    /// <summary>True for the one on the left.</summary>
    public bool IsClient { get; }

    /// <summary>The stack.</summary>
    public NetworkInterface Net { get; private set; }

    /// <summary>Its applications' connections, in the order in which they got them.</summary>
    public List<LabSocket> Sockets { get; } = [];

    /// <summary>The state of the connection the scenario is about, as the ladder shows it.</summary>
    public TcpState State { get; private set; }

    /// <summary>The states it went through, CLOSED first.</summary>
    public List<TcpState> States { get; } = [TcpState.Closed];

    /// <summary>How often each transition was taken, reboots included.</summary>
    public int[,] Transitions { get; } = new int[TraceRing.States, TraceRing.States];

    /// <summary>What its applications did and learned.</summary>
    public List<string> Story { get; } = [];

    internal LabDevice Device { get; private set; }

    internal bool AcceptsAtOnce { get; set; } = true;

    internal uint Address => IsClient ? LabStage.ClientAddress : LabStage.ServerAddress;

    private TraceRing Ring => (TraceRing)Net.Trace;

    /// <summary>Passive OPEN.</summary>
    public TcpListener Listen(int port = LabStage.Port)
    {
        Do($"listen({port})");
        TcpListener listener = Net.Tcp.Listen(port, 4);
        _stage.Settle();
        return listener;
    }

    /// <summary>Takes no more connections.</summary>
    public void StopListening(TcpListener listener)
    {
        Do("stops listening");
        listener.Close();
        _stage.Settle();
    }

    /// <summary>Active OPEN to the other side.</summary>
    public LabSocket Connect(int port = LabStage.Port, int localPort = 0)
    {
        Do(localPort == 0 ? $"connect({port})" : $"connect({port}) from port {localPort}");
        TcpConnection? connection = Net.Tcp.Connect(IsClient ? LabStage.ServerAddress : LabStage.ClientAddress, port, localPort);
        var socket = new LabSocket(_stage, this, connection ?? throw new LabException($"the {Name} has no slot or port left"));
        Sockets.Add(socket);
        _stage.Drain(this);
        return socket;
    }

    /// <summary>The next connection that a listener has for the application, or null.</summary>
    public LabSocket? Accept()
    {
        for (int i = 0; i < Net.Tcp.ListenerCount; i++)
        {
            if (Net.Tcp.ListenerAt(i)?.Accept() is { } connection)
            {
                var socket = new LabSocket(_stage, this, connection);
                Sockets.Add(socket);
                Do("accepts");
                return socket;
            }
        }

        return null;
    }

    /// <summary>Power off and on: everything is forgotten, and the boot secret is new. Nothing is told to anybody.</summary>
    public void Reboot()
    {
        Do("power off and on");
        CountTransitions();
        Sockets.Clear();
        (Device, Net) = Boot();
        _read = 0;
        State = TcpState.Closed;
        States.Add(TcpState.Closed);
        _stage.Resolve();
    }

    internal void Do(string text)
    {
        Story.Add(text);
        _stage.Add(new ApplicationEvent(_stage.Elapsed, this, text));
    }

    /// <summary>What the stack did since the last call, in order; the frames it sent go on the wire.</summary>
    internal void Drain()
    {
        StateEvent? change = null;
        while (_read < Ring.Next)
        {
            if (!Ring.Read(_read++, _entry))
            {
                throw new LabException("the trace is too short for this scenario");
            }

            if (_entry.Kind == TraceKind.StateChange)
            {
                // States that one segment or call goes through in one step are one change.
                if (change != null && change.LocalPort == _entry.LocalPort && change.RemotePort == _entry.RemotePort && change.To == _entry.From)
                {
                    change = change with { Path = [.. change.Path, _entry.To] };
                    continue;
                }

                Finish(ref change);
                change = new StateEvent(_stage.Elapsed, this, [_entry.From, _entry.To], _entry.LocalPort, _entry.RemotePort);
                continue;
            }

            Finish(ref change);
            switch (_entry.Kind)
            {
                case TraceKind.Timer:
                    _stage.Add(new TimerEvent(_stage.Elapsed, this, _entry.Timer));
                    break;
                case TraceKind.Drop:
                    _stage.Add(new DropEvent(_stage.Elapsed, this, _entry.Reason));
                    break;
                case TraceKind.SegmentOut:
                    _stage.TakeSegment(this);
                    break;
            }
        }

        Finish(ref change);
        _stage.TakeRest(this);
    }

    internal void CountTransitions()
    {
        for (int from = 0; from < TraceRing.States; from++)
        {
            for (int to = 0; to < TraceRing.States; to++)
            {
                Transitions[from, to] += Ring.TransitionsOf((TcpState)from, (TcpState)to);
            }
        }
    }

    /// <summary>Timers that run, with the milliseconds they have left.</summary>
    internal IEnumerable<(string Name, int LeftMs)> Timers()
    {
        TcpEngine tcp = Net.Tcp;
        for (int i = 0; i < tcp.SlotCount; i++)
        {
            TcpConnection c = tcp.SlotAt(i);
            for (int timer = 0; timer < ConnectionTimers.Count && c.InUse; timer++)
            {
                if (c.TimerRemainingMs(timer) is >= 0 and int left)
                {
                    yield return (ConnectionTimers.NameOf(timer), left);
                }
            }
        }

        foreach (int i in Enumerable.Range(0, tcp.HalfOpen.Capacity).Where(tcp.HalfOpen.InUseAt))
        {
            yield return (TraceTimer.NameOf(TraceTimer.SynAck), tcp.HalfOpen.RemainingMsAt(i));
        }

        foreach (int i in Enumerable.Range(0, tcp.TimeWait.Capacity).Where(tcp.TimeWait.InUseAt))
        {
            yield return (TraceTimer.NameOf(TraceTimer.TwoMsl), tcp.TimeWait.RemainingMsAt(i));
        }
    }

    private void Finish(ref StateEvent? change)
    {
        if (change == null)
        {
            return;
        }

        State = change.To;
        States.Add(change.To);
        _stage.Add(change);
        change = null;
    }

    private (LabDevice Device, NetworkInterface Net) Boot()
    {
        StackOptions options = _options();
        options.Address = Address;
        options.MacAddress = [2, 0, 0, 0, 0, (byte)(IsClient ? 1 : 2)];
        options.BootSecret = [.. Enumerable.Range(1, 16).Select(i => (byte)((i * (IsClient ? 7 : 11)) + (_boots * 31)))];
        _boots++;
        var device = new LabDevice();
        var net = new NetworkInterface(device, options);
        net.Open();
        _ = new TraceRing(net, Entries, 54) { On = true };
        return (device, net);
    }
}
