namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>Timestamps: RFC 7323 §3 and §4, what is sent, what is echoed, and round trips.</summary>
[TestClass]
public class TimestampTests
{
    private const int Stamps = TcpFeatures.Timestamps;

    [TestMethod]   // §3.2: TSecr of a SYN is zero (the harness checks), that of a SYN,ACK and of the last ACK is the TSval of the other's SYN
    public void Handshake_echoes_the_syn()
    {
        var t = Dialogue.Listening(Dialogue.Offering(Stamps));
        t.PeerOffers(Stamps);
        t.Receives(Syn.At(500) with { Tsval = 123456 });
        t.Sends(SynAck.At(t.Iss + t.SndNxt - 1, 501) with { Tsecr = 123456 });

        t = new Dialogue(Dialogue.Offering(Stamps));
        t.PeerOffers(Stamps);
        t.Connects();
        t.Receives(SynAck.At(500, t.Iss + 1) with { Tsval = 0xFFFFFFFF });
        t.Sends(Ack.At(t.Iss + 1, 501) with { Tsecr = 0xFFFFFFFF });
    }

    [TestMethod]   // §5.4: the clock of TSval ticks at least once a second and never goes back; ours in milliseconds
    public void Clock_ticks_in_milliseconds()
    {
        Dialogue t = Dialogue.With(Stamps);
        t.C.NoDelay = true;
        t.Writes(1);
        uint first = t.Next().Tsval!.Value;
        foreach (int wait in new[] { 1, 10, 500 })
        {
            t.Wait(wait);
            t.Writes(1);
            uint next = t.Next().Tsval!.Value;
            Assert.AreEqual((uint)wait, next - first);
            first = next;
        }
    }

    [TestMethod]   // §7.1: the clock is offset for each pair of addresses and ports; §5.2 and RFC 6191 §2: the same each time they meet
    public void Clock_goes_on_when_the_same_two_meet_again()
    {
        var t = new Dialogue(Dialogue.Offering(Stamps, new StackOptions { MaximumSegmentLifetime = 1000 }));
        t.PeerPort = 80;
        uint[] stamps = new uint[3];
        long[] at = new long[3];
        for (int i = 0; i < 3; i++)
        {
            TcpConnection c = t.Tcp.Connect(Dialogue.Peer, 80, i == 2 ? 3001 : 3000);
            stamps[i] = t.Next().Tsval!.Value;
            at[i] = t.NowMs;
            c.Abort();
            t.Wait(12_345);
        }

        Assert.AreEqual((uint)(at[1] - at[0]), stamps[1] - stamps[0]);
        Assert.AreNotEqual((uint)(at[2] - at[1]), stamps[2] - stamps[1], "another pair of ports, another offset");
        Assert.AreNotEqual((uint)at[0], stamps[0], "the time since start-up shows");
    }

    [TestMethod]   // §4.3, first example: delayed ACKs echo the oldest segment that they acknowledge
    public void Delayed_acks_echo_the_first_segment()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 100) with { Tsval = t.PeerClock + 1 });
        uint first = t.PeerClock + 1;
        t.SendsNothing();
        t.Receives(t.PeerText(peer + 100, t.SndNxt, 100) with { Tsval = t.PeerClock + 2 });
        t.Sends(Ack.At(t.SndNxt, peer + 200) with { Tsecr = first });

        // A single one, acknowledged by the timer, is echoed itself.
        t.Receives(t.PeerText(peer + 200, t.SndNxt, 100) with { Tsval = t.PeerClock + 3 });
        uint third = t.PeerClock + 3;
        t.WaitForSegment(500);
        t.Sends(Ack.At(t.SndNxt, peer + 300) with { Tsecr = third });
    }

    [TestMethod]   // §4.3, second example, as it stands there: A, C, B, E, D
    public void Out_of_order_the_last_in_sequence_is_echoed()
    {
        Dialogue t = Dialogue.With(Stamps, options: new StackOptions { DelayedAck = 0 });
        uint peer = t.RcvNxt;
        uint clock = t.PeerClock;
        foreach ((int segment, uint stamp, int acked, uint echo) in new[]
        {
            (0, 1u, 1, 1u), (2, 3u, 1, 1u), (1, 2u, 3, 2u), (4, 5u, 3, 2u), (3, 4u, 5, 4u),
        })
        {
            t.Receives(t.PeerText(peer + (uint)(segment * 100), t.SndNxt, 100) with { Tsval = clock + stamp });
            t.WaitForSegment(1);
            t.Sends(Ack.At(t.SndNxt, peer + (uint)(acked * 100)) with { Tsecr = clock + echo });
        }
    }

    [TestMethod]   // §4.3 (2): TSval of a segment that begins right of Last.ACK.sent is not taken, nor that of an old one
    public void Ts_recent_does_not_go_back()
    {
        Dialogue t = Dialogue.With(Stamps, options: new StackOptions { DelayedAck = 0 });
        uint peer = t.RcvNxt;
        t.Wait(100);
        uint clock = t.PeerClock;
        t.Receives(t.PeerText(peer, t.SndNxt, 100) with { Tsval = clock });
        t.WaitForSegment(1);
        t.Sends(Ack.At(t.SndNxt, peer + 100) with { Tsecr = clock });

        // The same stamp again is not older (§5.3 R1: less than).
        t.Receives(t.PeerText(peer + 100, t.SndNxt, 100) with { Tsval = clock });
        t.WaitForSegment(1);
        t.Sends(Ack.At(t.SndNxt, peer + 200) with { Tsecr = clock });

        // Beyond a hole: taken as text, not as stamp.
        t.Receives(t.PeerText(peer + 300, t.SndNxt, 100) with { Tsval = clock + 50 });
        t.Sends(Ack.At(t.SndNxt, peer + 200) with { Tsecr = clock });
    }

    [TestMethod]   // §4.1, RFC 6298 §3: with timestamps even a segment that was sent twice ends a measurement, and with it the back-off
    public void Retransmitted_segments_are_measured()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint seq = t.SndNxt;
        t.Writes(100);
        t.SendsText(seq, 100);
        Assert.AreEqual(1000, t.WaitForSegment(2000));
        t.SendsText(seq, 100);
        Assert.AreEqual(2000, t.C.Rto);
        t.Wait(80);
        t.Receives(Ack.At(t.RcvNxt, seq + 100));
        Assert.AreEqual(1000, t.C.Rto);

        // SRTT was 0 after the handshake: 1/8 of 80.
        Assert.AreEqual(10, t.C.SmoothedRtt);
    }

    [TestMethod]   // §4.1: only an acknowledgment of new octets is a measurement; §3.2: an echo of what was never sent says nothing
    public void Absurd_echoes_are_no_measurement()
    {
        Dialogue t = Dialogue.With(Stamps);
        t.Wait(1000);
        uint seq = t.SndNxt;
        t.Writes(100);
        uint sent = t.Next().Tsval!.Value;
        t.Wait(40);

        // An old acknowledgment first: no new octet, no sample.
        t.Receives(Ack.At(t.RcvNxt, seq) with { Tsecr = sent });
        Assert.AreEqual(0, t.C.SmoothedRtt);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Tsecr = sent + 1_000_000 });
        Assert.AreEqual(0, t.C.SmoothedRtt);
        t.Writes(100);
        t.Next();
        t.Receives(Ack.At(t.RcvNxt, seq + 200) with { Tsecr = sent - 2_000_000_000 });
        Assert.IsTrue(t.C.Rto is >= 1000 and <= 60_000, $"RTO {t.C.Rto}");
        Assert.IsTrue(t.C.SmoothedRtt is >= 0 and <= 60_000, $"SRTT {t.C.SmoothedRtt}");

        // A lie that is a plausible number may cost the liar time, never us the arithmetic.
        t.Writes(100);
        sent = t.Next().Tsval!.Value;
        t.Receives(Ack.At(t.RcvNxt, seq + 300) with { Tsecr = sent - 1_000_000_000 });
        Assert.IsTrue(t.C.Rto is >= 1000 and <= 60_000, $"RTO {t.C.Rto}");
        Assert.IsTrue(t.C.SmoothedRtt is >= 0 and <= 60_000, $"SRTT {t.C.SmoothedRtt}");
        t.Writes(100);
        t.All();
        Assert.IsTrue(t.WaitForSegment(60_000) >= 1000);
    }

    [TestMethod]   // RFC 9293 §3.7.1 (MUST-16), RFC 6691: the option takes its twelve bytes from the text, not from the announced MSS
    public void Text_makes_room_for_the_option()
    {
        foreach (bool active in new[] { false, true })
        {
            Dialogue t = Dialogue.With(Stamps, active, mss: 1000);
            Assert.AreEqual(988, t.C.MaximumSegmentSize);
            t.Writes(3000);
            Assert.AreEqual(988, t.Next().Text!.Length);
        }
    }

    [TestMethod]   // §3.2: TSopt in every segment: probe of a closed window, keep-alive, FIN; SHOULD in a RST. The harness checks all but the last
    public void Every_kind_of_segment_carries_a_stamp()
    {
        Dialogue t = Dialogue.With(Stamps, window: 0);
        t.Writes(10);
        t.WaitForSegment(5000);
        Assert.AreEqual(1, t.Next().Text!.Length);
        Assert.AreEqual(1, t.Counters.WindowProbes);

        t = Dialogue.With(Stamps);
        t.C.SetKeepAlive(1000, 1000, 5);
        t.WaitForSegment(1000);
        t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        t.C.Shutdown();
        Assert.AreEqual(TcpFlags.Fin | TcpFlags.Ack, t.Next().Flags);
        t.C.Abort();
        Segment reset = t.Next();
        Assert.AreEqual(TcpFlags.Rst | TcpFlags.Ack, reset.Flags);
        Assert.IsNotNull(reset.Tsval);
    }

    [TestMethod]   // §4.2: TSecr is TS.Recent even where the segment acknowledges nothing new
    public void Text_of_ours_echoes_ts_recent()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint peer = t.RcvNxt;
        uint seq = t.SndNxt;
        t.Wait(500);
        uint stamp = t.PeerClock;
        t.Receives(t.PeerText(peer, seq, 10));
        t.Writes(10);
        Assert.AreEqual(stamp, t.Next().Tsecr);
        t.Wait(300);
        t.Receives(Ack.At(peer + 10, seq + 10));
        t.Writes(10);
        Assert.AreEqual(stamp + 300, t.Next().Tsecr, "an empty segment at the last acknowledgment counts too");
    }
}
