using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Ip;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// Decides what a connection may send now: send window, congestion window, Nagle, silly window avoidance, FIN
/// (RFC 9293 §3.8.6 and §3.7.4), and composes it behind the connection's header template.
/// </summary>
internal sealed partial class SegmentSender
{
    /// <summary>Ethernet, IPv4 and TCP header without options.</summary>
    internal const int HeadersLength = EthernetHeader.Length + Ipv4Header.MinLength + TcpHeader.MinLength;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;
    private readonly EthernetDevice _device;
    private readonly ArpTable _arp;
    private readonly StackCounters _counters;
    private readonly TcpOptionWriter _options = new TcpOptionWriter();
    // Growth of a window that is worth an update of its own: two segments or half the ring; and one segment or half the ring, which is
    // worth it when the window has become small.
    internal readonly int WindowWorth;
    internal readonly int WindowSmall;

    private readonly int _ourMss;
    internal readonly int DelayedAckMs;

    internal SegmentSender(NetworkInterface net, Ipv4 ipv4, StackOptions options)
    {
        _net = net;
        _ipv4 = ipv4;
        _device = net.Device;
        _arp = net.Arp;
        _counters = net.Counters;
        _ourMss = options.Mtu - Ipv4Header.MinLength - TcpHeader.MinLength;
        DelayedAckMs = options.DelayedAck;
        int half = options.ReceiveBufferSize >> 1;
        WindowWorth = _ourMss + _ourMss < half ? _ourMss + _ourMss : half;
        WindowSmall = _ourMss < half ? _ourMss : half;
        _offered = (options.SelectiveAcknowledgment ? TcpFeatures.Sack : 0)
            | (options.Timestamps ? TcpFeatures.Timestamps : 0)
            | (options.WindowScale ? TcpFeatures.WindowScale : 0)
            | (options.ExplicitCongestionNotification ? TcpFeatures.Ecn : 0);
        while (options.ReceiveBufferSize >> _ourScale > TcpHeader.MaxWindow)
        {
            _ourScale++;
        }
    }

    /// <summary>The MSS we announce: the largest text we can receive in one segment (RFC 9293 §3.7.1, MTU − 40).</summary>
    internal int OurMss
    {
        get { return _ourMss; }
    }

    /// <summary>Sends all that may be sent now.</summary>
    /// <returns>False when the device refused a frame: the connection has to be asked again.</returns>
    internal bool Output(TcpConnection c)
    {
        int sent = c.SendBuffer.Count != 0 || c.FinQueued ? 1 : 0;
        if (sent != 0 && c.Straight)
        {
            sent = SendFull(c);
        }
        else if (sent != 0)
        {
            TcpState state = c.CurrentState;
            if (state < TcpState.Established || state > TcpState.LastAck)
            {
                sent = 0;
            }
            else if (c.Congestion.InRecovery && (c.Features & TcpFeatures.Sack) != 0 && !ResendHoles(c))
            {
                return false;
            }
        }

        while (sent > 0)
        {
            sent = SendNext(c);
        }

        if (sent < 0)
        {
            return false;
        }

        return !c.AckNow || Emit(c, EmptySequence(c), 0, 0, TcpFlags.Ack);
    }

    /// <summary>An in-order segment with text has been accepted: acknowledge every second one at once, a single one a little later (RFC 9293 §3.8.6.3).</summary>
    internal void AcknowledgeLater(TcpConnection c)
    {
        if (++c.SegmentsToAck >= 2)
        {
            c.AckNow = true;
        }
        else
        {
            DelayAck(c);
        }
    }

    /// <summary>A single segment is acknowledged within the delay, unless something else is sent before.</summary>
    internal void DelayAck(TcpConnection c)
    {
        c.Timers.Arm(ConnectionTimers.DelayedAck, DelayedAckMs);
    }

    // One segment with text or FIN. Returns 1 when there may be more to send, 0 when there is nothing more now, −1 when the device refused.
    private int SendNext(TcpConnection c)
    {
        int una = c.SndUna;
        int next = c.SndNxt;
        if (c.Retransmitting)
        {
            next = c.RtxNxt;
            if ((c.Features & TcpFeatures.Sack) != 0)
            {
                next = c.Scoreboard.Skip(next);
                c.RtxNxt = next;
                c.Retransmitting = next != c.SndNxt;
            }
        }

        int flight = next - una;
        int unsent = c.SendBuffer.Count - flight;

        // A FIN that was sent and acknowledged has left the retransmission queue; behind one that is on its way there is nothing.
        bool fin = c.FinQueued && unsent >= 0 && !(c.FinSent && una == c.SndNxt);
        if (unsent <= 0 && !fin)
        {
            return 0;
        }

        int window = c.SndWnd;
        CongestionControl congestion = c.Congestion;
        if (flight == 0 && _net.Now - c.LastSentAt > c.Rtt.Rto && !c.Retransmitting && congestion.Window > 0)
        {
            congestion.RestartAfterIdle();
        }

        int allowance = congestion.DuplicateAcks == 0 && !congestion.InRecovery ? congestion.Window : congestion.Allowance();
        int usable = (window < allowance ? window : allowance) - flight;
        int mss = c.Features == 0 ? c.SendMss : SegmentRoom(c, next);
        int length = unsent < usable ? unsent : usable;
        if (length > mss)
        {
            length = mss;
        }

        if (length <= 0)
        {
            length = 0;
            if (unsent > 0 || window - flight <= 0)
            {
                if (flight == 0)
                {
                    ArmPersist(c);
                }

                return 0;
            }
        }

        // The FIN occupies an octet of the window; the congestion window does not count it.
        bool sendFin = fin && length == unsent && window - flight > length;
        if (length == 0 && !sendFin)
        {
            return 0;
        }

        // Sender's silly window avoidance and Nagle, RFC 9293 §3.8.6.2.1 (1) to (4): a full segment; or all there is, when nothing is
        // outstanding or the application asked; or half of the largest window seen; or the override timer fired.
        if (length != mss && !c.Retransmitting
            && !(length == unsent && (flight == 0 || c.NoDelayOption || sendFin))
            && !(flight == 0 && length + length >= c.MaxSndWnd)
            && !c.SendSmallNow)
        {
            if (flight == 0)
            {
                ArmPersist(c);
            }

            return 0;
        }

        int flags = TcpFlags.Ack;
        if (length == unsent && length > 0)
        {
            // RFC 9293 §3.9.1.2, SEND: PSH on the last buffered segment (MUST-61).
            flags |= TcpFlags.Psh;
        }

        if (sendFin)
        {
            flags |= TcpFlags.Fin;
        }

        if (!Emit(c, next, flight, length, flags))
        {
            return -1;
        }

        int now = _net.Now;
        c.SendSmallNow = false;
        c.LastSentAt = now;
        int end = sendFin ? next + length + 1 : next + length;
        if (c.Retransmitting)
        {
            SentAgain(c, end);
        }
        else
        {
            c.SndNxt = end;
            if (!c.Timing)
            {
                c.Timing = true;
                c.TimedSeq = next;
                c.TimedAt = now;
            }
        }

        StartRetransmission(c);
        if (sendFin)
        {
            FinSent(c);
            return 0;
        }

        return length < unsent || fin ? 1 : 0;
    }

    private void SentAgain(TcpConnection c, int end)
    {
        _counters.Retransmissions++;
        c.RtxNxt = end;
        if (end - c.SndNxt >= 0)
        {
            c.Retransmitting = false;
            c.SndNxt = end;
        }
    }

    private static void FinSent(TcpConnection c)
    {
        c.FinSent = true;
        if (c.CurrentState == TcpState.CloseWait)
        {
            // RFC 9293 §3.10.4, CLOSE-WAIT: "then send a FIN segment, enter LAST-ACK state".
            c.MoveTo(TcpState.LastAck);
        }
    }

    private static void ArmPersist(TcpConnection c)
    {
        if (!c.Timers.IsArmed(ConnectionTimers.Persist) && !c.Timers.IsArmed(ConnectionTimers.Retransmission))
        {
            // A new blockade: a peer that was probed during an earlier one need not have been heard since.
            c.WindowProbes = 0;
            c.Timers.Arm(ConnectionTimers.Persist, c.Rtt.Rto);
        }
    }

    /// <summary>
    /// Probes a closed window with one octet of new data, or with the FIN when nothing else is left (RFC 9293 §3.8.6.1). The octet
    /// counts as sent: the peer may take it.
    /// </summary>
    internal void SendWindowProbe(TcpConnection c)
    {
        if (c.SendBuffer.Count == 0 && !c.FinQueued)
        {
            return;
        }

        int length = c.SendBuffer.Count > 0 ? 1 : 0;
        bool fin = length == 0;
        if (!Emit(c, c.SndUna, 0, length, fin ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack))
        {
            return;
        }

        _counters.WindowProbes++;
        c.StopTiming();
        if (c.SndNxt == c.SndUna)
        {
            c.SndNxt = c.SndUna + 1;
            if (fin)
            {
                FinSent(c);
            }
        }
    }

    /// <summary>A keep-alive probe: SEQ = SND.NXT − 1, no data (RFC 9293 §3.8.4), which the peer must answer with an ACK.</summary>
    internal void SendKeepAlive(TcpConnection c)
    {
        if (Emit(c, c.SndNxt - 1, 0, 0, TcpFlags.Ack))
        {
            _counters.KeepAliveProbes++;
        }
    }

    // The neighbour has not answered yet: the frame waits, or has nowhere to go.
    private void Hold(TcpConnection c, int length)
    {
        uint hop = _ipv4.NextHop((uint)c.RemoteAddressBits);
        if (hop == 0)
        {
            _counters.Drop(DropReason.NoRoute);
        }
        else
        {
            _net.Arp.Hold(hop, _device.TxBuffer, _device.TxOffset, length);
        }
    }
}
