namespace EmbeddedTcp.ConformanceTests;

/// <summary>The retransmission timer, RFC 6298 and RFC 9293 §3.8.1 to .3, and congestion control, RFC 5681, 6582, 3042, 5827, 6928.</summary>
[TestClass]
public class RetransmissionTests
{
    private static StackOptions Large => new() { SendBufferSize = 65535 };

    [TestMethod]   // RFC 6298 §5 (5.4) to (5.6): back-off by doubling, up to the ceiling; the oldest segment only
    public void Lost_text_is_repeated_with_back_off()
    {
        var t = Dialogue.Established(new StackOptions { R2Timeout = 10_000_000 });
        uint seq = t.SndNxt;
        t.Writes(2000);
        t.SendsText(seq, 1460);
        foreach (int wait in new[] { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 })
        {
            Assert.AreEqual(wait, t.WaitForSegment(100_000));
            t.SendsText(seq, 1460);
            t.SendsNothing();
        }
    }

    [TestMethod]   // Karn: no sample from what was sent twice; RFC 6298 §5: the back-off stays until there is a new one
    public void Back_off_stays_until_a_new_sample()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(100);
        t.SendsText(seq, 100);
        Assert.AreEqual(1000, t.WaitForSegment(9000));
        t.SendsText(seq, 100);
        Assert.AreEqual(2000, t.WaitForSegment(9000));
        t.SendsText(seq, 100);
        int srtt = t.C.SmoothedRtt;
        t.Receives(Ack.At(t.RcvNxt, seq + 100));
        Assert.AreEqual(srtt, t.C.SmoothedRtt);
        Assert.AreEqual(4000, t.C.Rto);
        t.Writes(100);
        t.SendsText(seq + 100, 100);
        t.Wait(10);
        t.Receives(Ack.At(t.RcvNxt, seq + 200));
        Assert.AreEqual(1000, t.C.Rto);
    }

    [TestMethod]   // RFC 6298 (5.1) to (5.3): the timer runs while something is outstanding, and starts anew when new data is acknowledged
    public void Timer_is_restarted_by_new_acknowledgments()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.C.NoDelay = true;
        t.Writes(100);
        t.SendsText(seq, 100);
        t.Wait(900);
        t.Writes(100);
        t.SendsText(seq + 100, 100);
        t.Receives(Ack.At(t.RcvNxt, seq + 100));
        t.Wait(999);
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 200));
        t.Wait(100_000);
        t.SendsNothing();
    }

    [TestMethod]   // §3.8.3: R2 of at least 100 s; then the application is told, the peer gets a RST and the slot is free
    public void Dead_peer_times_out()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(100);
        t.SendsText(seq, 100);
        t.Wait(100_000);
        t.IsIn(TcpState.Established);
        t.Wait(70_000);
        List<Segment> sent = t.All();
        Assert.AreEqual(Rst.At(seq + 100, Dialogue.PeerIss + 1).ToString(), (sent[^1] with { Window = null }).ToString());
        Assert.AreEqual(TcpEndReason.TimedOut, t.C.EndReason);
        Assert.AreEqual(TcpEvents.Ended, t.C.TakeEvents() & TcpEvents.Ended);
        t.C.Close();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // RFC 6298 (2.2), (2.3) over a connection: 400 ms, then 400 ms again
    public void Round_trips_are_measured()
    {
        var t = Dialogue.Established(new StackOptions { MinimumRto = 10 });
        t = Dialogue.Listening(new StackOptions { MinimumRto = 10 });
        t.Receives(Syn.At(Dialogue.PeerIss) with { Mss = 1460 });
        uint iss = t.Next().Seq;
        t.Wait(400);
        t.Receives(Ack.At(Dialogue.PeerIss + 1, iss + 1));
        t.Slot = t.Listener!.Accept();

        // SRTT = 400, RTTVAR = 200: RTO = 1200. After a second sample of 400: RTTVAR = 150, RTO = 1000.
        Assert.AreEqual(400, t.C.SmoothedRtt);
        Assert.AreEqual(1200, t.C.Rto);
        t.Writes(10);
        t.Next();
        t.Wait(400);
        t.Receives(Ack.At(t.RcvNxt, iss + 11));
        Assert.AreEqual(400, t.C.SmoothedRtt);
        Assert.AreEqual(1000, t.C.Rto);
    }

    [TestMethod]   // RFC 6928: ten segments at first; RFC 5681 (2): slow start
    public void Slow_start_from_ten_segments()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        t.Writes(60000);
        List<Segment> sent = t.All();
        Assert.AreEqual(10, sent.Count);
        t.Receives(Ack.At(t.RcvNxt, seq + 1000));
        Assert.AreEqual(2, t.All().Count);
        t.Receives(Ack.At(t.RcvNxt, seq + 3000));
        Assert.AreEqual(3, t.All().Count, "RFC 5681 (2): an ACK of two segments opens cwnd by one");
    }

    [TestMethod]   // RFC 5681 §3.2, RFC 6582 §3.2: third duplicate, one segment, ssthresh; partial ACK: the next hole; full ACK: deflated
    public void Fast_retransmit_and_new_reno()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(30000);
        Assert.AreEqual(10, t.All().Count);

        // Segments 1 and 4 are lost.
        t.Receives(Ack.At(peer, seq));
        t.SendsText(seq + 10000, 1000);
        t.SendsNothing();
        t.Receives(Ack.At(peer, seq));
        t.SendsText(seq + 11000, 1000);
        t.SendsNothing();
        t.Receives(Ack.At(peer, seq));
        t.SendsText(seq, 1000);
        Assert.AreEqual(1, t.Counters.FastRetransmits);

        // FlightSize was 12 000 with the two of limited transmit; RFC 5681 §3.2 (2) leaves those out: 5 000. Either is within the RFC's MUST NOT exceed.
        Assert.IsTrue(t.C.SlowStartThreshold is 5000 or 6000, t.C.SlowStartThreshold.ToString());
        t.SendsNothing();

        // Partial: segment 4 is the next hole, and it is sent at once without three more duplicates.
        t.Receives(Ack.At(peer, seq + 3000));
        t.SendsText(seq + 3000, 1000);
        t.All();
        Assert.AreEqual(1, t.Counters.FastRetransmits);

        // Full acknowledgment of what was outstanding when it began.
        uint last = t.SndNxt;
        t.Receives(Ack.At(peer, last));
        Assert.IsTrue(t.C.CongestionWindow <= t.C.SlowStartThreshold, "cwnd is deflated to ssthresh or less");
        Assert.IsTrue(t.C.CongestionWindow >= 2000);
        Assert.AreEqual(0, t.Counters.RetransmissionTimeouts);
    }

    [TestMethod]   // RFC 5681 §2: text, a window change, or nothing outstanding make it no duplicate
    public void What_is_not_a_duplicate_ack()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        for (int i = 0; i < 5; i++)
        {
            t.Receives(Ack.At(peer, seq));
        }

        t.Writes(10000);
        t.All();
        for (int i = 0; i < 5; i++)
        {
            t.Receives(Ack.At(peer, seq) with { Window = 50000 + i });
            t.Receives(t.PeerText(peer, seq, 10) with { Window = 50000 + i });
            peer += 10;
            t.Receives(Ack.At(peer, seq - 1) with { Window = 50000 + i });
        }

        Assert.AreEqual(0, t.Counters.FastRetransmits);
        Assert.AreEqual(0, t.Counters.Retransmissions);
    }

    [TestMethod]   // RFC 5827 §3.1: with two or three segments in flight and nothing more to send, one less than there are suffices
    public void Early_retransmit()
    {
        foreach (int segments in new[] { 2, 3 })
        {
            var t = Dialogue.Established(Large, mss: 1000);
            uint seq = t.SndNxt;
            t.Writes(segments * 1000);
            Assert.AreEqual(segments, t.All().Count);
            for (int i = 1; i < segments; i++)
            {
                t.SendsNothing();
                t.Receives(Ack.At(t.RcvNxt, seq));
            }

            t.SendsText(seq, 1000);
            t.Receives(Ack.At(t.RcvNxt, seq + (uint)(segments * 1000)));
            t.Wait(10_000);
            t.SendsNothing();
            Assert.AreEqual(0, t.Counters.RetransmissionTimeouts);
        }
    }

    [TestMethod]   // RFC 5681 §3.1 (4): after a timeout one segment; slow start again; what the peer has is not sent once more
    public void Timeout_begins_with_one_segment()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        t.Writes(20000);
        Assert.AreEqual(10, t.All().Count);
        t.WaitForSegment(2000);
        t.SendsText(seq, 1000);
        t.SendsNothing();
        Assert.AreEqual(5000, t.C.SlowStartThreshold);

        // Only the first was lost: the acknowledgment jumps over the rest, and new text follows.
        t.Receives(Ack.At(t.RcvNxt, seq + 10000));
        List<Segment> sent = t.All();
        Assert.IsTrue(sent.Count is 1 or 2);
        Assert.AreEqual(seq + 10000, sent[0].Seq);
    }

    [TestMethod]   // RFC 5681 §4.1: after an idle time of more than an RTO, not more than the restart window
    public void Restart_after_idle()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        for (int i = 0; i < 4; i++)
        {
            t.Writes(40000);
            while (t.All().Count > 0)
            {
                t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
            }
        }

        Assert.IsTrue(t.C.CongestionWindow > 20000);
        Assert.AreEqual(0, t.C.SendQueued);
        t.Wait(5000);
        t.Writes(40000);
        Assert.AreEqual(10, t.All().Count);
    }

    [TestMethod]   // RFC 6298 §5.7 note and RFC 5681 §3.1: a repeated SYN,ACK counts as a lost SYN for the listener too
    public void Repeated_syn_ack_slows_the_start()
    {
        var t = Dialogue.Listening(Large);
        t.Receives(Syn.At(Dialogue.PeerIss) with { Mss = 1000 });
        uint iss = t.Next().Seq;
        t.WaitForSegment(2000);
        t.Sends(SynAck.At(iss, Dialogue.PeerIss + 1));
        t.Receives(Ack.At(Dialogue.PeerIss + 1, iss + 1));
        t.Slot = t.Listener!.Accept();
        Assert.AreEqual(3000, t.C.Rto);
        t.Writes(5000);
        Assert.AreEqual(1, t.All().Count);
    }

    [TestMethod]   // a loss right behind a recovery is repaired by duplicates again, not by the timer
    public void Second_recovery_needs_no_timeout()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(10000);
        t.All();
        for (int i = 0; i < 4; i++)
        {
            t.Receives(Ack.At(peer, seq));
        }

        t.All();
        t.Receives(Ack.At(peer, seq + 10000));
        t.Writes(5000);

        // RFC 6582 §3.2 step 3, full acknowledgment (1): min(ssthresh, max(FlightSize, SMSS) + SMSS) is two segments.
        Assert.AreEqual(2, t.All().Count);
        for (uint i = 0; i < 2; i++)
        {
            t.Receives(Ack.At(peer, seq + 10000));
            t.SendsText(seq + 12000 + i * 1000, 1000);
        }

        t.Receives(Ack.At(peer, seq + 10000));
        t.SendsText(seq + 10000, 1000);
        Assert.AreEqual(2, t.Counters.FastRetransmits);
    }

    // Three segments: the third is lost, and so are the acknowledgments of the others until the first has been repeated; then six more.
    private static (Cable Wire, TcpConnection Client) LosesAcknowledgments(bool sack)
    {
        StackOptions Options() => new() { Timestamps = true, SelectiveAcknowledgment = sack, SendBufferSize = 65535, ReceiveBufferSize = 65535 };
        var wire = new Cable(Options(), Options());
        (TcpConnection client, TcpConnection server) = wire.Open();
        int mss = client.MaximumSegmentSize;
        int before = wire.Ladder.Count(f => f.FromA);
        wire.Fate = f => f.FromA ? f.Number == before + 3 ? Cable.Lost : Cable.OnTime : wire.A.Counters.RetransmissionTimeouts == 0 ? Cable.Lost : Cable.OnTime;
        client.Write(Pattern.Of(0, 3 * mss), 0, 3 * mss);
        wire.RunUntil(() => wire.A.Counters.RetransmissionTimeouts == 1, 10_000, "timeout");
        wire.Run(100);
        client.Write(Pattern.Of((uint)(3 * mss), 6 * mss), 0, 6 * mss);
        wire.Run(100);
        Assert.AreEqual(9 * mss, server.Available);
        Assert.AreEqual(1, wire.A.Counters.RetransmissionTimeouts);
        return (wire, client);
    }

    [TestMethod]   // RFC 4015 §3: after a timeout that was spurious everything goes on as before it, fast retransmit included
    public void Loss_behind_a_spurious_timeout_needs_no_second_one()
    {
        (Cable wire, _) = LosesAcknowledgments(sack: false);
        Assert.AreEqual(1, wire.A.Counters.SpuriousTimeouts);
        Assert.AreEqual(1, wire.A.Counters.FastRetransmits);
    }

    [TestMethod]   // RFC 3522 §3.2 step 5: "if the acceptable ACK carries a DSACK option", the ACKs were lost, not late, and nothing has become slower
    public void Duplicate_that_is_reported_makes_no_timeout_spurious()
    {
        (Cable wire, TcpConnection client) = LosesAcknowledgments(sack: true);
        Assert.AreEqual(0, wire.A.Counters.SpuriousTimeouts);
        Assert.IsTrue(client.SmoothedRtt < 100, $"{client.SmoothedRtt} ms");
        Assert.AreEqual(1000, client.Rto);
    }
}
