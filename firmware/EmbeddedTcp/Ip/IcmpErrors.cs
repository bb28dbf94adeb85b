using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>
/// The ICMP errors we send (RFC 792, RFC 1122 §3.2.2): at most so many a second, and never about what must not be answered with one.
/// </summary>
internal sealed class IcmpErrors
{
    // RFC 1122 §3.2.2: the IP header and at least the first eight data octets.
    private const int QuotedData = 8;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;
    private readonly int _perSecond;
    private int _sentInSecond;
    private int _secondBegan;

    internal IcmpErrors(NetworkInterface net, Ipv4 ipv4, int perSecond)
    {
        _net = net;
        _ipv4 = ipv4;
        _perSecond = perSecond;
    }

    /// <summary>Errors sent.</summary>
    internal int Sent { get; private set; }

    /// <summary>Tells the sender of a datagram what was wrong with it.</summary>
    /// <param name="type">Type of the message.</param>
    /// <param name="code">Code of the message.</param>
    /// <param name="pointer">The octet that was wrong, for a parameter problem; else 0.</param>
    /// <param name="b">Holds the datagram.</param>
    /// <param name="h">First byte of its IP header.</param>
    /// <param name="totalLength">Its length.</param>
    /// <param name="toMany">It was addressed to more hosts than us, on either layer.</param>
    internal void Send(int type, int code, int pointer, byte[] b, int h, int totalLength, bool toMany)
    {
        int headerLength = (b[h] & 15) << 2;
        int fragment = BigEndian.ReadUInt16(b, h + Ipv4Header.FlagsAndFragment) & 0x1FFF;
        uint source = (uint)BigEndian.ReadInt32(b, h + Ipv4Header.Source);

        // RFC 1122 §3.2.2: none about a datagram to many, about a fragment but the first, or about an ICMP error. A source that is no single
        // host has been dropped before.
        if (toMany || fragment != 0 || (b[h + Ipv4Header.Protocol] == Ipv4Header.ProtocolIcmp && !IsQuery(b, h + headerLength, totalLength - headerLength)))
        {
            return;
        }

        int now = _net.Now;
        if (_sentInSecond == 0 || now - _secondBegan >= 1000)
        {
            _secondBegan = now;
            _sentInSecond = 0;
        }

        if (_sentInSecond >= _perSecond)
        {
            _net.Counters.Drop(DropReason.IcmpThrottled);
            return;
        }

        uint hop = _ipv4.NextHop(source);
        if (hop == 0)
        {
            _net.Counters.Drop(DropReason.NoRoute);
            return;
        }

        bool resolved = _net.Arp.Resolve(hop, _ipv4.HardwareAddress, 0);
        int quoted = headerLength + QuotedData < totalLength ? headerLength + QuotedData : totalLength;
        byte[] tx = _net.Device.TxBuffer;
        int t = _ipv4.PayloadOffset;
        tx[t + IcmpHeader.Type] = (byte)type;
        tx[t + IcmpHeader.Code] = (byte)code;
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, 0);
        BigEndian.WriteInt32(tx, t + IcmpHeader.Pointer, pointer << 24);
        Array.Copy(b, h, tx, t + IcmpHeader.Length, quoted);
        int length = IcmpHeader.Length + quoted;
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, Checksum.Finish(Checksum.Sum(tx, t, length)));
        _sentInSecond++;
        if (_ipv4.Send(source, Ipv4Header.ProtocolIcmp, length, resolved, _ipv4.HardwareAddress))
        {
            Sent++;
        }
        else
        {
            _net.Counters.Drop(DropReason.DeviceBusy);
        }
    }

    private static bool IsQuery(byte[] b, int p, int length)
    {
        return length > 0 && (b[p] == IcmpHeader.EchoRequest || b[p] == IcmpHeader.EchoReply);
    }
}
