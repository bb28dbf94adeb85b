using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <content>The short way out: full segments of new data, the bulk of a transfer.</content>
internal sealed partial class SegmentSender
{
    /// <summary>
    /// Sends what <see cref="SendNext"/> would send of a connection that runs straight on (<see cref="TcpConnection.Straight"/>: established,
    /// no FIN, nothing lost), as long as it is full segments, to which neither Nagle nor silly window avoidance applies.
    /// </summary>
    /// <returns>0 when nothing is left to send, 1 when SendNext has to look at what is left, −1 when the device refused.</returns>
    private int SendFull(TcpConnection c)
    {
        int una = c.SndUna;
        int next = c.SndNxt;
        int flight = next - una;
        int mss = c.SendMss;
        int count = c.SendBuffer.Count;
        int limit = c.Congestion.Window;
        int window = c.SndWnd;
        if (window < limit)
        {
            limit = window;
        }

        if (count < limit)
        {
            limit = count;
        }

        // After an idle time the congestion window is to be looked at first; and options take their room from a segment.
        NetworkInterface net = _net;
        int now = net.Now;
        if (flight + mss > limit || c.Features != 0 || (flight == 0 && now - c.LastSentAt > c.Rtt.Rto))
        {
            return count == flight ? 0 : 1;
        }

        ConnectionTimers timers = c.Timers;
        do
        {
            if (!Emit(c, next, flight, mss, flight + mss == count ? TcpFlags.Ack | TcpFlags.Psh : TcpFlags.Ack))
            {
                return -1;
            }

            if (!c.Timing)
            {
                c.Timing = true;
                c.TimedSeq = next;
                c.TimedAt = now;
            }

            next += mss;
            flight += mss;
            c.SndNxt = next;
            c.LastSentAt = now;

            // RFC 6298 (5.1), as in StartRetransmission.
            int armed = timers.Armed;
            if ((armed & (1 << ConnectionTimers.Retransmission)) == 0)
            {
                timers.Armed = (armed | (1 << ConnectionTimers.Retransmission)) & ~(1 << ConnectionTimers.Persist);
                int due = now + c.Rtt.Rto;
                timers.At[ConnectionTimers.Retransmission] = due;
                if (due - net.WakeAt < 0)
                {
                    net.WakeAt = due;
                }
            }
        }
        while (flight + mss <= limit);
        return count == flight ? 0 : 1;
    }

    // RFC 6298 (5.1): whenever a segment with text is sent and the timer does not run.
    private static void StartRetransmission(TcpConnection c)
    {
        ConnectionTimers timers = c.Timers;
        if ((timers.Armed & (1 << ConnectionTimers.Retransmission)) == 0)
        {
            timers.Arm(ConnectionTimers.Retransmission, c.Rtt.Rto);
            timers.Armed &= ~(1 << ConnectionTimers.Persist);
        }
    }
}
