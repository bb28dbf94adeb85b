namespace EmbeddedTcp.ConformanceTests;

/// <summary>Receiving: RFC 9293 §3.8.6.2.2, §3.8.6.3, §3.10.7.4 seventh; RFC 5681 §4.2.</summary>
[TestClass]
public class ReceiveTests
{
    [TestMethod]   // §3.8.6.3: one segment is acknowledged within the delay (MUST-40: below 500 ms), and not sooner
    public void Single_segment_is_acknowledged_late()
    {
        var t = Dialogue.Established();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 100));
        t.SendsNothing();
        t.Wait(199);
        t.SendsNothing();
        t.Wait(1);
        t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
        t.SendsNothing();
    }

    [TestMethod]   // §3.8.6.3 SHLD-19: every second full segment is acknowledged at once
    public void Every_second_segment_is_acknowledged_at_once()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 16384 });
        uint peer = t.RcvNxt;
        for (uint i = 0; i < 5; i++)
        {
            t.Receives(t.PeerText(peer, t.SndNxt, 1460));
            t.SendsNothing();
            t.Receives(t.PeerText(peer + 1460, t.SndNxt, 1460));
            peer += 2920;
            t.Sends(Ack.At(t.SndNxt, peer));
            t.SendsNothing();
        }

        t.Reads(14600);
    }

    [TestMethod]   // the acknowledgment rides on text of ours, and is then not owed any more
    public void Acknowledgment_rides_on_text()
    {
        var t = Dialogue.Established();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 100));
        t.Writes(50);
        Segment s = t.Next();
        Assert.AreEqual(50, s.Text!.Length);
        Assert.AreEqual(Dialogue.PeerIss + 101, s.Ack);
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        t.Wait(1000);
        t.SendsNothing();
    }

    [TestMethod]   // RFC 5681 §4.2: at once on a gap, on a repetition and on what fills a gap
    public void Gaps_and_repetitions_are_acknowledged_at_once()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer + 100, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer));
        t.Receives(t.PeerText(peer + 300, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer));
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer + 200));
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer + 200));
        t.Receives(t.PeerText(peer + 200, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer + 400));
        t.SendsNothing();
        t.Reads(400);
    }

    [TestMethod]   // seventh: what overlaps is trimmed on both sides, whatever came first
    public void Overlapping_segments_make_one_stream()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            var t = Dialogue.Established();
            uint peer = t.RcvNxt;
            int total = 0;
            for (int i = 0; i < 400 && total < 3000; i++)
            {
                int from = Math.Max(0, total - 300 + random.Next(900));
                int length = random.Next(1, 700);
                t.Receives(t.PeerText(peer + (uint)from, t.SndNxt, length));
                t.All();
                total = (int)(t.C.ReceiveNext - peer);
            }

            Assert.IsTrue(total >= 3000);
            t.Reads(total);
        }
    }

    [TestMethod]   // seventh: "trimming off any portions that lie outside the window (including SYN and FIN)"
    public void Segment_longer_than_the_window_is_cut()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 512 });
        uint peer = t.RcvNxt;

        // First check: neither its first nor its last octet lies in the window.
        t.Receives(t.PeerText(peer - 100, t.SndNxt, 1000));
        t.Sends(Ack.At(t.SndNxt, peer) with { Window = 512 });
        t.Receives(t.PeerText(peer, t.SndNxt, 1000) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        t.Wait(200);
        t.Sends(Ack.At(t.SndNxt, peer + 512) with { Window = 0 });
        t.IsIn(TcpState.Established);
        t.Reads(512);
    }

    [TestMethod]   // §3.8.6: the right edge never moves to the left, whatever the application does
    public void Window_never_shrinks()
    {
        var random = new Random(8);
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 3000 });
        uint edge = t.RcvNxt + 3000;
        uint peer = t.RcvNxt;
        for (int i = 0; i < 2000; i++)
        {
            int room = (int)(edge - peer);
            if (random.Next(2) == 0 && room > 0)
            {
                int n = random.Next(1, Math.Min(room, 1460) + 1);
                t.Receives(t.PeerText(peer, t.SndNxt, n));
                peer += (uint)n;
            }
            else if (t.C.Available > 0)
            {
                t.Reads(random.Next(1, t.C.Available + 1));
            }

            t.Wait(random.Next(300));
            foreach (Segment s in t.All())
            {
                uint right = s.Ack + (uint)s.Window!;
                Assert.IsTrue((int)(right - edge) >= 0, "the right edge moved left");
                int grown = (int)(right - edge);
                Assert.IsTrue(grown == 0 || grown >= 1460, $"a window update of {grown} octets is silly (§3.8.6.2.2)");
                edge = right;
            }
        }
    }

    [TestMethod]   // §3.8.6.2.2: a closed window that reopens is announced, once it is worth a segment or half the buffer
    public void Reopened_window_is_announced()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 4096 });
        uint peer = t.RcvNxt;
        for (int i = 0; i < 4; i++)
        {
            t.Receives(t.PeerText(peer, t.SndNxt, 1024));
            peer += 1024;
        }

        List<Segment> sent = t.All();
        Assert.AreEqual(0, sent[^1].Window);
        t.Reads(1000);
        t.Wait(5000);
        t.SendsNothing();
        t.Reads(460);
        t.Sends(Ack.At(t.SndNxt, peer) with { Window = 1460 });
        t.Reads(2636);
        t.Sends(Ack.At(t.SndNxt, peer) with { Window = 4096 });
    }

    [TestMethod]   // rule: bounded reassembly; what finds no place is dropped, counted, and arrives again
    public void Too_many_gaps_are_bounded()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        for (uint i = 1; i <= 8; i++)
        {
            t.Receives(t.PeerText(peer + i * 200, t.SndNxt, 100));
            t.Sends(Ack.At(t.SndNxt, peer));
        }

        Assert.AreEqual(4, t.Drops(DropReason.ReassemblyFull));
        for (uint i = 0; i < 18; i++)
        {
            t.Receives(t.PeerText(peer + i * 100, t.SndNxt, 100));
            t.All();
        }

        t.Reads(1800);
    }

    [TestMethod]   // §3.4: sequence numbers wrap through 2³² on both sides and nothing notices
    public void Sequence_numbers_wrap()
    {
        var t = Dialogue.Listening();
        t.Opens(0xFFFFFF00);
        uint peer = 0xFFFFFF01;
        for (int i = 0; i < 40; i++)
        {
            t.Receives(Text.At(peer + 50, t.SndNxt, 0xFFFFFF01, 50));
            t.Sends(Ack.At(t.SndNxt, peer));
            t.Receives(Text.At(peer, t.SndNxt, 0xFFFFFF01, 50));
            peer += 100;
            t.Sends(Ack.At(t.SndNxt, peer));
            t.Reads(100);
        }
    }

    [TestMethod]   // §3.10.3: the stream ends after the last octet, not before
    public void End_of_stream_comes_after_the_data()
    {
        var t = Dialogue.Established();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 100) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        t.All();
        Assert.IsTrue(t.C.PeerClosed);
        byte[] b = new byte[200];
        Assert.AreEqual(60, t.C.Peek(b, 0, 60));
        t.Reads(60);
        t.Reads(40);
        Assert.AreEqual(-1, t.C.Read(b, 0, 1));
        Assert.AreEqual(-1, t.C.Peek(b, 0, 1));
    }
}
