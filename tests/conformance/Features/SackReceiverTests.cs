namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>Selective acknowledgment, what we report: RFC 2018 §3 and §4, and duplicates, RFC 2883 §4.</summary>
[TestClass]
public class SackReceiverTests
{
    private const int Sack = TcpFeatures.Sack;

    // The peer's n-th hundred octets.
    private static Segment Part(Dialogue t, int n, int count = 1) => t.PeerText(At(n), t.SndNxt, 100 * count);

    private static uint At(int n) => Dialogue.PeerIss + 1 + (uint)(100 * n);

    private static Block Parts(int from, int to) => new(At(from), At(to));

    private static void Reports(Dialogue t, int acked, params Block[] blocks) => t.Sends(Ack.At(t.SndNxt, At(acked)).Reporting(blocks));

    [TestMethod]   // §4: an ACK without anything out of order carries no SACK option
    public void Nothing_out_of_order_nothing_reported()
    {
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 0));
        t.Receives(Part(t, 1));
        Reports(t, 2);
    }

    [TestMethod]   // §4: the first block is the one that holds the segment which triggered the ACK, the others follow, most recent first
    public void First_block_holds_the_triggering_segment()
    {
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 2));
        Reports(t, 0, Parts(2, 3));
        t.Receives(Part(t, 6));
        Reports(t, 0, Parts(6, 7), Parts(2, 3));
        t.Receives(Part(t, 4));
        Reports(t, 0, Parts(4, 5), Parts(6, 7), Parts(2, 3));

        // A segment that extends a block: the whole block comes first.
        t.Receives(Part(t, 7));
        Reports(t, 0, Parts(6, 8), Parts(4, 5), Parts(2, 3));
        t.Receives(Part(t, 3));
        Reports(t, 0, Parts(2, 5), Parts(6, 8));
    }

    [TestMethod]   // §3: at most four blocks; the one that was reported longest ago goes when there is no room
    public void Four_blocks_at_most()
    {
        Dialogue t = Dialogue.With(Sack);
        for (int i = 1; i <= 4; i++)
        {
            t.Receives(Part(t, 2 * i));
            Segment ack = t.Next();
            CollectionAssert.AreEqual(
                Enumerable.Range(0, i).Select(k => Parts(2 * (i - k), 2 * (i - k) + 1)).ToList(), ack.Sack!.ToList(), $"{ack}");
        }
    }

    [TestMethod]   // §3: three blocks beside timestamps
    public void Three_blocks_beside_timestamps()
    {
        Dialogue t = Dialogue.With(Sack | TcpFeatures.Timestamps);
        for (int i = 1; i <= 3; i++)
        {
            t.Receives(Part(t, 2 * i));
            t.Next();
        }

        t.Receives(Part(t, 8));
        Reports(t, 0, Parts(8, 9), Parts(6, 7), Parts(4, 5));

        // The oldest takes its turn again when a segment of it arrives.
        t.Receives(Part(t, 3));
        Reports(t, 0, Parts(2, 5), Parts(8, 9), Parts(6, 7));
    }

    [TestMethod]   // §4: a filled hole removes blocks at once, and the rest stays reported on every ACK
    public void Filled_holes_vanish()
    {
        Dialogue t = Dialogue.With(Sack);
        foreach (int i in new[] { 1, 3, 5 })
        {
            t.Receives(Part(t, i));
            t.Next();
        }

        t.Receives(Part(t, 0));
        Reports(t, 2, Parts(5, 6), Parts(3, 4));
        t.Receives(Part(t, 2));
        Reports(t, 4, Parts(5, 6));
        t.Receives(Part(t, 4));
        Reports(t, 6);
        t.Reads(600);
    }

    [TestMethod]   // §4 (SHOULD): blocks are in all ACKs that do not acknowledge the highest number, text included, which makes room for them
    public void Text_carries_blocks_and_makes_room()
    {
        foreach (int features in new[] { Sack, Sack | TcpFeatures.Timestamps })
        {
            int stamps = features == Sack ? 0 : 12;
            Dialogue t = Dialogue.With(features, options: new StackOptions { SendBufferSize = 16384 });
            t.Receives(Part(t, 2));
            t.Next();
            t.Receives(Part(t, 4));
            t.Next();
            t.Writes(3000);
            Segment text = t.Next();
            CollectionAssert.AreEqual(new[] { Parts(4, 5), Parts(2, 3) }, text.Sack!.ToArray());
            Assert.AreEqual(1460 - stamps - 4 - 16, text.Text!.Length, "RFC 9293 §3.7.1, MUST-16");
            text = t.Next();
            Assert.AreEqual(2, text.Sack!.Count);
            t.All();

            // Then nothing is left to report, and the segments are whole again.
            t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
            t.Receives(Part(t, 0, 2));
            t.Receives(Part(t, 3));
            t.All();
            t.Writes(3000);
            Assert.AreEqual(1460 - stamps, t.Next().Text!.Length);
        }
    }

    [TestMethod]   // §4: "the receiver SHOULD NOT discard" what it reported: all of it counts as soon as the hole is filled
    public void What_was_reported_is_kept()
    {
        var random = new Random(5);
        for (int turn = 0; turn < 50; turn++)
        {
            Dialogue t = Dialogue.With(Sack);
            var reported = new HashSet<int>();
            uint acked = At(0);
            while (acked != At(40))
            {
                int part = random.Next(40);
                t.Receives(Part(t, part));
                foreach (Segment ack in t.All())
                {
                    Assert.IsTrue((int)(ack.Ack - acked) >= 0);
                    acked = ack.Ack;
                    foreach (Block block in ack.Sack!)
                    {
                        for (uint at = block.Left; at != block.Right; at += 100)
                        {
                            reported.Add((int)(at - At(0)) / 100);
                        }
                    }
                }

                // What was reported and lies behind a filled hole is acknowledged without being sent again.
                int next = (int)(t.RcvNxt - At(0)) / 100;
                Assert.IsFalse(reported.Contains(next), $"part {next} was reported and has to come again");
            }

            t.Reads(4000);
        }
    }

    [TestMethod]   // RFC 2883 §4: the first block reports a segment that was received twice, once; a pure duplicate below RCV.NXT
    public void Duplicate_is_reported_first_and_once()
    {
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 0, 2));
        t.Receives(Part(t, 2));
        Reports(t, 3);
        t.Receives(Part(t, 1));
        Reports(t, 3, Parts(1, 2));
        t.Receives(Part(t, 3));
        t.Receives(Part(t, 4));
        Reports(t, 5);
    }

    [TestMethod]   // RFC 2883 §4.1, third example: a duplicate with something out of order: D-SACK first, then the usual blocks
    public void Duplicate_stands_before_the_blocks()
    {
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 0, 2));
        t.Receives(Part(t, 2));
        t.Next();
        t.Receives(Part(t, 5));
        Reports(t, 3, Parts(5, 6));
        t.Receives(Part(t, 0));
        Reports(t, 3, Parts(0, 1), Parts(5, 6));
        t.Receives(Part(t, 7));
        Reports(t, 3, Parts(7, 8), Parts(5, 6));
    }

    [TestMethod]   // RFC 2883 §4: a duplicate above RCV.NXT: the second block is the one that contains it
    public void Duplicate_out_of_order_is_followed_by_its_block()
    {
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 2, 3));
        t.Next();
        t.Receives(Part(t, 7));
        t.Next();
        t.Receives(Part(t, 3));
        Reports(t, 0, Parts(3, 4), Parts(2, 5), Parts(7, 8));
    }

    [TestMethod]   // RFC 2883 §4.2: of a segment that is new in part, the part that is not
    public void Part_of_a_segment_that_came_before_is_reported()
    {
        // Below RCV.NXT.
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 0, 2));
        t.Receives(Part(t, 2));
        t.Next();
        t.Receives(Part(t, 2, 2));
        t.WaitForSegment(500);
        Reports(t, 4, Parts(2, 3));

        // Beyond a hole.
        t.Receives(Part(t, 6));
        t.Next();
        t.Receives(Part(t, 5, 2));
        Reports(t, 4, Parts(6, 7), Parts(5, 7));

        // Filling one: nothing but the duplicate is left to report.
        t.Receives(Part(t, 4, 2));
        Reports(t, 7, Parts(5, 6));
        t.Reads(700);
    }

    [TestMethod]   // with timestamps and four blocks to report there is still room for the duplicate and two of them
    public void Duplicate_takes_the_place_of_the_oldest_block()
    {
        Dialogue t = Dialogue.With(Sack | TcpFeatures.Timestamps);
        for (int i = 1; i <= 4; i++)
        {
            t.Receives(Part(t, 2 * i));
            t.Next();
        }

        t.Receives(Part(t, 4));
        Reports(t, 0, Parts(4, 5), Parts(4, 5), Parts(8, 9));
    }

    [TestMethod]   // RFC 2018 §3: the edges are sequence numbers like any other
    public void Blocks_wrap()
    {
        var t = Dialogue.Listening(Dialogue.Offering(Sack));
        t.PeerOffers(Sack);
        t.Opens(0xFFFFFF00);
        t.Receives(Ack.At(0xFFFFFFF0, t.SndNxt) with { Text = new byte[32] });
        t.Sends(Ack.At(t.SndNxt, 0xFFFFFF01).Reporting(new Block(0xFFFFFFF0, 16)));
        t.Receives(Ack.At(0xFFFFFF01, t.SndNxt) with { Text = new byte[0xEF] });
        t.Sends(Ack.At(t.SndNxt, 16).Reporting());
    }

    [TestMethod]   // a FIN beyond a hole is remembered, but is no octet of text: no block ends behind it
    public void Fin_out_of_order_is_in_no_block()
    {
        Dialogue t = Dialogue.With(Sack);
        t.Receives(Part(t, 1) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        Reports(t, 0, Parts(1, 2));
        t.Receives(Part(t, 0));
        t.Sends(Ack.At(t.SndNxt, At(2) + 1).Reporting());
        t.IsIn(TcpState.CloseWait);
    }
}
