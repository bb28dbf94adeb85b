namespace EmbeddedTcp.ConformanceTests;

/// <summary>IPv4, ICMP and ARP around TCP: RFC 791, 792, 826, 1122, 5927.</summary>
[TestClass]
public class IpTests
{
    private static byte[] Datagram(int protocol, byte[] payload, byte[]? options = null, uint? source = null, uint? destination = null)
        => Frames.Ethernet(
            Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(source ?? Dialogue.Peer, destination ?? Dialogue.Own, protocol, payload, options));

    [TestMethod]   // RFC 1122 §3.2.2.6: every echo request is answered, with the data whole, odd lengths and the largest included
    public void Echo_requests_are_answered()
    {
        var t = new Dialogue();
        foreach (int length in new[] { 0, 1, 7, 8, 31, 56, 57, 1000, 1471, 1472 })
        {
            byte[] data = Pattern.Of((uint)length, length);
            t.Receives(Datagram(1, Frames.Icmp(8, 0, 0x12345678, data)));
            byte[] frame = t.OtherFrames.Dequeue();
            byte[] icmp = Frames.CheckedIpv4(frame, Dialogue.OwnMac, Dialogue.Own, out uint destination, out int protocol);
            Assert.AreEqual(1, protocol);
            Assert.AreEqual(Dialogue.Peer, destination);
            CollectionAssert.AreEqual(Frames.Icmp(0, 0, 0x12345678, data), icmp, length.ToString());
        }

        Assert.AreEqual(10, t.Counters.EchoReplies);
    }

    [TestMethod]   // RFC 1122 §3.2.2.6: broadcast echo may be ignored, and is
    public void Broadcast_echo_is_ignored()
    {
        var t = new Dialogue();
        t.Receives(Datagram(1, Frames.Icmp(8, 0, 1, new byte[8]), destination: 0x0A0000FF));
        t.Receives(Datagram(1, Frames.Icmp(8, 0, 1, new byte[8]), destination: 0xFFFFFFFF));
        byte[] frame = Datagram(1, Frames.Icmp(8, 0, 1, new byte[8]));
        Array.Fill(frame, (byte)0xFF, 0, 6);
        t.Receives(frame);
        Assert.AreEqual(0, t.OtherFrames.Count);
        Assert.AreEqual(3, t.Drops(DropReason.UnknownIcmp));
    }

    [TestMethod]   // RFC 1122 §3.2.1.8: options are accepted and skipped, to the last of 40 bytes
    public void Ip_options_are_skipped()
    {
        var t = Dialogue.Established();
        Segment s = t.PeerText(t.RcvNxt, t.SndNxt, 100);
        t.Receives(Datagram(6, t.ToTcp(s), [1, 1, 1, 0]));
        s = t.PeerText(t.RcvNxt, t.SndNxt, 100);
        t.Receives(Datagram(6, t.ToTcp(s), [.. Enumerable.Repeat((byte)1, 40)]));
        t.Reads(200);
    }

    [TestMethod]   // RFC 894: padding behind the datagram is none of its text (the harness pads with rubbish)
    public void Ethernet_padding_is_no_text()
    {
        var t = Dialogue.Established();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 1));
        Assert.AreEqual(1, t.C.Available);
        t.Reads(1);
    }

    // The header of a segment of ours as an ICMP error quotes it.
    private static byte[] Quote(Dialogue t, uint seq, uint? source = null, int protocol = 6)
    {
        byte[] tcp = Frames.Tcp(Dialogue.Own, Dialogue.Peer, t.C.LocalPort, t.C.RemotePort, new Segment(TcpFlags.Ack, seq, 1), 100);
        return Frames.Ipv4(source ?? Dialogue.Own, Dialogue.Peer, protocol, tcp[..8]);
    }

    private static void Unreachable(Dialogue t, int code, uint rest, byte[] quote, int type = 3) => t.Receives(Datagram(1, Frames.Icmp(type, code, rest, quote)));

    [TestMethod]   // RFC 5927 §5.2, RFC 9293 §3.9.2.2: hard errors abort a connection that is being opened, if they quote its SYN
    public void Hard_errors_end_an_opening()
    {
        foreach (int code in new[] { 2, 3 })
        {
            var t = new Dialogue();
            t.Connects();
            Unreachable(t, code, 0, Quote(t, t.Iss + 1));
            Unreachable(t, code, 0, Quote(t, t.Iss - 1));
            t.IsIn(TcpState.SynSent);
            Assert.AreEqual(2, t.Drops(DropReason.IcmpNotInFlight));
            Unreachable(t, code, 0, Quote(t, t.Iss));
            Assert.AreEqual(TcpEndReason.Unreachable, t.C.EndReason);
            Assert.AreEqual(TcpEvents.Ended, t.C.TakeEvents());
        }
    }

    [TestMethod]   // RFC 9293 §3.9.2.2 MUST-56: soft errors never abort; nor do hard ones once the connection is established
    public void Nothing_else_ends_a_connection()
    {
        var t = new Dialogue();
        t.Connects();
        foreach (int code in new[] { 0, 1, 5 })
        {
            Unreachable(t, code, 0, Quote(t, t.Iss));
        }

        Unreachable(t, 0, 0, Quote(t, t.Iss), type: 11);
        Unreachable(t, 0, 0, Quote(t, t.Iss), type: 12);
        t.IsIn(TcpState.SynSent);
        Assert.AreEqual(5, t.Counters.IcmpErrorsIn);

        t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(100);
        t.All();
        for (int code = 0; code < 16; code++)
        {
            if (code != 4)
            {
                Unreachable(t, code, 0, Quote(t, seq));
            }
        }

        t.IsIn(TcpState.Established);
        t.SendsNothing();
    }

    [TestMethod]   // RFC 1191 §6.3, RFC 5927 §7: fragmentation needed lowers the segment size of what is in flight, not below reason
    public void Fragmentation_needed_lowers_the_segment_size()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(3000);
        t.All();
        Unreachable(t, 4, 1000, Quote(t, seq - 1));
        Assert.AreEqual(1460, t.C.MaximumSegmentSize);
        t.SendsNothing();
        Unreachable(t, 4, 1000, Quote(t, seq));
        Assert.AreEqual(960, t.C.MaximumSegmentSize);
        List<Segment> sent = t.All();
        Assert.AreEqual(seq, sent[0].Seq);
        Assert.IsTrue(sent.All(s => s.Text!.Length <= 960));
        t.Receives(Ack.At(t.RcvNxt, seq + 2920));
        t.All();
        t.Writes(1000);
        t.All();
        Unreachable(t, 4, 68, Quote(t, seq + 2920));
        Assert.AreEqual(256, t.C.MaximumSegmentSize);
    }

    [TestMethod]   // an error cut short, about another protocol or another host's datagram, is counted and dropped
    public void Ill_formed_errors_are_dropped()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(100);
        t.All();
        byte[] good = Quote(t, seq);
        for (int length = 0; length < good.Length; length++)
        {
            Unreachable(t, 3, 0, good[..length]);
        }

        Unreachable(t, 3, 0, Quote(t, seq, source: 0x0A000063));
        Unreachable(t, 3, 0, Quote(t, seq, protocol: 17));
        byte[] longHeader = Quote(t, seq);
        longHeader[0] = 0x4F;
        Unreachable(t, 3, 0, longHeader);
        Assert.AreEqual(good.Length + 3, t.Drops(DropReason.UnknownIcmp));
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // any byte of rubbish anywhere in a frame: counted, survived, and the connection goes on
    public void Mutated_frames_are_survived()
    {
        var random = new Random(77);
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        int before = t.Counters.FramesIn;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] frame = t.ToFrame(t.PeerText(peer - 1, t.SndNxt, 20));
            int changes = random.Next(1, 4);
            for (int j = 0; j < changes; j++)
            {
                int at = random.Next(14, frame.Length);
                frame[at] = (byte)random.Next(256);
            }

            frame = frame[..random.Next(14, frame.Length + 1)];
            t.Device.Incoming.Enqueue(frame);
            if (i % 10 == 0)
            {
                t.Wait(1);
                t.All();
            }
        }

        t.Wait(100);
        t.All();
        t.OtherFrames.Clear();
        Assert.IsTrue(t.Counters.FramesIn - before >= 20_000);
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Reads(100);
    }

    [TestMethod]   // a flood is taken in portions, so that the timers are looked at in between; nothing is forgotten
    public void Flood_is_taken_in_portions()
    {
        var t = new Dialogue(new StackOptions { ReceiveBudget = 10 });
        for (int i = 0; i < 35; i++)
        {
            t.Device.Incoming.Enqueue(Datagram(1, Frames.Icmp(8, 0, (uint)i, new byte[8])));
        }

        foreach (int left in new[] { 25, 15, 5 })
        {
            Assert.AreEqual(0, t.Net.Poll(t.NowMs));
            Assert.AreEqual(left, t.Device.Incoming.Count);
        }

        Assert.AreNotEqual(0, t.Net.Poll(t.NowMs));
        Assert.AreEqual(35, t.Counters.EchoReplies);
    }

    [TestMethod]   // RFC 1122 §3.3.1: what is not on our network goes to the gateway; the neighbour's address is asked for once
    public void Other_networks_are_reached_by_the_gateway()
    {
        var t = new Dialogue();
        TcpConnection c = t.Tcp.Connect(0x08080808, 80);
        Assert.IsNotNull(c);
        t.PeerPort = 80;
        Segment syn = t.Next();
        Assert.AreEqual(TcpFlags.Syn, syn.Flags);
        Assert.AreEqual(1, t.Counters.ArpRequestsOut);
        Assert.AreEqual(Dialogue.Gateway, t.Net.Arp.AddressAt(0));
    }

    [TestMethod]   // RFC 826: requests for us are answered to the asker, who is remembered; others are not
    public void Arp_requests_for_us_are_answered()
    {
        var t = new Dialogue();
        byte[] none = new byte[6];
        byte[] all = [255, 255, 255, 255, 255, 255];
        t.Receives(Frames.Ethernet(all, Dialogue.PeerMac, 0x0806, Frames.Arp(1, Dialogue.PeerMac, Dialogue.Peer, none, Dialogue.Own)));
        CollectionAssert.AreEqual(
            Frames.Ethernet(Dialogue.PeerMac, Dialogue.OwnMac, 0x0806, Frames.Arp(2, Dialogue.OwnMac, Dialogue.Own, Dialogue.PeerMac, Dialogue.Peer)),
            t.OtherFrames.Dequeue());
        t.Receives(Frames.Ethernet(all, Dialogue.PeerMac, 0x0806, Frames.Arp(1, Dialogue.PeerMac, Dialogue.Peer, none, 0x0A000077)));
        Assert.AreEqual(0, t.OtherFrames.Count);

        // RFC 5227 §2.1.1: a probe has no sender address, is answered, and teaches nothing.
        byte[] mac = [2, 9, 9, 9, 9, 9];
        t.Receives(Frames.Ethernet(all, mac, 0x0806, Frames.Arp(1, mac, 0, none, Dialogue.Own)));
        CollectionAssert.AreEqual(
            Frames.Ethernet(mac, Dialogue.OwnMac, 0x0806, Frames.Arp(2, Dialogue.OwnMac, Dialogue.Own, mac, 0)), t.OtherFrames.Dequeue());
        t.AnswersArp = false;
        t.Connects();
        Assert.AreEqual(0, t.Counters.ArpRequestsOut, "the asker's address was learnt");
    }

    [TestMethod]   // a mute neighbour costs four requests, one a second, and the frame that waited is counted; TCP tries again
    public void Mute_neighbour()
    {
        var t = new Dialogue { AnswersArp = false };
        TcpConnection c = t.Tcp.Connect(Dialogue.Peer, 80);
        t.Wait(10_000);
        Assert.AreEqual(TcpState.SynSent, c.State);
        foreach (byte[] frame in t.OtherFrames)
        {
            Assert.AreEqual(0x0806, Frames.UInt16(frame, 12));
            CollectionAssert.AreEqual(Frames.Arp(1, Dialogue.OwnMac, Dialogue.Own, new byte[6], Dialogue.Peer), frame[14..42]);
        }

        Assert.IsTrue(t.OtherFrames.Count is >= 4 and <= 10, "at most one request a second (RFC 1122 §2.3.2.1)");
        Assert.IsTrue(t.Drops(DropReason.ArpUnresolved) > 0);
        t.AnswersArp = true;
        t.PeerPort = 80;
        t.WaitForSegment(20_000);
        Assert.AreEqual(TcpFlags.Syn, t.Next().Flags);
    }

    [TestMethod]   // the neighbour gets another Ethernet address in the middle of a connection: it is followed
    public void Neighbour_moves()
    {
        var t = Dialogue.Established();
        byte[] mac = [2, 7, 7, 7, 7, 7];
        byte[] all = [255, 255, 255, 255, 255, 255];
        t.Receives(Frames.Ethernet(all, mac, 0x0806, Frames.Arp(1, mac, Dialogue.Peer, new byte[6], Dialogue.Peer)));
        t.C.Write(new byte[10], 0, 10);
        t.Net.Flush();
        byte[] frame = t.Device.Outgoing.Dequeue();
        CollectionAssert.AreEqual(mac, frame[..6]);
    }
}
