using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>What <see cref="TcpEngine.ShortWay"/> compares a received frame with.</content>
public sealed partial class TcpConnection
{
    /// <summary>
    /// True while everything that header prediction asks of the connection itself, and not of a segment, is known to hold, and no
    /// retransmission or probe is being counted. Set when a segment that went the long way was a predicted one; cleared by any other that
    /// goes there, by every timer and change of state, and by what the application asks for besides reading and writing.
    /// </summary>
    internal bool Straight;

    // The peer's address, and our address with the peer's port and ours, as they stand in a received frame and are read from it
    // little-endian. Their part of a segment's checksum is TemplateTcpSum, in either direction.
    internal int WireSource;
    internal ulong WireAddresses;

    /// <summary>The header template is prepared: what is the other way round in a received frame is taken from it.</summary>
    internal void PrepareShortWay()
    {
        const int Ip = EthernetHeader.Length;
        const int Tcp = Ip + Ipv4Header.MinLength;
        byte[] t = Template;
        WireSource = BitConverter.ToInt32(t, Ip + Ipv4Header.Destination);
        WireAddresses = BitConverter.ToUInt32(t, Ip + Ipv4Header.Source)
            | ((ulong)BitConverter.ToUInt16(t, Tcp + TcpHeader.DestinationPort) << 32)
            | ((ulong)BitConverter.ToUInt16(t, Tcp + TcpHeader.SourcePort) << 48);
    }

    /// <summary>
    /// A segment that took the long way was predicted: the next one may take the short one, if nothing is being counted and segments without
    /// options say all there is to say.
    /// </summary>
    internal void StraightFrom()
    {
        Straight = Engine.ShortWayOpen && (Features & ~(TcpFeatures.Sack | TcpFeatures.WindowScale)) == 0
            && Retransmits == 0 && WindowProbes == 0 && ProbesSent == 0;
    }
}
