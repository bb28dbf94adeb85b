namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>
/// A second opinion on the formats: composes and takes apart frames byte by byte from the RFCs' figures, sharing no code with the engine.
/// </summary>
public static class Frames
{
    /// <summary>RFC 1071 by the book: 16-bit words, one after the other, carries folded at once.</summary>
    public static int InternetChecksum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? bytes[i] << 8 : bytes[i];
            if (sum > 0xFFFF)
            {
                sum -= 0xFFFF;
            }
        }

        return ~sum & 0xFFFF;
    }

    public static byte[] Ethernet(byte[] destination, byte[] source, int type, byte[] payload)
        => [.. destination, .. source, (byte)(type >> 8), (byte)type, .. payload];

    /// <summary>An IPv4 datagram (RFC 791 §3.1) with a correct header checksum.</summary>
    public static byte[] Ipv4(uint source, uint destination, int protocol, byte[] payload, byte[]? options = null, int service = 0)
    {
        options ??= [];
        int headerLength = 20 + options.Length;
        int total = headerLength + payload.Length;
        byte[] b =
        [
            (byte)(0x40 | headerLength / 4), (byte)service, (byte)(total >> 8), (byte)total, 0x12, 0x34, 0x40, 0, 57, (byte)protocol, 0, 0,
            .. Octets(source), .. Octets(destination), .. options, .. payload,
        ];
        FixIpv4Checksum(b, 0);
        return b;
    }

    /// <summary>Recomputes the header checksum of a datagram that was tampered with.</summary>
    public static void FixIpv4Checksum(byte[] b, int header)
    {
        b[header + 10] = 0;
        b[header + 11] = 0;
        int sum = InternetChecksum(b.AsSpan(header, (b[header] & 15) * 4));
        b[header + 10] = (byte)(sum >> 8);
        b[header + 11] = (byte)sum;
    }

    /// <summary>A TCP segment (RFC 9293 §3.1) with a correct checksum.</summary>
    public static byte[] Tcp(uint source, uint destination, int sourcePort, int destinationPort, Segment s, int window)
    {
        byte[] options = s.Options ?? TcpOptions.Compose(s);
        int words = 5 + (options.Length + 3) / 4;
        byte[] b =
        [
            (byte)(sourcePort >> 8), (byte)sourcePort, (byte)(destinationPort >> 8), (byte)destinationPort,
            .. Octets(s.Seq), .. Octets(s.Ack), (byte)(words << 4), (byte)s.Flags, (byte)(window >> 8), (byte)window, 0, 0,
            (byte)(s.UrgentPointer >> 8), (byte)s.UrgentPointer, .. options, .. new byte[(words - 5) * 4 - options.Length], .. s.Text ?? [],
        ];
        int sum = TcpChecksum(source, destination, b);
        b[16] = (byte)(sum >> 8);
        b[17] = (byte)sum;
        return b;
    }

    public static int TcpChecksum(uint source, uint destination, ReadOnlySpan<byte> segment)
        => InternetChecksum([.. Octets(source), .. Octets(destination), 0, 6, (byte)(segment.Length >> 8), (byte)segment.Length, .. segment]);

    /// <summary>A UDP datagram (RFC 768) with a correct checksum.</summary>
    public static byte[] Udp(uint source, uint destination, int sourcePort, int destinationPort, byte[] data)
    {
        int length = 8 + data.Length;
        byte[] b =
        [
            (byte)(sourcePort >> 8), (byte)sourcePort, (byte)(destinationPort >> 8), (byte)destinationPort,
            (byte)(length >> 8), (byte)length, 0, 0, .. data,
        ];
        int sum = UdpChecksum(source, destination, b);
        sum = sum == 0 ? 0xFFFF : sum;
        b[6] = (byte)(sum >> 8);
        b[7] = (byte)sum;
        return b;
    }

    public static int UdpChecksum(uint source, uint destination, ReadOnlySpan<byte> datagram)
        => InternetChecksum([.. Octets(source), .. Octets(destination), 0, 17, (byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram]);

    /// <summary>Verifies a UDP datagram that the engine sent and returns its data.</summary>
    public static byte[] CheckedUdp(byte[] b, uint source, uint destination, out int sourcePort, out int destinationPort)
    {
        Assert.IsTrue(b.Length >= 8, "datagram shorter than its header");
        Assert.AreEqual(b.Length, UInt16(b, 4), "UDP length");
        Assert.AreNotEqual(0, UInt16(b, 6), "RFC 1122 §4.1.3.4: checksums are always made");
        Assert.AreEqual(0, UdpChecksum(source, destination, b), "UDP checksum");
        sourcePort = UInt16(b, 0);
        destinationPort = UInt16(b, 2);
        return b[8..];
    }

    /// <summary>An ICMP message (RFC 792) with a correct checksum.</summary>
    public static byte[] Icmp(int type, int code, uint rest, byte[] data)
    {
        byte[] b = [(byte)type, (byte)code, 0, 0, .. Octets(rest), .. data];
        int sum = InternetChecksum(b);
        b[2] = (byte)(sum >> 8);
        b[3] = (byte)sum;
        return b;
    }

    public static byte[] Arp(int operation, byte[] senderMac, uint sender, byte[] targetMac, uint target)
        => [0, 1, 8, 0, 6, 4, 0, (byte)operation, .. senderMac, .. Octets(sender), .. targetMac, .. Octets(target)];

    public static byte[] Octets(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static uint UInt32(ReadOnlySpan<byte> b, int at) => ((uint)b[at] << 24) | ((uint)b[at + 1] << 16) | ((uint)b[at + 2] << 8) | b[at + 3];

    public static int UInt16(ReadOnlySpan<byte> b, int at) => (b[at] << 8) | b[at + 1];

    /// <summary>Verifies an IPv4 frame that the engine sent and returns its payload.</summary>
    /// <remarks>The ECN bits of a datagram with TCP may be ECT(0); whether they may be so now is for <see cref="Negotiation"/> to say.</remarks>
    public static byte[] CheckedIpv4(byte[] frame, byte[] ownMac, uint own, out uint destination, out int protocol, int dscp = 0, int ttl = 64)
    {
        Assert.IsTrue(frame.Length is >= 34 and <= 1514, $"frame of {frame.Length} bytes");
        CollectionAssert.AreEqual(ownMac, frame[6..12], "Ethernet source");
        bool toMany = frame[30] is >= 224 and < 240 || frame[33] == 255;
        Assert.AreEqual(toMany ? 1 : 0, frame[0] & 1, "a datagram to one host goes to one station, a datagram to many to a group address");
        byte[] ip = frame[14..];
        Assert.AreEqual(0x45, ip[0], "version and header length");
        Assert.AreEqual(dscp, ip[1] >> 2, "differentiated services");
        Assert.IsTrue((ip[1] & 3) == 0 || ((ip[1] & 3) == 2 && ip[9] == 6), "ECN codepoint");
        Assert.AreEqual(ip.Length, UInt16(ip, 2), "total length");
        Assert.AreEqual(0, InternetChecksum(ip.AsSpan(0, 20)), "IP header checksum");
        Assert.AreEqual(0, UInt16(ip, 6) & 0xBFFF, "fragment field");
        Assert.IsTrue(ip[8] == ttl || (ip[9] == 17 && ip[8] != 0), "time to live");
        Assert.AreEqual(own, UInt32(ip, 12), "source address");
        destination = UInt32(ip, 16);
        protocol = ip[9];
        return ip[20..];
    }

    /// <summary>Verifies a TCP segment that the engine sent and returns what it says.</summary>
    public static Segment CheckedTcp(byte[] b, uint source, uint destination, out int sourcePort, out int destinationPort)
    {
        Assert.IsTrue(b.Length >= 20, "segment shorter than its header");
        Assert.AreEqual(0, TcpChecksum(source, destination, b), "TCP checksum");
        int headerLength = (b[12] >> 4) * 4;
        Assert.IsTrue(headerLength >= 20 && headerLength <= b.Length, "data offset");
        Assert.AreEqual(0, b[12] & 15, "reserved bits (RFC 9293 §3.1: must be zero)");
        int flags = b[13];
        if ((flags & TcpFlags.Urg) == 0)
        {
            Assert.AreEqual(0, UInt16(b, 18), "urgent pointer without URG");
        }

        if ((flags & TcpFlags.Ack) == 0)
        {
            Assert.AreEqual(0u, UInt32(b, 8), "acknowledgment field without ACK");
            Assert.IsTrue((flags & (TcpFlags.Syn | TcpFlags.Rst)) != 0, "RFC 9293 §3.10.7.4: only SYN and RST go without ACK");
        }

        sourcePort = UInt16(b, 0);
        destinationPort = UInt16(b, 2);
        var s = new Segment(flags, UInt32(b, 4), UInt32(b, 8))
        {
            Text = b[headerLength..],
            Window = UInt16(b, 14),
            UrgentPointer = UInt16(b, 18),
            Options = headerLength > 20 ? b[20..headerLength] : null,
        };
        return TcpOptions.Checked(s, b.AsSpan(20..headerLength));
    }
}
