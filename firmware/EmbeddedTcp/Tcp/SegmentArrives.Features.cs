using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>What timestamps, selective acknowledgments and congestion marks add to the steps of §3.10.7.4.</content>
internal sealed partial class SegmentArrives
{
    // NOP, NOP, kind 8, length 10: the timestamps option as everybody sends it (RFC 7323 Appendix A).
    private const int AlignedTimestampsHead = 0x0101080A;

    // No round trip: the acknowledgment has undone a timeout, which set windows and timer already.
    private const int Undone = -2;

    /// <summary>
    /// <see cref="Predicted"/> for a connection that agreed on features. Its only options may be the aligned timestamps, if those were agreed
    /// on; blocks, marks and their echoes take the long way.
    /// </summary>
    internal bool PredictedWithFeatures(
        TcpConnection c, byte[] b, int header, int text, int length, int seq, int ack, int flags, int window)
    {
        int features = c.Features;
        if ((features & TcpFeatures.Ecn) != 0 && (_engine.CongestionExperienced || (flags & (TcpFlags.Ece | TcpFlags.Cwr)) != 0))
        {
            return false;
        }

        if ((features & TcpFeatures.Sack) != 0 && !c.Scoreboard.IsEmpty)
        {
            return false;
        }

        if ((features & TcpFeatures.Timestamps) == 0)
        {
            return text == header + TcpHeader.MinLength && Predicted(c, b, text, length, seq, ack, flags, window << c.SndScale);
        }

        int option = header + TcpHeader.MinLength;
        if (text != option + TcpHeader.AlignedTimestampsLength || BigEndian.ReadInt32(b, option) != AlignedTimestampsHead)
        {
            return false;
        }

        Timestamps stamps = c.Stamps;
        int value = BigEndian.ReadInt32(b, option + 4);
        int lastAckSent = c.TemplateAck;
        stamps.Echo = BigEndian.ReadInt32(b, option + 8);
        if (value - stamps.Recent < 0 || !Predicted(c, b, text, length, seq, ack, flags, window << c.SndScale))
        {
            return false;
        }

        stamps.Update(value, seq, lastAckSent, _net.Now);
        return true;
    }

    // RFC 7323 §5.3 R1, before the first check: what is older than what was accepted is a duplicate from before the sequence numbers
    // wrapped. And §3.2: a segment without the option that was agreed on is dropped silently. A RST is exempt from both.
    private bool TimestampPasses(TcpConnection c, TcpSegment s)
    {
        if (s.Has(TcpFlags.Rst))
        {
            return true;
        }

        if (!s.HasTimestamp)
        {
            // A SYN is challenged in any form (RFC 5961 §4.2), or a peer that has restarted without timestamps would never get through.
            if (s.Has(TcpFlags.Syn))
            {
                return true;
            }

            Drop(DropReason.MissingTimestamp);
            return false;
        }

        if (!c.Stamps.IsOld(s.TimestampValue, _net.Now))
        {
            c.Stamps.Echo = s.TimestampEcho;
            return true;
        }

        Drop(DropReason.OldTimestamp);
        AcknowledgeUnacceptable(c, s);
        return false;
    }

    // Fifth step, in addition: blocks and echoed marks of an acceptable ACK.
    private static bool TakeFeaturesOfAck(TcpConnection c, TcpSegment s)
    {
        if ((c.Features & TcpFeatures.Ecn) != 0 && s.Has(TcpFlags.Ece) && !s.Has(TcpFlags.Syn))
        {
            c.Ecn.EchoReceived(c);
        }

        if ((c.Features & TcpFeatures.Sack) == 0)
        {
            return false;
        }

        c.Scoreboard.Acknowledged(c.SndUna);
        return s.SackCount != 0 && c.Scoreboard.Update(s, c.SndUna, c.SndNxt);
    }

    // RFC 3522 §3.2 step 5: a duplicate that the peer reports (RFC 2883 §4) was one. The acknowledgments had been lost and were not late, so
    // the timeout was none too early, and the echo in this one measures our own timer.
    private static void DuplicateReported(TcpConnection c, TcpSegment s, int ack)
    {
        if (Sequence.LessOrEqual(s.SackRight(0), ack))
        {
            c.Stamps.Spurious.Clear();
            c.Timing = false;
        }
    }

    // What an acknowledgment of new octets means besides: an urgent mark that has been passed, a round trip by TSecr, a timeout that
    // turns out to have been a mistake.
    private int NewAckWithFeatures(TcpConnection c, int acked, int roundTrip)
    {
        if ((c.Features & TcpFeatures.UrgentOut) != 0 && Sequence.LessOrEqual(c.SndUp, c.SndUna))
        {
            c.Features &= ~TcpFeatures.UrgentOut;
        }

        if ((c.Features & TcpFeatures.Timestamps) != 0)
        {
            roundTrip = c.Stamps.RoundTrip(_net.Now);
            if (c.Stamps.Spurious.OnAck(c, c.Stamps.Echo, acked, roundTrip))
            {
                return Undone;
            }
        }

        return roundTrip;
    }
}
