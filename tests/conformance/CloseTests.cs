namespace EmbeddedTcp.ConformanceTests;

/// <summary>Closing a connection: RFC 9293 §3.6, §3.10.4, §3.10.7.4 eighth.</summary>
[TestClass]
public class CloseTests
{
    [TestMethod]   // §3.6 figure 12, the active side; the FIN is sent once
    public void Active_close_in_four_segments()
    {
        var t = Dialogue.Established();
        t.C.Shutdown();
        t.Sends(Fin.At(t.SndNxt, t.RcvNxt));
        t.SendsNothing();
        t.IsIn(TcpState.FinWait1);
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        t.SendsNothing();
        t.IsIn(TcpState.FinWait2);
        uint peer = t.RcvNxt;
        t.Receives(Fin.At(peer, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, peer + 1));
        t.IsIn(TcpState.TimeWait);
        t.Wait(59_999);
        t.IsIn(TcpState.TimeWait);
        t.Wait(1);
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
    }

    [TestMethod]   // §3.6 figure 12, the passive side
    public void Passive_close_in_four_segments()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Fin.At(peer, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, peer + 1));
        t.IsIn(TcpState.CloseWait);
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, peer + 1));
        t.IsIn(TcpState.LastAck);
        t.Receives(Ack.At(peer + 1, t.SndNxt));
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
        Assert.AreEqual(4, t.Tcp.FreeSlots);
        Assert.AreEqual(0, t.Tcp.TimeWait.Count);
    }

    [TestMethod]   // §3.10.7.4 eighth, FIN-WAIT-1: "if our FIN has been ACKed, enter TIME-WAIT"
    public void Active_close_in_three_segments()
    {
        var t = Dialogue.Established();
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, t.RcvNxt));
        uint peer = Dialogue.PeerIss + 1;
        t.Receives(Fin.At(peer, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, peer + 1));
        t.IsIn(TcpState.TimeWait);
        Assert.AreEqual(4, t.Tcp.FreeSlots, "TIME_WAIT holds no slot");
    }

    [TestMethod]   // §3.6 figure 13: simultaneous close, FIN-WAIT-1, CLOSING, TIME-WAIT
    public void Simultaneous_close_passes_closing()
    {
        var t = Dialogue.Established();
        t.C.Shutdown();
        uint una = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Sends(Fin.At(una, peer));
        t.Receives(Fin.At(peer, una));
        t.Sends(Ack.At(una + 1, peer + 1));
        t.IsIn(TcpState.Closing);
        t.Receives(Ack.At(peer + 1, una + 1));
        t.SendsNothing();
        t.IsIn(TcpState.TimeWait);
    }

    [TestMethod]   // CLOSING: a lost ACK makes both repeat their FIN; each repetition is acknowledged
    public void Fin_is_repeated_in_closing()
    {
        var t = Dialogue.Established();
        t.C.Shutdown();
        uint una = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Sends(Fin.At(una, peer));
        t.Receives(Fin.At(peer, una));
        t.Sends(Ack.At(una + 1, peer + 1));
        Assert.IsTrue(t.WaitForSegment(3000) > 0);
        t.Sends(Fin.At(una, peer + 1));
        t.Receives(Fin.At(peer, una));
        t.Sends(Ack.At(una + 1, peer + 1));
        t.Receives(Ack.At(peer + 1, una + 1));
        t.IsIn(TcpState.TimeWait);
    }

    [TestMethod]   // §3.6: after the peer's FIN our direction still works, and the FIN follows the last text
    public void Half_closed_by_the_peer_we_still_send()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Fin.At(peer, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, peer + 1));
        t.Writes(3000);
        uint seq = t.SndNxt;
        t.SendsText(seq, 1460);
        t.SendsText(seq + 1460, 1460);
        t.SendsNothing();
        t.C.Shutdown();
        Segment last = t.Next();
        Assert.AreEqual(80, last.Text!.Length);
        Assert.AreEqual(TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Ack, last.Flags);
        t.IsIn(TcpState.LastAck);
        t.Receives(Ack.At(peer + 1, seq + 3000));
        t.IsIn(TcpState.LastAck);
        t.Receives(Ack.At(peer + 1, seq + 3001));
        t.IsIn(TcpState.Listen);
        Assert.AreEqual(TcpEndReason.Closed, t.C.EndReason);
    }

    [TestMethod]   // §3.10.3 and .4: after our FIN we still read, in FIN-WAIT-1 and FIN-WAIT-2
    public void Half_closed_by_us_we_still_read()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.C.Shutdown();
        Assert.AreEqual(-1, t.C.Write(new byte[1], 0, 1));
        t.Sends(Fin.At(t.SndNxt, peer));
        t.Receives(t.PeerText(peer, t.SndNxt - 1, 100));
        t.Receives(t.PeerText(peer + 100, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer + 200));
        t.IsIn(TcpState.FinWait2);
        t.Reads(200);
        t.Receives(t.PeerText(peer + 200, t.SndNxt, 100) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        t.Sends(Ack.At(t.SndNxt, peer + 301));
        t.IsIn(TcpState.TimeWait);
        t.Reads(100);
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));
    }

    [TestMethod]   // §3.10.7.4 eighth: a FIN is consumed in order only, whatever its distance; bare, and with text
    public void Fin_ahead_of_missing_text_waits_for_it()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Fin.At(peer + 200, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, peer));
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.IsIn(TcpState.Established);
        t.Receives(t.PeerText(peer + 100, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer + 201));
        t.IsIn(TcpState.CloseWait);
        t.Reads(200);

        t = Dialogue.Established();
        t.Receives(t.PeerText(peer + 100, t.SndNxt, 100) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        t.Sends(Ack.At(t.SndNxt, peer));
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Sends(Ack.At(t.SndNxt, peer + 201));
        t.IsIn(TcpState.CloseWait);
        t.Reads(200);
    }

    [TestMethod]   // eighth, CLOSE-WAIT, LAST-ACK: a repeated FIN is acknowledged and changes nothing
    public void Repeated_fin_is_acknowledged()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        for (int i = 0; i < 3; i++)
        {
            t.Receives(Fin.At(peer, t.SndNxt));
            t.Sends(Ack.At(t.SndNxt, peer + 1));
            t.IsIn(TcpState.CloseWait);
        }

        t.C.Shutdown();
        uint una = t.SndNxt;
        t.Sends(Fin.At(una, peer + 1));
        t.Receives(Fin.At(peer, una));
        t.Sends(Ack.At(una + 1, peer + 1));
        t.IsIn(TcpState.LastAck);
    }

    [TestMethod]   // seventh: text behind the peer's FIN is ignored
    public void Text_after_the_fin_is_ignored()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Fin.At(peer, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, peer + 1));
        t.Receives(t.PeerText(peer + 1, t.SndNxt, 10));
        t.All();
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));
        Assert.AreEqual(peer + 1, t.C.ReceiveNext);
    }

    [TestMethod]   // a lost FIN is repeated with back-off (§3.10.8, RFC 6298)
    public void Lost_fin_is_repeated()
    {
        var t = Dialogue.Established();
        t.C.Close();
        uint una = t.SndNxt;
        uint peer = Dialogue.PeerIss + 1;
        t.Sends(Fin.At(una, peer));
        Assert.AreEqual(1000, t.WaitForSegment(5000));
        t.Sends(Fin.At(una, peer));
        Assert.AreEqual(2000, t.WaitForSegment(5000));
        t.Sends(Fin.At(una, peer));
        t.Receives(Ack.At(peer, una + 1));
        t.Wait(4000);
        t.SendsNothing();
        t.IsIn(TcpState.FinWait2);
    }

    [TestMethod]   // RFC 9293 §3.6.1 (RFC 1122 §4.2.2.13, RFC 2525 §2.17): unread data is lost, and the peer must learn it
    public void Close_with_unread_data_resets()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 10));
        t.C.Close();
        t.Sends(Rst.At(t.SndNxt, peer + 10));
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // same clause: data that arrives after the application closed
    public void Data_after_close_resets()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, peer));
        t.Receives(Ack.At(peer, t.SndNxt));
        t.IsIn(TcpState.FinWait2);
        t.Receives(t.PeerText(peer, t.SndNxt, 10));
        t.Sends(Rst.At(t.SndNxt, peer));
        t.SendsNothing();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
        Assert.AreEqual(1, t.Drops(DropReason.DataAfterClose));
    }

    [TestMethod]   // §3.10.5: ABORT sends <SEQ=SND.NXT><CTL=RST> in every synchronised state, and forgets
    public void Abort_sends_a_reset()
    {
        var t = Dialogue.Established();
        t.Writes(100);
        t.SendsText(t.SndNxt, 100);
        t.C.Abort();
        t.Sends(Rst.At(t.SndNxt, Dialogue.PeerIss + 1));
        t.SendsNothing();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
        t.Wait(120_000);
        t.SendsNothing();
    }

    [TestMethod]   // §3.10.4: data queued before CLOSE is delivered in the background, then the FIN
    public void Close_delivers_what_was_queued()
    {
        var t = Dialogue.Established(window: 1000);
        uint una = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(2500);
        t.C.Close();
        t.SendsText(una, 1000);
        t.SendsNothing();
        t.IsIn(TcpState.FinWait1);
        t.Receives(Ack.At(peer, una + 1000));
        t.SendsText(una + 1000, 1000);
        t.Receives(Ack.At(peer, una + 2000));
        Segment last = t.Next();
        Assert.AreEqual(500, last.Text!.Length);
        Assert.AreEqual(TcpFlags.Fin, last.Flags & TcpFlags.Fin);
        t.Receives(Ack.At(peer, una + 2501));
        t.IsIn(TcpState.FinWait2);
    }

    [TestMethod]   // rule: every state has a deadline. FIN_WAIT_2 of a closed connection
    public void Orphan_in_fin_wait_2_is_abandoned()
    {
        var t = Dialogue.Established(new StackOptions { FinWait2Timeout = 60_000 });
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, Dialogue.PeerIss + 1));
        t.Receives(Ack.At(Dialogue.PeerIss + 1, t.SndNxt));
        t.Wait(59_999);
        t.IsIn(TcpState.FinWait2);
        t.Wait(1);
        t.IsIn(TcpState.Listen);
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // but an application that only shut down its direction waits as long as it likes
    public void Half_closed_connection_in_use_has_no_deadline()
    {
        var t = Dialogue.Established();
        t.C.Shutdown();
        t.Sends(Fin.At(t.SndNxt, t.RcvNxt));
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        t.Wait(3_600_000);
        t.SendsNothing();
        t.IsIn(TcpState.FinWait2);
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        t.Reads(10);
    }

    [TestMethod]   // rule: every state has a deadline. Closed with queued data at a window that stays shut by a live peer
    public void Orphan_at_a_closed_window_is_abandoned()
    {
        var t = Dialogue.Established(new StackOptions { OrphanTimeout = 120_000 }, window: 500);
        uint una = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(1000);
        t.SendsText(una, 500);
        t.C.Close();
        t.PeerWindow = 0;
        t.Receives(Ack.At(peer, una + 500));
        long start = t.NowMs;
        while (t.Tcp.FreeSlots < 4)
        {
            t.WaitForSegment(61_000);
            Segment s = t.Next();
            if ((s.Flags & TcpFlags.Rst) != 0)
            {
                break;
            }

            t.Receives(Ack.At(peer, una + 500));
        }

        Assert.AreEqual(4, t.Tcp.FreeSlots);
        Assert.IsTrue(t.NowMs - start is >= 119_000 and <= 125_000, $"after {t.NowMs - start} ms");
    }

    [TestMethod]   // rule: every state has a deadline. FIN-WAIT-1, CLOSING and LAST-ACK of a closed connection whose peer has gone
    public void Closed_connection_of_a_vanished_peer_ends()
    {
        foreach (TcpState state in new[] { TcpState.FinWait1, TcpState.Closing, TcpState.LastAck })
        {
            Dialogue t = AcceptabilityTests.In(state);
            t.C.Close();
            t.Wait(300_000);
            List<Segment> sent = t.All();
            Assert.AreEqual(TcpFlags.Rst, sent[^1].Flags & TcpFlags.Rst, state.ToString());
            Assert.AreEqual(4, t.Tcp.FreeSlots, state.ToString());
            t.Wait(1_000_000);
            t.SendsNothing();
        }
    }

    [TestMethod]   // verbs on a connection that is over do no harm
    public void Verbs_after_the_end_are_harmless()
    {
        var t = Dialogue.Established();
        t.Receives(Rst.At(t.RcvNxt));
        Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
        t.C.Shutdown();
        t.C.NoDelay = true;
        t.C.KeepAlive = true;
        Assert.AreEqual(-1, t.C.Write(new byte[5], 0, 5));
        Assert.AreEqual(-1, t.C.Read(new byte[5], 0, 5));
        t.C.Close();
        t.C.Close();
        t.C.Abort();
        t.Wait(10_000_000);
        t.SendsNothing();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }
}
