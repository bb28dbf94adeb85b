using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <content>The way out: next hop, headers, and what is sent to more than one host.</content>
internal sealed partial class Ipv4
{
    // An address that no host has, so that nothing is ever for us while we have none.
    private const int NoAddress = unchecked((int)0xF0000000);

    /// <summary>Our address, as the interface has it now.</summary>
    internal void AddressChanged()
    {
        _address = _net.Address == 0 ? NoAddress : (int)_net.Address;
        _subnetBroadcast = (int)_net.SubnetBroadcast;
        if (_reassembler != null)
        {
            _reassembler.Clear();
        }
    }

    /// <summary>True for the Ethernet address of an IPv4 group (RFC 1112 §6.4), if there is anything that could have joined one.</summary>
    internal bool IsGroup(int high, int low)
    {
        return Udp != null && high == 0x0100 && (low & unchecked((int)0xFF800000)) == 0x5E000000;
    }

    /// <summary>Writes the Ethernet address of an IPv4 broadcast or group address.</summary>
    /// <returns>False for the address of a single host.</returns>
    internal bool ResolveMany(uint destination, byte[] hardwareAddress)
    {
        if (destination == Ipv4Address.Broadcast || destination == _net.SubnetBroadcast)
        {
            BigEndian.WriteUInt16(hardwareAddress, 0, 0xFFFF);
            BigEndian.WriteInt32(hardwareAddress, 2, -1);
            return true;
        }

        if (!Ipv4Address.IsMulticast(destination))
        {
            return false;
        }

        BigEndian.WriteUInt16(hardwareAddress, 0, 0x0100);
        BigEndian.WriteInt32(hardwareAddress, 2, (int)(0x5E000000 | (destination & 0x7FFFFF)));
        return true;
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
        return Send(destination, protocol, payloadLength, resolved, hardwareAddress, _net.Options.TimeToLive);
    }

    /// <summary>As the other one, with a time to live of the caller's choice, and to groups too.</summary>
    internal bool Send(uint destination, int protocol, int payloadLength, bool resolved, byte[] hardwareAddress, int timeToLive)
    {
        byte[] b = _net.Device.TxBuffer;
        int o = _net.Device.TxOffset;
        WriteHeaders(b, o, destination, protocol, hardwareAddress);
        int h = o + EthernetHeader.Length;
        b[h + Ipv4Header.TimeToLive] = (byte)timeToLive;
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
        b[h + Ipv4Header.TimeToLive] = (byte)_net.Options.TimeToLive;
        b[h + Ipv4Header.Protocol] = (byte)protocol;
        BigEndian.WriteUInt16(b, h + Ipv4Header.HeaderChecksum, 0);
        BigEndian.WriteInt32(b, h + Ipv4Header.Source, (int)_net.Address);
        BigEndian.WriteInt32(b, h + Ipv4Header.Destination, (int)destination);
    }
}
