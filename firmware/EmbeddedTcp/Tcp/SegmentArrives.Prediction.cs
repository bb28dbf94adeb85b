using System;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <content>
/// Header prediction: in ESTABLISHED, a segment that is exactly what comes next, and an acknowledgment that only moves SND.UNA. It does
/// what §3.10.7.4 would do for them, in the order of its steps, with locals instead of calls, since here an interpreter's time goes.
/// </content>
internal sealed partial class SegmentArrives
{
    /// <summary>Handles the segment if it is one of the predicted ones; its fields come as arguments, which cost an interpreter nothing.</summary>
    /// <returns>False when it has to go through all steps; nothing has been changed then.</returns>
    internal bool Predicted(TcpConnection c, byte[] buffer, int text, int length, int seq, int ack, int flags, int window)
    {
        int una = c.SndUna;
        int acked = ack - una;
        int rcvNxt = c.RcvNxt;

        // PSH says nothing to a receiver whose data is readable at once. The urgent mark, SYN, FIN and RST take the long way, and so
        // does a window that closes or reopens, or a connection that its application has closed.
        if (c.CurrentState != TcpState.Established
            || (flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst | TcpFlags.Ack | TcpFlags.Urg)) != TcpFlags.Ack
            || seq != rcvNxt
            || acked < 0
            || acked - (c.SndNxt - una) > 0
            || window == 0
            || length > c.RcvAdv - rcvNxt
            || c.Retransmitting
            || c.PeerFinKnown
            || c.Reassembly.Count != 0
            || c.SndWl1 - seq > 0
            || !(c.OwnedByApplication || c.InAcceptQueue))
        {
            return false;
        }

        CongestionControl congestion = c.Congestion;
        if (congestion.DuplicateAcks != 0 || congestion.InRecovery)
        {
            return false;
        }

        int windowBefore = c.SndWnd;
        if (windowBefore == 0 || (windowBefore == window && acked == 0 && length == 0))
        {
            // A window that reopens, a duplicate acknowledgment, or the answer to a probe.
            return false;
        }

        if (acked != 0)
        {
            NewAck(c, ack);
        }

        // Not older than SND.WL1, and its acknowledgment not older than SND.UNA: it may update the window.
        c.SndWnd = window;
        if (window != windowBefore)
        {
            if (window > c.MaxSndWnd)
            {
                c.MaxSndWnd = window;
            }

            if (c.SendBuffer.Count != 0)
            {
                _engine.AddPending(c);
            }
        }

        NetworkInterface net = _net;
        int now = net.Now;
        c.LastHeardAt = now;
        c.ProbesSent = 0;
        c.SndWl1 = seq;
        c.SndWl2 = ack;
        _counters.LongWayPredicted++;
        if (length == 0)
        {
            return true;
        }

        ReceiveBuffer ring = c.ReceiveBuffer;
        int at = ring.Head + ring.Count;
        if (at + length <= ring.Data.Length)
        {
            Array.Copy(buffer, text, ring.Data, at, length);
        }
        else
        {
            ring.Store(0, buffer, text, length);
        }

        ring.Count += length;
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

    /// <summary>
    /// What <see cref="NewAck"/> does on the short way: nothing is being sent again, no recovery, no FIN and no count to be cleared.
    /// </summary>
    internal void StraightAck(TcpConnection c, int ack, int acked, int now)
    {
        SendBuffer ring = c.SendBuffer;
        int head = ring.Head + acked;
        ring.Head = head >= ring.Data.Length ? head - ring.Data.Length : head;
        ring.Count -= acked;
        c.SndUna = ack;
        c.LastProgressAt = now;
        if (c.Timing && ack - c.TimedSeq > 0)
        {
            c.Timing = false;
            c.Rtt.Sample(now - c.TimedAt);
        }

        // RFC 6298 (5.2) and (5.3).
        ConnectionTimers timers = c.Timers;
        timers.Armed &= ~((1 << ConnectionTimers.Retransmission) | (1 << ConnectionTimers.Persist));
        if (ack != c.SndNxt)
        {
            timers.Arm(ConnectionTimers.Retransmission, c.Rtt.Rto);
        }

        if (c.Congestion.Window < ring.Data.Length << 1)
        {
            c.Congestion.OnAck(acked);
        }

        if (c.OwnedByApplication)
        {
            c.Events |= TcpEvents.Writable;
            if (!c.ReadyPending)
            {
                _engine.AddReady(c);
            }
        }

        if (ring.Count != 0 && !c.OutputPending)
        {
            _engine.AddPending(c);
        }
    }
}
