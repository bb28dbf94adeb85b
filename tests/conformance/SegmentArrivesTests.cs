namespace EmbeddedTcp.ConformanceTests;

/// <summary>Edges of RFC 9293 §3.10.7.4 that a slip of one comparison would move: each by what the other side can see of it.</summary>
[TestClass]
public class SegmentArrivesTests
{
    private static StackOptions Large => new() { SendBufferSize = 65535 };

    [TestMethod]   // first: only a closed window makes an ACK at RCV.NXT + 1 one at RCV.NXT; else it is newer, and what is older is old (SND.WL1)
    public void Ack_ahead_of_rcv_nxt_is_newer_than_one_at_it()
    {
        var t = Dialogue.Established();
        t.Receives(Ack.At(t.RcvNxt + 1, t.SndNxt) with { Window = 5000 });
        Assert.AreEqual(5000, t.C.SendWindow);
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt) with { Window = 3000 });
        Assert.AreEqual(5000, t.C.SendWindow);
    }

    [TestMethod]   // first: at a closed window text beyond RCV.NXT is not acceptable, so its acknowledgment is not looked at
    public void Text_ahead_of_a_closed_window_acknowledges_nothing()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 1024 });
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 1024));
        t.All();
        uint seq = t.SndNxt;
        t.Writes(100);
        t.SendsText(seq, 100);
        t.Receives(t.PeerText(t.RcvNxt + 1, seq + 100, 10));
        t.Sends(Ack.At(seq + 100, t.RcvNxt));
        Assert.AreEqual(100, t.C.SendQueued);
        t.Receives(Ack.At(t.RcvNxt + 1, seq + 100));
        Assert.AreEqual(0, t.C.SendQueued);
    }

    [TestMethod]   // fifth, RFC 5681 §2: text makes it no duplicate, even with an unchanged window and out of order; a changed window neither
    public void Text_out_of_order_is_no_duplicate_ack()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(10000);
        t.All();
        for (uint i = 1; i <= 5; i++)
        {
            t.Receives(t.PeerText(peer + i * 10, seq, 10));
        }

        Assert.AreEqual(0, t.Counters.DuplicateAcks);
        for (int i = 1; i <= 5; i++)
        {
            t.Receives(Ack.At(peer, seq) with { Window = 60000 + i });
        }

        Assert.AreEqual(0, t.Counters.DuplicateAcks);
        Assert.AreEqual(0, t.Counters.FastRetransmits);
    }

    [TestMethod]   // RFC 5681 §2: duplicates count in a row. A new acknowledgment in between begins anew
    public void Duplicates_count_in_a_row()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(60000);
        t.All();
        for (uint i = 0; i < 4; i++)
        {
            t.Receives(Ack.At(peer, seq + i * 1000));
            t.Receives(Ack.At(peer, seq + i * 1000));
            t.Receives(Ack.At(peer, seq + i * 1000 + 1000));
        }

        Assert.AreEqual(0, t.Counters.FastRetransmits);
        Assert.AreEqual(0, t.Counters.Retransmissions);
    }

    [TestMethod]   // fifth, §3.8.6: SND.WND counts from SND.UNA. What an old segment acknowledges of a probe leaves no window, and no negative one
    public void Acknowledged_probe_leaves_no_window_behind()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;

        // Text that came too early has the newest window: zero.
        t.Receives(t.PeerText(peer + 100, seq, 10) with { Window = 0 });
        t.All();
        t.Writes(50);
        t.WaitForSegment(5000);
        t.SendsText(seq, 1);
        t.Receives(Ack.At(peer, seq + 1) with { Window = 500 });
        Assert.AreEqual(0, t.C.SendWindow);
        Assert.AreEqual(49, t.C.SendQueued);
        t.SendsNothing();
        t.Receives(Ack.At(peer + 110, seq + 1) with { Window = 500 });
        t.SendsText(seq + 1, 49);
    }

    [TestMethod]   // fifth: MAX.SND.WND (RFC 5961 §5.2) follows the window up, whichever way the segment takes
    public void Largest_window_is_remembered()
    {
        foreach (bool inOrder in new[] { true, false })
        {
            var t = Dialogue.Established(window: 100);
            uint seq = t.SndNxt;
            uint peer = t.RcvNxt;
            if (!inOrder)
            {
                // A gap: header prediction keeps out of it, and what follows lies beyond.
                t.Receives(t.PeerText(peer + 500, seq, 1));
                t.All();
                peer += 501;
            }

            t.Writes(5000);
            t.SendsText(seq, 100);
            t.Receives(Ack.At(peer, seq + 100) with { Window = 8192 });
            t.All();
            t.Receives(Ack.At(peer, t.SndNxt) with { Window = 200 });

            // Now an acknowledgment from long ago: within the largest window it is old, beyond it an attack.
            t.Receives(Ack.At(peer, t.SndNxt - 8000) with { Window = 200 });
            Assert.AreEqual(0, t.Drops(DropReason.BadAcknowledgment));
            t.Receives(Ack.At(peer, t.SndNxt - 8193) with { Window = 200 });
            Assert.AreEqual(1, t.Drops(DropReason.BadAcknowledgment));
        }
    }

    [TestMethod]   // RFC 6298 (5.4), §3.8.1: what was acknowledged is not sent again, wherever in the sequence space the connection is
    public void Acknowledgment_beyond_what_is_being_repeated()
    {
        var isses = new HashSet<uint>();
        for (int quarter = 0; quarter < 4; quarter++)
        {
            // M ticks 250 times a millisecond (§3.4.1): a quarter of the sequence space in 4,294,967 ms.
            var t = new Dialogue(Large, 1_000_000 + quarter * 4_294_967L) { PeerWindow = 60000 };
            t.Connects();
            isses.Add(t.Iss >> 30);
            t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1) with { Mss = 1000 });
            t.All();
            uint seq = t.Iss + 1;
            t.Writes(5000);
            Assert.AreEqual(5, t.All().Count);
            t.WaitForSegment(5000);
            t.SendsText(seq, 1000);
            t.Receives(Ack.At(t.RcvNxt, seq + 3000));
            t.SendsText(seq + 3000, 1000);
            t.SendsText(seq + 4000, 1000);
            t.Receives(Ack.At(t.RcvNxt, seq + 5000));
            t.SendsNothing();
            t.Writes(1000);
            t.SendsText(seq + 5000, 1000);
        }

        Assert.AreEqual(4, isses.Count);
    }

    [TestMethod]   // §3.9.1.3: the application hears of text in order, each time it has taken its events, and finds the connection among the ready
    public void Application_hears_of_text()
    {
        var t = Dialogue.Established();
        for (uint i = 0; i < 3; i++)
        {
            while (t.Tcp.TakeReady() is { } c)
            {
                c.TakeEvents();
            }

            t.Receives(t.PeerText(Dialogue.PeerIss + 1 + i * 10, t.SndNxt, 10));
            Assert.AreSame(t.C, t.Tcp.TakeReady());
            Assert.AreEqual(TcpEvents.Readable, t.C.TakeEvents());
            Assert.IsNull(t.Tcp.TakeReady());
            t.Reads(10);
        }
    }

    [TestMethod]   // seventh: a FIN goes with the text it came with. Where that found no place, both come again
    public void Fin_behind_text_that_found_no_place()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        uint seq = t.SndNxt;
        for (uint i = 1; i <= 4; i++)
        {
            t.Receives(t.PeerText(peer + i * 20, seq, 10));
        }

        t.Receives(t.PeerText(peer + 100, seq, 10) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        t.All();
        Assert.AreEqual(1, t.Drops(DropReason.ReassemblyFull));
        t.Receives(t.PeerText(peer, seq, 100));
        t.Sends(Ack.At(seq, peer + 100));
        t.IsIn(TcpState.Established);

        // The peer had more to say than it thought when it closed: nothing holds it to a FIN that was not taken.
        t.Receives(t.PeerText(peer + 100, seq, 30));
        t.Reads(130);
        Assert.IsFalse(t.C.PeerClosed);
    }

    [TestMethod]   // MAY-2 (1): the new incarnation's number comes from the clock (§3.4.1) whenever that lies beyond the old connection
    public void Reopened_connection_keeps_the_clock()
    {
        var t = Dialogue.Established();
        uint first = t.Iss;
        long opened = t.NowMs;
        t.C.Close();
        t.All();
        t.Receives(Fin.At(Dialogue.PeerIss + 1, t.SndNxt));
        t.All();
        t.IsIn(TcpState.TimeWait);
        t.Wait(20_000);
        t.Opens(Dialogue.PeerIss + 100);
        Assert.AreEqual((uint)(t.NowMs - opened) * 250, t.Iss - first);
    }

    [TestMethod]   // RFC 9293 §3.8.6.1: a window that reopens ends the probing; the next closed window is probed after one RTO again
    public void Reopened_window_ends_the_probing()
    {
        var t = Dialogue.Established(window: 100);
        uint seq = t.SndNxt;
        t.Writes(400);
        t.SendsText(seq, 100);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 0 });
        Assert.AreEqual(1000, t.WaitForSegment(9000));
        t.SendsText(seq + 100, 1);
        Assert.AreEqual(1000, t.WaitForSegment(9000));
        t.SendsText(seq + 100, 1);
        Assert.AreEqual(2000, t.WaitForSegment(9000));
        t.SendsText(seq + 100, 1);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 200 });
        t.SendsText(seq + 100, 200);
        t.Receives(Ack.At(t.RcvNxt, seq + 300) with { Window = 0 });
        Assert.AreEqual(1000, t.WaitForSegment(9000));
        t.SendsText(seq + 300, 1);
    }

    [TestMethod]   // Karn, where a window reopens: the octet that probed it goes out once more, so its acknowledgment measures nothing
    public void Probe_that_is_repeated_measures_nothing()
    {
        var t = Dialogue.Established(new StackOptions { MinimumRto = 10 }, window: 100);
        uint seq = t.SndNxt;
        t.Writes(200);
        t.SendsText(seq, 100);
        t.Wait(5);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 0 });
        int measured = t.C.SmoothedRtt;
        t.WaitForSegment(9000);
        t.SendsText(seq + 100, 1);
        t.Wait(30);
        t.All();
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 1000 });
        t.SendsText(seq + 100, 100);
        t.Wait(1);
        t.Receives(Ack.At(t.RcvNxt, seq + 200) with { Window = 1000 });
        Assert.AreEqual(measured, t.C.SmoothedRtt);
    }
}
