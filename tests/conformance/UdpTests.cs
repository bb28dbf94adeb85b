using EmbeddedTcp.Udp;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>UDP: RFC 768 and RFC 1122 §4.1, and the ICMP errors around it.</summary>
[TestClass]
public class UdpTests
{
    private const uint Group = 0xE00000FB;
    private static readonly byte[] GroupMac = [1, 0, 0x5E, 0, 0, 0xFB];
    private static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];

    private static Dialogue Start(Action<StackOptions>? change = null)
    {
        var options = new StackOptions { UdpSockets = 3, MulticastGroups = 1 };
        change?.Invoke(options);
        return new Dialogue(options);
    }

    private static UdpSocket Bound(Dialogue t, int port)
    {
        UdpSocket? s = t.Net.Udp.Bind(port);
        Assert.IsNotNull(s);
        return s;
    }

    private static byte[] Datagram(byte[] udp, uint? destination = null, byte[]? mac = null, uint? source = null)
        => Frames.Ethernet(
            mac ?? Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(source ?? Dialogue.Peer, destination ?? Dialogue.Own, 17, udp));

    private static byte[] From(int port, int to, byte[] data, uint? destination = null, uint? source = null)
        => Frames.Udp(source ?? Dialogue.Peer, destination ?? Dialogue.Own, port, to, data);

    private static (byte[] Data, uint Destination, int From, int To, byte[] Mac, int TimeToLive) Sent(Dialogue t)
    {
        t.Poll();
        byte[] frame = t.OtherFrames.Dequeue();
        byte[] udp = Frames.CheckedIpv4(frame, Dialogue.OwnMac, Dialogue.Own, out uint destination, out int protocol);
        Assert.AreEqual(17, protocol);
        byte[] data = Frames.CheckedUdp(udp, Dialogue.Own, destination, out int from, out int to);
        return (data, destination, from, to, frame[..6], frame[22]);
    }

    private static byte[] IcmpSent(Dialogue t)
    {
        byte[] icmp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, Dialogue.Own, out uint destination, out int protocol);
        Assert.AreEqual(1, protocol);
        Assert.AreEqual(Dialogue.Peer, destination);
        Assert.AreEqual(0, Frames.InternetChecksum(icmp), "ICMP checksum");
        return icmp;
    }

    private static byte[] Read(UdpSocket s)
    {
        byte[] buffer = new byte[2000];
        int n = s.ReceiveFrom(buffer, 7, 1900);
        Assert.IsTrue(n >= 0, "no datagram waits");
        return buffer[7..(7 + n)];
    }

    [TestMethod]   // RFC 768: what goes out has ports, length and a right checksum, for every length from nothing to the MTU
    public void Datagrams_go_out()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        Assert.AreEqual(1472, t.Net.Udp.MaximumPayload);
        foreach (int length in new[] { 0, 1, 2, 17, 18, 19, 511, 512, 1471, 1472 })
        {
            byte[] data = Pattern.Of((uint)length, length);
            Assert.IsTrue(s.SendTo(Dialogue.Peer, 69, data, 0, length));
            (byte[] sent, uint destination, int from, int to, byte[] mac, int timeToLive) = Sent(t);
            CollectionAssert.AreEqual(data, sent);
            Assert.AreEqual(Dialogue.Peer, destination);
            Assert.AreEqual((5000, 69, 64), (from, to, timeToLive));
            CollectionAssert.AreEqual(Dialogue.PeerMac, mac);
        }

        Assert.AreEqual(10, t.Net.Udp.DatagramsOut);
        Assert.ThrowsExactly<ArgumentException>(() => s.SendTo(Dialogue.Peer, 69, new byte[2000], 0, 1473));
        Assert.ThrowsExactly<ArgumentException>(() => s.SendTo(Dialogue.Peer, 69, new byte[10], 5, 6));
        Assert.ThrowsExactly<ArgumentException>(() => s.SendTo(Dialogue.Peer, 0, new byte[10], 0, 1));
        Assert.ThrowsExactly<ArgumentException>(() => s.SendTo(0, 69, new byte[10], 0, 1));
    }

    [TestMethod]   // RFC 768: a computed checksum of zero is sent as all ones
    public void Computed_zero_is_sent_as_all_ones()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);

        // Two octets that bring the sum to all ones, so that its complement is zero.
        byte[] probe = Frames.Udp(Dialogue.Own, Dialogue.Peer, 5000, 69, new byte[2]);
        byte[] data = probe[6..8];
        Assert.IsTrue(s.SendTo(Dialogue.Peer, 69, data, 0, 2));
        t.Poll();
        byte[] frame = t.OtherFrames.Dequeue();
        Assert.AreEqual(0xFFFF, Frames.UInt16(frame, 14 + 20 + 6));
    }

    [TestMethod]   // what comes in goes to its port's queue whole, in order, with sender and destination
    public void Datagrams_come_in()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        UdpSocket other = Bound(t, 5001);
        t.Receives(Datagram(From(9, 5000, Pattern.Of(1, 100))));
        t.Receives(Datagram(From(0, 5000, [])));
        t.Receives(Datagram(From(11, 5000, Pattern.Of(3, 1400))));
        Assert.AreEqual((3, 100), (s.Pending, s.Available));
        Assert.AreSame(s, t.Net.Udp.TakeReady());
        Assert.AreEqual(UdpEvents.Readable, s.TakeEvents());
        Assert.IsNull(t.Net.Udp.TakeReady());
        CollectionAssert.AreEqual(Pattern.Of(1, 100), Read(s));
        Assert.AreEqual((Dialogue.Peer, 9, Dialogue.Own, 100), (s.FromAddress, s.FromPort, s.FromDestination, s.FromLength));
        Assert.HasCount(0, Read(s));
        Assert.AreEqual(0, s.FromPort);
        Assert.AreEqual(10, s.ReceiveFrom(new byte[10], 0, 10));
        Assert.AreEqual(1400, s.FromLength);
        Assert.AreEqual(-1, s.ReceiveFrom(new byte[10], 0, 10));
        Assert.AreEqual(0, other.Pending);
        Assert.AreEqual(3, t.Net.Udp.DatagramsIn);
    }

    [TestMethod]   // the ring is full of short and long datagrams in turn, ten thousand times over its end, and no octet is out of place
    public void Queue_keeps_every_octet_in_place()
    {
        Dialogue t = Start(o => (o.UdpReceiveBufferSize, o.UdpQueueLength) = (1000, 5));
        UdpSocket s = Bound(t, 5000);
        var random = new Random(5);
        var expected = new Queue<byte[]>();
        int refused = 0;
        for (int i = 0; i < 10_000; i++)
        {
            byte[] data = Pattern.Of((uint)i * 7, random.Next(0, 400));
            t.Receives(Datagram(From(9, 5000, data)));
            if (expected.Count < 5 && expected.Sum(d => d.Length) + data.Length <= 1000)
            {
                expected.Enqueue(data);
            }
            else
            {
                refused++;
            }

            Assert.AreEqual(expected.Count, s.Pending);
            for (int reads = random.Next(0, 3); reads > 0 && expected.Count > 0; reads--)
            {
                CollectionAssert.AreEqual(expected.Dequeue(), Read(s));
            }
        }

        Assert.IsTrue(refused > 100, refused.ToString());
        Assert.AreEqual(refused, s.Overruns);
        Assert.AreEqual(refused, t.Drops(DropReason.UdpQueueFull));
    }

    [TestMethod]   // RFC 768: checksum 0 means none was made; a wrong one is dropped; padding of Ethernet or IP is no data
    public void Checksums_are_verified()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        byte[] none = From(9, 5000, [1, 2, 3]);
        (none[6], none[7]) = (0, 0);
        t.Receives(Datagram(none));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, Read(s));
        byte[] good = From(9, 5000, [1, 2, 3, 4, 5]);
        t.Receives(Datagram([.. good, 0xAA, 0xBB]));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5 }, Read(s));
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            t.Receives(Datagram(bad));
        }

        Assert.AreEqual(0, s.Pending);
        Assert.AreEqual(good.Length * 8, t.Drops(DropReason.BadUdpChecksum) + t.Drops(DropReason.BadUdpHeader));
        foreach (int length in new[] { 0, 7, 14 })
        {
            byte[] bad = [.. good];
            bad[5] = (byte)length;
            t.Receives(Datagram(bad));
        }

        t.Receives(Datagram(good[..7]));
        Assert.AreEqual(0, s.Pending);
    }

    [TestMethod]   // RFC 1122 §4.1.3.5, RFC 1112: broadcast and joined groups are received, others are not, and none is answered with an error
    public void Broadcast_and_groups_are_received()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        foreach (uint destination in new uint[] { 0xFFFFFFFF, 0x0A0000FF })
        {
            t.Receives(Datagram(From(9, 5000, [7], destination), destination, Everyone));
            CollectionAssert.AreEqual(new byte[] { 7 }, Read(s));
            Assert.AreEqual(destination, s.FromDestination);
            t.Receives(Datagram(From(9, 4999, [7], destination), destination, Everyone));
        }

        t.Receives(Datagram(From(9, 5000, [8], Group), Group, GroupMac));
        Assert.AreEqual(0, s.Pending);
        Assert.AreEqual(1, t.Drops(DropReason.NotOurAddress));
        t.Receives(Datagram(From(9, 5000, [8], Dialogue.Own), Dialogue.Own, Everyone));
        Assert.AreEqual(0, s.Pending, "RFC 1122 §3.3.6: to all of the link, but to us alone");
        Assert.IsTrue(t.Net.Udp.Join(Group));
        Assert.IsTrue(t.Net.Udp.Join(Group));
        Assert.IsFalse(t.Net.Udp.Join(Group + 1), "more groups than the options allow");
        t.Receives(Datagram(From(9, 5000, [8], Group), Group, GroupMac));
        CollectionAssert.AreEqual(new byte[] { 8 }, Read(s));
        t.Receives(Datagram(From(9, 4999, [8], Group), Group, GroupMac));
        t.Net.Udp.Leave(Group);
        t.Receives(Datagram(From(9, 5000, [8], Group), Group, GroupMac));
        Assert.AreEqual(0, s.Pending);
        Assert.AreEqual(4, t.Drops(DropReason.NoUdpSocket));
        Assert.AreEqual(0, t.OtherFrames.Count, "no error about a datagram to many (RFC 1122 §3.2.2)");
        Assert.ThrowsExactly<ArgumentException>(() => t.Net.Udp.Join(Dialogue.Peer));
    }

    [TestMethod]   // RFC 894, RFC 1112 §6.4: the Ethernet addresses of broadcasts and groups; a group's datagrams stay on the link by default
    public void Broadcast_and_groups_are_sent_to()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        foreach (uint destination in new uint[] { 0xFFFFFFFF, 0x0A0000FF })
        {
            Assert.IsTrue(s.SendTo(destination, 67, [1], 0, 1));
            var sent = Sent(t);
            CollectionAssert.AreEqual(Everyone, sent.Mac);
            Assert.AreEqual((destination, 64), (sent.Destination, sent.TimeToLive));
        }

        Assert.IsTrue(s.SendTo(0xEF8123FB, 5353, [1], 0, 1));
        var group = Sent(t);
        CollectionAssert.AreEqual(new byte[] { 1, 0, 0x5E, 0x01, 0x23, 0xFB }, group.Mac);
        Assert.AreEqual(1, group.TimeToLive);
        s.MulticastTimeToLive = 255;
        s.TimeToLive = 9;
        Assert.IsTrue(s.SendTo(Group, 5353, [1], 0, 1));
        Assert.AreEqual(255, Sent(t).TimeToLive);
        Assert.IsTrue(s.SendTo(Dialogue.Peer, 5353, [1], 0, 1));
        Assert.AreEqual(9, Sent(t).TimeToLive);
        Assert.AreEqual(1, t.Counters.ArpRequestsOut);
    }

    [TestMethod]   // RFC 1122 §4.1.3.1: a datagram for a port without socket is answered with Port Unreachable, quoting it
    public void Port_unreachable_is_sent()
    {
        Dialogue t = Start(o => o.IcmpErrorsPerSecond = 3);
        byte[] datagram = Datagram(From(9, 5000, Pattern.Of(1, 50)));
        t.Receives(datagram);
        byte[] icmp = IcmpSent(t);
        CollectionAssert.AreEqual(new byte[] { 3, 3 }, icmp[..2]);
        CollectionAssert.AreEqual(new byte[4], icmp[4..8]);
        CollectionAssert.AreEqual(datagram[14..(14 + 28)], icmp[8..], "the IP header and eight octets");
        for (int i = 0; i < 5; i++)
        {
            t.Receives(datagram);
        }

        Assert.AreEqual(2, t.OtherFrames.Count);
        Assert.AreEqual(3, t.Drops(DropReason.IcmpThrottled));
        t.Wait(1000);
        t.Receives(datagram);
        Assert.AreEqual(3, t.OtherFrames.Count);
        Assert.AreEqual(7, t.Drops(DropReason.NoUdpSocket));
    }

    [TestMethod]   // RFC 1122 §3.2.2.1: Protocol Unreachable; with errors switched off, or for a broadcast, nothing
    public void Protocol_unreachable_is_sent()
    {
        Dialogue t = Start();
        byte[] gre = Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 47, new byte[4]));
        t.Receives(gre);
        byte[] icmp = IcmpSent(t);
        CollectionAssert.AreEqual(new byte[] { 3, 2 }, icmp[..2]);
        CollectionAssert.AreEqual(gre[14..38], icmp[8..], "all of a short datagram");
        Everyone.CopyTo(gre, 0);
        t.Receives(gre);
        Assert.AreEqual(0, t.OtherFrames.Count);

        t = Start(o => o.IcmpErrorsPerSecond = 0);
        Dialogue.OwnMac.CopyTo(gre, 0);
        t.Receives(gre);
        t.Receives(Datagram(From(9, 5000, [1])));
        Assert.AreEqual(0, t.OtherFrames.Count);
        Assert.AreEqual((1, 1), (t.Drops(DropReason.UnknownProtocol), t.Drops(DropReason.NoUdpSocket)));
    }

    [TestMethod]   // RFC 1122 §4.1.3.3: an ICMP error is passed to the socket whose datagram it quotes, and to no other
    public void Icmp_errors_are_reported()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        UdpSocket connected = Bound(t, 5001);
        connected.Connect(Dialogue.Peer, 69);
        void Error(int type, int code, int from, int to)
        {
            byte[] quote = Frames.Ipv4(Dialogue.Own, Dialogue.Peer, 17, Frames.Udp(Dialogue.Own, Dialogue.Peer, from, to, new byte[20])[..8]);
            t.Receives(Frames.Ethernet(
                Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 1, Frames.Icmp(type, code, 0, quote))));
        }

        Error(3, 3, 5000, 70);
        Assert.AreSame(s, t.Net.Udp.TakeReady());
        Assert.AreEqual(UdpEvents.Error, s.TakeEvents());
        Assert.AreEqual((3, 3, Dialogue.Peer, 70), (s.ErrorType, s.ErrorCode, s.ErrorAddress, s.ErrorPort));
        Error(11, 1, 5001, 69);
        Assert.AreEqual(UdpEvents.Error, connected.TakeEvents());
        Assert.AreEqual((11, 1), (connected.ErrorType, connected.ErrorCode));
        Assert.AreEqual(2, t.Counters.IcmpErrorsIn);
        Error(3, 3, 5001, 70);
        Error(3, 3, 5002, 69);
        Assert.AreEqual(2, t.Drops(DropReason.IcmpNotInFlight));
        Assert.IsNull(t.Net.Udp.TakeReady());
    }

    [TestMethod]   // a connected socket hears its peer only, and what another sends is answered as if nobody were there
    public void Connected_sockets_hear_their_peer_only()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 0);
        Assert.IsTrue(s.LocalPort >= 49152);
        s.Connect(Dialogue.Peer, 69);
        Assert.IsTrue(s.Send([1, 2], 0, 2));
        Assert.AreEqual((Dialogue.Peer, 69), (Sent(t).Destination, s.RemotePort));
        t.Receives(Datagram(From(70, s.LocalPort, [1])));
        t.Receives(Datagram(From(69, s.LocalPort, [1], source: 0x0A000003), source: 0x0A000003));
        Assert.AreEqual((0, 2), (s.Pending, t.Drops(DropReason.NoUdpSocket)));
        t.Receives(Datagram(From(69, s.LocalPort, [1])));
        Assert.AreEqual(1, s.Pending);
        s.Connect(0, 0);
        t.Receives(Datagram(From(70, s.LocalPort, [1])));
        Assert.AreEqual(2, s.Pending);
        Assert.ThrowsExactly<ArgumentException>(() => s.Connect(Dialogue.Peer, 0));
    }

    [TestMethod]   // ports are used once, sockets are bounded, a closed one is as new
    public void Sockets_are_bounded_and_reused()
    {
        Dialogue t = Start();
        UdpEngine udp = t.Net.Udp;
        UdpSocket s = Bound(t, 5000);
        Assert.IsNull(udp.Bind(5000));
        s.Tag = this;
        s.TimeToLive = 3;
        s.Connect(Dialogue.Peer, 5);
        t.Receives(Datagram(From(5, 5000, [1])));
        Bound(t, 0);
        Bound(t, 0);
        Assert.IsNull(udp.Bind(0));
        s.Close();
        s.Close();
        Assert.IsFalse(s.SendTo(Dialogue.Peer, 1, [1], 0, 1));
        Assert.IsNull(udp.TakeReady());
        UdpSocket again = Bound(t, 5000);
        Assert.AreSame(s, again);
        Assert.IsNull(again.Tag);
        Assert.AreEqual((0, 64, 0u, 0), (again.Pending, again.TimeToLive, again.RemoteAddress, again.TakeEvents()));
        Assert.ThrowsExactly<ArgumentException>(() => udp.Bind(65536));
    }

    [TestMethod]   // RFC 6056: free ports of the dynamic range that nobody foresees
    public void Ephemeral_ports_are_unpredictable()
    {
        Dialogue t = Start();
        var ports = new HashSet<int>();
        for (int i = 0; i < 200; i++)
        {
            UdpSocket s = Bound(t, 0);
            Assert.IsTrue(s.LocalPort is >= 49152 and <= 65535);
            ports.Add(s.LocalPort);
            s.Close();
        }

        Assert.IsTrue(ports.Count > 190, ports.Count.ToString());
    }

    [TestMethod]   // RFC 1122 §2.3.2.2: the latest datagram waits for its neighbour; a mute one costs a counted drop; no route is said so
    public void Unresolved_neighbours_and_no_route()
    {
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        t.AnswersArp = false;
        Assert.IsTrue(s.SendTo(0x0A000063, 9, [1], 0, 1));
        t.Wait(10_000);
        Assert.AreEqual(1, t.Drops(DropReason.ArpUnresolved));
        t.Device.Accepts = () => false;
        Assert.IsFalse(s.SendTo(0xFFFFFFFF, 9, [1], 0, 1));
        Assert.AreEqual(1, t.Drops(DropReason.DeviceBusy));

        var net = new NetworkInterface(new ScriptedDevice(), new StackOptions { UdpSockets = 1 });
        net.Poll(1);
        Assert.IsFalse(net.Udp.Bind(5)!.SendTo(0x08080808, 53, [1], 0, 1));
        Assert.AreEqual(1, net.Counters.Drops[(int)DropReason.NoRoute]);
    }

    [TestMethod]   // rule 2: nothing is there unless asked for, and nothing is allocated once it is
    [DoNotParallelize]
    public void Nothing_is_allocated()
    {
        Assert.IsNull(new Dialogue().Net.Udp);
        Dialogue t = Start();
        UdpSocket s = Bound(t, 5000);
        byte[] data = new byte[1000];
        byte[] frame = Datagram(From(9, 5000, data));
        t.Receives(frame);
        var net = t.Net;
        long before = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (i == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            t.Device.Discards = true;
            t.Device.Repeats = frame;
            net.Poll(t.NowMs);
            Assert.AreNotEqual(-1, s.ReceiveFrom(data, 0, 1000));
            s.SendTo(s.FromAddress, s.FromPort, data, 0, 1000);
            net.Udp.TakeReady();
            s.TakeEvents();
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
