namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>Loss recovery from the blocks that the peer reports: RFC 6675; and what the peer may take back or lie about, RFC 2018 §8.</summary>
[TestClass]
public class SackSenderTests
{
    private const int Mss = 1000;

    // Ten segments of a thousand octets are outstanding: IW of RFC 6928.
    private static Dialogue Outstanding(int written = 10 * Mss, int features = TcpFeatures.Sack)
    {
        int announced = (features & TcpFeatures.Timestamps) != 0 ? Mss + 12 : Mss;
        Dialogue t = Dialogue.With(features, options: new StackOptions { SendBufferSize = 65535 }, mss: announced, window: 65535);
        t.Writes(written);
        CollectionAssert.AreEqual(Enumerable.Range(0, Math.Min(10, written / Mss)).ToList(), Sent(t));
        return t;
    }

    private static uint At(Dialogue t, int n) => t.Iss + 1 + (uint)(n * Mss);

    private static Block Parts(Dialogue t, int from, int to) => new(At(t, from), At(t, to));

    // The peer acknowledges everything before the n-th segment and reports [from, to) for each pair.
    private static void Acks(Dialogue t, int n, params int[] edges)
        => t.Receives(Ack.At(t.RcvNxt, At(t, n)).Reporting([.. edges.Chunk(2).Select(e => Parts(t, e[0], e[1]))]));

    // The numbers of the segments that the engine sends now, each whole and with the right octets.
    private static List<int> Sent(Dialogue t)
    {
        var numbers = new List<int>();
        foreach (Segment s in t.All())
        {
            int offset = (int)(s.Seq - t.Iss - 1);
            Assert.AreEqual(0, offset % Mss, $"{s}");
            Assert.AreEqual(Mss, s.Text!.Length, $"{s}");
            CollectionAssert.AreEqual(Pattern.Of((uint)offset, Mss), s.Text);
            numbers.Add(offset / Mss);
        }

        return numbers;
    }

    private static void Sends(Dialogue t, params int[] numbers) => CollectionAssert.AreEqual(numbers.ToList(), Sent(t));

    [TestMethod]   // §5 (1), (3), (4): three duplicates; limited transmit before; then cwnd = ssthresh = FlightSize/2 and the first hole
    public void Three_duplicates_begin_recovery()
    {
        Dialogue t = Outstanding(20 * Mss);
        Acks(t, 0, 1, 2);
        Sends(t, 10);
        Acks(t, 0, 1, 3);
        Sends(t, 11);
        Acks(t, 0, 1, 4);
        Sends(t, 0);
        Assert.AreEqual(5 * Mss, t.C.CongestionWindow);
        Assert.AreEqual(5 * Mss, t.C.SlowStartThreshold);
        Assert.AreEqual(1, t.Counters.FastRetransmits);
    }

    [TestMethod]   // §5 (C): the pipe, not the flight, is held against cwnd: it is 9 segments now and has to fall below 5
    public void Pipe_bounds_what_recovery_sends()
    {
        Dialogue t = Outstanding(20 * Mss);
        Acks(t, 0, 1, 2);
        Acks(t, 0, 1, 3);
        Acks(t, 0, 1, 4);
        Sends(t, 10, 11, 0);
        for (int i = 5; i <= 8; i++)
        {
            Acks(t, 0, 1, i);
            Sends(t);
        }

        Acks(t, 0, 1, 9);
        Sends(t, 12);
        Acks(t, 0, 1, 10);
        Sends(t, 13);

        // The retransmission arrives: everything up to the tenth, and the end of recovery only with what was sent before it began.
        Acks(t, 10);
        Sends(t, 14);
        Acks(t, 12);
        Sends(t, 15);
        Assert.AreEqual(4 * Mss, t.C.CongestionWindow, "out of recovery: no burst, so one more than the three outstanding");
    }

    [TestMethod]   // §5 (2) and IsLost() of §4: more than two segments' worth of octets, or three ranges, beyond the octet: one ACK is enough
    public void Enough_octets_or_ranges_begin_recovery_at_once()
    {
        Dialogue t = Outstanding();
        Acks(t, 0, 1, 4);
        Sends(t, 0);

        t = Outstanding();
        Acks(t, 0, 1, 3);
        Sends(t);

        t = Outstanding();
        t.Receives(Ack.At(t.RcvNxt, At(t, 0)).Reporting(new(At(t, 2), At(t, 2) + 1), new(At(t, 4), At(t, 4) + 1), new(At(t, 6), At(t, 6) + 1)));
        Sends(t, 0);

        t = Outstanding();
        t.Receives(Ack.At(t.RcvNxt, At(t, 0)).Reporting(new(At(t, 2), At(t, 2) + 1), new(At(t, 4), At(t, 4) + 1)));
        Sends(t);
    }

    [TestMethod]   // §5 (C), NextSeg() (1) and (2): the holes in their order, nothing that was reported, then new octets
    public void Holes_are_filled_in_order()
    {
        Dialogue t = Outstanding(20 * Mss);
        Acks(t, 0, 6, 10, 4, 5, 1, 3);
        Sends(t, 0, 3, 5, 10, 11);

        // As they arrive nothing is sent twice.
        Acks(t, 3, 6, 10, 4, 5);
        Sends(t, 12);
        Acks(t, 5, 6, 10);
        Sends(t, 13);
        Acks(t, 10);
        Sends(t, 14);
        Acks(t, 14);
        Sends(t, 15, 16, 17, 18);
        Assert.AreEqual(3, t.Counters.Retransmissions);
        Assert.AreEqual(0, t.Counters.RetransmissionTimeouts);
    }

    [TestMethod]   // §5 (C): many holes are filled as fast as the pipe drains: five segments, then one for each that leaves
    public void Long_hole_is_filled_by_the_clock_of_acknowledgments()
    {
        Dialogue t = Outstanding(20 * Mss);
        Acks(t, 0, 7, 10);
        Sends(t, 0, 1, 2, 3, 4);
        Acks(t, 1, 7, 10);
        Sends(t, 5);
        Acks(t, 2, 7, 10);
        Sends(t, 6);
        Acks(t, 3, 7, 10);
        Sends(t, 10);
    }

    [TestMethod]   // NextSeg() (3): with nothing new to send, octets that are not lost yet but lie below something received
    public void Doubtful_hole_is_filled_when_nothing_is_new()
    {
        foreach (int more in new[] { 0, 1 })
        {
            Dialogue t = Outstanding(10 * Mss);
            Acks(t, 4);
            t.Writes(more * Mss);
            Sends(t, Enumerable.Range(10, more).ToArray());
            Acks(t, 4, 5, 8);
            Sends(t, 4);
            Acks(t, 4, 5, 8, 9, 10);

            // The pipe: 4 again, 8 in doubt, and the new one. cwnd is half of six or seven segments.
            Sends(t, more == 0 ? [8] : []);
        }
    }

    [TestMethod]   // RFC 6675 §2: an ACK that reports something new counts as a duplicate even when it acknowledges something, too
    public void Advancing_ack_with_news_is_a_duplicate()
    {
        Dialogue t = Dialogue.With(TcpFeatures.Sack, options: new StackOptions { SendBufferSize = 65535 }, mss: Mss, window: 65535);
        t.C.NoDelay = true;
        uint seq = t.SndNxt;
        for (int i = 0; i < 6; i++)
        {
            t.Writes(100);
            t.SendsText(seq + (uint)(100 * i), 100);
        }

        t.Receives(Ack.At(t.RcvNxt, seq + 100).Reporting(new Block(seq + 200, seq + 300)));
        t.Receives(Ack.At(t.RcvNxt, seq + 100).Reporting(new Block(seq + 200, seq + 400)));
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 100).Reporting(new Block(seq + 200, seq + 500)));
        t.SendsText(seq + 100, 100);
    }

    [TestMethod]   // RFC 6675 §2: what reports nothing new is none: ACKs repeated, D-SACKs of what has been acknowledged (RFC 2883 §4)
    public void Ack_without_news_is_no_duplicate()
    {
        Dialogue t = Outstanding();
        Acks(t, 2);
        for (int i = 0; i < 5; i++)
        {
            Acks(t, 2);
            Acks(t, 2, 0, 1);
        }

        Acks(t, 2, 3, 4);
        for (int i = 0; i < 5; i++)
        {
            Acks(t, 2, 3, 4);
        }

        Sends(t);
        Assert.AreEqual(1, t.Counters.DuplicateAcks);
    }

    [TestMethod]   // RFC 2018 §8: a timeout forgets the blocks: a peer that threw its octets away gets them again
    public void Reneging_is_survived()
    {
        Dialogue t = Outstanding();
        Acks(t, 0, 1, 10);
        Sends(t, 0);
        t.WaitForSegment(2000);
        Sends(t, 0);
        for (int i = 1; i < 10; i++)
        {
            Acks(t, i);
        }

        CollectionAssert.AreEqual(Enumerable.Range(1, 9).ToList(), Sent(t));
        Acks(t, 10);
        t.SendsNothing();
    }

    [TestMethod]   // §5.1: after the timeout, what is reported anew is not sent again, and nothing counts as a new loss before recovery is over
    public void After_a_timeout_new_blocks_are_heeded()
    {
        Dialogue t = Outstanding(12 * Mss);
        t.WaitForSegment(2000);
        Sends(t, 0);
        Acks(t, 1, 3, 9);
        Sends(t, 1, 2);
        Acks(t, 2, 3, 9);
        Sends(t);
        Acks(t, 9);
        Assert.AreEqual(0, t.Counters.FastRetransmits);
        Sends(t, 9, 10, 11);
        Acks(t, 12);
        t.SendsNothing();
        Assert.AreEqual(0, t.C.SendQueued);
    }

    [TestMethod]   // a FIN behind the text: lost with a segment before it, or reported with the text as Linux does
    public void Fin_is_recovered_too()
    {
        Dialogue t = Outstanding(6 * Mss);
        t.C.Shutdown();
        Segment fin = t.Next();
        Assert.AreEqual(At(t, 6), fin.Seq);
        t.Receives(Ack.At(t.RcvNxt, At(t, 0)).Reporting(new Block(At(t, 1), At(t, 6) + 1)));
        Sends(t, 0);
        t.Receives(Ack.At(t.RcvNxt, At(t, 6) + 1));
        t.IsIn(TcpState.FinWait2);

        t = Outstanding(6 * Mss);
        t.C.Shutdown();
        t.Next();
        Acks(t, 0, 1, 6);
        Sends(t, 0);
        Acks(t, 6);
        t.WaitForSegment(4000);
        t.Sends(Fin.At(At(t, 6), t.RcvNxt));
    }

    [TestMethod]   // our own blocks take their room from a segment that is sent again: it stays within the MTU and the hole is filled all the same
    public void Retransmissions_make_room_for_our_own_blocks()
    {
        const int Full = 1460;
        Dialogue t = Dialogue.With(TcpFeatures.Sack, options: new StackOptions { SendBufferSize = 65535 }, window: 65535);
        t.Writes(10 * Full);
        t.All();
        uint seq = t.Iss + 1;
        for (uint i = 1; i <= 4; i++)
        {
            t.Receives(t.PeerText(t.RcvNxt + 200 * i, t.SndNxt, 100) with { Ack = seq });
            t.All();
        }

        t.Receives(Ack.At(t.RcvNxt, seq).Reporting(new(seq + Full, seq + 3 * Full), new(seq + 4 * Full, seq + 10 * Full)));
        var holes = new HashSet<uint>();
        foreach (Segment s in t.All().Where(s => s.Length > 0))
        {
            Assert.IsTrue(s.Text!.Length <= Full - 36, $"{s}");
            CollectionAssert.AreEqual(Pattern.Of(s.Seq - seq, s.Length), s.Text);
            for (uint at = s.Seq; at != s.End; at++)
            {
                Assert.IsTrue(holes.Add(at - seq), "sent twice");
            }
        }

        // The first piece of the first hole by fast retransmit, the rest and the second hole by NextSeg().
        CollectionAssert.AreEquivalent(
            Enumerable.Range(0, Full).Concat(Enumerable.Range(3 * Full, Full)).Select(i => (uint)i).ToList(), holes.ToList());
    }

    [TestMethod]   // blocks that cannot be: not sent yet, acknowledged, empty, turned round, as long as the sequence space
    public void Impossible_blocks_are_ignored()
    {
        Dialogue t = Outstanding();
        Acks(t, 2);
        uint una = At(t, 2);
        foreach (Block block in new Block[]
        {
            new(At(t, 9), At(t, 10) + 1), new(At(t, 11), At(t, 12)), new(una, At(t, 5)), new(At(t, 0), At(t, 5)), new(At(t, 5), At(t, 5)),
            new(At(t, 6), At(t, 5)), new(una + 1, una), new(una + 0x80000001, una + 0x80001000), new(una - 1, una + 1),
        })
        {
            t.Receives(Ack.At(t.RcvNxt, una).Reporting(block));
            Sends(t);
            Assert.AreEqual(0, t.Counters.DuplicateAcks, $"{block}");
        }
    }

    [TestMethod]   // a peer that lies at random: the text on the wire stays right, nothing is sent without end, and the truth ends it well
    public void Lying_peer_breaks_nothing()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Dialogue t = Outstanding(40 * Mss, seed % 2 == 0 ? TcpFeatures.Sack : TcpFeatures.Sack | TcpFeatures.Timestamps);
            uint end = At(t, 40);
            int sent = 10;
            for (int turn = 0; turn < 300; turn++)
            {
                Block[] blocks = [.. Enumerable.Range(0, random.Next(4)).Select(_ =>
                {
                    uint left = t.C.SendUnacknowledged + (uint)random.Next(-2000, 15_000);
                    return new Block(left, left + (uint)random.Next(-10, 5000));
                })];
                uint ack = random.Next(4) == 0 ? t.C.SendUnacknowledged + (uint)random.Next(0, 3000) : t.C.SendUnacknowledged;
                t.Receives(Ack.At(t.RcvNxt, ack).Reporting(blocks));
                if (random.Next(10) == 0)
                {
                    t.Wait(random.Next(3000));
                }

                foreach (Segment s in t.All().Where(s => s.Length > 0))
                {
                    sent++;
                    CollectionAssert.AreEqual(Pattern.Of(s.Seq - t.Iss - 1, s.Length), s.Text, $"seed {seed}, turn {turn}");
                    Assert.IsTrue((int)(s.End - end) <= 0 && s.Length <= Mss, $"seed {seed}, turn {turn}: {s}");
                }
            }

            Assert.IsTrue(sent < 5000, $"seed {seed}: {sent} segments for 300 acknowledgments");
            for (int i = 0; i < 200 && t.C.SendQueued > 0; i++)
            {
                t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
                t.Wait(60_000);
                t.All();
            }

            Assert.AreEqual(0, t.C.SendQueued, $"seed {seed}");
            t.IsIn(TcpState.Established);
        }
    }
}
