namespace EmbeddedTcp.Diagnostics;

/// <summary>Why something was discarded. Nothing is dropped in silence: each reason has a counter in <see cref="StackCounters.Drops"/>.</summary>
public enum DropReason
{
    /// <summary>A frame shorter than its headers.</summary>
    FrameTooShort,

    /// <summary>A frame for another station.</summary>
    NotOurMac,

    /// <summary>An EtherType that is neither IPv4 nor ARP.</summary>
    UnknownEtherType,

    /// <summary>An ARP packet that is not IPv4 over Ethernet, or claims a group address.</summary>
    BadArp,

    /// <summary>No room to hold a frame until its target's hardware address is known.</summary>
    ArpQueueFull,

    /// <summary>A held frame that was replaced by a newer one, or whose target never answered.</summary>
    ArpUnresolved,

    /// <summary>The destination is on another network and there is no gateway.</summary>
    NoRoute,

    /// <summary>IP version other than 4, or header or total length out of range.</summary>
    BadIpHeader,

    /// <summary>The IP header checksum did not match.</summary>
    BadIpChecksum,

    /// <summary>A fragment of a datagram, while reassembly is off.</summary>
    IpFragment,

    /// <summary>A source address that no host may use (RFC 1122 §3.2.1.3), or our own.</summary>
    BadIpSource,

    /// <summary>A datagram for another host.</summary>
    NotOurAddress,

    /// <summary>An IP protocol without a handler.</summary>
    UnknownProtocol,

    /// <summary>An ICMP message that is too short or of a kind we do not handle.</summary>
    UnknownIcmp,

    /// <summary>The ICMP checksum did not match.</summary>
    BadIcmpChecksum,

    /// <summary>An ICMP error about a segment that is not in flight (RFC 5927 §4).</summary>
    IcmpNotInFlight,

    /// <summary>The TCP data offset lies outside the segment, or a port is zero.</summary>
    BadTcpHeader,

    /// <summary>The TCP checksum did not match.</summary>
    BadTcpChecksum,

    /// <summary>A segment to or from a broadcast or multicast address (RFC 9293 §3.9.2.3, MUST-57).</summary>
    TcpNotUnicast,

    /// <summary>A segment for a port without connection or listener.</summary>
    NoConnection,

    /// <summary>A segment outside the receive window (RFC 9293 §3.10.7.4, first check).</summary>
    OutOfWindow,

    /// <summary>An acknowledgment of something never sent, or older than any window (RFC 5961 §5.2).</summary>
    BadAcknowledgment,

    /// <summary>A RST that is not exactly at RCV.NXT (RFC 5961 §3.2), or for TIME_WAIT (RFC 1337).</summary>
    RstIgnored,

    /// <summary>A SYN in a synchronised state (RFC 5961 §4.2).</summary>
    SynInWindow,

    /// <summary>A segment without ACK in a state that requires one.</summary>
    NoAckFlag,

    /// <summary>A segment that no state has a use for.</summary>
    Unexpected,

    /// <summary>A challenge ACK was withheld by the throttle (RFC 5961 §7).</summary>
    ChallengeThrottled,

    /// <summary>A SYN found the half-open table full.</summary>
    SynTableFull,

    /// <summary>A handshake completed but the listener's backlog was full.</summary>
    BacklogFull,

    /// <summary>A handshake completed but no slot was free.</summary>
    NoSlot,

    /// <summary>Out-of-order data beyond the bounded number of ranges.</summary>
    ReassemblyFull,

    /// <summary>Data that arrived after the application closed.</summary>
    DataAfterClose,

    /// <summary>A segment with a timestamp older than TS.Recent (PAWS, RFC 7323 §5.3).</summary>
    OldTimestamp,

    /// <summary>A segment without the timestamp that was agreed on (RFC 7323 §3.2).</summary>
    MissingTimestamp,

    /// <summary>The device could not take a frame that is not sent again by itself.</summary>
    DeviceBusy,

    /// <summary>A UDP length that does not fit its datagram, or destination port 0.</summary>
    BadUdpHeader,

    /// <summary>The UDP checksum did not match.</summary>
    BadUdpChecksum,

    /// <summary>A UDP datagram for a port without socket, or from another peer than the socket is connected to.</summary>
    NoUdpSocket,

    /// <summary>The queue of a UDP socket had no room.</summary>
    UdpQueueFull,

    /// <summary>An ICMP error of ours was withheld by its rate limit (RFC 1812 §4.3.2.8).</summary>
    IcmpThrottled,

    /// <summary>A fragment that overlaps or contradicts another one; the datagram is given up.</summary>
    FragmentOverlap,

    /// <summary>A fragment that had come already.</summary>
    FragmentRepeated,

    /// <summary>A fragment of a datagram that is longer than the reassembly buffers; the datagram is given up.</summary>
    FragmentTooLong,

    /// <summary>A datagram in pieces gave way to a newer one.</summary>
    FragmentNoRoom,

    /// <summary>A datagram whose missing fragments did not come in time.</summary>
    FragmentTimedOut,

    /// <summary>The number of reasons, not a reason.</summary>
    Count,
}
