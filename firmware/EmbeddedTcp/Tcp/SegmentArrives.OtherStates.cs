using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.Tcp;

/// <content>§3.10.7.4, OTHER STATES: the eight steps, in their order, under their names. A step that ends the processing returns false.</content>
internal sealed partial class SegmentArrives
{
    internal void OtherStates(TcpConnection c, TcpSegment s)
    {
        if (FirstSequence(c, s) && SecondRst(c, s) && FourthSyn(c, s) && FifthAck(c, s))
        {
            SixthUrg(c, s);
            SeventhText(c, s);
            EighthFin(c, s);
        }
    }

    // The four cases of the table in §3.10.7.4. With a closed window only an empty segment at RCV.NXT is acceptable, "but special
    // allowance should be made to accept valid ACKs, URGs, and RSTs": one that starts at RCV.NXT passes, and its text is cut off.
    private static bool Acceptable(TcpSegment s, int rcvNxt, int window)
    {
        int length = s.Length;
        if (window == 0)
        {
            return s.Seq == rcvNxt;
        }

        return Sequence.InWindow(s.Seq, rcvNxt, window)
            || (length > 0 && Sequence.InWindow(s.Seq + length - 1, rcvNxt, window));
    }

    // First, check sequence number.
    private bool FirstSequence(TcpConnection c, TcpSegment s)
    {
        if (c.CurrentState == TcpState.SynReceived && s.Has(TcpFlags.Syn) && s.Seq == c.Irs && s.Has(TcpFlags.Ack))
        {
            // Simultaneous open (§3.5, figure 8, line 6): the SYN we have taken already lies left of the window and is trimmed.
            s.Seq++;
            s.Flags &= ~TcpFlags.Syn;
        }

        if ((c.Features & TcpFeatures.Timestamps) != 0 && !TimestampPasses(c, s))
        {
            return false;
        }

        int window = c.RcvAdv - c.RcvNxt;
        if (window == 0 && s.Length == 0 && s.Seq == c.RcvNxt + 1 && (s.Flags & (TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Ack)
        {
            // The "special allowance" for a peer that counts the octet with which it probed our window as sent: its ACKs and window
            // updates would otherwise be lost on us for as long as ours is closed.
            s.Seq--;
        }

        if (Acceptable(s, c.RcvNxt, window))
        {
            if (window == 0 && s.Length > 0 && !s.Has(TcpFlags.Rst))
            {
                Drop(DropReason.OutOfWindow);
                s.DataLength = 0;
                s.Flags &= ~TcpFlags.Fin;
                c.AckNow = true;
            }

            if ((c.Features & TcpFeatures.Timestamps) != 0 && s.HasTimestamp)
            {
                c.Stamps.Update(s.TimestampValue, s.Seq, c.TemplateAck, _net.Now);
            }

            return true;
        }

        Drop(DropReason.OutOfWindow);
        if (s.Has(TcpFlags.Rst))
        {
            return false;
        }

        if ((c.Features & TcpFeatures.Sack) != 0 && s.DataLength != 0 && Sequence.Less(s.Seq, c.RcvNxt))
        {
            // RFC 2883 §4: all of it had arrived before.
            c.SackReport.Duplicate(s.Seq, s.Seq + s.DataLength);
        }

        AcknowledgeUnacceptable(c, s);
        return false;
    }

    private void AcknowledgeUnacceptable(TcpConnection c, TcpSegment s)
    {
        // "If an incoming segment is not acceptable, an acknowledgment should be sent in reply." Repeated text and FINs always get
        // theirs; empty segments could make two stacks chatter for ever and pass the throttle.
        c.LastHeardAt = _net.Now;
        if (s.Length > 0 && !s.Has(TcpFlags.Syn))
        {
            c.AckNow = true;
        }
        else
        {
            Challenge(c);
        }
    }

    // Second, check the RST bit (RFC 5961 §3.2).
    private bool SecondRst(TcpConnection c, TcpSegment s)
    {
        if (!s.Has(TcpFlags.Rst))
        {
            return true;
        }

        if (s.Seq != c.RcvNxt)
        {
            Drop(DropReason.RstIgnored);
            if (Sequence.Less(c.RcvNxt, s.Seq))
            {
                Challenge(c);
            }

            // Else only its text reaches into the window: outside, "silently drop the segment".
            return false;
        }

        _counters.ResetsIn++;
        if (c.CurrentState == TcpState.SynReceived)
        {
            // Reached by an active open: the user is told "connection refused".
            _counters.FailedOpens++;
            _engine.End(c, TcpEndReason.Refused);
        }
        else
        {
            _engine.End(c, TcpEndReason.Reset);
        }

        return false;
    }

    // Third, check security: not implemented (RFC 9293 Appendix A.1). Fourth, check the SYN bit (RFC 5961 §4.2).
    private bool FourthSyn(TcpConnection c, TcpSegment s)
    {
        if (!s.Has(TcpFlags.Syn))
        {
            return true;
        }

        Drop(DropReason.SynInWindow);
        Challenge(c);
        return false;
    }

    // Fifth, check the ACK field.
    private bool FifthAck(TcpConnection c, TcpSegment s)
    {
        if (!s.Has(TcpFlags.Ack))
        {
            Drop(DropReason.NoAckFlag);
            return false;
        }

        int ack = s.Ack;
        if (c.CurrentState == TcpState.SynReceived)
        {
            if (!(Sequence.Less(c.SndUna, ack) && Sequence.LessOrEqual(ack, c.SndNxt)))
            {
                Drop(DropReason.BadAcknowledgment);
                _sender.Reset(s);
                return false;
            }

            c.SndUna = ack;
            c.UpdateSendWindow(s);
            _engine.Established(c);
        }

        // RFC 5961 §5.2: SND.UNA − MAX.SND.WND ≤ SEG.ACK ≤ SND.NXT.
        if (Sequence.Less(c.SndNxt, ack) || Sequence.Less(ack, c.SndUna - c.MaxSndWnd))
        {
            Drop(DropReason.BadAcknowledgment);
            Challenge(c);
            return false;
        }

        c.LastHeardAt = _net.Now;
        c.ProbesSent = 0;
        int windowBefore = c.SndWnd;
        bool newAck = Sequence.Less(c.SndUna, ack);
        if (newAck)
        {
            if (s.SackCount > 0 && (c.Features & TcpFeatures.Timestamps) != 0)
            {
                DuplicateReported(c, s, ack);
            }

            NewAck(c, ack);
        }

        bool newBlocks = c.Features != 0 && TakeFeaturesOfAck(c, s);
        if ((c.Features & TcpFeatures.Sack) != 0 ? newBlocks
            : !newAck && ack == c.SndUna && c.SndNxt != c.SndUna && s.Length == 0 && s.Window == c.SndWnd && s.Window != 0)
        {
            // RFC 5681 §2: no text, no SYN or FIN, the highest acknowledgment so far, the window unchanged, data outstanding. With blocks it
            // is whatever reports octets that were not reported before, even if it acknowledges others, and nothing else (RFC 6675 §2).
            c.Congestion.OnDuplicateAck();
        }

        if (Sequence.LessOrEqual(c.SndUna, ack))
        {
            WindowUpdate(c, s, windowBefore);
        }

        switch (c.CurrentState)
        {
            case TcpState.FinWait1:
                if (FinAcknowledged(c))
                {
                    c.MoveTo(TcpState.FinWait2);
                    _engine.EnteredFinWait2(c);
                }

                return true;
            case TcpState.Closing:
                if (FinAcknowledged(c))
                {
                    _engine.EnterTimeWait(c);
                }

                return false;
            case TcpState.LastAck:
                if (FinAcknowledged(c))
                {
                    _engine.End(c, TcpEndReason.Closed);
                }

                return false;
            default:
                return true;
        }
    }

    private static bool FinAcknowledged(TcpConnection c)
    {
        return c.FinSent && c.SndUna == c.SndNxt;
    }

    /// <summary>SND.UNA moves to <paramref name="ack"/>: what it covers leaves the retransmission queue.</summary>
    private void NewAck(TcpConnection c, int ack)
    {
        int acked = ack - c.SndUna;
        int octets = acked < c.SendBuffer.Count ? acked : c.SendBuffer.Count;
        c.SendBuffer.Consume(octets);
        c.SndUna = ack;

        // The right edge stays where the peer put it until a segment that passes SND.WL1 and SND.WL2 moves it: a retransmitted one
        // may acknowledge more without being allowed to update the window.
        int window = c.SndWnd - acked;
        c.SndWnd = window < 0 ? 0 : window;
        c.Retransmits = 0;
        c.WindowProbes = 0;
        c.LastProgressAt = _net.Now;
        int roundTrip = _net.Now - c.TimedAt;
        if ((c.Features & (TcpFeatures.Timestamps | TcpFeatures.UrgentOut)) != 0)
        {
            roundTrip = NewAckWithFeatures(c, acked, roundTrip);
        }

        if (c.Timing && ack - c.TimedSeq > 0)
        {
            c.Timing = false;
            if (roundTrip >= 0)
            {
                c.Rtt.Sample(roundTrip);
            }
        }

        if (c.Retransmitting && c.RtxNxt - ack < 0)
        {
            c.RtxNxt = ack;
            c.Retransmitting = ack != c.SndNxt;
        }

        // RFC 6298 (5.2) and (5.3). If something waits for a window, the sender arms the persist timer anew.
        ConnectionTimers timers = c.Timers;
        timers.Armed &= ~((1 << ConnectionTimers.Retransmission) | (1 << ConnectionTimers.Persist));
        if (ack != c.SndNxt)
        {
            timers.Arm(ConnectionTimers.Retransmission, c.Rtt.Rto);
        }

        if (roundTrip != Undone)
        {
            c.Congestion.OnAck(acked);
        }

        if (octets > 0 && c.OwnedByApplication)
        {
            c.Raise(TcpEvents.Writable);
        }

        if (c.SendBuffer.Count > 0 || c.FinQueued)
        {
            _engine.AddPending(c);
        }
    }

    // "If (SND.WL1 < SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK)), set SND.WND, SND.WL1, SND.WL2": old segments must not
    // prevent or undo a window update.
    private void WindowUpdate(TcpConnection c, TcpSegment s, int before)
    {
        if (!(Sequence.Less(c.SndWl1, s.Seq) || (c.SndWl1 == s.Seq && Sequence.LessOrEqual(c.SndWl2, s.Ack))))
        {
            return;
        }

        c.UpdateSendWindow(s);
        if (s.Window == before)
        {
            return;
        }

        if (before == 0)
        {
            // The window has reopened. An octet that probed it may have been thrown away: it goes first.
            c.WindowProbes = 0;
            c.Timers.Disarm(ConnectionTimers.Persist);
            if (c.SndNxt != c.SndUna)
            {
                c.StopTiming();
                c.Retransmitting = true;
                c.RtxNxt = c.SndUna;
            }
        }

        if (c.SendBuffer.Count > 0 || c.FinQueued)
        {
            _engine.AddPending(c);
        }
    }
}
