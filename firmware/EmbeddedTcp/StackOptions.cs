namespace EmbeddedTcp;

/// <summary>
/// Everything that is decided before the interface opens: addresses, sizes and time limits. All memory follows from it,
/// is allocated once, and never grows.
/// </summary>
/// <remarks>Fields, since a property takes a hundred bytes of the device's flash for its two methods and three names.</remarks>
public sealed class StackOptions
{
    /// <summary>Largest ring in bytes. Above 65,535 a receive ring needs <see cref="WindowScale"/> to be announced whole.</summary>
    public const int MaxBufferSize = 1048576;

    /// <summary>
    /// Options for rings of one size in both directions, with the TCP features that are worth their bytes for it: none below 16 KB, where
    /// no more than a few segments can be outstanding and NewReno with early retransmit does as well; selective acknowledgment from there on;
    /// window scale and timestamps too above 65,535 bytes, where RFC 7323 wants them together.
    /// </summary>
    /// <param name="bytes">Size of each ring, 512 to <see cref="MaxBufferSize"/>.</param>
    public static StackOptions WithBuffers(int bytes)
    {
        return new StackOptions
        {
            ReceiveBufferSize = bytes,
            SendBufferSize = bytes,
            SelectiveAcknowledgment = bytes >= 16384,
            Timestamps = bytes > 65535,
            WindowScale = bytes > 65535,
        };
    }

    /// <summary>The station's Ethernet address, six bytes in transmission order.</summary>
    public byte[] MacAddress = new byte[] { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01 };

    /// <summary>
    /// The interface's IPv4 address, most significant octet first (10.77.0.2 is 0x0A4D0002); 0 for none until
    /// <see cref="Link.NetworkInterface.Configure"/> gives one.
    /// </summary>
    public uint Address = 0x0A4D0002;

    /// <summary>Length of the network prefix in bits, 1 to 30.</summary>
    public int PrefixLength = 24;

    /// <summary>Default router, or 0 for none.</summary>
    public uint Gateway;

    /// <summary>Maximum transmission unit of the link in bytes, 576 to 1,500. The MSS we announce is this less 40.</summary>
    public int Mtu = 1500;

    /// <summary>Connection slots, 1 to 64. Half-open peers and TIME_WAIT take none of them.</summary>
    public int Connections = 4;

    /// <summary>Receive ring of each slot in bytes, 512 to <see cref="MaxBufferSize"/>; also the largest window we announce, up to 65,535 without <see cref="WindowScale"/>.</summary>
    public int ReceiveBufferSize = 4096;

    /// <summary>Send ring of each slot in bytes, 512 to <see cref="MaxBufferSize"/>. Bulk transfers want two full segments or more.</summary>
    public int SendBufferSize = 4096;

    /// <summary>Offers selective acknowledgment (RFC 2018, 2883, 6675). About 200 bytes a slot.</summary>
    public bool SelectiveAcknowledgment;

    /// <summary>Offers timestamps (RFC 7323 §3): protection against wrapped sequence numbers, round trips under loss, and detection of spurious timeouts (RFC 3522), for twelve bytes in every segment.</summary>
    public bool Timestamps;

    /// <summary>Offers window scale (RFC 7323 §2): windows above 65,535 bytes, in either direction.</summary>
    public bool WindowScale;

    /// <summary>Offers explicit congestion notification (RFC 3168).</summary>
    public bool ExplicitCongestionNotification;

    /// <summary>Answers SYNs that find the table of half-open peers full with cookies (RFC 4987 §3.6), which carry the MSS but no other option.</summary>
    public bool SynCookies = true;

    /// <summary>TTL of what we send, 1 to 255 (RFC 9293 §3.9.1.6, MUST-49).</summary>
    public int TimeToLive = Wire.Ipv4Header.DefaultTimeToLive;

    /// <summary>Ports that can be listened on at once, 1 to 64.</summary>
    public int Listeners = 8;

    /// <summary>Half-open connections remembered at once, 1 to 256 (SYN_RECEIVED after a passive open).</summary>
    public int SynTableSize = 16;

    /// <summary>Connections remembered in TIME_WAIT at once, 1 to 256. The oldest gives way.</summary>
    public int TimeWaitTableSize = 32;

    /// <summary>ARP cache entries, 2 to 256.</summary>
    public int ArpEntries = 8;

    /// <summary>Frames that wait for an ARP answer at once, 1 to 16; one for each unresolved target.</summary>
    public int ArpPendingFrames = 2;

    /// <summary>Frames taken from the device in one poll at most, 1 to 1,000, so that a flood cannot starve the timers.</summary>
    public int ReceiveBudget = 32;

    /// <summary>Maximum segment lifetime in milliseconds, 10 to 120,000. TIME_WAIT lasts twice this (RFC 9293 §3.3.2 gives 2 minutes; 30 s is what is used in practice).</summary>
    public int MaximumSegmentLifetime = 30000;

    /// <summary>Retransmission timeout before the first round-trip sample, in milliseconds (RFC 6298 2.1: 1 s).</summary>
    public int InitialRto = 1000;

    /// <summary>Floor of the retransmission timeout in milliseconds (RFC 6298 2.4: 1 s).</summary>
    public int MinimumRto = 1000;

    /// <summary>Ceiling of the retransmission timeout in milliseconds, at least 60,000 (RFC 6298 2.5).</summary>
    public int MaximumRto = 60000;

    /// <summary>R1 as a number of retransmissions after which the network layer is told, at least 3 (RFC 9293 §3.8.3, MUST-20).</summary>
    public int R1Retransmissions = 3;

    /// <summary>R2 for data, in milliseconds since the oldest unacknowledged octet was first retransmitted: then the connection ends (at least 100 s is asked, RFC 9293 §3.8.3 SHLD-11).</summary>
    public int R2Timeout = 100000;

    /// <summary>R2 for a SYN of ours, in milliseconds since it was first sent (RFC 9293 §3.8.3 MUST-23: at least 3 minutes).</summary>
    public int R2SynTimeout = 180000;

    /// <summary>How often a SYN,ACK is retransmitted before the half-open entry is forgotten, 1 to 10.</summary>
    public int SynAckRetransmissions = 5;

    /// <summary>Longest delay of an acknowledgement in milliseconds, below 500 (RFC 9293 §3.8.6.3, MUST-40).</summary>
    public int DelayedAck = 200;

    /// <summary>How long a connection that its application closed may wait in FIN_WAIT_2 for the peer's FIN, in milliseconds.</summary>
    public int FinWait2Timeout = 60000;

    /// <summary>How long a mute peer may answer no zero-window probe, in milliseconds, before the connection ends.</summary>
    public int PersistTimeout = 300000;

    /// <summary>How long a connection that its application closed may have unsent or unacknowledged data at a closed window, in milliseconds.</summary>
    public int OrphanTimeout = 120000;

    /// <summary>How long an established connection may wait to be accepted, in milliseconds, before it is reset: an application that has stopped accepting must not fill the slots.</summary>
    public int AcceptTimeout = 60000;

    /// <summary>Idle time before the first keep-alive probe, in milliseconds (RFC 9293 §3.8.4, MUST-28: no less than 2 h by default).</summary>
    public int KeepAliveIdle = 7200000;

    /// <summary>Time between keep-alive probes, in milliseconds.</summary>
    public int KeepAliveInterval = 75000;

    /// <summary>Unanswered keep-alive probes after which the connection ends.</summary>
    public int KeepAliveProbes = 10;

    /// <summary>UDP sockets, 0 to 64. With 0 there is no UDP and it takes no memory.</summary>
    public int UdpSockets;

    /// <summary>Datagrams that may wait in each UDP socket, 1 to 64.</summary>
    public int UdpQueueLength = 4;

    /// <summary>Bytes of all datagrams that may wait in each UDP socket together, 576 to 65,535.</summary>
    public int UdpReceiveBufferSize = 1536;

    /// <summary>Multicast groups that can be joined at once, 0 to 16.</summary>
    public int MulticastGroups;

    /// <summary>Fragmented datagrams that can be put together at once, 0 to 8. With 0 fragments are dropped and nothing is allocated.</summary>
    public int ReassemblyDatagrams { get; set; }

    /// <summary>Longest datagram that is put together, in bytes without its header, 576 to 65,515.</summary>
    public int ReassemblySize { get; set; } = 4096;

    /// <summary>ICMP errors sent in a second at most, 0 (none at all) to 1,000.</summary>
    public int IcmpErrorsPerSecond = 10;

    /// <summary>128 bits that an attacker cannot know, drawn anew at each boot: the key of the initial sequence numbers (RFC 9293 §3.4.1). Sixteen bytes.</summary>
    public byte[] BootSecret = new byte[16];
}
