using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>ICMP (RFC 792, RFC 1122 §3.2.2): answers echo requests and hands errors about what we sent to TCP or UDP.</summary>
internal sealed class Icmp
{
    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;

    internal Icmp(NetworkInterface net, Ipv4 ipv4)
    {
        _net = net;
        _ipv4 = ipv4;
    }

    /// <summary>Handles the ICMP message of a datagram.</summary>
    /// <param name="b">Holds the datagram.</param>
    /// <param name="h">First byte of the IP header.</param>
    /// <param name="headerLength">Bytes of IP header.</param>
    /// <param name="totalLength">Bytes of header and message.</param>
    /// <param name="source">The sender.</param>
    /// <param name="broadcast">It was addressed to more hosts than us.</param>
    internal void Input(byte[] b, int h, int headerLength, int totalLength, uint source, bool broadcast)
    {
        int p = h + headerLength;
        int length = totalLength - headerLength;
        if (length < IcmpHeader.Length)
        {
            _net.Counters.Drop(DropReason.UnknownIcmp);
            return;
        }

        if (Checksum.Finish(Checksum.Sum(b, p, length)) != 0)
        {
            _net.Counters.Drop(DropReason.BadIcmpChecksum);
            return;
        }

        int type = b[p + IcmpHeader.Type];
        if (type == IcmpHeader.EchoRequest && !broadcast)
        {
            // RFC 1122 §3.2.2.6 lets a host ignore an echo request to a broadcast address; smurf attacks are why we do.
            Reply(b, p, length, source);
        }
        else if (type == IcmpHeader.DestinationUnreachable || type == IcmpHeader.TimeExceeded || type == IcmpHeader.ParameterProblem)
        {
            Error(b, p, length, type, source);
        }
        else if (type == IcmpHeader.EchoReply && _ipv4.FirstEcho != null && TakeReply(b, h, p, length, source))
        {
            // It is counted by who asked for it.
        }
        else
        {
            _net.Counters.Drop(DropReason.UnknownIcmp);
        }
    }

    private void Reply(byte[] b, int p, int length, uint source)
    {
        // The reply carries the request's data whole (RFC 1122 §3.2.2.6), so it must fit our MTU too.
        if (length > _net.Options.Mtu - Ipv4Header.MinLength)
        {
            _net.Counters.Drop(DropReason.UnknownIcmp);
            return;
        }

        uint hop = _ipv4.NextHop(source);
        if (hop == 0)
        {
            _net.Counters.Drop(DropReason.NoRoute);
            return;
        }

        bool resolved = _net.Arp.Resolve(hop, _ipv4.HardwareAddress, 0);
        byte[] tx = _net.Device.TxBuffer;
        int t = _ipv4.PayloadOffset;
        Array.Copy(b, p, tx, t, length);
        tx[t + IcmpHeader.Type] = IcmpHeader.EchoReply;
        tx[t + IcmpHeader.Code] = 0;
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, 0);
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, Checksum.Finish(Checksum.Sum(tx, t, length)));
        if (_ipv4.Send(source, Ipv4Header.ProtocolIcmp, length, resolved, _ipv4.HardwareAddress))
        {
            _net.Counters.EchoReplies++;
        }
        else
        {
            _net.Counters.Drop(DropReason.DeviceBusy);
        }
    }

    private bool TakeReply(byte[] b, int h, int p, int length, uint source)
    {
        EchoClient r = FindRequester(BigEndian.ReadUInt16(b, p + IcmpHeader.Identifier));
        return r != null && r.Reply(
            BigEndian.ReadUInt16(b, p + IcmpHeader.SequenceNumber),
            source,
            length - IcmpHeader.Length,
            b[h + Ipv4Header.TimeToLive]);
    }

    private EchoClient FindRequester(int identifier)
    {
        EchoClient r = _ipv4.FirstEcho;
        while (r != null && r.Identifier != identifier)
        {
            r = r.Next;
        }

        return r;
    }

    // An error quotes the IP header and at least eight bytes of what caused it: with TCP, ports and sequence number.
    private void Error(byte[] b, int p, int length, int type, uint source)
    {
        int q = p + IcmpHeader.Length;
        int quoted = length - IcmpHeader.Length;
        int quotedHeader = quoted < 1 ? 0 : (b[q] & 15) << 2;
        int protocol = quoted < Ipv4Header.MinLength ? 0 : b[q + Ipv4Header.Protocol];
        bool udp = protocol == Ipv4Header.ProtocolUdp && _ipv4.Udp != null;
        bool echo = protocol == Ipv4Header.ProtocolIcmp && _ipv4.FirstEcho != null;
        if (quotedHeader < Ipv4Header.MinLength || quoted < quotedHeader + 8 || (protocol != Ipv4Header.ProtocolTcp && !udp && !echo)
            || (uint)BigEndian.ReadInt32(b, q + Ipv4Header.Source) != _net.Address)
        {
            _net.Counters.Drop(DropReason.UnknownIcmp);
            return;
        }

        int remote = BigEndian.ReadInt32(b, q + Ipv4Header.Destination);
        int t = q + quotedHeader;
        if (echo)
        {
            EchoClient r = b[t + IcmpHeader.Type] != IcmpHeader.EchoRequest
                ? null
                : FindRequester(BigEndian.ReadUInt16(b, t + IcmpHeader.Identifier));
            if (r != null && r.Error(BigEndian.ReadUInt16(b, t + IcmpHeader.SequenceNumber), (uint)remote, source, type, b[p + IcmpHeader.Code]))
            {
                _net.Counters.IcmpErrorsIn++;
            }
            else
            {
                _net.Counters.Drop(DropReason.IcmpNotInFlight);
            }

            return;
        }

        if (udp)
        {
            _ipv4.Udp.IcmpError(
                type,
                b[p + IcmpHeader.Code],
                (uint)remote,
                BigEndian.ReadUInt16(b, t + UdpHeader.SourcePort),
                BigEndian.ReadUInt16(b, t + UdpHeader.DestinationPort));
            return;
        }

        _ipv4.Tcp.IcmpError(
            type,
            b[p + IcmpHeader.Code],
            BigEndian.ReadUInt16(b, p + IcmpHeader.NextHopMtu),
            remote,
            BigEndian.ReadUInt16(b, t + TcpHeader.SourcePort),
            BigEndian.ReadUInt16(b, t + TcpHeader.DestinationPort),
            BigEndian.ReadInt32(b, t + TcpHeader.Sequence));
    }
}
