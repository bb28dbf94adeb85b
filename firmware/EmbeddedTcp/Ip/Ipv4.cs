using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>IPv4 in and out (RFC 791, RFC 1122 §3.2.1): header checks, the way to the next hop, and ICMP beside it.</summary>
internal sealed class Ipv4
{
    private readonly NetworkInterface _net;
    private readonly StackCounters _counters;
    private readonly Icmp _icmp;
    private readonly int _address;
    private readonly int _subnetBroadcast;
    private int _identification;

    internal Ipv4(NetworkInterface net)
    {
        _address = (int)net.Address;
        _subnetBroadcast = (int)net.SubnetBroadcast;
        _net = net;
        _counters = net.Counters;
        _icmp = new Icmp(net, this);
    }

    /// <summary>Set once by the interface.</summary>
    internal TcpEngine Tcp;

    /// <summary>Handles a frame with EtherType IPv4.</summary>
    /// <param name="b">Holds the frame.</param>
    /// <param name="o">The frame's first byte.</param>
    /// <param name="length">The frame's length, at least an Ethernet header.</param>
    /// <param name="linkBroadcast">The frame came to the Ethernet broadcast address.</param>
    internal void Input(byte[] b, int o, int length, bool linkBroadcast)
    {
        int h = o + EthernetHeader.Length;
        if (length < EthernetHeader.Length + Ipv4Header.MinLength)
        {
            _counters.Drop(DropReason.FrameTooShort);
            return;
        }

        // The header's ten words, each read once: an interpreter pays for every byte it looks at.
        int w0 = (b[h] << 8) | b[h + 1];
        int totalLength = (b[h + 2] << 8) | b[h + 3];
        int flagsAndFragment = (b[h + 6] << 8) | b[h + 7];
        int w4 = (b[h + 8] << 8) | b[h + 9];
        int w6 = (b[h + 12] << 8) | b[h + 13];
        int w7 = (b[h + 14] << 8) | b[h + 15];
        int w8 = (b[h + 16] << 8) | b[h + 17];
        int w9 = (b[h + 18] << 8) | b[h + 19];
        int headerLength = (w0 & 0xF00) >> 6;

        // Padding that Ethernet added behind the datagram is trimmed by using the total length from here on.
        if (w0 >> 12 != 4 || headerLength < Ipv4Header.MinLength || totalLength < headerLength
            || totalLength > length - EthernetHeader.Length)
        {
            _counters.Drop(DropReason.BadIpHeader);
            return;
        }

        // RFC 1122 §3.2.1.2: the header checksum is verified.
        int sum = w0 + totalLength + ((b[h + 4] << 8) | b[h + 5]) + flagsAndFragment + w4
            + ((b[h + 10] << 8) | b[h + 11]) + w6 + w7 + w8 + w9;
        if (headerLength > Ipv4Header.MinLength)
        {
            sum += Checksum.Sum(b, h + Ipv4Header.MinLength, headerLength - Ipv4Header.MinLength);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        if (sum != 0xFFFF && (sum & 0xFFFF) + (sum >> 16) != 0xFFFF)
        {
            _counters.Drop(DropReason.BadIpChecksum);
            return;
        }

        int destination = (w8 << 16) | w9;
        bool broadcast = false;
        if (destination != _address)
        {
            broadcast = destination == -1 || destination == _subnetBroadcast;
            if (!broadcast)
            {
                _counters.Drop(DropReason.NotOurAddress);
                return;
            }
        }

        // RFC 1122 §3.2.1.3: no source is a broadcast, a multicast, loopback, "this network", or ourselves.
        int high = w6 >> 8;
        int source = (w6 << 16) | w7;
        if (high >= 224 || high == 127 || high == 0 || source == _address || source == _subnetBroadcast)
        {
            _counters.Drop(DropReason.BadIpSource);
            return;
        }

        if ((flagsAndFragment & 0x3FFF) != 0)
        {
            _counters.Drop(DropReason.IpFragment);
            return;
        }

        int protocol = w4 & 0xFF;
        if (protocol == Ipv4Header.ProtocolTcp)
        {
            // RFC 9293 §3.9.2.3 MUST-57: nothing about TCP is ever addressed to more than one host.
            if (broadcast || linkBroadcast)
            {
                _counters.Drop(DropReason.TcpNotUnicast);
                return;
            }

            Tcp.Input(b, h + headerLength, totalLength - headerLength, source);
        }
        else if (protocol == Ipv4Header.ProtocolIcmp)
        {
            _icmp.Input(b, h, headerLength, totalLength, (uint)source, broadcast || linkBroadcast);
        }
        else
        {
            _counters.Drop(DropReason.UnknownProtocol);
        }
    }

    /// <summary>
    /// The neighbour a datagram is handed to (RFC 1122 §3.3.1.1).
    /// </summary>
    /// <returns>The destination itself on our network, else the gateway; 0 when there is none.</returns>
    internal uint NextHop(uint destination)
    {
        return _net.IsOnLink(destination) ? destination : _net.Gateway;
    }

    /// <summary>
    /// Sends a datagram whose payload already stands at its place in the device's transmit buffer
    /// (<see cref="PayloadOffset"/>). Used for everything but the segments of open connections, which carry a header template.
    /// </summary>
    /// <param name="destination">A unicast address.</param>
    /// <param name="protocol">IP protocol number.</param>
    /// <param name="payloadLength">Bytes of payload.</param>
    /// <param name="resolved">The result of <see cref="ArpTable.Resolve"/> for the next hop, made before the payload was composed.</param>
    /// <param name="hardwareAddress">The next hop's address if resolved.</param>
    /// <returns>False when the frame could neither be sent nor held.</returns>
    internal bool Send(uint destination, int protocol, int payloadLength, bool resolved, byte[] hardwareAddress)
    {
        byte[] b = _net.Device.TxBuffer;
        int o = _net.Device.TxOffset;
        WriteHeaders(b, o, destination, protocol, hardwareAddress);
        int h = o + EthernetHeader.Length;
        int totalLength = Ipv4Header.MinLength + payloadLength;
        BigEndian.WriteUInt16(b, h + Ipv4Header.TotalLength, totalLength);

        // RFC 6864 §4.1: the identification matters only where a router may fragment; ICMP echo replies may be.
        _identification++;
        BigEndian.WriteUInt16(b, h + Ipv4Header.Identification, _identification);
        BigEndian.WriteUInt16(b, h + Ipv4Header.HeaderChecksum, Checksum.Finish(Checksum.Sum(b, h, Ipv4Header.MinLength)));
        int length = EthernetHeader.Length + totalLength;
        if (!resolved)
        {
            _net.Arp.Hold(NextHop(destination), b, o, length);
            return true;
        }

        return _net.SendFrame(length);
    }

    /// <summary>Where a datagram's payload starts in the device's transmit buffer.</summary>
    internal int PayloadOffset
    {
        get { return _net.Device.TxOffset + EthernetHeader.Length + Ipv4Header.MinLength; }
    }

    /// <summary>Ethernet and IPv4 header of a datagram of ours, with total length, identification and checksum left zero.</summary>
    internal void WriteHeaders(byte[] b, int o, uint destination, int protocol, byte[] hardwareAddress)
    {
        Array.Copy(hardwareAddress, 0, b, o, 6);
        Array.Copy(_net.MacAddress, 0, b, o + EthernetHeader.Source, 6);
        BigEndian.WriteUInt16(b, o + EthernetHeader.Type, EthernetHeader.TypeIpv4);
        int h = o + EthernetHeader.Length;
        b[h + Ipv4Header.VersionAndLength] = Ipv4Header.VersionAndMinLength;
        b[h + Ipv4Header.TypeOfService] = 0;
        BigEndian.WriteInt32(b, h + Ipv4Header.TotalLength, 0);
        b[h + Ipv4Header.FlagsAndFragment] = protocol == Ipv4Header.ProtocolTcp ? (byte)Ipv4Header.DontFragment : (byte)0;
        b[h + Ipv4Header.FlagsAndFragment + 1] = 0;
        b[h + Ipv4Header.TimeToLive] = Ipv4Header.DefaultTimeToLive;
        b[h + Ipv4Header.Protocol] = (byte)protocol;
        BigEndian.WriteUInt16(b, h + Ipv4Header.HeaderChecksum, 0);
        BigEndian.WriteInt32(b, h + Ipv4Header.Source, (int)_net.Address);
        BigEndian.WriteInt32(b, h + Ipv4Header.Destination, (int)destination);
    }
}
