using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>Segments of open connections, from their header template.</content>
internal sealed partial class SegmentSender
{
    /// <summary>In place of the ARP table's version when the connection's next hop was known: it is not.</summary>
    internal const int UnknownNextHop = int.MinValue;

    private const int NextHopIntervalMs = 1000;
    private const int IpAt = EthernetHeader.Length;
    private const int TcpAt = EthernetHeader.Length + Ipv4Header.MinLength;

    /// <summary>Fills a connection's template once its four-tuple is known.</summary>
    internal void PrepareTemplate(TcpConnection c)
    {
        byte[] t = c.Template;
        Array.Clear(t, 0, t.Length);
        c.TemplateSeq = 0;
        c.TemplateAck = 0;
        c.TemplateWindow = 0;
        _ipv4.WriteHeaders(t, 0, (uint)c.RemoteAddressBits, Ipv4Header.ProtocolTcp, t);

        // RFC 6864 §4.1: with DF set and no fragments, the identification is meaningless; it stays zero.
        c.TemplateIpSum = Checksum.Sum(t, IpAt, Ipv4Header.MinLength);
        const int Empty = Ipv4Header.MinLength + TcpHeader.MinLength;
        BigEndian.WriteUInt16(t, IpAt + Ipv4Header.TotalLength, Empty);
        BigEndian.WriteUInt16(t, IpAt + Ipv4Header.HeaderChecksum, Checksum.Finish(c.TemplateIpSum + Empty));
        BigEndian.WriteUInt16(t, TcpAt + TcpHeader.SourcePort, c.LocalPortNumber);
        BigEndian.WriteUInt16(t, TcpAt + TcpHeader.DestinationPort, c.RemotePortNumber);
        t[TcpAt + TcpHeader.DataOffset] = TcpHeader.MinLength << 2;

        // Pseudo header with the length of an empty segment, ports and data offset: what no segment changes but for its text's length.
        c.TemplateTcpSum = Checksum.Sum(t, IpAt + Ipv4Header.Source, 8) + Ipv4Header.ProtocolTcp + TcpHeader.MinLength
            + c.LocalPortNumber + c.RemotePortNumber + (TcpHeader.MinLength << 10);
        c.PrepareShortWay();
        c.NextHopVersion = UnknownNextHop;

        // Last.ACK.sent: what the SYN,ACK acknowledged. Nothing before the SYN of an active open.
        int ack = c.RcvNxt;
        c.TemplateAck = ack;
        BigEndian.WriteInt32(t, TcpAt + TcpHeader.Acknowledgment, ack);
    }

    // Composes a segment and sends it: text of the send ring from so many octets after SND.UNA, or none, behind the template.
    private bool Emit(TcpConnection c, int seq, int from, int length, int flags)
    {
        // Resolving may send an ARP request through the same buffer, so it comes first.
        if (c.NextHopVersion != _arp.Version || _net.Now - c.NextHopCheckedAt >= NextHopIntervalMs)
        {
            ResolveNextHop(c);
        }

        // RCV.WND to announce. Receiver's silly window avoidance (RFC 9293 §3.8.6.2.2): the right edge moves only by min(half the
        // buffer, a segment) or more, and never to the left.
        ReceiveBuffer ring = c.ReceiveBuffer;
        int ack = c.RcvNxt;
        int edge = c.RcvAdv;
        int right = ack + ring.Data.Length - ring.Count;
        if (right - edge >= WindowSmall)
        {
            edge = right;
            c.RcvAdv = edge;
        }

        int window = (edge - ack) >> c.RcvScale;
        if (window > TcpHeader.MaxWindow)
        {
            window = TcpHeader.MaxWindow;
        }

        // The template follows the connection: what changes is written once. The checksum starts from the sum of what never changes
        // (RFC 1624's idea) and takes 32-bit words whole, since 2¹⁶ ≡ 1.
        byte[] b = c.Template;
        long sum = c.TemplateTcpSum + (long)(uint)seq + (uint)ack;
        if (seq != c.TemplateSeq)
        {
            c.TemplateSeq = seq;
            b[TcpAt + 4] = (byte)(seq >> 24);
            b[TcpAt + 5] = (byte)(seq >> 16);
            b[TcpAt + 6] = (byte)(seq >> 8);
            b[TcpAt + 7] = (byte)seq;
        }

        if (ack != c.TemplateAck || window != c.TemplateWindow)
        {
            c.TemplateAck = ack;
            c.TemplateWindow = window;
            b[TcpAt + 8] = (byte)(ack >> 24);
            b[TcpAt + 9] = (byte)(ack >> 16);
            b[TcpAt + 10] = (byte)(ack >> 8);
            b[TcpAt + 11] = (byte)ack;
            b[TcpAt + 14] = (byte)(window >> 8);
            b[TcpAt + 15] = (byte)window;
        }

        EthernetDevice device = _device;
        int o = device.TxOffset;
        Array.Copy(b, 0, b = device.TxBuffer, o, HeadersLength);
        int t = o + TcpAt;
        int headers = HeadersLength;
        int ecn = 0;
        if (c.Features != 0)
        {
            flags = FeatureFlags(c, seq, length, flags);
            if ((flags & EcnCapableMark) != 0)
            {
                flags &= 0xFF;
                ecn = Ipv4Header.EcnCapable;
            }

            sum += WriteFeatures(c, b, t, seq, flags);
            headers += _options.Length;
        }

        if (length != 0)
        {
            SendBuffer text = c.SendBuffer;
            int at = text.Head + from;
            if (at + length <= text.Data.Length)
            {
                Array.Copy(text.Data, at, b, o + headers, length);
            }
            else
            {
                text.CopyTo(from, b, o + headers, length);
            }

            sum += Checksum.Sum(b, o + headers, length) + length;
        }

        if (headers + length != HeadersLength)
        {
            // The template is that of an empty segment.
            int total = headers - EthernetHeader.Length + length;
            int i = o + IpAt;
            b[i + 2] = (byte)(total >> 8);
            b[i + 3] = (byte)total;
            int ipSum = c.TemplateIpSum + total + ecn;
            ipSum = (ipSum & 0xFFFF) + (ipSum >> 16);
            ipSum = ~(ipSum + (ipSum >> 16));
            b[i + 10] = (byte)(ipSum >> 8);
            b[i + 11] = (byte)ipSum;
            b[i + 1] |= (byte)ecn;
        }

        b[t + 13] = (byte)flags;

        // The complement, with a sum that is a multiple of 0xFFFF taken as 0xFFFF: the field is then 0, as everybody computes it.
        int checksum = 0xFFFE - (int)((sum + window + flags - 1) % 0xFFFF);
        b[t + 16] = (byte)(checksum >> 8);
        b[t + 17] = (byte)checksum;
        if (c.NextHopVersion == UnknownNextHop)
        {
            Hold(c, headers + length);
            _counters.OtherSegmentsOut++;
        }
        else if (device.Send(headers + length))
        {
            _counters.FramesOfConnections++;
        }
        else
        {
            return false;
        }

        if (_counters.Trace != null)
        {
            _counters.Trace.SegmentOut(b, o, headers + length);
        }

        if ((flags & TcpFlags.Cwr) != 0 && c.Features != 0)
        {
            c.Ecn.CwrDue = false;
        }

        // Every segment carries the acknowledgment, so none is owed any more.
        c.AckNow = false;
        if (c.SegmentsToAck != 0)
        {
            c.SegmentsToAck = 0;
            c.Timers.Armed &= ~(1 << ConnectionTimers.DelayedAck);
        }

        return true;
    }

    /// <summary>Changes the low byte of a word of the IP header in a connection's template, and its checksum with it.</summary>
    /// <param name="c">The connection.</param>
    /// <param name="word">Offset of the word's first byte.</param>
    /// <param name="second">1 for the word's second byte, 0 for its first.</param>
    /// <param name="value">The byte.</param>
    internal static void PatchTemplate(TcpConnection c, int word, int second, int value)
    {
        byte[] t = c.Template;
        int shift = second == 0 ? 8 : 0;
        c.TemplateIpSum += (value - t[word + second]) << shift;
        t[word + second] = (byte)value;
        const int Empty = Ipv4Header.MinLength + TcpHeader.MinLength;
        BigEndian.WriteUInt16(t, IpAt + Ipv4Header.HeaderChecksum, Checksum.Finish(c.TemplateIpSum + Empty));
    }

    private void ResolveNextHop(TcpConnection c)
    {
        ArpTable arp = _arp;
        uint hop = _ipv4.NextHop((uint)c.RemoteAddressBits);
        bool known = hop != 0 && arp.Resolve(hop, c.Template, EthernetHeader.Destination);
        c.NextHopVersion = known ? arp.Version : UnknownNextHop;
        c.NextHopCheckedAt = _net.Now;
    }

}
