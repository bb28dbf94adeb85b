using EmbeddedTcp.Udp;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>Reassembly: RFC 791 §3.2, RFC 1122 §3.3.2, RFC 1858.</summary>
[TestClass]
public class FragmentTests
{
    private static Dialogue Start(int datagrams = 2, int size = 4096)
    {
        var t = new Dialogue(new StackOptions
        {
            UdpSockets = 1, UdpReceiveBufferSize = 65535, ReassemblyDatagrams = datagrams, ReassemblySize = size,
        });
        Assert.IsNotNull(t.Net.Udp.Bind(5000));
        return t;
    }

    private static byte[] Whole(int length) => Frames.Udp(Dialogue.Peer, Dialogue.Own, 9, 5000, Pattern.Of((uint)length, length - 8));

    // A part of a payload as a fragment of its own.
    private static byte[] Piece(byte[] payload, int offset, int length, int id = 7, int protocol = 17, byte[]? options = null, bool? more = null)
    {
        byte[] ip = Frames.Ipv4(Dialogue.Peer, Dialogue.Own, protocol, payload[offset..(offset + length)], options);
        (ip[4], ip[5]) = ((byte)(id >> 8), (byte)id);
        bool moreFollow = more ?? offset + length < payload.Length;
        (ip[6], ip[7]) = ((byte)((moreFollow ? 0x20 : 0) | offset >> 11), (byte)(offset >> 3));
        Frames.FixIpv4Checksum(ip, 0);
        return Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, ip);
    }

    private static UdpSocket Socket(Dialogue t) => t.Net.Udp.SocketAt(0);

    private static void Arrived(Dialogue t, int length)
    {
        byte[] buffer = new byte[65535];
        Assert.AreEqual(length - 8, Socket(t).ReceiveFrom(buffer, 0, buffer.Length));
        CollectionAssert.AreEqual(Pattern.Of((uint)length, length - 8), buffer[..(length - 8)]);
    }

    [TestMethod]   // every order of four pieces, with and without a second copy of each, gives the datagram once
    public void Any_order_gives_the_datagram_once()
    {
        byte[] payload = Whole(1000);
        (int Offset, int Length)[] parts = [(0, 8), (8, 400), (408, 584), (992, 8)];
        int orders = 0;
        foreach (int[] order in Orders(4))
        {
            foreach (bool twice in new[] { false, true })
            {
                Dialogue t = Start();
                for (int i = 0; i < 4; i++)
                {
                    (int offset, int length) = parts[order[i]];
                    t.Receives(Piece(payload, offset, length));
                    if (twice && i < 3)
                    {
                        t.Receives(Piece(payload, offset, length));
                    }

                    Assert.AreEqual(i == 3 ? 1 : 0, Socket(t).Pending);
                }

                Arrived(t, 1000);
                Assert.AreEqual(twice ? 3 : 0, t.Drops(DropReason.FragmentRepeated));
                orders++;
            }
        }

        Assert.AreEqual(48, orders);
    }

    private static IEnumerable<int[]> Orders(int n)
    {
        if (n == 0)
        {
            yield return [];
            yield break;
        }

        foreach (int[] shorter in Orders(n - 1))
        {
            for (int at = 0; at < n; at++)
            {
                yield return [.. shorter[..at], n - 1, .. shorter[at..]];
            }
        }
    }

    [TestMethod]   // RFC 1122 §3.3.2: EMTU_R is what the options say, to the last octet; what is longer is refused
    public void Longest_datagram()
    {
        foreach (int size in new[] { 576, 4096, 65515 })
        {
            Dialogue t = Start(1, size);
            byte[] payload = Whole(size);
            for (int offset = 0; offset < size; offset += 1480)
            {
                t.Receives(Piece(payload, offset, Math.Min(1480, size - offset)));
            }

            Arrived(t, size);
            byte[] longer = Whole(size + 8);
            t.Receives(Piece(longer, 0, 8, 8));
            t.Receives(Piece(longer, size & ~7, (size + 8) - (size & ~7), 8));
            Assert.AreEqual(1, t.Drops(DropReason.FragmentTooLong));
        }
    }

    [TestMethod]   // pieces of a TCP segment: the connection gets it as if it had come whole; an echo request is answered
    public void All_protocols_are_reassembled()
    {
        var t = Dialogue.Established(new StackOptions { ReassemblyDatagrams = 1 });
        byte[] tcp = t.ToTcp(t.PeerText(t.RcvNxt, t.SndNxt, 700));
        t.Receives(Piece(tcp, 400, tcp.Length - 400, protocol: 6));
        t.Receives(Piece(tcp, 0, 400, protocol: 6, options: [1, 1, 1, 0]));
        t.Reads(700);
        byte[] echo = Frames.Icmp(8, 0, 5, Pattern.Of(0, 1000));
        t.Receives(Piece(echo, 0, 504, protocol: 1));
        t.Receives(Piece(echo, 504, echo.Length - 504, protocol: 1));
        Assert.AreEqual(1, t.Counters.EchoReplies);
    }

    [TestMethod]   // pieces of two datagrams in turn: the identification keeps them apart, and so do protocol and sender
    public void Datagrams_are_kept_apart()
    {
        Dialogue t = Start();
        byte[] a = Whole(800);
        byte[] b = Whole(816);
        t.Receives(Piece(a, 0, 400, 1));
        t.Receives(Piece(b, 0, 400, 2));
        t.Receives(Piece(a, 400, 400, 1));
        Arrived(t, 800);
        t.Receives(Piece(a, 400, 400, 1, protocol: 99));
        t.Receives(Piece(b, 400, 416, 2));
        Arrived(t, 816);
    }

    [TestMethod]   // RFC 1858, RFC 5722: whatever overlaps or contradicts ends the datagram: nothing of it is ever delivered
    public void Overlaps_end_the_datagram()
    {
        byte[] payload = Whole(1000);
        byte[] other = [.. Enumerable.Repeat((byte)0x66, 2000)];
        (byte[] From, int Offset, int Length, bool? More)[][] attacks =
        [
            [(payload, 0, 400, null), (other, 392, 16, true)],
            [(payload, 0, 400, null), (other, 0, 408, true)],
            [(payload, 408, 100 * 2, true), (other, 400, 16, true)],
            [(payload, 400, 600, null), (other, 0, 1200, true)],
            [(payload, 400, 600, null), (other, 1000, 8, true)],
            [(payload, 400, 600, null), (other, 1000, 8, false)],
            [(payload, 400, 600, null), (other, 392, 16, false)],
            [(payload, 400, 400, true), (other, 8, 16, false)],
        ];
        foreach ((byte[] From, int Offset, int Length, bool? More)[] attack in attacks)
        {
            Dialogue t = Start();
            foreach ((byte[] from, int offset, int length, bool? more) in attack)
            {
                t.Receives(Piece(from, offset, length, more: more));
            }

            Assert.AreEqual(1, t.Drops(DropReason.FragmentOverlap), attack[1].ToString());
            Assert.AreEqual(0, Socket(t).Pending);
        }
    }

    [TestMethod]   // a piece inside what has come already is ignored, whatever it holds: what came first counts
    public void What_came_first_counts()
    {
        Dialogue t = Start();
        byte[] payload = Whole(1000);
        byte[] other = [.. Enumerable.Repeat((byte)0x66, 1000)];
        t.Receives(Piece(payload, 0, 800));
        t.Receives(Piece(other, 80, 80));
        Assert.AreEqual(1, t.Drops(DropReason.FragmentRepeated));
        t.Receives(Piece(payload, 800, 200));
        Arrived(t, 1000);
    }

    [TestMethod]   // RFC 791: pieces but the last are multiples of eight octets, and none is empty
    public void Odd_pieces_are_refused()
    {
        Dialogue t = Start();
        byte[] payload = Whole(1000);
        t.Receives(Piece(payload, 0, 401));
        t.Receives(Piece(payload, 8, 0));
        Assert.AreEqual(2, t.Drops(DropReason.BadIpHeader));
    }

    [TestMethod]   // RFC 1122 §3.3.2: after a minute what is incomplete is given up; Time Exceeded goes out if fragment zero came, and only then
    public void Incomplete_datagrams_time_out()
    {
        Dialogue t = Start();
        byte[] payload = Whole(1000);
        byte[] first = Piece(payload, 0, 400, 1);
        t.Receives(first);
        t.Receives(Piece(payload, 400, 400, 2));
        t.Wait(59_999);
        Assert.AreEqual(0, t.Drops(DropReason.FragmentTimedOut));
        t.Wait(1);
        Assert.AreEqual(2, t.Drops(DropReason.FragmentTimedOut));
        Assert.AreEqual(1, t.OtherFrames.Count);
        byte[] icmp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, Dialogue.Own, out uint destination, out _);
        Assert.AreEqual(Dialogue.Peer, destination);
        CollectionAssert.AreEqual(new byte[] { 11, 1 }, icmp[..2]);
        CollectionAssert.AreEqual(first[14..42], icmp[8..]);
        t.Receives(Piece(payload, 400, 600, 1));
        Assert.AreEqual(0, Socket(t).Pending);
    }

    [TestMethod]   // a flood of first fragments does not shut the table: the oldest gives way, and a datagram whose pieces follow each other passes
    public void Flood_does_not_shut_the_table()
    {
        Dialogue t = Start();
        byte[] payload = Whole(1000);
        for (int i = 0; i < 100; i++)
        {
            t.Receives(Piece(payload, 0, 400, 1000 + i));
        }

        Assert.AreEqual(98, t.Drops(DropReason.FragmentNoRoom));
        t.Receives(Piece(payload, 0, 400, 1));
        t.Receives(Piece(payload, 400, 600, 1));
        Arrived(t, 1000);
    }

    [TestMethod]   // RFC 1122 §3.2.2: errors about fragments are about the first only; a datagram that nobody wants is reported once it is whole
    public void Errors_about_reassembled_datagrams()
    {
        Dialogue t = Start();
        byte[] payload = Frames.Udp(Dialogue.Peer, Dialogue.Own, 9, 4999, new byte[992]);
        t.Receives(Piece(payload, 0, 504));
        t.Receives(Piece(payload, 504, 496));
        byte[] icmp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, Dialogue.Own, out _, out _);
        CollectionAssert.AreEqual(new byte[] { 3, 3 }, icmp[..2]);
        Assert.AreEqual(0, Frames.InternetChecksum(icmp.AsSpan(8, 20)), "the quoted header is that of the whole datagram");
        Assert.AreEqual(1020, Frames.UInt16(icmp, 10));
    }

    [TestMethod]   // RFC 1122 §3.2.2.5: an option whose length cannot be is told to the sender, with the octet that is wrong
    public void Parameter_problem_is_sent()
    {
        foreach ((byte[] options, int pointer) in new[]
        {
            (new byte[] { 1, 7, 1, 4 }, 22), (new byte[] { 7, 9, 4, 0, 0, 0, 0, 0 }, 21), (new byte[] { 1, 1, 1, 7 }, 23), (new byte[] { 0x44, 0, 0, 0 }, 21),
        })
        {
            Dialogue t = Start();
            byte[] datagram = Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 17, Whole(100), options);
            t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, datagram));
            byte[] icmp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, Dialogue.Own, out _, out _);
            CollectionAssert.AreEqual(new byte[] { 12, 0 }, icmp[..2]);
            CollectionAssert.AreEqual(new byte[] { (byte)pointer, 0, 0, 0 }, icmp[4..8]);
            CollectionAssert.AreEqual(datagram[..(20 + options.Length + 8)], icmp[8..]);
            Assert.AreEqual(1, t.Drops(DropReason.BadIpHeader));
            Assert.AreEqual(0, Socket(t).Pending);
            datagram[20] = 0;
            Frames.FixIpv4Checksum(datagram, 0);
            t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, datagram));
            Assert.AreEqual(1, Socket(t).Pending, "behind the end of the list nothing counts");
        }
    }

    [TestMethod]   // random pieces, whole and wrong, for a virtual hour: counted, survived, and the next datagram passes
    public void Rubbish_is_survived()
    {
        var random = new Random(11);
        Dialogue t = Start();
        byte[] payload = Whole(4000);
        for (int i = 0; i < 20_000; i++)
        {
            int offset = random.Next(0, 500) * 8;
            t.Receives(Piece(payload, offset, random.Next(0, Math.Min(1480, 4000 - offset) + 1), random.Next(5), more: random.Next(2) == 0));
            if (i % 50 == 0)
            {
                t.Wait(9000);
                t.OtherFrames.Clear();
                while (Socket(t).ReceiveFrom(new byte[1], 0, 1) >= 0)
                {
                }
            }
        }

        t.Wait(61_000);
        t.OtherFrames.Clear();
        t.Receives(Piece(payload, 1480, 1480, 99));
        t.Receives(Piece(payload, 2960, 1040, 99));
        t.Receives(Piece(payload, 0, 1480, 99));
        Arrived(t, 4000);
    }
}
