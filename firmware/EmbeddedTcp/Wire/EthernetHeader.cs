namespace EmbeddedTcp.Wire;

/// <summary>Layout of an Ethernet II frame (RFC 894): offsets from the frame's first byte.</summary>
public static class EthernetHeader
{
    /// <summary>Destination address, six bytes.</summary>
    public const int Destination = 0;

    /// <summary>Source address, six bytes.</summary>
    public const int Source = 6;

    /// <summary>EtherType, two bytes.</summary>
    public const int Type = 12;

    /// <summary>Bytes before the payload.</summary>
    public const int Length = 14;

    /// <summary>EtherType of IPv4.</summary>
    public const int TypeIpv4 = 0x0800;

    /// <summary>EtherType of ARP.</summary>
    public const int TypeArp = 0x0806;
}
