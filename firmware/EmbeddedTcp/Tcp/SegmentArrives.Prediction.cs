namespace EmbeddedTcp.Tcp;

/// <content>
/// Header prediction: in ESTABLISHED, a segment that is exactly what comes next, and an acknowledgment that only moves SND.UNA. It does
/// what §3.10.7.4 would do for them, in the order of its steps, with locals instead of calls, since here an interpreter's time goes.
/// </content>
internal sealed partial class SegmentArrives
{
    /// <summary>Handles the segment if it is one of the predicted ones.</summary>
    /// <returns>False when it has to go through all steps; nothing has been changed then.</returns>
    internal bool Predicted(TcpConnection c, TcpSegment s)
    {
        int seq = s.Seq;
        int ack = s.Ack;
        int length = s.DataLength;
        int una = c.SndUna;
        int acked = ack - una;
        int rcvNxt = c.RcvNxt;

        // PSH says nothing to a receiver whose data is readable at once. The urgent mark, SYN, FIN and RST take the long way.
        if (c.CurrentState != TcpState.Established
            || (s.Flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst | TcpFlags.Ack | TcpFlags.Urg)) != TcpFlags.Ack
            || seq != rcvNxt
            || acked < 0
            || acked - (c.SndNxt - una) > 0
            || s.Window != c.SndWnd
            || s.Window == 0
            || length > c.RcvAdv - rcvNxt
            || c.Retransmitting
            || c.Reassembly.Count != 0
            || c.PeerFinKnown
            || c.Congestion.DuplicateAcks != 0
            || c.Congestion.InRecovery)
        {
            return false;
        }

        if (acked == 0)
        {
            if (length == 0)
            {
                // A duplicate acknowledgment, or a window probe's answer.
                return false;
            }
        }
        else
        {
            NewAck(c, ack);
        }

        int now = _net.Now;
        c.LastHeardAt = now;
        c.ProbesSent = 0;
        c.SndWl1 = seq;
        c.SndWl2 = ack;
        _counters.Predicted++;
        if (length == 0)
        {
            return true;
        }

        if (!c.OwnedByApplication && !c.InAcceptQueue)
        {
            SeventhText(c, s);
            return true;
        }

        c.ReceiveBuffer.Store(0, s.Buffer, s.Data, length);
        c.ReceiveBuffer.Count += length;
        c.RcvNxt = rcvNxt + length;
        c.LastProgressAt = now;
        if (++c.SegmentsToAck >= 2)
        {
            c.AckNow = true;
        }
        else
        {
            _sender.DelayAck(c);
        }

        c.Events |= TcpEvents.Readable;
        if (!c.ReadyPending)
        {
            _engine.AddReady(c);
        }

        return true;
    }
}
