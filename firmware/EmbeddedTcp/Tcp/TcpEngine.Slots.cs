using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.Tcp;

/// <content>The life of a slot: taken, established, in FIN_WAIT_2 or TIME_WAIT, ended, released, and who gives way under pressure.</content>
public sealed partial class TcpEngine
{
    private TcpConnection _promoted;

    /// <summary>A half-open peer completed its handshake: it gets a slot, in SYN_RECEIVED, and the segment goes on from there.</summary>
    /// <returns>Null when the backlog is full or no slot can be had; the entry then stays.</returns>
    internal TcpConnection Promote(TcpSegment s, int entry)
    {
        int retransmissions = HalfOpen.RetransmissionsAt(entry);
        int iss = HalfOpen.IssAt(entry);
        TcpConnection c = Admit(s, iss, HalfOpen.IrsAt(entry), HalfOpen.MssAt(entry), retransmissions);
        if (c == null)
        {
            return null;
        }

        c.Agree(HalfOpen.FeaturesAt(entry), HalfOpen.ScaleAt(entry), Sender.OurScale, HalfOpen.TimestampAt(entry));
        if (retransmissions == 0)
        {
            c.Timing = true;
            c.TimedSeq = iss;
            c.TimedAt = HalfOpen.SentAt(entry);
        }

        HalfOpen.Remove(entry);
        return c;
    }

    /// <summary>A slot in SYN_RECEIVED for a peer whose handshake is complete.</summary>
    /// <returns>Null when the backlog is full or no slot can be had.</returns>
    internal TcpConnection Admit(TcpSegment s, int iss, int irs, int mss, int retransmissions)
    {
        TcpListener listener = FindListener(s.LocalPort);
        if (listener == null)
        {
            return null;
        }

        if (listener.Pending >= listener.Backlog)
        {
            Counters.Drop(DropReason.BacklogFull);
            listener.Refuse();
            return null;
        }

        TcpConnection c = TakeSlot();
        if (c == null)
        {
            Counters.Drop(DropReason.NoSlot);
            listener.Refuse();
            return null;
        }

        c.Initialise(s.RemoteAddress, s.RemotePort, s.LocalPort, iss, mss, _net.Now);
        c.SndNxt = iss + 1;
        c.Synchronise(irs);

        // Not a transition: the half-open entry has been in this state.
        c.CurrentState = TcpState.SynReceived;
        c.Straight = false;
        c.Listener = listener;
        c.Retransmits = retransmissions;
        int record = TimeWait.Find(s.RemoteAddress, s.RemotePort, s.LocalPort);
        if (record >= 0)
        {
            // Reopened from TIME_WAIT, and the SYN has proved to be no old duplicate.
            TimeWait.Remove(record);
        }

        AddToHash(c);
        Sender.PrepareTemplate(c);
        _promoted = c;
        return c;
    }

    /// <summary>SYN-SENT or SYN-RECEIVED becomes ESTABLISHED: our SYN is acknowledged.</summary>
    internal void Established(TcpConnection c)
    {
        c.MoveTo(TcpState.Established);
        bool synLost = c.Retransmits > 0;
        if (synLost)
        {
            c.Rtt.SynTimedOut();
        }
        else if (c.Timing)
        {
            c.Rtt.Sample(_net.Now - c.TimedAt);
        }
        else if (c.Listener == null)
        {
            c.Rtt.Sample(_net.Now - c.LastSentAt);
        }

        c.Timing = false;
        c.Retransmits = 0;
        c.LastProgressAt = _net.Now;
        c.Timers.Disarm(ConnectionTimers.Retransmission);
        c.Congestion.Established(synLost);
        c.Timers.StartKeepAlive();
        if (c.Listener != null)
        {
            Counters.PassiveOpens++;
            c.Listener.Add(c);
            c.Timers.Arm(ConnectionTimers.Orphan, _options.AcceptTimeout);
        }
        else
        {
            c.Raise(TcpEvents.Connected | TcpEvents.Writable);
        }

        if (c.FinQueued)
        {
            // The application closed while the handshake was on its way.
            c.MoveTo(TcpState.FinWait1);
        }

        AddPending(c);
    }

    /// <summary>FIN-WAIT-2 has no end of its own in the RFC; once the application has closed, it gets one here.</summary>
    internal void EnteredFinWait2(TcpConnection c)
    {
        c.Timers.Disarm(ConnectionTimers.Orphan);
        if (!c.OwnedByApplication)
        {
            c.Timers.Arm(ConnectionTimers.FinWait2, _options.FinWait2Timeout);
        }
    }

    /// <summary>
    /// Both FINs have passed and ours is acknowledged: the last ACK goes out, a record waits for 2MSL, and the slot is free as soon as the
    /// application lets go of it.
    /// </summary>
    internal void EnterTimeWait(TcpConnection c)
    {
        c.MoveTo(TcpState.TimeWait);
        c.Timers.DisarmAll();
        if (c.AckNow)
        {
            // If the device refuses it, the peer's FIN comes again and the record answers.
            Sender.Output(c);
            c.AckNow = false;
        }

        TimeWait.Add(c);
        RemoveFromHash(c);
        c.EndReason = TcpEndReason.Closed;
        c.Raise(TcpEvents.Ended);
        Released(c);
    }

    /// <summary>2MSL is over: a slot that its application still holds shows it.</summary>
    internal void TimeWaitEnded(int remote, int remotePort, int localPort)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            TcpConnection c = _slots[i];
            if (c.CurrentState == TcpState.TimeWait && c.RemotePortNumber == remotePort && c.LocalPortNumber == localPort
                && c.RemoteAddressBits == remote)
            {
                c.CurrentState = TcpState.Closed;
            }
        }
    }

    /// <summary>The connection is CLOSED and forgotten on our side; its application is told why.</summary>
    internal void End(TcpConnection c, TcpEndReason reason)
    {
        c.MoveTo(TcpState.Closed);
        c.Timers.DisarmAll();
        c.AckNow = false;
        c.Retransmitting = false;
        c.SendBuffer.Clear();
        c.EndReason = reason;
        RemoveFromHash(c);
        if (c.InAcceptQueue)
        {
            // Nobody has seen it yet, so nobody needs to be told.
            c.Listener.Remove(c);
        }

        c.Raise(TcpEvents.Ended);
        Released(c);
    }

    /// <summary>Ends a connection with a RST where its state asks for one (RFC 9293 §3.10.5).</summary>
    internal void Abort(TcpConnection c, TcpEndReason reason)
    {
        TcpState state = c.CurrentState;
        if (state == TcpState.Closed || state == TcpState.TimeWait)
        {
            return;
        }

        if (state != TcpState.SynSent)
        {
            Sender.Reset(c);
        }

        End(c, reason);
    }

    /// <summary>Application or protocol has let go of a slot: it is free when both have.</summary>
    internal void Released(TcpConnection c)
    {
        if (c.OwnedByApplication)
        {
            return;
        }

        if (c.CurrentState == TcpState.Closed || c.CurrentState == TcpState.TimeWait)
        {
            c.CurrentState = TcpState.Closed;
            c.Events = 0;
            c.Tag = null;
            c.Service = null;
            return;
        }

        // Every state has a deadline: the orphan must make progress, or wait for the peer's FIN a bounded time.
        c.LastProgressAt = _net.Now;
        if (c.CurrentState == TcpState.FinWait2)
        {
            c.Timers.Arm(ConnectionTimers.FinWait2, _options.FinWait2Timeout);
        }
        else if (!c.InAcceptQueue)
        {
            c.Timers.Arm(ConnectionTimers.Orphan, c.LingerMs > 0 ? c.LingerMs : _options.OrphanTimeout);
        }
    }

    /// <summary>An ICMP error about a segment of ours (RFC 5927): only one that quotes a sequence number in flight is believed.</summary>
    internal void IcmpError(int type, int code, int nextHopMtu, int remote, int localPort, int remotePort, int seq)
    {
        TcpConnection c = FindSlot(remote, remotePort, localPort);
        if (c == null || Sequence.Less(seq, c.SndUna) || !Sequence.Less(seq, c.SndNxt))
        {
            Counters.Drop(DropReason.IcmpNotInFlight);
            return;
        }

        Counters.IcmpErrorsIn++;
        bool unreachable = type == Wire.IcmpHeader.DestinationUnreachable;
        if (unreachable && code == Wire.IcmpHeader.CodeFragmentationNeeded)
        {
            // RFC 1191 §6.3; an MTU below 296 is taken for an attack (RFC 5927 §7.2).
            int mss = (nextHopMtu < 296 ? 296 : nextHopMtu) - 40 - c.FixedOptionsLength;
            if (mss < c.SendMss && c.CurrentState >= TcpState.Established)
            {
                c.SendMss = mss;
                c.StopTiming();
                c.Retransmitting = true;
                c.Straight = false;
                c.RtxNxt = c.SndUna;
                AddPending(c);
            }
        }
        else if (unreachable && c.CurrentState < TcpState.Established
            && (code == Wire.IcmpHeader.CodePortUnreachable || code == Wire.IcmpHeader.CodeProtocolUnreachable))
        {
            // RFC 5927 §5.2: hard errors abort a connection that is being opened, and nothing else.
            Counters.FailedOpens++;
            End(c, TcpEndReason.Unreachable);
        }
        else
        {
            // RFC 9293 §3.9.2.2: soft errors never abort (MUST-56), and the user may want to know (SHLD-25).
            c.NoteSoftError(type, code);
        }
    }

    // A free slot, or one whose owner gives way: LAST_ACK, then CLOSING, then the closed connection that was mute longest. What an
    // application uses is never taken.
    private TcpConnection TakeSlot()
    {
        TcpConnection victim = null;
        int victimRank = 0;
        int victimMute = 0;
        for (int i = 0; i < _slots.Length; i++)
        {
            TcpConnection c = _slots[i];
            if (!c.InUse)
            {
                return c;
            }

            if (c.OwnedByApplication || c.InAcceptQueue || c.CurrentState == TcpState.SynReceived)
            {
                continue;
            }

            int rank = c.CurrentState == TcpState.LastAck && c.SendBuffer.Count == 0 ? 3 : c.CurrentState == TcpState.Closing ? 2 : 1;
            int mute = _net.Now - c.LastHeardAt;
            if (victim == null || rank > victimRank || (rank == victimRank && mute - victimMute > 0))
            {
                victim = c;
                victimRank = rank;
                victimMute = mute;
            }
        }

        // A connection whose last data is still on its way to a peer that answers is not given up for a newcomer, who will try again.
        if (victim == null || (victimRank == 1 && victimMute < _options.MinimumRto))
        {
            return null;
        }

        Counters.SlotsEvicted++;
        Abort(victim, TcpEndReason.Evicted);
        return victim;
    }

    internal TcpConnection FindSlot(int remote, int remotePort, int localPort)
    {
        TcpConnection c = _buckets[Bucket(remote, remotePort, localPort)];
        while (c != null && (c.RemotePortNumber != remotePort || c.RemoteAddressBits != remote || c.LocalPortNumber != localPort))
        {
            c = c.HashNext;
        }

        return c;
    }

    // The low bytes, in which peers differ most: the host, the peer's ephemeral port, or ours. Written out in Input and ShortWay.
    private int Bucket(int remote, int remotePort, int localPort)
    {
        return (remote ^ remotePort ^ localPort) & _bucketMask;
    }

    private void AddToHash(TcpConnection c)
    {
        int bucket = Bucket(c.RemoteAddressBits, c.RemotePortNumber, c.LocalPortNumber);
        c.HashNext = _buckets[bucket];
        _buckets[bucket] = c;
    }

    private void RemoveFromHash(TcpConnection c)
    {
        int bucket = Bucket(c.RemoteAddressBits, c.RemotePortNumber, c.LocalPortNumber);
        TcpConnection at = _buckets[bucket];
        if (at == c)
        {
            _buckets[bucket] = c.HashNext;
        }
        else
        {
            while (at != null && at.HashNext != c)
            {
                at = at.HashNext;
            }

            if (at == null)
            {
                // Taken out before.
                return;
            }

            at.HashNext = c.HashNext;
        }

        c.HashNext = null;
    }
}
