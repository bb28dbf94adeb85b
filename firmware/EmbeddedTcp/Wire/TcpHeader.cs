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

    /// <summary>The largest window that the field holds.</summary>
    public const int MaxWindow = 65535;

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

    /// <summary>Option kind: window scale (RFC 7323 §2.2).</summary>
    public const int OptionWindowScale = 3;

    /// <summary>Bytes of the window scale option.</summary>
    public const int WindowScaleLength = 3;

    /// <summary>The largest shift count (RFC 7323 §2.3).</summary>
    public const int MaxWindowScale = 14;

    /// <summary>Option kind: SACK-permitted (RFC 2018 §2).</summary>
    public const int OptionSackPermitted = 4;

    /// <summary>Bytes of the SACK-permitted option.</summary>
    public const int SackPermittedLength = 2;

    /// <summary>Option kind: SACK (RFC 2018 §3).</summary>
    public const int OptionSack = 5;

    /// <summary>Bytes of one block of the SACK option.</summary>
    public const int SackBlockLength = 8;

    /// <summary>Option kind: timestamps (RFC 7323 §3.2).</summary>
    public const int OptionTimestamps = 8;

    /// <summary>Bytes of the timestamps option.</summary>
    public const int TimestampsLength = 10;

    /// <summary>Bytes the timestamps option takes with the two no-operations before it that align it (RFC 7323 Appendix A).</summary>
    public const int AlignedTimestampsLength = 12;

    /// <summary>Most bytes of options that a header has room for.</summary>
    public const int MaxOptionsLength = 40;
}
