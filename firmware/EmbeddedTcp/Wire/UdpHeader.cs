namespace EmbeddedTcp.Wire;

/// <summary>Layout of a UDP header (RFC 768): offsets from its first byte.</summary>
public static class UdpHeader
{
    /// <summary>Source port, two bytes; 0 when no reply is wanted.</summary>
    public const int SourcePort = 0;

    /// <summary>Destination port, two bytes.</summary>
    public const int DestinationPort = 2;

    /// <summary>Length of header and data in bytes, two bytes; at least 8.</summary>
    public const int DatagramLength = 4;

    /// <summary>Checksum over pseudo header, header and data, two bytes; 0 when the sender made none.</summary>
    public const int Checksum = 6;

    /// <summary>Bytes before the data.</summary>
    public const int Length = 8;
}
