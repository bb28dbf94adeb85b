namespace EmbeddedTcp.Wire;

/// <summary>Layout of a TCP header (RFC 9293 §3.1): offsets from its first byte.</summary>
public static class TcpHeader
{
    /// <summary>Source port, two bytes.</summary>
    public const int SourcePort = 0;

    /// <summary>Destination port, two bytes.</summary>
    public const int DestinationPort = 2;

    /// <summary>Sequence number, four bytes.</summary>
    public const int Sequence = 4;

    /// <summary>Acknowledgment number, four bytes.</summary>
    public const int Acknowledgment = 8;

    /// <summary>Header length in 32-bit words in the high four bits.</summary>
    public const int DataOffset = 12;

    /// <summary>The eight control bits.</summary>
    public const int Flags = 13;

    /// <summary>Window, two bytes.</summary>
    public const int Window = 14;

    /// <summary>Checksum over pseudo header, header and data, two bytes.</summary>
    public const int Checksum = 16;

    /// <summary>Urgent pointer, two bytes.</summary>
    public const int UrgentPointer = 18;

    /// <summary>Length without options.</summary>
    public const int MinLength = 20;

    /// <summary>Option kind: end of option list.</summary>
    public const int OptionEnd = 0;

    /// <summary>Option kind: no operation.</summary>
    public const int OptionNoOperation = 1;

    /// <summary>Option kind: maximum segment size, four bytes in all.</summary>
    public const int OptionMaximumSegmentSize = 2;

    /// <summary>Bytes of the maximum segment size option.</summary>
    public const int MaximumSegmentSizeLength = 4;
}
