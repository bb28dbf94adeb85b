using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Services.Dhcp;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>What a client sent, taken apart by RFC 2131 §2 without the client's code.</summary>
public sealed record DhcpAsked(int Type, uint Transaction, uint ClientAddress, bool Broadcast, byte[] Hardware, Dictionary<int, byte[]> Options, uint To, long AtMs, int Seconds)
{
    public uint Word(int code) => Options.TryGetValue(code, out byte[]? value) ? Frames.UInt32(value, 0) : 0;
}

/// <summary>A client on an interface without an address, and a test that plays its servers.</summary>
public sealed class DhcpServer
{
    public const uint Server = 0x0A0000FD;
    public const uint Offered = 0x0A000042;
    public const int Discover = 1;
    public const int Offer = 2;
    public const int Request = 3;
    public const int Decline = 4;
    public const int Acknowledge = 5;
    public const int Nak = 6;
    public const int Release = 7;

    private static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];

    public DhcpServer(bool guarded = false)
    {
        T = new Dialogue(new StackOptions { UdpSockets = 2 });
        T.Net.Configure(0, 24, 0);
        Guard = guarded ? new AddressGuard(T.Net) : null;
        Client = new DhcpClient(T.Net, Guard);
    }

    public Dialogue T { get; }

    public AddressGuard? Guard { get; }

    public DhcpClient Client { get; }

    /// <summary>The last message of the client.</summary>
    public DhcpAsked? Last { get; private set; }

    public static byte[] Option(int code, params byte[] value) => [(byte)code, (byte)value.Length, .. value];

    public static byte[] Option(int code, uint value) => Option(code, Frames.Octets(value));

    /// <summary>The options of an ordinary acknowledgment.</summary>
    public static byte[] Lease(uint seconds, uint server = Server)
        => [.. Option(54, server), .. Option(51, seconds), .. Option(1, 0xFFFFFF00), .. Option(3, Dialogue.Gateway), .. Option(6, [.. Frames.Octets(Server), .. Frames.Octets(0x08080808)])];

    /// <summary>A reply from a server, in full.</summary>
    public static byte[] Message(uint transaction, int type, uint address, byte[] options, byte[]? mac = null, byte[]? serverName = null, byte[]? file = null)
    {
        byte[] head = [2, 1, 6, 0, .. Frames.Octets(transaction), 0, 0, 0x80, 0, .. new byte[4], .. Frames.Octets(address), .. new byte[8]];
        byte[] Padded(byte[]? bytes, int length) => [.. bytes ?? [], .. new byte[length - (bytes?.Length ?? 0)]];
        byte[] typed = type == 0 ? [] : Option(53, (byte)type);
        return
        [
            .. head, .. Padded(mac ?? Dialogue.OwnMac, 16), .. Padded(serverName, 64), .. Padded(file, 128), 0x63, 0x82, 0x53, 0x63, .. typed, .. options, 255,
        ];
    }

    /// <summary>A datagram of a server arrives.</summary>
    public void Sends(byte[] message, uint from = Server, int port = 67, uint to = 0xFFFFFFFF)
    {
        byte[] udp = Frames.Udp(from, to, port, 68, message);
        T.Receives(Frames.Ethernet(to == 0xFFFFFFFF ? Everyone : Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(from, to, 17, udp)));
    }

    public void Answers(int type, uint address, byte[] options, uint from = Server) => Sends(Message(Last!.Transaction, type, address, options), from);

    /// <summary>All the client said since the last call.</summary>
    public List<DhcpAsked> Heard()
    {
        T.Poll();
        var all = new List<DhcpAsked>();
        int count = T.OtherFrames.Count;
        for (int i = 0; i < count; i++)
        {
            byte[] frame = T.OtherFrames.Dequeue();
            if (Frames.UInt16(frame, 12) == 0x0800 && frame[23] == 17)
            {
                Last = Parse(frame, T.NowMs);
                all.Add(Last);
            }
            else
            {
                // ARP requests for the server are answered.
                if (Frames.UInt16(frame, 12) == 0x0806 && Frames.UInt32(frame, 38) == Server)
                {
                    T.Device.Incoming.Enqueue(Frames.Ethernet(
                        Dialogue.OwnMac, Dialogue.PeerMac, 0x0806, Frames.Arp(2, Dialogue.PeerMac, Server, Dialogue.OwnMac, T.Net.Address)));
                }
            }
        }

        return all;
    }

    /// <summary>Time passes until the client says something.</summary>
    public DhcpAsked Hears(int type, int limit = 120_000)
    {
        long end = T.NowMs + limit;
        while (T.NowMs < end)
        {
            List<DhcpAsked> heard = Heard();
            if (heard.Count > 0)
            {
                Assert.HasCount(1, heard);
                Assert.AreEqual(type, heard[0].Type);
                return heard[0];
            }

            T.Wait(20);
        }

        throw new AssertFailedException($"no message {type} within {limit} ms");
    }

    /// <summary>From nothing to a lease.</summary>
    public void Binds(uint seconds = 3600)
    {
        Assert.IsTrue(Client.Start());
        Hears(Discover);
        Answers(Offer, Offered, Lease(seconds));
        Hears(Request);
        Answers(Acknowledge, Offered, Lease(seconds));
        if (Guard != null)
        {
            T.Wait(8000);
        }

        T.OtherFrames.Clear();
        Assert.AreEqual((DhcpState.Bound, Offered), (Client.State, T.Net.Address));
    }

    private static DhcpAsked Parse(byte[] frame, long at)
    {
        uint source = Frames.UInt32(frame, 26);
        byte[] udp = Frames.CheckedIpv4(frame, Dialogue.OwnMac, source, out uint to, out _);
        byte[] m = Frames.CheckedUdp(udp, source, to, out int from, out int port);
        Assert.AreEqual((68, 67), (from, port));
        Assert.IsTrue(m.Length >= 300, "RFC 1542 §2.1");
        CollectionAssert.AreEqual(new byte[] { 1, 1, 6, 0 }, m[..4]);
        CollectionAssert.AreEqual(new byte[] { 0x63, 0x82, 0x53, 0x63 }, m[236..240]);
        CollectionAssert.AreEqual(new byte[8], m[16..24], "yiaddr and siaddr");
        CollectionAssert.AreEqual(new byte[202], m[34..236], "padding, sname and file");
        var options = new Dictionary<int, byte[]>();
        int o = 240;
        while (m[o] != 255)
        {
            options.Add(m[o], m[(o + 2)..(o + 2 + m[o + 1])]);
            o += 2 + m[o + 1];
        }

        uint client = Frames.UInt32(m, 12);
        Assert.AreEqual(source == 0 ? 0 : client, client, "ciaddr without an address");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 0, 0, 0, 0, 2 }, options[61]);
        return new DhcpAsked(options[53][0], Frames.UInt32(m, 4), client, (m[10] & 0x80) != 0, m[28..34], options, to, at, Frames.UInt16(m, 8));
    }
}
