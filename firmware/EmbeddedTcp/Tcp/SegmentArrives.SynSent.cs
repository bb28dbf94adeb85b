using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.Tcp;

/// <content>§3.10.7.3, SYN-SENT STATE.</content>
internal sealed partial class SegmentArrives
{
    internal void SynSent(TcpConnection c, TcpSegment s)
    {
        // First, check the ACK bit.
        bool hasAck = s.Has(TcpFlags.Ack);
        if (hasAck && (Sequence.LessOrEqual(s.Ack, c.Iss) || Sequence.Less(c.SndNxt, s.Ack)))
        {
            Drop(DropReason.BadAcknowledgment);
            _sender.Reset(s);
            return;
        }

        // Second, check the RST bit: only one that acknowledges our SYN is meant for us.
        if (s.Has(TcpFlags.Rst))
        {
            if (hasAck)
            {
                _counters.ResetsIn++;
                _counters.FailedOpens++;
                _engine.End(c, TcpEndReason.Refused);
            }
            else
            {
                Drop(DropReason.RstIgnored);
            }

            return;
        }

        // Third, check the security: not implemented (RFC 9293 Appendix A.1).

        // Fifth, if neither of the SYN or RST bits is set, drop the segment.
        if (!s.Has(TcpFlags.Syn))
        {
            Drop(DropReason.Unexpected);
            return;
        }

        // Fourth, check the SYN bit.
        c.Synchronise(s.Seq);
        c.SendMss = SendMss(s);
        int features = _sender.Agreed(s, hasAck ? TcpFlags.Ece : TcpFlags.Ece | TcpFlags.Cwr);
        if (c.Retransmits > 0)
        {
            // The SYN that is answered may be the one that did not ask for ECN any more (RFC 3168 §6.1.1).
            features &= ~TcpFeatures.Ecn;
        }

        c.Agree(features, s.WindowScale, _sender.OurScale, s.TimestampValue);
        c.LastHeardAt = _net.Now;
        if (hasAck)
        {
            c.SndUna = s.Ack;
            c.UpdateSendWindow(s);
            _engine.Established(c);
            c.AckNow = true;

            // "If there are other controls or text in the segment, then continue processing at the sixth step."
            s.Seq++;
            s.Flags &= ~TcpFlags.Syn;
            SixthUrg(c, s);
            SeventhText(c, s);
            EighthFin(c, s);
            return;
        }

        // Simultaneous open: SYN,ACK goes out; text that came with the SYN is not acknowledged and will come again.
        c.MoveTo(TcpState.SynReceived);
        c.SndWnd = s.Window;
        c.SndWl1 = s.Seq;
        c.SndWl2 = 0;
        _sender.SendSyn(c);
    }
}
