using System.Text;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>Plays one seed from its first SYN until nothing is left to happen.</summary>
internal sealed class StormRun
{
    private const int MostSteps = 3000000;
    private const int MostFrames = 600000;
    private const long LongestDays = 5;

    private readonly StormPlan _plan;
    private readonly Dice _dice;
    private readonly BadWire _wire;
    private readonly Ladder _ladder;
    private readonly StormEnd[] _ends = new StormEnd[2];
    private readonly Lane[] _lanes;
    private readonly Dictionary<(int ClientSide, int From, int To), Attempt> _attempts = new Dictionary<(int, int, int), Attempt>();
    private long _now;
    private int _steps;

    internal StormRun(StormPlan plan, bool withLadder)
    {
        _plan = plan;
        _dice = new Dice(plan.Seed ^ 0x5701234567UL);
        _wire = new BadWire(plan.Faults[0], plan.Faults[1], new Dice(plan.Seed ^ 0x317EUL), new WireWatch(), plan.Start);
        _now = plan.Start;
        _ladder = withLadder ? new Ladder(plan.Start, 160) : null;
        _wire.Ladder = _ladder;
        for (int side = 0; side < 2; side++)
        {
            _ends[side] = new StormEnd(this, side, plan, _wire, new Dice(plan.Seed ^ (0xDE11CEUL + (ulong)side)));
        }

        _lanes = plan.Lanes.Select(scripts => new Lane(scripts, plan.Start)).ToArray();
    }

    /// <summary>Frames on the wire.</summary>
    internal int Frames
    {
        get { return _wire.Sent; }
    }

    internal long VirtualMs
    {
        get { return _now - _plan.Start; }
    }

    internal StormEnd[] Ends
    {
        get { return _ends; }
    }

    /// <summary>Connections that a passive side saw reset after everything had passed, since the peer's TIME_WAIT was gone.</summary>
    internal int LateResets { get; private set; }

    internal int Retries { get; private set; }

    internal void Play()
    {
        while (true)
        {
            _wire.Now = _now;
            Settle();
            long next = NextTime();
            if (next == long.MaxValue)
            {
                break;
            }

            if (_now - _plan.Start > LongestDays * 86400000L)
            {
                throw new StormFailure($"not over after {LongestDays} days");
            }

            if (_plan.Late > 0)
            {
                next += _dice.Below(_plan.Late + 1);
            }
            else if (next - _now > 2 && _dice.Chance(60))
            {
                PollTooEarly(next);
            }

            _now = next;
        }

        NothingIsLeft();
    }

    internal string Story()
    {
        StringBuilder story = new StringBuilder();
        story.AppendLine(_plan.ToString());
        if (_ladder != null)
        {
            story.AppendLine(_ladder.Text());
        }

        foreach (Attempt attempt in _attempts.Values)
        {
            if (!attempt.Client.Over || (attempt.Server != null && !attempt.Server.Over))
            {
                story.AppendLine($"open at {VirtualMs} ms: {attempt.Client}; {(attempt.Server == null ? "not accepted" : attempt.Server)}");
            }
        }

        return story.ToString();
    }

    /// <summary>A listener gave out a connection: whose is it?</summary>
    internal Session Accepted(int side, TcpConnection c, byte[] scratch)
    {
        if (!_attempts.TryGetValue((1 - side, c.RemotePort, c.LocalPort), out Attempt attempt) || attempt.Server != null)
        {
            throw new StormFailure($"a connection from port {c.RemotePort} was accepted that nobody opened, or twice");
        }

        attempt.Server = new Session(attempt.Client.Script, false, c, scratch);
        return attempt.Server;
    }

    /// <summary>An application is through.</summary>
    internal void Ended(Session session)
    {
        _ladder?.Note(_now, $"        {session}");
        Script script = session.Script;
        TcpEndReason outcome = session.Outcome;
        bool victim = session.Client ? script.ClientIsVictim : script.ServerIsVictim;
        if (script.Ending == Ending.Refused && outcome == TcpEndReason.Refused)
        {
            return;
        }

        if (victim && outcome is TcpEndReason.Reset or TcpEndReason.KeepAliveTimedOut)
        {
            return;
        }

        if (!victim && script.Ending != Ending.Refused && session.Complete)
        {
            if (outcome is TcpEndReason.Closed or TcpEndReason.Aborted)
            {
                return;
            }

            // Our FIN's acknowledgment was lost for longer than the peer stayed in TIME_WAIT.
            if (outcome == TcpEndReason.Reset)
            {
                LateResets++;
                return;
            }
        }

        if (_plan.Pressure && session.Client && outcome is TcpEndReason.Reset or TcpEndReason.TimedOut)
        {
            // The server gave its half-open entry up before a slot was free. The lane tries again.
            return;
        }

        throw new StormFailure($"ended wrongly: {session}");
    }

    private void Settle()
    {
        int idle = 0;
        while (true)
        {
            if (++_steps > MostSteps || _wire.Sent > MostFrames)
            {
                throw new StormFailure($"runs away: {_steps} steps, {_wire.Sent} frames");
            }

            int frames = _wire.Sent;
            bool waiting = _wire.Due(0) || _wire.Due(1);
            StartLanes();
            _ends[0].Turn(_now, true);
            _ends[1].Turn(_now, true);
            AdvanceLanes();
            bool again = _wire.Due(0) || _wire.Due(1) || _ends[0].Wait == 0 || _ends[1].Wait == 0 || Earliest() <= _now;
            if (!again)
            {
                return;
            }

            idle = waiting || frames != _wire.Sent ? 0 : idle + 1;
            if (idle > 8)
            {
                throw new StormFailure("the polls return 0 again and again, and nothing happens");
            }
        }
    }

    // Between two deadlines nothing may happen: a poll that comes too early finds nothing to do.
    private void PollTooEarly(long next)
    {
        long between = _now + 1 + _dice.Below((int)Math.Min(next - _now - 1, 1 << 20));
        long arrival = _wire.NextArrival;
        if (arrival <= between)
        {
            return;
        }

        int frames = _wire.Sent;
        _wire.Now = between;
        foreach (StormEnd end in _ends)
        {
            end.Turn(between, false);
        }

        if (_wire.Sent != frames)
        {
            throw new StormFailure($"a frame was sent {between - _now} ms after a poll that announced nothing for {next - _now} ms");
        }

        _now = between;
    }

    private long NextTime()
    {
        long next = Math.Min(_wire.NextArrival, Earliest());
        foreach (StormEnd end in _ends)
        {
            if (end.Wait < NetworkInterface.Never / 2)
            {
                next = Math.Min(next, end.At + end.Wait);
            }
        }

        return next;
    }

    private long Earliest()
    {
        long next = Math.Min(_ends[0].NextTimer, _ends[1].NextTimer);
        foreach (Lane lane in _lanes)
        {
            next = Math.Min(next, lane.NextTimer);
        }

        return next;
    }

    private void StartLanes()
    {
        foreach (Lane lane in _lanes)
        {
            if (lane.NextTimer > _now)
            {
                continue;
            }

            Script script = lane.Scripts[lane.At];
            if (!Open(lane, script))
            {
                // No slot: its own side is full too. Try again a little later.
                lane.NextTimer = _now + _dice.Between(50, 1000);
                Retries++;
                if (++lane.Failures > 20000)
                {
                    throw new StormFailure($"no slot for {script}");
                }
            }
        }
    }

    private bool Open(Lane lane, Script script)
    {
        StormEnd end = _ends[script.ClientSide];
        end.Turn(_now, true);
        uint there = script.ClientSide == 0 ? TwoStacks.AddressB : TwoStacks.AddressA;
        int port = script.Simultaneous ? _plan.SimultaneousPorts.B : script.Ending == Ending.Refused ? StormPlan.DeafPort : StormPlan.Port;
        TcpConnection c = end.Net.Tcp.Connect(there, port);
        if (c == null)
        {
            return false;
        }

        _ladder?.Note(_now, $"        {script}: connects from {c.LocalPort}");
        Attempt attempt = new Attempt { Client = new Session(script, true, c, end.Scratch) };
        _attempts[(script.ClientSide, c.LocalPort, c.RemotePort)] = attempt;
        if (script.Simultaneous)
        {
            script.Simultaneous = false;
            StormEnd other = _ends[1];
            TcpConnection back = other.Net.Tcp.Connect(TwoStacks.AddressA, c.LocalPort);
            if (back == null || back.LocalPort != c.RemotePort)
            {
                throw new StormFailure("the ports of the simultaneous open were not as foreseen");
            }

            attempt.Server = new Session(script, false, back, other.Scratch);
            other.Add(attempt.Server);
        }

        end.Add(attempt.Client);
        lane.Current = attempt;
        lane.NextTimer = long.MaxValue;
        return true;
    }

    private void AdvanceLanes()
    {
        foreach (Lane lane in _lanes)
        {
            Attempt current = lane.Current;
            if (current == null || !current.Client.Over)
            {
                continue;
            }

            Script script = current.Client.Script;
            bool failed = !current.Client.Complete && !script.ClientIsVictim && script.Ending != Ending.Refused;
            if (failed || (script.ClientIsVictim && current.Server == null))
            {
                if (current.Server != null)
                {
                    throw new StormFailure($"an accepted connection failed: {current.Client}; {current.Server}");
                }

                lane.Current = null;
                lane.NextTimer = _now + _dice.Between(100, 3000);
                Retries++;
                if (++lane.Failures > 20000)
                {
                    throw new StormFailure($"never served: {script}");
                }

                continue;
            }

            if (current.Server != null && !current.Server.Over)
            {
                continue;
            }

            if (current.Server == null && script.Ending is not (Ending.Refused or Ending.ClientAborts or Ending.ClientClosesEarly))
            {
                continue;
            }

            lane.Current = null;
            lane.At++;
            lane.NextTimer = lane.At == lane.Scripts.Length ? long.MaxValue : _now + lane.Scripts[lane.At].StartAfter;
        }
    }

    private void NothingIsLeft()
    {
        foreach (Lane lane in _lanes)
        {
            if (lane.At != lane.Scripts.Length)
            {
                throw new StormFailure($"stalled at {VirtualMs} ms: nothing is announced, but {lane.Scripts[lane.At]} is not over");
            }
        }

        foreach (StormEnd end in _ends)
        {
            end.NothingIsLeft();
        }
    }

    private sealed class Lane
    {
        internal readonly Script[] Scripts;
        internal int At;
        internal Attempt Current;
        internal long NextTimer;
        internal int Failures;

        internal Lane(Script[] scripts, long start)
        {
            Scripts = scripts;
            NextTimer = start + (scripts[0].Simultaneous ? 0 : 1 + scripts[0].StartAfter);
        }
    }

    private sealed class Attempt
    {
        internal Session Client;
        internal Session Server;
    }
}
