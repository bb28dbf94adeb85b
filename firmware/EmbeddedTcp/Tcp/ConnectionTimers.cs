using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// The deadlines of one connection, each independent of the others: never one timer that is reused for several jobs.
/// (The 2MSL wait is kept by <see cref="TimeWaitTable"/>.)
/// </summary>
public sealed class ConnectionTimers
{
    /// <summary>The oldest unacknowledged segment is sent again (RFC 6298).</summary>
    public const int Retransmission = 0;

    /// <summary>A closed window is probed, or a small segment is sent after all (RFC 9293 §3.8.6.1 and .2.1).</summary>
    public const int Persist = 1;

    /// <summary>An acknowledgment has been delayed long enough (RFC 9293 §3.8.6.3).</summary>
    public const int DelayedAck = 2;

    /// <summary>An idle peer is probed (RFC 9293 §3.8.4).</summary>
    public const int KeepAlive = 3;

    /// <summary>A connection that its application closed waits for the peer's FIN no longer.</summary>
    public const int FinWait2 = 4;

    /// <summary>A connection that its application closed must make progress, or has a time to linger; one that nobody accepts ends.</summary>
    public const int Orphan = 5;

    /// <summary>The number of timers, not a timer.</summary>
    public const int Count = 6;

    internal readonly int[] At = new int[Count];
    internal int Armed;

    private readonly TcpConnection _connection;

    internal ConnectionTimers(TcpConnection connection)
    {
        _connection = connection;
    }

    /// <summary>The name of a timer.</summary>
    public static string NameOf(int timer)
    {
        switch (timer)
        {
            case Retransmission: return "rtx";
            case Persist: return "persist";
            case DelayedAck: return "dack";
            case KeepAlive: return "keepalive";
            case FinWait2: return "finwait2";
            default: return "orphan";
        }
    }

    internal int RemainingMs(int timer)
    {
        if ((Armed & (1 << timer)) == 0)
        {
            return -1;
        }

        int left = At[timer] - _connection.Net.Now;
        return left < 0 ? 0 : left;
    }

    internal void Arm(int timer, int milliseconds)
    {
        NetworkInterface net = _connection.Net;
        int due = net.Now + milliseconds;
        At[timer] = due;
        Armed |= 1 << timer;
        if (due - net.WakeAt < 0)
        {
            net.WakeAt = due;
        }
    }

    internal bool IsArmed(int timer)
    {
        return (Armed & (1 << timer)) != 0;
    }

    internal void Disarm(int timer)
    {
        Armed &= ~(1 << timer);
    }

    internal void DisarmAll()
    {
        Armed = 0;
    }

    internal void StartKeepAlive()
    {
        _connection.ProbesSent = 0;
        if (_connection.KeepAliveOption && _connection.CurrentState >= TcpState.Established
            && _connection.CurrentState < TcpState.TimeWait)
        {
            Arm(KeepAlive, _connection.KeepAliveIdleMs);
        }
        else
        {
            Disarm(KeepAlive);
        }
    }

    /// <summary>Fires what is due.</summary>
    /// <returns>Milliseconds until the next deadline, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int next = NetworkInterface.Never;
        int now = _connection.Net.Now;
        for (int timer = 0; timer < Count; timer++)
        {
            if ((Armed & (1 << timer)) == 0)
            {
                continue;
            }

            if (At[timer] - now <= 0)
            {
                Armed &= ~(1 << timer);
                _connection.TimerFired(timer);
                Fire(timer);
            }

            // A timer may have been armed again by what it did, or by what an earlier one did.
            if ((Armed & (1 << timer)) != 0 && At[timer] - now < next)
            {
                next = At[timer] - now;
            }
        }

        return next;
    }

    private void Fire(int timer)
    {
        TcpConnection c = _connection;
        switch (timer)
        {
            case Retransmission:
                RetransmissionTimeout(c);
                break;
            case Persist:
                PersistTimeout(c);
                break;
            case DelayedAck:
                c.AckNow = true;
                c.Engine.AddPending(c);
                break;
            case KeepAlive:
                KeepAliveTimeout(c);
                break;
            case FinWait2:
                c.Engine.Counters.TimedOut++;
                c.Engine.End(c, TcpEndReason.Abandoned);
                break;
            default:
                OrphanTimeout(c);
                break;
        }
    }

    // RFC 6298 §5 (5.4)–(5.6), RFC 9293 §3.8.3.
    private void RetransmissionTimeout(TcpConnection c)
    {
        int now = _connection.Net.Now;
        bool opening = c.CurrentState == TcpState.SynSent || c.CurrentState == TcpState.SynReceived;
        if (!opening && c.SndWnd == 0)
        {
            // Sent data met a window that has closed since. That is not loss: a peer that answers probes may keep it
            // closed as long as it likes (RFC 9293 §3.8.6.1, MUST-37).
            PersistTimeout(c);
            return;
        }

        c.Engine.Counters.RetransmissionTimeouts++;
        if (c.Retransmits == 0)
        {
            c.FirstRetransmitAt = opening ? c.LastProgressAt : now;
        }

        int limit = opening ? _connection.Net.Options.R2SynTimeout : c.UserTimeoutMs;
        if (c.Retransmits > 0 && now - c.FirstRetransmitAt >= limit)
        {
            c.Engine.Counters.TimedOut++;
            if (opening)
            {
                c.Engine.Counters.FailedOpens++;
                c.Engine.End(c, TcpEndReason.TimedOut);
            }
            else
            {
                c.Engine.Abort(c, TcpEndReason.TimedOut);
            }

            return;
        }

        c.Retransmits++;
        if (c.Retransmits == _connection.Net.Options.R1Retransmissions)
        {
            // R1: negative advice to the layer below (MUST-20): the neighbour is asked for again.
            // The application may want to know, too (SHLD-9).
            _connection.Net.Arp.Doubt(c.Engine.NextHopOf(c));
            c.NextHopVersion = SegmentSender.UnknownNextHop;
            c.Raise(TcpEvents.SoftError);
        }

        c.Rtt.BackOff();
        c.StopTiming();
        if (opening)
        {
            c.Engine.Sender.SendSyn(c);
        }
        else
        {
            if ((c.Features & TcpFeatures.Timestamps) != 0)
            {
                c.Stamps.Spurious.Suspect(c, c.Stamps.Value(now));
            }

            c.Congestion.OnTimeout();
            c.Retransmitting = true;
            c.RtxNxt = c.SndUna;
            c.Engine.AddPending(c);
        }

        Arm(Retransmission, c.Rtt.Rto);
    }

    // RFC 9293 §3.8.6.1: the first probe after one RTO, then at exponentially growing intervals.
    private void PersistTimeout(TcpConnection c)
    {
        if (c.SendBuffer.Count == 0 && !c.FinQueued)
        {
            return;
        }

        int now = _connection.Net.Now;
        if (c.WindowProbes == 0)
        {
            c.FirstProbeAt = now;
        }
        else if (now - c.LastHeardAt >= _connection.Net.Options.PersistTimeout && now - c.FirstProbeAt >= _connection.Net.Options.PersistTimeout)
        {
            c.Engine.Counters.TimedOut++;
            c.Engine.Abort(c, TcpEndReason.TimedOut);
            return;
        }

        if (c.SndWnd > 0)
        {
            // Silly window avoidance kept a small segment back (§3.8.6.2.1): time overrides it.
            c.SendSmallNow = true;
            c.Engine.AddPending(c);
            return;
        }

        c.Engine.Sender.SendWindowProbe(c);
        int wait = c.Rtt.Rto;
        for (int i = 0; i < c.WindowProbes && wait < _connection.Net.Options.MaximumRto; i++)
        {
            wait <<= 1;
        }

        c.WindowProbes++;
        Arm(Persist, wait < _connection.Net.Options.MaximumRto ? wait : _connection.Net.Options.MaximumRto);
    }

    private void KeepAliveTimeout(TcpConnection c)
    {
        // Armed lazily: segments that arrived meanwhile only moved LastHeardAt.
        int idle = _connection.Net.Now - c.LastHeardAt;
        if (idle < c.KeepAliveIdleMs)
        {
            c.ProbesSent = 0;
            Arm(KeepAlive, c.KeepAliveIdleMs - idle);
            return;
        }

        if (c.ProbesSent >= c.KeepAliveProbeLimit)
        {
            c.Engine.Counters.TimedOut++;
            c.Engine.Abort(c, TcpEndReason.KeepAliveTimedOut);
            return;
        }

        // RFC 9293 §3.8.4: only when nothing is outstanding, for then retransmission finds a dead peer.
        if (c.SndUna == c.SndNxt)
        {
            c.ProbesSent++;
            c.Engine.Sender.SendKeepAlive(c);
        }

        Arm(KeepAlive, c.KeepAliveIntervalMs);
    }

    private void OrphanTimeout(TcpConnection c)
    {
        if (c.InAcceptQueue || c.LingerMs > 0)
        {
            // Nobody accepted it in time, or the time to linger is over, progress or not.
            c.Engine.Counters.TimedOut++;
            c.Engine.Abort(c, TcpEndReason.Abandoned);
            return;
        }

        int idle = _connection.Net.Now - c.LastProgressAt;
        if (idle < _connection.Net.Options.OrphanTimeout)
        {
            Arm(Orphan, _connection.Net.Options.OrphanTimeout - idle);
            return;
        }

        c.Engine.Counters.TimedOut++;
        c.Engine.Abort(c, TcpEndReason.Abandoned);
    }
}
