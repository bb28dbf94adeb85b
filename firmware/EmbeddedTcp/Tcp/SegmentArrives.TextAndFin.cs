using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.Tcp;

/// <content>§3.10.7.4, steps sixth to eighth: URG, text, FIN.</content>
internal sealed partial class SegmentArrives
{
    // Sixth, check the URG bit. The urgent octets stay in line (RFC 6093 §4); the mark is kept, and the user told when it appears or
    // advances (MUST-32). It points to the octet after the urgent ones (§3.1); once the peer's FIN has been taken, it means nothing.
    private static void SixthUrg(TcpConnection c, TcpSegment s)
    {
        TcpState state = c.CurrentState;
        if (!s.Has(TcpFlags.Urg) || (state != TcpState.Established && state != TcpState.FinWait1 && state != TcpState.FinWait2))
        {
            return;
        }

        int mark = s.Seq + s.UrgentPointer;
        if (Sequence.Less(c.RcvNxt, mark) && (!c.UrgentPending || Sequence.Less(c.RcvUp, mark)))
        {
            c.RcvUp = mark;
            c.UrgentPending = true;
            c.Raise(TcpEvents.Urgent);
        }
    }

    // Seventh, process the segment text.
    private void SeventhText(TcpConnection c, TcpSegment s)
    {
        if (s.DataLength == 0)
        {
            return;
        }

        TcpState state = c.CurrentState;
        if (state != TcpState.Established && state != TcpState.FinWait1 && state != TcpState.FinWait2)
        {
            // "This should not occur since a FIN has been received from the remote side. Ignore the segment text."
            Drop(DropReason.Unexpected);
            s.DataLength = 0;
            return;
        }

        if ((c.Features & TcpFeatures.Ecn) != 0)
        {
            c.Ecn.Received(s.CongestionExperienced, s.Has(TcpFlags.Cwr));
        }

        Trim(c, s);
        int length = s.DataLength;
        if (length == 0)
        {
            c.AckNow = true;
            return;
        }

        if (!c.OwnedByApplication && !c.InAcceptQueue)
        {
            // RFC 9293 §3.6.1 (RFC 1122 §4.2.2.13): data for a connection that its application has closed is answered with a RST.
            Drop(DropReason.DataAfterClose);
            s.DataLength = 0;
            s.Flags &= ~TcpFlags.Fin;
            _engine.Abort(c, TcpEndReason.Aborted);
            return;
        }

        int beyond = s.Seq - c.RcvNxt;
        if (beyond > 0)
        {
            KeepOutOfOrder(c, s, beyond);
            return;
        }

        c.ReceiveBuffer.Store(0, s.Buffer, s.Data, length);
        int next = c.RcvNxt + length;
        if (c.Reassembly.Count == 0)
        {
            _sender.AcknowledgeLater(c);
        }
        else
        {
            // RFC 5681 §4.2: at once when a segment fills in all or part of a gap.
            if ((c.Features & TcpFeatures.Sack) != 0)
            {
                c.SackReport.Overlap(c.Reassembly, s.Seq, next);
            }

            next = c.Reassembly.TakeUpTo(next);
            c.AckNow = true;
        }

        c.ReceiveBuffer.Advance(next - c.RcvNxt);
        c.RcvNxt = next;
        c.LastProgressAt = _net.Now;
        c.Raise(TcpEvents.Readable);
    }

    // "Segments with higher beginning sequence numbers SHOULD be held" (SHLD-31), and acknowledged at once (RFC 5681 §4.2).
    private void KeepOutOfOrder(TcpConnection c, TcpSegment s, int beyond)
    {
        c.AckNow = true;
        int right = s.Seq + s.DataLength;
        bool sack = (c.Features & TcpFeatures.Sack) != 0;
        if (sack)
        {
            c.SackReport.Overlap(c.Reassembly, s.Seq, right);
        }

        if (!c.Reassembly.Add(s.Seq, right))
        {
            Drop(DropReason.ReassemblyFull);
            s.Flags &= ~TcpFlags.Fin;
            return;
        }

        if (sack)
        {
            c.SackReport.Kept(s.Seq);
        }

        _counters.OutOfOrder++;
        c.ReceiveBuffer.Store(beyond, s.Buffer, s.Data, s.DataLength);
    }

    // "Trimming off any portions that lie outside the window (including SYN and FIN)".
    private static void Trim(TcpConnection c, TcpSegment s)
    {
        int old = c.RcvNxt - s.Seq;
        if (old > 0)
        {
            if (old > s.DataLength)
            {
                old = s.DataLength;
            }

            if ((c.Features & TcpFeatures.Sack) != 0)
            {
                c.SackReport.Duplicate(s.Seq, s.Seq + old);
            }

            s.Seq += old;
            s.Data += old;
            s.DataLength -= old;
        }

        int excess = s.Seq + s.DataLength - c.RcvAdv;
        if (excess > 0)
        {
            s.DataLength = excess < s.DataLength ? s.DataLength - excess : 0;
            s.Flags &= ~TcpFlags.Fin;
        }
    }

    // Eighth, check the FIN bit. It is consumed in order only; one that came with text out of order is remembered with it.
    private void EighthFin(TcpConnection c, TcpSegment s)
    {
        if (c.CurrentState == TcpState.Closed)
        {
            // "Do not process the FIN if the state is CLOSED, LISTEN, or SYN-SENT": an earlier step has ended the connection.
            return;
        }

        if (s.Has(TcpFlags.Fin) && !c.PeerFinReceived)
        {
            c.PeerFinKnown = true;
            c.PeerFinSeq = s.Seq + s.DataLength;
        }

        if (!c.PeerFinKnown || c.PeerFinReceived || c.PeerFinSeq != c.RcvNxt)
        {
            if (s.Has(TcpFlags.Fin))
            {
                c.AckNow = true;
            }

            return;
        }

        c.PeerFinReceived = true;

        // Nothing can follow a FIN: what was kept from beyond it was never meant seriously.
        c.Reassembly.Clear();
        c.RcvNxt++;
        if (Sequence.Less(c.RcvAdv, c.RcvNxt))
        {
            c.RcvAdv = c.RcvNxt;
        }

        c.AckNow = true;
        c.LastProgressAt = _net.Now;
        c.Raise(TcpEvents.PeerClosed | TcpEvents.Readable);
        switch (c.CurrentState)
        {
            case TcpState.SynReceived:
            case TcpState.Established:
                c.MoveTo(TcpState.CloseWait);
                break;
            case TcpState.FinWait1:
                // Had this segment acknowledged our FIN, the fifth step would have moved on to FIN-WAIT-2.
                c.MoveTo(TcpState.Closing);
                break;
            case TcpState.FinWait2:
                _engine.EnterTimeWait(c);
                break;
            default:
                break;
        }
    }
}
