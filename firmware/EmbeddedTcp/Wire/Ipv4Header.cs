namespace EmbeddedTcp.Wire;

/// <summary>Layout of an IPv4 header (RFC 791 §3.1): offsets from its first byte.</summary>
public static class Ipv4Header
{
    /// <summary>Version in the high four bits, header length in 32-bit words in the low four.</summary>
    public const int VersionAndLength = 0;

    /// <summary>Type of service: DSCP and ECN, one byte.</summary>
    public const int TypeOfService = 1;

    /// <summary>Total length of header and data in bytes, two bytes.</summary>
    public const int TotalLength = 2;

    /// <summary>Identification, two bytes.</summary>
    public const int Identification = 4;

    /// <summary>Three flag bits and the fragment offset in units of eight bytes, two bytes.</summary>
    public const int FlagsAndFragment = 6;

    /// <summary>Time to live, one byte.</summary>
    public const int TimeToLive = 8;

    /// <summary>Protocol, one byte.</summary>
    public const int Protocol = 9;

    /// <summary>Header checksum, two bytes.</summary>
    public const int HeaderChecksum = 10;

    /// <summary>Source address, four bytes.</summary>
    public const int Source = 12;

    /// <summary>Destination address, four bytes.</summary>
    public const int Destination = 16;

    /// <summary>Length without options.</summary>
    public const int MinLength = 20;

    /// <summary>Version 4 and a header of five words.</summary>
    public const int VersionAndMinLength = 0x45;

    /// <summary>Flag in the high byte of <see cref="FlagsAndFragment"/>: do not fragment.</summary>
    public const int DontFragment = 0x40;

    /// <summary>The two ECN bits of <see cref="TypeOfService"/> (RFC 3168 §5).</summary>
    public const int EcnMask = 3;

    /// <summary>ECN codepoint ECT(0): the transport understands congestion marks.</summary>
    public const int EcnCapable = 2;

    /// <summary>ECN codepoint CE: a router on the way is congested.</summary>
    public const int EcnCongestionExperienced = 3;

    /// <summary>Time to live of what we send unless told otherwise (RFC 1700 recommends 64).</summary>
    public const int DefaultTimeToLive = 64;

    /// <summary>Option: end of the list.</summary>
    public const int OptionEnd = 0;

    /// <summary>Option: no operation, one byte.</summary>
    public const int OptionNoOperation = 1;

    /// <summary>Protocol number of ICMP.</summary>
    public const int ProtocolIcmp = 1;

    /// <summary>Protocol number of TCP.</summary>
    public const int ProtocolTcp = 6;

    /// <summary>Protocol number of UDP.</summary>
    public const int ProtocolUdp = 17;
}
