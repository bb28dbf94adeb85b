namespace EmbeddedTcp.Wire;

/// <summary>Layout of an ICMP message (RFC 792): offsets from its first byte.</summary>
public static class IcmpHeader
{
    /// <summary>Message type, one byte.</summary>
    public const int Type = 0;

    /// <summary>Code within the type, one byte.</summary>
    public const int Code = 1;

    /// <summary>Checksum over the whole message, two bytes.</summary>
    public const int Checksum = 2;

    /// <summary>The octet that was wrong, of a parameter problem; one byte.</summary>
    public const int Pointer = 4;

    /// <summary>Identifier of an echo, two bytes.</summary>
    public const int Identifier = 4;

    /// <summary>Sequence number of an echo, two bytes.</summary>
    public const int SequenceNumber = 6;

    /// <summary>Next-hop MTU of "fragmentation needed", two bytes (RFC 1191 §4).</summary>
    public const int NextHopMtu = 6;

    /// <summary>Bytes before the data, or before the quoted header of an error.</summary>
    public const int Length = 8;

    /// <summary>Type: echo reply.</summary>
    public const int EchoReply = 0;

    /// <summary>Type: destination unreachable.</summary>
    public const int DestinationUnreachable = 3;

    /// <summary>Type: echo request.</summary>
    public const int EchoRequest = 8;

    /// <summary>Type: time exceeded.</summary>
    public const int TimeExceeded = 11;

    /// <summary>Type: parameter problem.</summary>
    public const int ParameterProblem = 12;

    /// <summary>Code of destination unreachable: protocol.</summary>
    public const int CodeProtocolUnreachable = 2;

    /// <summary>Code of destination unreachable: port.</summary>
    public const int CodePortUnreachable = 3;

    /// <summary>Code of time exceeded: fragments were missing.</summary>
    public const int CodeReassembly = 1;

    /// <summary>Code of destination unreachable: fragmentation needed and DF set.</summary>
    public const int CodeFragmentationNeeded = 4;
}
