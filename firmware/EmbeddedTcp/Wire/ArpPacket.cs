namespace EmbeddedTcp.Wire;

/// <summary>Layout of an ARP packet for IPv4 over Ethernet (RFC 826): offsets from the packet's first byte.</summary>
public static class ArpPacket
{
    /// <summary>Hardware type (ar$hrd), two bytes; 1 is Ethernet.</summary>
    public const int HardwareType = 0;

    /// <summary>Protocol type (ar$pro), two bytes; 0x0800 is IPv4.</summary>
    public const int ProtocolType = 2;

    /// <summary>Length of a hardware address (ar$hln), one byte; 6.</summary>
    public const int HardwareLength = 4;

    /// <summary>Length of a protocol address (ar$pln), one byte; 4.</summary>
    public const int ProtocolLength = 5;

    /// <summary>Operation (ar$op), two bytes.</summary>
    public const int Operation = 6;

    /// <summary>Sender's hardware address, six bytes.</summary>
    public const int SenderHardware = 8;

    /// <summary>Sender's protocol address, four bytes.</summary>
    public const int SenderProtocol = 14;

    /// <summary>Target's hardware address, six bytes.</summary>
    public const int TargetHardware = 18;

    /// <summary>Target's protocol address, four bytes.</summary>
    public const int TargetProtocol = 24;

    /// <summary>Length of the packet.</summary>
    public const int Length = 28;

    /// <summary>Operation: who has the target address?</summary>
    public const int Request = 1;

    /// <summary>Operation: the sender has it.</summary>
    public const int Reply = 2;
}
