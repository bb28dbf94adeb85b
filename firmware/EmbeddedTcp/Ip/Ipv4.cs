using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>IPv4 in and out (RFC 791, RFC 1122 §3.2.1): header checks, the way to the next hop, and ICMP beside it.</summary>
internal sealed partial class Ipv4
{
    private readonly NetworkInterface _net;
    private readonly StackCounters _counters;
    private readonly Icmp _icmp;
    private readonly IcmpErrors _errors;
    private readonly Reassembler _reassembler;
    private int _address;
    private int _subnetBroadcast;
    private int _identification;

    internal Ipv4(NetworkInterface net)
    {
        _net = net;
        _counters = net.Counters;
        _icmp = new Icmp(net, this);
        if (net.Options.IcmpErrorsPerSecond > 0)
        {
            _errors = new IcmpErrors(net, this, net.Options.IcmpErrorsPerSecond);
        }

        if (net.Options.ReassemblyDatagrams > 0)
        {
            _reassembler = new Reassembler(net, this, net.Options);
        }

        AddressChanged();
    }

    /// <summary>Where a next hop's hardware address is put while a datagram is composed; six bytes.</summary>
    internal readonly byte[] HardwareAddress = new byte[6];

    /// <summary>Set once by the interface.</summary>
    internal TcpEngine Tcp;

    /// <summary>Set once by the interface; null without UDP.</summary>
    internal UdpEngine Udp;

    /// <summary>Who waits for echo replies; null for nobody.</summary>
    internal EchoClient FirstEcho;

    /// <summary>Handles a frame with EtherType IPv4.</summary>
    /// <param name="b">Holds the frame.</param>
    /// <param name="o">The frame's first byte.</param>
    /// <param name="length">The frame's length, at least an Ethernet header.</param>
    /// <param name="linkBroadcast">The frame came to a group address of Ethernet, such as the broadcast address.</param>
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
            broadcast = destination == -1 || destination == _subnetBroadcast || (Udp != null && Udp.IsMember((uint)destination));
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

        if (headerLength > Ipv4Header.MinLength && !OptionsAreSound(b, h, headerLength, totalLength, broadcast || linkBroadcast))
        {
            return;
        }

        if ((flagsAndFragment & 0x3FFF) != 0)
        {
            Fragment(b, h, headerLength, totalLength, broadcast || linkBroadcast);
            return;
        }

        // Nearly everything goes the short way.
        if ((w4 & 0xFF) == Ipv4Header.ProtocolTcp && !broadcast && !linkBroadcast
            && (w0 & Ipv4Header.EcnMask) != Ipv4Header.EcnCongestionExperienced)
        {
            Tcp.Input(b, h + headerLength, totalLength - headerLength, source);
        }
        else
        {
            Deliver(b, h, headerLength, totalLength, broadcast || linkBroadcast);
        }
    }

    /// <summary>Hands a whole datagram to its protocol.</summary>
    /// <param name="b">Holds it.</param>
    /// <param name="h">First byte of its header, which has been checked.</param>
    /// <param name="headerLength">Bytes of header.</param>
    /// <param name="totalLength">Bytes of header and data.</param>
    /// <param name="toMany">It was addressed to more hosts than us.</param>
    internal void Deliver(byte[] b, int h, int headerLength, int totalLength, bool toMany)
    {
        int protocol = b[h + Ipv4Header.Protocol];
        int source = BigEndian.ReadInt32(b, h + Ipv4Header.Source);
        if (protocol == Ipv4Header.ProtocolTcp)
        {
            // RFC 9293 §3.9.2.3 MUST-57: nothing about TCP is ever addressed to more than one host.
            if (toMany)
            {
                _counters.Drop(DropReason.TcpNotUnicast);
                return;
            }

            // RFC 3168 §5: the mark is for the transport protocol.
            Tcp.CongestionExperienced = (b[h + Ipv4Header.TypeOfService] & Ipv4Header.EcnMask) == Ipv4Header.EcnCongestionExperienced;
            Tcp.Input(b, h + headerLength, totalLength - headerLength, source);
            Tcp.CongestionExperienced = false;
        }
        else if (protocol == Ipv4Header.ProtocolIcmp)
        {
            _icmp.Input(b, h, headerLength, totalLength, (uint)source, toMany);
        }
        else if (protocol == Ipv4Header.ProtocolUdp && Udp != null)
        {
            Udp.Input(b, h, headerLength, totalLength, (uint)source, toMany);
        }
        else
        {
            _counters.Drop(DropReason.UnknownProtocol);
            Error(IcmpHeader.DestinationUnreachable, IcmpHeader.CodeProtocolUnreachable, 0, b, h, totalLength, toMany);
        }
    }

    /// <summary>Fires what is due.</summary>
    /// <returns>Milliseconds until this is to be called again, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        return _reassembler == null ? NetworkInterface.Never : _reassembler.Tick();
    }

    /// <summary>Answers a datagram with an ICMP error, if such errors are sent at all; see <see cref="IcmpErrors.Send"/>.</summary>
    internal void Error(int type, int code, int pointer, byte[] b, int h, int totalLength, bool toMany)
    {
        if (_errors != null)
        {
            _errors.Send(type, code, pointer, b, h, totalLength, toMany);
        }
    }

    private void Fragment(byte[] b, int h, int headerLength, int totalLength, bool toMany)
    {
        if (_reassembler == null)
        {
            _counters.Drop(DropReason.IpFragment);
        }
        else
        {
            _reassembler.Input(b, h, headerLength, totalLength, toMany);
        }
    }

    // RFC 1122 §3.2.1.8: what we do not know is skipped by its length, so the length must be one (§3.2.2.5: or the sender is told).
    private bool OptionsAreSound(byte[] b, int h, int headerLength, int totalLength, bool toMany)
    {
        int at = Ipv4Header.MinLength;
        while (at < headerLength && b[h + at] != Ipv4Header.OptionEnd)
        {
            if (b[h + at] == Ipv4Header.OptionNoOperation)
            {
                at++;
                continue;
            }

            int length = at + 1 < headerLength ? b[h + at + 1] : 0;
            if (length < 2 || at + length > headerLength)
            {
                _counters.Drop(DropReason.BadIpHeader);
                Error(IcmpHeader.ParameterProblem, 0, at + 1 < headerLength ? at + 1 : at, b, h, totalLength, toMany);
                return false;
            }

            at += length;
        }

        return true;
    }
}
