using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>
/// The short way of a frame: what <see cref="NetworkInterface"/>, <see cref="Ip.Ipv4"/>, <see cref="Input"/> and
/// <see cref="SegmentArrives.Predicted"/> do for the next segment of an established connection, in one method. An interpreter pays for every
/// byte it looks at and every call, so the headers are read eight bytes at a time and compared with what the connection's frames look like.
/// It decides nothing that the long way would decide otherwise: it either does the whole work or has changed nothing, and then the long way
/// does it and gives the reason for a discard its name.
/// </content>
public sealed partial class TcpEngine
{
    // What is fixed in the first eight octets of the IP header, read little-endian: version 4 and five words, no fragment (MF and the
    // offset are zero; DF may be either).
    private const ulong ShapeMask = 0xFF3F0000000000FF;
    private const ulong Shape = 0x45;

    // Where the words start in a frame.
    private const int IpAt = EthernetHeader.Length;
    private const int TcpAt = IpAt + Ipv4Header.MinLength;

    /// <summary>False where words are read big-endian, and where each segment is traced.</summary>
    internal bool ShortWayOpen;

    // Our Ethernet address in the upper six octets of a word read little-endian.
    private ulong _station;

    internal void OpenShortWay()
    {
        byte[] word = new byte[8];
        Array.Copy(_net.MacAddress, 0, word, 2, 6);
        _station = BitConverter.ToUInt64(word, 0);
        ShortWayOpen = BitConverter.IsLittleEndian && (Counters.Trace == null || !Counters.Trace.WatchesSegments);
    }

    /// <summary>Handles a frame if it carries the next segment of a connection that runs straight on.</summary>
    /// <param name="b">Holds the frame.</param>
    /// <param name="o">The frame's first byte.</param>
    /// <param name="length">The frame's length.</param>
    /// <returns>False when the frame has to take the long way; nothing has been changed then.</returns>
    internal bool ShortWay(byte[] b, int o, int length)
    {
        if (length < TcpAt + TcpHeader.MinLength)
        {
            return false;
        }

        // Version to fragment offset; time to live, protocol, checksum, source; destination and ports.
        ulong shape = BitConverter.ToUInt64(b, o + IpAt);
        ulong source = BitConverter.ToUInt64(b, o + IpAt + Ipv4Header.TimeToLive);
        ulong addresses = BitConverter.ToUInt64(b, o + IpAt + Ipv4Header.Destination);
        TcpConnection c = _buckets[((int)(source >> 56) ^ (int)(addresses >> 40) ^ (int)(addresses >> 56)) & _bucketMask];
        while (c != null && (c.WireAddresses != addresses || c.WireSource != (int)(source >> 32)))
        {
            c = c.HashNext;
        }

        // PSH says nothing to a receiver whose data is readable at once.
        int t = o + TcpAt;
        int flags = b[t + TcpHeader.Flags];
        if (c == null || !c.Straight || (flags & ~TcpFlags.Psh) != TcpFlags.Ack || b[t + TcpHeader.DataOffset] != TcpHeader.MinLength << 2
            || (shape & ShapeMask) != Shape || (source & 0xFF00) != Ipv4Header.ProtocolTcp << 8
            || b[o + 12] != EthernetHeader.TypeIpv4 >> 8 || b[o + 13] != 0
            || BitConverter.ToUInt64(b, o) << 16 != _station)
        {
            return false;
        }

        // Padding that Ethernet added behind the datagram is left out by using the total length.
        int low = (int)shape;
        int text = (((low >> 8) & 0xFF00) | ((low >> 24) & 0xFF)) - Ipv4Header.MinLength - TcpHeader.MinLength;
        int seq = (b[t + 4] << 24) | (b[t + 5] << 16) | (b[t + 6] << 8) | b[t + 7];
        int ack = (b[t + 8] << 24) | (b[t + 9] << 16) | (b[t + 10] << 8) | b[t + 11];
        int window = (b[t + 14] << 8) | b[t + 15];
        long sum = c.TemplateTcpSum + (long)(uint)seq + (uint)ack + (text + flags + window);
        window <<= c.SndScale;
        int una = c.SndUna;
        int acked = ack - una;
        int before = c.SndWnd;
        if (text < 0 || text > length - TcpAt - TcpHeader.MinLength || seq != c.RcvNxt || text > c.RcvAdv - seq
            || acked < 0 || acked - (c.SndNxt - una) > 0 || window == 0
            || (window == before ? acked == 0 && text == 0 : before == 0))
        {
            return false;
        }

        // RFC 1122 §3.2.1.2 and RFC 9293 §3.1: the sum over header or segment, its checksum included, is 0xFFFF, which is 0 modulo 0xFFFF.
        // In 64-bit words as in Checksum; the text is summed with the checksum and the urgent pointer in front of it.
        if ((int)(((shape & 0xFFFFFFFF) + (shape >> 32) + (source & 0xFFFFFFFF) + (source >> 32) + (addresses & 0xFFFFFFFF)) % 0xFFFF) != 0)
        {
            return false;
        }

        if (text == 0)
        {
            sum += ((b[t + 16] + b[t + 18]) << 8) + b[t + 17] + b[t + 19];
        }
        else
        {
            sum += Checksum.Sum(b, t + TcpHeader.Checksum, text + 4);
        }

        if (sum % 0xFFFF != 0)
        {
            return false;
        }

        Counters.ShortWay++;
        int now = _net.Now;
        c.LastHeardAt = now;
        if (acked != 0)
        {
            _arrives.StraightAck(c, ack, acked, now);
        }

        c.SndWnd = window;
        c.SndWl1 = seq;
        c.SndWl2 = ack;
        if (window != before)
        {
            WindowMoved(c, window);
        }

        if (text == 0)
        {
            return true;
        }

        t += TcpHeader.MinLength;
        ReceiveBuffer ring = c.ReceiveBuffer;
        int count = ring.Count;
        int at = ring.Head + count;
        if (at + text <= ring.Data.Length)
        {
            Array.Copy(b, t, ring.Data, at, text);
        }
        else
        {
            ring.Store(0, b, t, text);
        }

        ring.Count = count + text;
        c.RcvNxt = seq + text;
        c.LastProgressAt = now;
        c.Events |= TcpEvents.Readable;
        if (!c.ReadyPending)
        {
            AddReady(c);
        }

        // RFC 9293 §3.8.6.3: every second segment is acknowledged at once, a single one a little later.
        if (c.SegmentsToAck != 0)
        {
            AcknowledgeNow(c);
            return true;
        }

        c.SegmentsToAck = 1;
        ConnectionTimers timers = c.Timers;
        int due = now + Sender.DelayedAckMs;
        timers.At[ConnectionTimers.DelayedAck] = due;
        timers.Armed |= 1 << ConnectionTimers.DelayedAck;
        if (due - _net.WakeAt < 0)
        {
            _net.WakeAt = due;
        }

        return true;
    }

    private void WindowMoved(TcpConnection c, int window)
    {
        if (window > c.MaxSndWnd)
        {
            c.MaxSndWnd = window;
        }

        if (c.SendBuffer.Count != 0)
        {
            AddPending(c);
        }
    }

    private void AcknowledgeNow(TcpConnection c)
    {
        c.AckNow = true;
        if (!Sender.Output(c))
        {
            AddPending(c);
        }
    }
}
