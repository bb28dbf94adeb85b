using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.Tcp;

/// <content>Segments that find no slot: CLOSED and LISTEN, half-open entries, TIME_WAIT records.</content>
internal sealed partial class SegmentArrives
{
    // RFC 9293 §3.7.1, MUST-15: without an option the peer's MSS is 536. What is absurdly small is raised, or a peer could
    // make us send a header for every octet.
    private const int DefaultMss = 536;
    private const int SmallestMss = 64;

    /// <summary>§3.10.7.1, CLOSED STATE: everything but a RST is answered with a RST.</summary>
    internal void Closed(TcpSegment s)
    {
        Drop(DropReason.NoConnection);
        _sender.Reset(s);
    }

    /// <summary>§3.10.7.2, LISTEN STATE.</summary>
    internal void Listen(TcpSegment s)
    {
        // First, check for a RST: it could not be about anything sent from here.
        if (s.Has(TcpFlags.Rst))
        {
            Drop(DropReason.RstIgnored);
            return;
        }

        // Second, check for an ACK: any acknowledgment is bad if it arrives on a connection still in LISTEN.
        if (s.Has(TcpFlags.Ack))
        {
            // Unless it acknowledges a cookie of ours: then the handshake is complete (RFC 4987 §3.6).
            int mss = s.Has(TcpFlags.Syn) ? 0 : _cookies.MssOf(s);
            if (mss <= 0)
            {
                Drop(DropReason.NoConnection);
                if (mss == 0)
                {
                    _sender.Reset(s);
                }

                return;
            }

            TcpConnection c = _engine.Admit(s, s.Ack - 1, s.Seq - 1, mss, 0);
            if (c != null)
            {
                _counters.CookiesAccepted++;
                OtherStates(c, s);
            }

            return;
        }

        // Third, check for a SYN. Text that comes with it is not taken: it is not acknowledged and will come again.
        if (s.Has(TcpFlags.Syn))
        {
            Remember(s, _engine.NextIss(s.RemoteAddress, s.RemotePort, s.LocalPort));
            return;
        }

        // Fourth, other data or control: drop.
        Drop(DropReason.Unexpected);
    }

    /// <summary>§3.10.7.4 for SYN-RECEIVED after a passive open, which owns no slot until its handshake completes.</summary>
    internal void HalfOpen(TcpSegment s, int entry)
    {
        SynTable table = _engine.HalfOpen;
        int rcvNxt = table.IrsAt(entry) + 1;
        int window = table.Window;

        // The peer's SYN again: our SYN,ACK was lost. It says what the acknowledgment that the RFC asks for here would say.
        if ((s.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn && s.Seq == table.IrsAt(entry))
        {
            if (_challenges.AllowAny(_net.Now))
            {
                if (!s.Has(TcpFlags.Ece))
                {
                    table.ForgetEcn(entry);
                }

                _counters.Retransmissions++;
                table.SendSynAck(entry);
            }
            else
            {
                Drop(DropReason.ChallengeThrottled);
            }

            return;
        }

        // RFC 7323 §3.2 and §5.3, as for open connections.
        if ((table.FeaturesAt(entry) & TcpFeatures.Timestamps) != 0 && !s.Has(TcpFlags.Rst))
        {
            if (!s.HasTimestamp)
            {
                Drop(DropReason.MissingTimestamp);
                return;
            }

            if (s.TimestampValue - table.TimestampAt(entry) < 0)
            {
                Drop(DropReason.OldTimestamp);
                ChallengeHalfOpen(s, entry);
                return;
            }
        }

        // First, check sequence number.
        if (!Acceptable(s, rcvNxt, window))
        {
            Drop(DropReason.OutOfWindow);
            if (!s.Has(TcpFlags.Rst))
            {
                ChallengeHalfOpen(s, entry);
            }

            return;
        }

        // Second, check the RST bit: the passive open returns to LISTEN, the user need not be informed (RFC 5961 §3.2 for the exact match).
        if (s.Has(TcpFlags.Rst))
        {
            if (s.Seq == rcvNxt)
            {
                _counters.ResetsIn++;
                table.GiveUp(entry, TcpState.Listen);
            }
            else
            {
                Drop(DropReason.RstIgnored);
                if (Sequence.Less(rcvNxt, s.Seq))
                {
                    ChallengeHalfOpen(s, entry);
                }
            }

            return;
        }

        // Fourth, check the SYN bit (RFC 5961 §4.2).
        if (s.Has(TcpFlags.Syn))
        {
            Drop(DropReason.SynInWindow);
            ChallengeHalfOpen(s, entry);
            return;
        }

        // Fifth, check the ACK field.
        if (!s.Has(TcpFlags.Ack))
        {
            Drop(DropReason.NoAckFlag);
            return;
        }

        if (s.Ack != table.IssAt(entry) + 1)
        {
            Drop(DropReason.BadAcknowledgment);
            _sender.Reset(s);
            return;
        }

        // The handshake is complete as soon as there is a slot for it. If not, the ACK counts as lost, and the peer's or our
        // retransmission tries again: a RST here would make browsers give up.
        TcpConnection c = _engine.Promote(s, entry);
        if (c != null)
        {
            s.Window <<= c.SndScale;
            OtherStates(c, s);
        }
    }

    /// <summary>§3.10.7.4 for TIME-WAIT, with RFC 1337 and the reopening of RFC 1122 §4.2.2.13.</summary>
    internal void TimeWait(TcpSegment s, int record)
    {
        TimeWaitTable table = _engine.TimeWait;
        int rcvNxt = table.RcvNxtAt(record);
        int last = table.SndNxtAt(record);

        // RFC 1337: an old RST must not cut the wait short.
        if (s.Has(TcpFlags.Rst))
        {
            Drop(DropReason.RstIgnored);
            return;
        }

        bool stamped = table.HasTimestampsAt(record);
        if (s.Has(TcpFlags.Syn) && !s.Has(TcpFlags.Ack) && IsNewer(s, record, rcvNxt) && _engine.FindListener(s.LocalPort) != null)
        {
            // A newer SYN may open the connection again, provided that our sequence numbers go on beyond the old ones: by the 4 µs clock,
            // unless the old connection was faster than that. The record stays until the handshake is complete, for a SYN that turns out
            // to be an old duplicate "returns to TIME-WAIT" (§3.6.1, MAY-2).
            int iss = _engine.NextIss(s.RemoteAddress, s.RemotePort, s.LocalPort);
            Remember(s, Sequence.Less(last, iss) ? iss : last + 1);
            return;
        }

        // "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it, and restart the
        // 2 MSL timeout."
        bool syn = s.Has(TcpFlags.Syn);
        if (!syn && stamped && (!s.HasTimestamp || s.TimestampValue - table.TimestampAt(record) < 0))
        {
            // RFC 7323 §5.3 and §3.2, before anything else as in the other states.
            Drop(s.HasTimestamp ? DropReason.OldTimestamp : DropReason.MissingTimestamp);
            if (!s.HasTimestamp)
            {
                return;
            }
        }
        else if (!syn && s.Has(TcpFlags.Fin) && s.Seq + s.DataLength + 1 == rcvNxt)
        {
            table.Restart(record);
        }
        else if (syn || !Acceptable(s, rcvNxt, table.WindowAt(record)))
        {
            Drop(syn ? DropReason.SynInWindow : DropReason.OutOfWindow);
        }
        else if (!s.Has(TcpFlags.Ack))
        {
            Drop(DropReason.NoAckFlag);
            return;
        }
        else if (last - s.Ack < 0 || last - s.Ack > _maximumWindow)
        {
            Drop(DropReason.BadAcknowledgment);
        }
        else
        {
            Drop(DropReason.Unexpected);
            if (s.Length == 0)
            {
                // An acceptable ACK says nothing new.
                return;
            }
        }

        // Repeated text and FINs always get their ACK, as in the other states; the rest could become a chatter.
        if ((syn || s.Length == 0) && !_challenges.AllowAny(_net.Now))
        {
            Drop(DropReason.ChallengeThrottled);
            return;
        }

        if (stamped)
        {
            _sender.ComposeTimestamp(_engine.TimestampValue(s.RemoteAddress, s.RemotePort, s.LocalPort), table.TimestampAt(record));
        }

        _sender.SendControl(
            s.RemoteAddress, s.LocalPort, s.RemotePort, last, rcvNxt, TcpFlags.Ack, table.AnnouncedWindowAt(record), stamped);
    }

    // RFC 6191 §2: with timestamps on both connections they decide; where only the new one has them, no old duplicate could pass its test;
    // else the sequence number decides (RFC 1122 §4.2.2.13).
    private bool IsNewer(TcpSegment s, int record, int rcvNxt)
    {
        bool beyond = Sequence.Less(rcvNxt, s.Seq);
        if (!s.HasTimestamp || (_sender.Offered & TcpFeatures.Timestamps) == 0)
        {
            return beyond;
        }

        if (!_engine.TimeWait.HasTimestampsAt(record))
        {
            return true;
        }

        int age = s.TimestampValue - _engine.TimeWait.TimestampAt(record);
        return age > 0 || (age == 0 && beyond);
    }

    // A SYN finds the table full: a cookie stands in for the entry, but not where a TIME_WAIT record asks for a number beyond the old ones.
    private void Remember(TcpSegment s, int iss)
    {
        int mss = SendMss(s);
        if (_engine.HalfOpen.Add(s, iss, mss, _sender.Agreed(s, TcpFlags.Ece | TcpFlags.Cwr)))
        {
            return;
        }

        if (_engine.TimeWait.Find(s.RemoteAddress, s.RemotePort, s.LocalPort) >= 0 || !_cookies.Answer(s, mss))
        {
            Drop(DropReason.SynTableFull);
        }
    }

    private void ChallengeHalfOpen(TcpSegment s, int entry)
    {
        if (!_challenges.AllowAny(_net.Now))
        {
            Drop(DropReason.ChallengeThrottled);
            return;
        }

        SynTable table = _engine.HalfOpen;
        _counters.ChallengeAcks++;
        bool stamped = (table.FeaturesAt(entry) & TcpFeatures.Timestamps) != 0;
        if (stamped)
        {
            _sender.ComposeTimestamp(_engine.TimestampValue(s.RemoteAddress, s.RemotePort, s.LocalPort), table.TimestampAt(entry));
        }

        _sender.SendControl(
            s.RemoteAddress,
            s.LocalPort,
            s.RemotePort,
            table.IssAt(entry) + 1,
            table.IrsAt(entry) + 1,
            TcpFlags.Ack,
            table.AnnouncedWindowAt(entry),
            stamped);
    }

    // Eff.snd.MSS (RFC 9293 §3.7.1, MUST-16): the smaller of what the peer takes and what the link carries.
    private int SendMss(TcpSegment s)
    {
        int mss = s.MaximumSegmentSize;
        if (mss == 0)
        {
            mss = DefaultMss;
        }
        else if (mss < SmallestMss)
        {
            mss = SmallestMss;
        }

        return mss < _sender.OurMss ? mss : _sender.OurMss;
    }
}
