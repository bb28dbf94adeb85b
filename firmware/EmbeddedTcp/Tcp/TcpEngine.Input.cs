using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>The way of a segment to its connection: checks, parsing, demultiplexing.</content>
public sealed partial class TcpEngine
{
    /// <summary>True while the segment in hand came with the codepoint CE (RFC 3168 §5).</summary>
    internal bool CongestionExperienced;

    /// <summary>Handles the TCP part of a datagram for us.</summary>
    /// <param name="b">Holds it.</param>
    /// <param name="t">First byte of the TCP header.</param>
    /// <param name="length">Bytes of header and text.</param>
    /// <param name="source">The sender's address.</param>
    internal void Input(byte[] b, int t, int length, int source)
    {
        Counters.LongWaySegments++;
        if (Counters.Trace != null)
        {
            Counters.Trace.SegmentIn(b, t, length, source);
        }

        if (length < TcpHeader.MinLength)
        {
            Counters.Drop(DropReason.BadTcpHeader);
            return;
        }

        int headerLength = (b[t + 12] >> 4) << 2;
        if (headerLength < TcpHeader.MinLength || headerLength > length)
        {
            Counters.Drop(DropReason.BadTcpHeader);
            return;
        }

        int remotePort = (b[t] << 8) | b[t + 1];
        int localPort = (b[t + 2] << 8) | b[t + 3];
        int seq = (b[t + 4] << 24) | (b[t + 5] << 16) | (b[t + 6] << 8) | b[t + 7];
        int ack = (b[t + 8] << 24) | (b[t + 9] << 16) | (b[t + 10] << 8) | b[t + 11];
        int flags = b[t + 13];
        int window = (b[t + 14] << 8) | b[t + 15];
        int urgent = (b[t + 18] << 8) | b[t + 19];

        // The fields just read are the header's words: only options and text have to be summed byte by byte.
        int sum = _localSum + length + ((source >> 16) & 0xFFFF) + (source & 0xFFFF) + remotePort + localPort
            + ((seq >> 16) & 0xFFFF) + (seq & 0xFFFF) + ((ack >> 16) & 0xFFFF) + (ack & 0xFFFF)
            + (b[t + 12] << 8) + flags + window + ((b[t + 16] << 8) | b[t + 17]) + urgent;
        if (length > TcpHeader.MinLength)
        {
            sum += Checksum.Sum(b, t + TcpHeader.MinLength, length - TcpHeader.MinLength);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        if (sum != 0xFFFF && (sum & 0xFFFF) + (sum >> 16) != 0xFFFF)
        {
            Counters.Drop(DropReason.BadTcpChecksum);
            return;
        }

        TcpConnection c = _buckets[(source ^ remotePort ^ localPort) & _bucketMask];
        while (c != null && (c.RemotePortNumber != remotePort || c.RemoteAddressBits != source || c.LocalPortNumber != localPort))
        {
            c = c.HashNext;
        }

        int text = t + headerLength;
        int textLength = length - headerLength;
        if (c != null && (c.Features == 0
            ? _arrives.Predicted(c, b, text, textLength, seq, ack, flags, window)
            : _arrives.PredictedWithFeatures(c, b, t, text, textLength, seq, ack, flags, window)))
        {
            c.StraightFrom();
        }
        else
        {
            TcpSegment s = _segment;
            s.Buffer = b;
            s.Header = t;
            s.RemoteAddress = source;
            s.RemotePort = remotePort;
            s.LocalPort = localPort;
            s.Seq = seq;
            s.Ack = ack;
            s.Flags = flags;
            s.Window = window;
            s.UrgentPointer = urgent;
            s.Data = text;
            s.DataLength = textLength;
            s.CongestionExperienced = CongestionExperienced;
            s.ParseOptions();
            if (c == null)
            {
                Unconnected(s);
                return;
            }

            c.Straight = false;
            if (c.CurrentState == TcpState.SynSent)
            {
                _arrives.SynSent(c, s);
            }
            else
            {
                // RFC 7323 §2.3: every window but that of a SYN is shifted.
                if (c.SndScale != 0 && !s.Has(TcpFlags.Syn))
                {
                    s.Window <<= c.SndScale;
                }

                _arrives.OtherStates(c, s);
            }
        }

        // What has to be acknowledged at once is, segment by segment: the peer counts duplicates.
        if (c.AckNow && !Sender.Output(c))
        {
            AddPending(c);
        }
    }

    // No slot: a half-open peer, a TIME_WAIT record, a listener, or nothing (RFC 9293 §3.10.7.1 and .2).
    private void Unconnected(TcpSegment s)
    {
        if (s.RemotePort == 0 || s.LocalPort == 0)
        {
            Counters.Drop(DropReason.BadTcpHeader);
            return;
        }

        int entry = HalfOpen.Find(s.RemoteAddress, s.RemotePort, s.LocalPort);
        if (entry >= 0)
        {
            _arrives.HalfOpen(s, entry);
            TcpConnection c = _promoted;
            _promoted = null;
            if (c != null && c.AckNow && !Sender.Output(c))
            {
                AddPending(c);
            }

            return;
        }

        int record = TimeWait.Find(s.RemoteAddress, s.RemotePort, s.LocalPort);
        if (record >= 0)
        {
            _arrives.TimeWait(s, record);
        }
        else if (FindListener(s.LocalPort) != null)
        {
            _arrives.Listen(s);
        }
        else
        {
            _arrives.Closed(s);
        }
    }
}
