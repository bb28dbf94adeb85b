namespace EmbeddedTcp.Diagnostics;

/// <summary>Names of the reasons, for people.</summary>
public static class DropReasonName
{
    private static readonly string[] Names = new string[]
    {
        "frame too short",
        "frame for another station",
        "unknown EtherType",
        "bad ARP packet",
        "ARP queue full",
        "ARP unresolved",
        "no route",
        "bad IP header",
        "bad IP checksum",
        "IP fragment",
        "bad IP source",
        "datagram for another host",
        "unknown IP protocol",
        "unknown ICMP message",
        "bad ICMP checksum",
        "ICMP error not in flight",
        "bad TCP header",
        "bad TCP checksum",
        "TCP not unicast",
        "no such connection",
        "out of window",
        "bad acknowledgment",
        "RST ignored",
        "SYN in window",
        "no ACK flag",
        "unexpected segment",
        "challenge ACK throttled",
        "SYN table full",
        "backlog full",
        "no slot",
        "reassembly full",
        "data after close",
        "old timestamp",
        "missing timestamp",
        "device busy",
        "bad UDP header",
        "bad UDP checksum",
        "no such UDP socket",
        "UDP queue full",
        "ICMP error throttled",
        "fragments overlap",
        "fragment repeated",
        "fragment too long",
        "no room for fragments",
        "fragments timed out",
    };

    /// <summary>The reason in a few words.</summary>
    public static string Of(DropReason reason)
    {
        return Names[(int)reason];
    }
}
