using EmbeddedTcp.Wire;

namespace EmbeddedTcp.ConformanceTests.Matrix;

/// <summary>Requirements of CONFORMANCE.md that no other test shows.</summary>
[TestClass]
public class RequirementTests
{
    private const uint PeerIss = Dialogue.PeerIss;

    [TestMethod]   // §3.6.1 MAY-2, condition (2): a SYN that turns out to be an old duplicate returns the connection to TIME-WAIT
    public void Old_duplicate_that_reopened_returns_to_time_wait()
    {
        Situation s = Situation.Of("TIME_WAIT", false, false);
        Dialogue t = s.T;
        t.Receives(Syn.At(s.RcvNxt + 1000));
        Segment synAck = t.Next();
        t.IsIn(TcpState.SynReceived);
        t.Receives(Rst.At(synAck.Ack));
        t.IsIn(TcpState.TimeWait);

        // The old connection's last FIN still finds its answer.
        t.Receives(Fin.At(s.RcvNxt - 1, s.SndNxt));
        t.Sends(Ack.At(s.SndNxt, s.RcvNxt));

        // A handshake that completes ends the old one for good.
        t.Receives(Syn.At(s.RcvNxt + 2000));
        synAck = t.Next();
        t.Receives(Ack.At(s.RcvNxt + 2001, synAck.Seq + 1));
        t.IsIn(TcpState.Established);
        Assert.AreEqual(0, t.Tcp.TimeWait.Count);
    }

    [TestMethod]   // §3.1 MUST-1: a window above 32,767 is a large one
    public void Window_is_unsigned()
    {
        var t = Dialogue.Established(new StackOptions { SendBufferSize = 8192 }, window: 0xC000);
        t.Writes(4000);
        t.SendsText(t.Iss + 1, 1460);
        t.SendsText(t.Iss + 1461, 1460);
        t.Receives(Ack.At(PeerIss + 1, t.Iss + 2921) with { Window = 0xFFFF });
        t.SendsText(t.Iss + 2921, 1080);
        Assert.AreEqual(0xFFFF, t.C.SendWindow);
    }

    [TestMethod]   // §3.2 MUST-64: an option need not begin on a word boundary, whatever its distance
    public void Options_are_found_on_any_boundary()
    {
        for (int before = 0; before < 4; before++)
        {
            Dialogue t = Dialogue.Listening();
            byte[] noOperations = [.. Enumerable.Repeat((byte)1, before)];
            t.Receives(Syn.At(PeerIss) with { Options = [.. noOperations, 2, 4, 2, 0] });
            Segment synAck = t.Next();
            t.Receives(Ack.At(PeerIss + 1, synAck.Seq + 1));
            t.Slot = t.Listener!.Accept();
            Assert.AreEqual(512, t.C.MaximumSegmentSize, $"{before} no-operations before the option");
        }
    }

    [TestMethod]   // §3.9.1.1 MUST-41: a passive OPEN that fails leaves the others alone
    public void Second_listener_of_a_port_is_refused()
    {
        var t = Dialogue.Listening();
        Assert.IsNull(t.Tcp.Listen(Dialogue.OwnPort, 1));
        t.Opens(PeerIss);
        Assert.IsNull(t.Tcp.Listen(Dialogue.OwnPort, 1));
        Assert.IsNotNull(t.Tcp.Listen(Dialogue.OwnPort + 1, 1));
        t.IsIn(TcpState.Established);
        t.Receives(t.PeerText(PeerIss + 1, t.SndNxt, 10));
        t.Reads(10);
    }

    [TestMethod]   // §3.9.1.1 MUST-42: LISTEN on a port that a connection in SYN-SENT or SYN-RECEIVED uses
    public void Port_of_an_opening_connection_can_be_listened_on()
    {
        var t = new Dialogue();
        t.Connects();
        int port = t.C.LocalPort;
        TcpListener? listener = t.Tcp.Listen(port, 1);
        Assert.IsNotNull(listener);
        t.IsIn(TcpState.SynSent);
        t.Receives(Syn.At(PeerIss));
        t.Next();
        t.IsIn(TcpState.SynReceived);
        listener.Close();
        Assert.IsNotNull(t.Tcp.Listen(port, 1));

        // Both live: a stranger reaches the listener, the peer its connection.
        t.Receives(Syn.At(PeerIss) with { SourcePort = 40001 });
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, t.Next().Flags);
        t.Receives(SynAck.At(PeerIss, t.Iss + 1));
        Assert.AreEqual(TcpState.Established, t.C.State);
    }

    [TestMethod]   // §3.8.3 MUST-20 (b): at R1 the layer below hears that the way may be dead: the neighbour is asked for again
    public void At_r1_the_neighbour_is_asked_for_again()
    {
        var t = Dialogue.Established();
        t.Writes(10);
        t.SendsText(t.Iss + 1, 10);
        t.AnswersArp = false;
        for (int i = 1; i <= t.Options.R1Retransmissions; i++)
        {
            Assert.AreEqual(0, Requests(t), $"before retransmission {i}");
            t.WaitForSegment(20_000);
            t.All();
        }

        t.Wait(1000);
        Assert.AreNotEqual(0, Requests(t), "after R1");
    }

    [TestMethod]   // §3.8.4 MUST-26: no keep-alive while sent data is outstanding
    public void No_keep_alive_while_data_is_outstanding()
    {
        var t = Dialogue.Established(new StackOptions { KeepAliveIdle = 1000, KeepAliveInterval = 1000 });
        t.C.KeepAlive = true;
        t.Writes(10);
        t.SendsText(t.Iss + 1, 10);
        t.Wait(8000);
        List<Segment> sent = t.All();
        Assert.IsTrue(sent.Count > 0 && sent.All(s => s.Text!.Length == 10), string.Join(" ", sent));
        Assert.AreEqual(0, t.Counters.KeepAliveProbes);
    }

    [TestMethod]   // §3.9.2.2 MUST-55: ICMP Source Quench is discarded without a word, whatever it quotes
    public void Source_quench_is_discarded()
    {
        var t = Dialogue.Established();
        t.Writes(100);
        t.SendsText(t.Iss + 1, 100);
        int congestion = t.C.CongestionWindow;
        byte[] quoted = Frames.Ipv4(Dialogue.Own, Dialogue.Peer, 6, Frames.Tcp(Dialogue.Own, Dialogue.Peer, Dialogue.OwnPort, t.PeerPort, Ack.At(t.Iss + 1, PeerIss + 1), 0));
        t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 1, Frames.Icmp(4, 0, 0, quoted))));
        t.SendsNothing();
        t.IsIn(TcpState.Established);
        Assert.AreEqual(congestion, t.C.CongestionWindow);
        Assert.AreEqual(1, t.Drops(DropReason.UnknownIcmp));
        Assert.AreEqual(0, t.OtherFrames.Count);
    }

    [TestMethod]   // §3.9.2.3 MUST-57, and §3.9.1.1 MUST-46: nothing to or from a group address, and nothing is answered
    public void Group_addresses_are_refused()
    {
        var t = Dialogue.Listening();
        uint[] groups = [0xFFFFFFFF, 0x0A0000FF, 0xE0000001];
        foreach (uint group in groups)
        {
            byte[] syn = Frames.Tcp(Dialogue.Peer, group, t.PeerPort, Dialogue.OwnPort, Syn.At(PeerIss), 8192);
            t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, group, 6, syn)));
            t.SendsNothing();
            Assert.ThrowsExactly<ArgumentException>(() => t.Tcp.Connect(group, 80));
        }

        // The right IP address in a frame to everybody.
        byte[] own = Frames.Tcp(Dialogue.Peer, Dialogue.Own, t.PeerPort, Dialogue.OwnPort, Syn.At(PeerIss), 8192);
        t.Receives(Frames.Ethernet([255, 255, 255, 255, 255, 255], Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 6, own)));
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
        Assert.AreEqual(0, t.OtherFrames.Count);
    }

    [TestMethod]   // RFC 5681 §3.2 (2): ssthresh from the FlightSize without what limited transmit has sent
    public void Limited_transmit_does_not_count_for_the_threshold()
    {
        Dialogue t = Bulk();
        uint seq = t.Iss + 1;
        t.Writes(30000);
        Assert.AreEqual(10, t.All().Count);
        for (int i = 0; i < 2; i++)
        {
            t.Receives(Ack.At(PeerIss + 1, seq));
            t.SendsText(seq + 10000 + (uint)i * 1000, 1000);
        }

        t.Receives(Ack.At(PeerIss + 1, seq));
        t.SendsText(seq, 1000);
        Assert.AreEqual(5000, t.C.SlowStartThreshold);
    }

    [TestMethod]   // RFC 5681 §3.1: beyond ssthresh one segment for each window that is acknowledged
    public void Congestion_avoidance_adds_a_segment_for_each_window()
    {
        Dialogue t = Bulk();
        uint seq = t.Iss + 1;
        t.Writes(60000);
        Assert.AreEqual(10, t.All().Count);
        t.WaitForSegment(2000);
        t.All();
        Assert.AreEqual(5000, t.C.SlowStartThreshold);
        Assert.AreEqual(1000, t.C.CongestionWindow);
        uint acknowledged = 10000;
        foreach (int window in new[] { 2000, 3000, 4000, 5000, 5000, 5000, 5000, 5000, 6000, 6000, 6000, 6000, 6000, 6000, 7000 })
        {
            t.Receives(Ack.At(PeerIss + 1, seq + acknowledged));
            t.All();
            Assert.AreEqual(window, t.C.CongestionWindow, $"after {acknowledged}");
            acknowledged += 1000;
        }
    }

    [TestMethod]   // RFC 6298 §4: when 4·RTTVAR comes to nothing, G is added all the same
    public void Steady_round_trips_leave_the_granularity()
    {
        var e = new RoundTripEstimator(new StackOptions { MinimumRto = 10 });
        for (int i = 0; i < 200; i++)
        {
            e.Sample(100);
        }

        Assert.IsTrue(e.Rto is > 100 and <= 104, e.Rto.ToString());
    }

    [TestMethod]   // RFC 1122 §3.2.1.7: a datagram is not dropped because its TTL is below 2
    public void Time_to_live_of_what_arrives_means_nothing()
    {
        foreach (byte ttl in new byte[] { 0, 1, 255 })
        {
            var t = Dialogue.Listening();
            byte[] frame = t.ToFrame(Syn.At(PeerIss));
            frame[14 + 8] = ttl;
            Frames.FixIpv4Checksum(frame, 14);
            t.Receives(frame);
            Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, t.Next().Flags);
        }
    }

    [TestMethod]   // RFC 5961 §7: what could become a chatter or a flood passes the throttle, what repeats text or a FIN never does
    public void Throttle_takes_what_is_empty_and_never_a_repetition()
    {
        foreach (string state in new[] { "ESTABLISHED", "FIN_WAIT_1", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT" })
        {
            // 50 to 113 a second for all, 10 for a connection.
            int most = state == "TIME_WAIT" ? 113 : 10;
            Func<Situation, Segment>[] challenged =
            [
                s => Ack.At(s.RcvNxt - 1, s.SndNxt), s => Ack.At(s.RcvEdge, s.SndNxt), s => Syn.At(s.RcvNxt - 1), s => Syn.At(s.RcvNxt), s => Ack.At(s.RcvNxt, s.SndNxt + 1),
            ];
            foreach (Func<Situation, Segment> segment in challenged)
            {
                int answers = Answers(state, segment);
                Assert.IsTrue(answers >= 10 && answers <= most, $"{state}: {answers} answers to 150");
            }

            Assert.AreEqual(150, Answers(state, s => Text.At(s.RcvNxt - 10, s.SndUna, s.Irs + 1, 10)), $"{state}: repeated text");
            Assert.AreEqual(150, Answers(state, s => Fin.At(s.RcvNxt - 1, s.SndUna)), $"{state}: FIN left of the window");
        }
    }

    // How many of 150 such segments within the same millisecond get an ACK.
    private static int Answers(string state, Func<Situation, Segment> segment)
    {
        Situation s = Situation.Of(state, false, false);
        for (int i = 0; i < 150; i++)
        {
            s.T.Receives(segment(s));
        }

        List<Segment> answers = s.T.All();
        Assert.IsTrue(answers.All(a => a.Flags == TcpFlags.Ack && a.Seq == s.SndNxt && a.Ack == s.RcvNxt), string.Join(" ", answers));
        Assert.AreEqual(150 - answers.Count, s.T.Drops(DropReason.ChallengeThrottled), $"{state}: counted");
        return answers.Count;
    }

    private static Dialogue Bulk() => Dialogue.Established(new StackOptions { SendBufferSize = 65535 }, mss: 1000, window: 60000);

    // ARP requests since the last call.
    private static int Requests(Dialogue t)
    {
        int count = t.OtherFrames.Count(f => Frames.UInt16(f, 12) == EthernetHeader.TypeArp);
        t.OtherFrames.Clear();
        return count;
    }
}
