namespace EmbeddedTcp.ConformanceTests;

/// <summary>What may be sent when: RFC 9293 §3.7.4 (Nagle), §3.8.6.2.1 (silly windows), §3.8.6.1 (zero window), §3.9.1.2 (PSH).</summary>
[TestClass]
public class SendTests
{
    [TestMethod]   // §3.7.4 SHLD-7: while something is outstanding, small text waits for the acknowledgment or for a full segment
    public void Nagle_holds_small_text_back()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(10);
        t.SendsText(seq, 10);
        t.Writes(10);
        t.Writes(10);
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 10));
        t.SendsText(seq + 10, 20);
        t.Writes(100);
        t.SendsNothing();
        t.Writes(1400);
        t.SendsText(seq + 30, 1460);
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 1490));
        t.SendsText(seq + 1490, 40);
    }

    [TestMethod]   // §3.7.4 MUST-17: an application can switch Nagle off
    public void No_delay_sends_at_once()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.C.NoDelay = true;
        for (uint i = 0; i < 5; i++)
        {
            t.Writes(10);
            t.SendsText(seq + i * 10, 10);
        }

        t.C.NoDelay = false;
        t.Writes(10);
        t.SendsNothing();
        t.C.NoDelay = true;
        t.SendsText(seq + 50, 10);
    }

    [TestMethod]   // §3.9.1.2 MUST-61: PSH on the last buffered segment, and only there
    public void Push_is_on_the_last_segment()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(3000);
        t.Sends(Control.At(TcpFlags.Ack, seq, t.RcvNxt) with { Text = Pattern.Of(0, 1460), ComparePush = true });
        t.Sends(Control.At(TcpFlags.Ack, seq + 1460, t.RcvNxt) with { Text = Pattern.Of(1460, 1460), ComparePush = true });
        t.Receives(Ack.At(t.RcvNxt, seq + 2920));
        t.Sends(Control.At(TcpFlags.Ack | TcpFlags.Psh, seq + 2920, t.RcvNxt) with { Text = Pattern.Of(2920, 80), ComparePush = true });
    }

    [TestMethod]   // never beyond SND.UNA + SND.WND
    public void Window_of_the_peer_is_respected()
    {
        var t = Dialogue.Established(new StackOptions { SendBufferSize = 16384 }, window: 3000);
        uint seq = t.SndNxt;
        t.Writes(10000);
        t.SendsText(seq, 1460);
        t.SendsText(seq + 1460, 1460);
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 1460) with { Window = 1460 });
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 1460) with { Window = 2920 });
        t.SendsText(seq + 2920, 1460);
        t.SendsNothing();
    }

    [TestMethod]   // §3.8.6.2.1: a small window is not filled with a small segment while a larger one may come; time overrides
    public void Silly_window_is_avoided_and_overridden()
    {
        var t = Dialogue.Established(window: 8000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Receives(Ack.At(peer, seq) with { Window = 100 });
        t.Writes(2000);
        t.SendsNothing();
        int waited = t.WaitForSegment(2000);
        Assert.IsTrue(waited is >= 100 and <= 1000, $"the override timeout is 0.1 to 1 s, not {waited} ms");
        t.SendsText(seq, 100);
        t.SendsNothing();
        t.Receives(Ack.At(peer, seq + 100) with { Window = 4000 });
        t.SendsText(seq + 100, 1460);
    }

    [TestMethod]   // §3.8.6.2.1 (3): half of the largest window the peer ever had is worth a segment
    public void Half_of_a_small_peers_buffer_is_sent()
    {
        var t = Dialogue.Established(window: 600);
        uint seq = t.SndNxt;
        t.Writes(2000);
        t.SendsText(seq, 600);
        t.Receives(Ack.At(t.RcvNxt, seq + 600) with { Window = 300 });
        t.SendsText(seq + 600, 300);
    }

    [TestMethod]   // §3.8.6 SHLD-14: a window that shrinks may make the usable window negative; nothing is lost
    public void Shrunken_window_is_survived()
    {
        var t = Dialogue.Established(window: 4000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(3900);
        t.SendsText(seq, 1460);
        t.SendsText(seq + 1460, 1460);
        t.Receives(Ack.At(peer, seq + 1460) with { Window = 500 });
        t.SendsNothing();
        Assert.IsTrue(t.WaitForSegment(3000) > 0);
        t.SendsText(seq + 1460, 500);
        t.Receives(Ack.At(peer, seq + 1960) with { Window = 4000 });
        t.SendsText(seq + 1960, 1460);
        t.Receives(Ack.At(peer, seq + 3420) with { Window = 4000 });
        t.SendsText(seq + 3420, 480);
        t.Receives(Ack.At(peer, seq + 3900));
        Assert.AreEqual(0, t.C.SendQueued);
    }

    [TestMethod]   // an ACK without text carries SND.NXT; beyond a window that shrank it would not be looked at
    public void Acks_at_a_shrunken_window_stay_inside_it()
    {
        var t = Dialogue.Established(window: 1000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(2000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(peer, seq + 1000) with { Window = 0 });
        t.WaitForSegment(2000);
        t.SendsText(seq + 1000, 1);
        t.Receives(Ack.At(peer, seq + 1000) with { Window = 0 });
        t.Receives(t.PeerText(peer, seq + 1000, 100) with { Window = 0 });
        t.Receives(t.PeerText(peer + 100, seq + 1000, 100) with { Window = 0 });
        t.Sends(Ack.At(seq + 1000, peer + 200));
    }

    [TestMethod]   // §3.8.6.1: first probe after one RTO, then backed off; an octet that is taken counts, one that is refused comes again
    public void Zero_window_is_probed()
    {
        var t = Dialogue.Established(window: 1000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.PeerWindow = 0;
        t.Writes(3000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(peer, seq + 1000));
        seq += 1000;
        t.SendsNothing();
        foreach (int wait in new[] { 1000, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 })
        {
            int waited = t.WaitForSegment(61_000);
            Assert.AreEqual(wait, waited, "time to the next probe");
            t.SendsText(seq, 1);
            t.Receives(Ack.At(peer, seq));
            t.SendsNothing();
        }

        // The update was lost; the next probe is answered with an open window, its octet refused.
        t.WaitForSegment(61_000);
        t.SendsText(seq, 1);
        t.Receives(Ack.At(peer, seq) with { Window = 5000 });
        t.SendsText(seq, 1460);
    }

    [TestMethod]   // the probe's octet was taken: the stream goes on behind it
    public void Probe_octet_that_is_taken_counts()
    {
        var t = Dialogue.Established(window: 1000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.C.NoDelay = true;
        t.Writes(3000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(peer, seq + 1000) with { Window = 0 });
        seq += 1000;
        t.WaitForSegment(2000);
        t.SendsText(seq, 1);
        t.Receives(Ack.At(peer, seq + 1) with { Window = 0 });
        t.SendsNothing();
        t.WaitForSegment(2000);
        t.SendsText(seq + 1, 1);
        t.Receives(Ack.At(peer, seq + 2) with { Window = 5000 });
        t.SendsText(seq + 2, 1460);
        t.SendsText(seq + 1462, 538);
        t.Receives(Ack.At(peer, seq + 2000) with { Window = 5000 });
        Assert.AreEqual(0, t.C.SendQueued);
    }

    [TestMethod]   // a window that opens without a probe being asked
    public void Window_update_reopens_at_once()
    {
        var t = Dialogue.Established(window: 1000);
        uint seq = t.SndNxt;
        t.C.NoDelay = true;
        t.Writes(3000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(t.RcvNxt, seq + 1000) with { Window = 0 });
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 1000) with { Window = 4000 });
        t.SendsText(seq + 1000, 1460);
        t.SendsText(seq + 2460, 540);
        t.Receives(Ack.At(t.RcvNxt, seq + 3000));
        t.Wait(100_000);
        t.SendsNothing();
    }

    [TestMethod]   // §3.8.6.1 MUST-37: as long as the peer answers, the connection stays, days if need be
    public void Peer_that_answers_probes_may_stay_shut()
    {
        var t = Dialogue.Established(window: 100);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(200);
        t.SendsText(seq, 100);
        t.Receives(Ack.At(peer, seq + 100) with { Window = 0 });
        long end = t.NowMs + 2L * 24 * 3600 * 1000;
        while (t.NowMs < end)
        {
            t.WaitForSegment(61_000);
            t.SendsText(seq + 100, 1);
            t.Receives(Ack.At(peer, seq + 100) with { Window = 0 });
        }

        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // rule: how long a mute peer holds a slot at a zero window is a policy with a default of 5 minutes
    public void Mute_peer_at_a_zero_window_times_out()
    {
        var t = Dialogue.Established(window: 100);
        uint seq = t.SndNxt;
        t.Writes(200);
        t.SendsText(seq, 100);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 0 });
        t.Wait(290_000);
        t.IsIn(TcpState.Established);
        t.Wait(90_000);
        List<Segment> sent = t.All();
        Assert.AreEqual(TcpFlags.Rst, sent[^1].Flags & TcpFlags.Rst);
        Assert.AreEqual(TcpEndReason.TimedOut, t.C.EndReason);
    }

    [TestMethod]   // a window that closed long ago does not count against a peer that nobody asked: the first write is probed, not aborted
    public void Long_pause_at_a_zero_window_is_no_silence()
    {
        var t = Dialogue.Established(window: 100);
        uint seq = t.SndNxt;
        t.Writes(100);
        t.SendsText(seq, 100);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 0 });
        t.Wait(3_600_000);
        t.SendsNothing();
        t.Writes(50);
        t.WaitForSegment(2000);
        t.SendsText(seq + 100, 1);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 1000 });
        t.SendsText(seq + 100, 50);
    }

    [TestMethod]   // a peer whose SYN,ACK announces no window at all is probed like any other
    public void Window_that_was_never_open_is_probed()
    {
        var t = new Dialogue { PeerWindow = 0 };
        t.Connects();
        t.Writes(100);
        t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1));
        t.Sends(Ack.At(t.Iss + 1, Dialogue.PeerIss + 1));
        t.SendsNothing();
        t.WaitForSegment(2000);
        t.SendsText(t.Iss + 1, 1);
        t.Receives(Ack.At(Dialogue.PeerIss + 1, t.Iss + 1));
        t.Receives(Ack.At(Dialogue.PeerIss + 1, t.Iss + 1) with { Window = 1000 });
        t.SendsText(t.Iss + 1, 100);
    }

    [TestMethod]   // a FIN at a closed window is probed like text, and its acknowledgment ends the wait
    public void Fin_waits_at_a_closed_window()
    {
        var t = Dialogue.Established(window: 100);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(100);
        t.SendsText(seq, 100);
        t.Receives(Ack.At(peer, seq + 100) with { Window = 0 });
        t.C.Shutdown();
        t.WaitForSegment(2000);
        t.Sends(Fin.At(seq + 100, peer));
        t.Receives(Ack.At(peer, seq + 100) with { Window = 0 });
        t.WaitForSegment(3000);
        t.Sends(Fin.At(seq + 100, peer));
        t.Receives(Ack.At(peer, seq + 101) with { Window = 0 });
        t.IsIn(TcpState.FinWait2);
        t.Wait(100_000);
        t.SendsNothing();
    }

    [TestMethod]   // device busy (the chip has no room): nothing is lost, nothing sent twice, and it goes on as soon as it can
    public void Busy_device_delays_and_loses_nothing()
    {
        var t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(3000);
        t.Device.Accepts = () => false;
        t.Wait(5);
        t.SendsNothing();
        int asked = 0;
        t.Device.Accepts = () => asked++ % 2 == 1;
        t.Wait(5);
        t.SendsText(seq, 1460);
        t.SendsText(seq + 1460, 1460);
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq + 2920));
        t.Wait(5);
        t.SendsText(seq + 2920, 80);
        t.Device.Accepts = () => false;
        t.Receives(t.PeerText(t.RcvNxt + 50, seq + 3000, 10));
        t.Wait(3);
        t.Device.Accepts = () => true;
        t.Wait(2);
        t.Sends(Ack.At(seq + 3000, t.RcvNxt));
        t.SendsNothing();
        Assert.AreEqual(0, t.Counters.Retransmissions);
    }

    [TestMethod]   // the window probe and the keep-alive are not owed: a busy device skips one, the next follows
    public void Busy_device_does_not_stop_the_persist_timer()
    {
        var t = Dialogue.Established(window: 100);
        uint seq = t.SndNxt;
        t.Writes(200);
        t.SendsText(seq, 100);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 0 });
        t.Device.Accepts = () => false;
        t.Wait(1500);
        t.Device.Accepts = () => true;
        Assert.IsTrue(t.WaitForSegment(5000) > 0);
        t.SendsText(seq + 100, 1);
    }
}
