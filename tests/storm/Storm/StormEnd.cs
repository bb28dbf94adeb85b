using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>One stack with its applications.</summary>
internal sealed class StormEnd
{
    private readonly StormRun _run;
    private readonly int _side;
    private readonly StormPlan _plan;
    private readonly StormDevice _device;
    private readonly Invariants _invariants;
    private readonly TcpListener _listener;
    private readonly List<Session> _sessions = new List<Session>();
    private long _acceptAt;

    internal StormEnd(StormRun run, int side, StormPlan plan, BadWire wire, Dice dice)
    {
        _run = run;
        _side = side;
        _plan = plan;
        _device = new StormDevice(wire, side, plan.Refuse, dice, plan.Options[side].Mtu);
        Net = new NetworkInterface(_device, plan.Options[side]);
        Net.Open();
        Net.Poll(plan.Start);
        _listener = Net.Tcp.Listen(StormPlan.Port, plan.Backlog);
        _invariants = new Invariants(Net, side == 0 ? "A" : "B");
    }

    internal NetworkInterface Net { get; }

    internal byte[] Scratch { get; } = new byte[20000];

    /// <summary>What the last flush returned, and when.</summary>
    internal int Wait { get; private set; }

    internal long At { get; private set; }

    internal long NextTimer
    {
        get
        {
            long next = _acceptAt == 0 ? long.MaxValue : _acceptAt;
            foreach (Session s in _sessions)
            {
                next = Math.Min(next, s.NextTimer);
            }

            return next;
        }
    }

    internal void Add(Session session)
    {
        _sessions.Add(session);
    }

    /// <summary>Polls, lets the applications act, flushes, and checks the invariants.</summary>
    internal void Turn(long now, bool applications)
    {
        _device.Refused = false;
        At = now;
        Wait = Net.Poll(now);
        _invariants.Check(Wait, _device.Refused);
        if (applications)
        {
            Applications(now);
            Wait = Net.Flush();
            _invariants.Check(Wait, _device.Refused);
        }
        else if (Net.Tcp.TakeReady() is { } c)
        {
            throw new StormFailure($"something happened on port {c.LocalPort} at a poll before the announced time");
        }
    }

    internal void NothingIsLeft()
    {
        TcpEngine tcp = Net.Tcp;
        string name = _side == 0 ? "A" : "B";
        foreach (Session s in _sessions)
        {
            throw new StormFailure($"stalled: {s}");
        }

        if (tcp.FreeSlots != tcp.SlotCount || tcp.HalfOpen.Count != 0 || tcp.TimeWait.Count != 0 || _listener.Pending != 0)
        {
            throw new StormFailure(
                $"{name} leaks: {tcp.FreeSlots} of {tcp.SlotCount} slots free, {tcp.HalfOpen.Count} half-open, {tcp.TimeWait.Count} in TIME_WAIT, "
                + $"{_listener.Pending} not accepted");
        }

        StackCounters counters = Net.Counters;
        // While a neighbour is unknown, the latest frame to it is held and the one before lost (RFC 1122 §2.3.2.2).
        int lost = counters.Drops[(int)DropReason.ArpUnresolved];
        if (_plan.Calm && counters.RetransmissionTimeouts + counters.FastRetransmits > lost)
        {
            throw new StormFailure($"{name} took {counters.RetransmissionTimeouts + counters.FastRetransmits} segments for lost on a wire that loses nothing");
        }

        // What probed a closed window may be sent again, rightly; where no reader is slow there is nothing to probe.
        if (_plan.Calm && _plan.ReadsAtOnce && counters.Retransmissions + counters.WindowProbes > lost)
        {
            throw new StormFailure($"{name} sent {counters.Retransmissions} segments again and probed {counters.WindowProbes} windows without need");
        }

        if (counters.SlotsEvicted != 0)
        {
            throw new StormFailure($"{name} evicted a slot although no application had let go of one under pressure");
        }
    }

    private void Applications(long now)
    {
        TakeEvents();
        Accept(now);
        for (int i = _sessions.Count - 1; i >= 0; i--)
        {
            Session s = _sessions[i];
            if (_plan.ByEvents && !s.Woken && s.NextTimer > now)
            {
                continue;
            }

            Step(s, now);
        }

        // What the applications did may be an event itself: one that is reset while it acts, or one that is accepted late.
        if (TakeEvents())
        {
            foreach (Session s in _sessions.ToArray())
            {
                if (s.Woken)
                {
                    Step(s, now);
                }
            }
        }
    }

    private bool TakeEvents()
    {
        bool any = false;
        TcpConnection ready;
        while ((ready = Net.Tcp.TakeReady()) != null)
        {
            if (ready.TakeEvents() == 0)
            {
                throw new StormFailure("a connection was reported ready without an event");
            }

            ((Session)ready.Tag).Woken = true;
            any = true;
        }

        return any;
    }

    private void Step(Session s, long now)
    {
        s.Step(now);
        if (s.Over)
        {
            _sessions.Remove(s);
            _run.Ended(s);
        }
    }

    private void Accept(long now)
    {
        if (_acceptAt > now)
        {
            return;
        }

        _acceptAt = 0;
        while (_listener.Pending > 0)
        {
            _sessions.Add(_run.Accepted(_side, _listener.Accept(), Scratch));
            if (_plan.AcceptEvery > 0)
            {
                _acceptAt = now + _plan.AcceptEvery;
                return;
            }
        }
    }
}
