namespace EmbeddedTcp.ConformanceTests;

/// <summary>Opening a connection: RFC 9293 §3.5, §3.10.7.1 to .3.</summary>
[TestClass]
public class HandshakeTests
{
    private const uint Iss = Dialogue.PeerIss;

    [TestMethod]   // §3.5 figure 6, as the passive side; §3.10.7.2: SYN,ACK with our MSS (MUST-14)
    public void Passive_open_in_three_segments()
    {
        var t = Dialogue.Listening();
        t.IsIn(TcpState.Listen);
        t.Receives(Syn.At(Iss) with { Mss = 1460 });
        Segment answer = t.Next();
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
        Assert.AreEqual(Iss + 1, answer.Ack);
        Assert.AreEqual(1460, answer.Mss);
        Assert.AreEqual(t.Options.ReceiveBufferSize, answer.Window);
        t.SendsNothing();
        t.IsIn(TcpState.SynReceived);
        Assert.IsNull(t.Listener!.Accept());
        t.Receives(Ack.At(Iss + 1, answer.Seq + 1));
        t.SendsNothing();
        t.IsIn(TcpState.Established);
        Assert.IsNotNull(t.Listener.Accept());
    }

    [TestMethod]   // §3.5 figure 6, as the active side
    public void Active_open_in_three_segments()
    {
        var t = new Dialogue();
        t.Connects();
        t.SendsNothing();
        t.Receives(SynAck.At(Iss, t.Iss + 1) with { Mss = 1460 });
        t.Sends(Ack.At(t.Iss + 1, Iss + 1));
        t.SendsNothing();
        t.IsIn(TcpState.Established);
        Assert.AreEqual(TcpEvents.Connected | TcpEvents.Writable, t.C.TakeEvents());
    }

    [TestMethod]   // §3.5 figure 7: simultaneous open; MUST-10
    public void Simultaneous_open_is_one_connection()
    {
        var t = new Dialogue();
        t.Connects();
        t.Receives(Syn.At(Iss) with { Mss = 1460 });
        t.Sends(SynAck.At(t.Iss, Iss + 1) with { Mss = 1460 });
        t.IsIn(TcpState.SynReceived);
        t.Receives(SynAck.At(Iss, t.Iss + 1));
        t.IsIn(TcpState.Established);
        Assert.AreEqual(TcpEvents.Connected, t.C.TakeEvents() & TcpEvents.Connected);
        Assert.AreEqual(t.Options.Connections - 1, t.Tcp.FreeSlots);
        t.All();
        t.Receives(t.PeerText(Iss + 1, t.Iss + 1, 10));
        t.Reads(10);
    }

    [TestMethod]   // §3.5: in a simultaneous open a bare ACK of our SYN does as well as the peer's SYN,ACK
    public void Simultaneous_open_ends_with_a_bare_ack()
    {
        var t = new Dialogue();
        t.Connects();
        t.Receives(Syn.At(Iss));
        t.Sends(SynAck.At(t.Iss, Iss + 1));
        t.Receives(Ack.At(Iss + 1, t.Iss + 1));
        t.SendsNothing();
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // §3.10.7.4 second, SYN-RECEIVED after an active open: the user is told "connection refused"
    public void Reset_in_a_simultaneous_open_refuses()
    {
        var t = new Dialogue();
        t.Connects();
        t.Receives(Syn.At(Iss));
        t.Sends(SynAck.At(t.Iss, Iss + 1));
        t.Receives(Rst.At(Iss + 1));
        t.SendsNothing();
        Assert.AreEqual(TcpState.Closed, t.C.State);
        Assert.AreEqual(TcpEndReason.Refused, t.C.EndReason);
    }

    [TestMethod]   // §3.10.7.3 first: an ACK of something never sent is answered with a RST, and the opening goes on (figure 8)
    public void Unacceptable_ack_in_syn_sent_is_reset()
    {
        var t = new Dialogue();
        t.Connects();
        foreach (uint ack in new[] { t.Iss, t.Iss + 2, t.Iss - 1000 })
        {
            t.Receives(Ack.At(900, ack));
            t.Sends(Rst.At(ack));
            t.Receives(SynAck.At(900, ack));
            t.Sends(Rst.At(ack));
            t.Receives(Rst.At(900, ack));
            t.SendsNothing();
        }

        t.IsIn(TcpState.SynSent);
        t.Receives(SynAck.At(Iss, t.Iss + 1));
        t.Sends(Ack.At(t.Iss + 1, Iss + 1));
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // §3.10.7.3 second: only a RST that acknowledges our SYN refuses
    public void Reset_in_syn_sent_needs_the_right_ack()
    {
        var t = new Dialogue();
        t.Connects();
        t.Receives(Rst.At(0));
        t.IsIn(TcpState.SynSent);
        Assert.AreEqual(1, t.Drops(DropReason.RstIgnored));
        t.Receives(Rst.At(0, t.Iss + 1));
        t.SendsNothing();
        Assert.AreEqual(TcpState.Closed, t.C.State);
        Assert.AreEqual(TcpEndReason.Refused, t.C.EndReason);
        Assert.AreEqual(TcpEvents.Ended, t.C.TakeEvents());
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));
        Assert.AreEqual(-1, t.C.Write(new byte[1], 0, 1));
    }

    [TestMethod]   // §3.10.7.3 fifth: neither SYN nor RST
    public void Segment_without_syn_in_syn_sent_is_dropped()
    {
        var t = new Dialogue();
        t.Connects();
        t.Receives(Ack.At(Iss, t.Iss + 1));
        t.Receives(Control.At(TcpFlags.Fin, Iss, 0));
        t.SendsNothing();
        t.IsIn(TcpState.SynSent);
    }

    [TestMethod]   // §3.10.7.3: "if there are other controls or text in the segment, continue processing"
    public void Text_and_fin_with_the_syn_ack_are_taken()
    {
        var t = new Dialogue();
        t.Connects();
        t.Receives(SynAck.At(Iss, t.Iss + 1) with { Text = Pattern.Of(0, 20), Flags = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin });
        t.Sends(Ack.At(t.Iss + 1, Iss + 1 + 20 + 1));
        t.IsIn(TcpState.CloseWait);
        t.Reads(20);
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));
    }

    [TestMethod]   // §3.10.7.2 third: text with a SYN may be queued or not; ours is not, so it is not acknowledged and must come again
    public void Text_with_a_syn_is_not_acknowledged()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss) with { Text = Pattern.Of(0, 10) });
        Segment answer = t.Next();
        Assert.AreEqual(Iss + 1, answer.Ack);
        t.Receives(t.PeerText(Iss + 1, answer.Seq + 1, 10));
        t.Slot = t.Listener!.Accept();
        t.Reads(10);
    }

    [TestMethod]   // §3.10.7.2 first and second
    public void Listener_ignores_rst_and_resets_ack()
    {
        var t = Dialogue.Listening();
        t.Receives(Rst.At(5));
        t.Receives(Rst.At(5, 6));
        t.SendsNothing();
        t.Receives(Ack.At(5, 777));
        t.Sends(Rst.At(777));
        t.Receives(SynAck.At(5, 888));
        t.Sends(Rst.At(888));
        t.Receives(Control.At(TcpFlags.Psh, 5, 0));
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
    }

    [TestMethod]   // §3.10.7.1 and §3.5.2 group 1: the two forms of a RST, and none about a RST
    public void Closed_port_answers_with_a_reset()
    {
        var t = new Dialogue();
        t.Receives(Syn.At(100));
        t.Sends(Rst.At(0, 101));
        t.Receives(Control.At(TcpFlags.Fin, 100, 0) with { Text = new byte[9] });
        t.Sends(Rst.At(0, 110));
        t.Receives(Ack.At(100, 5000));
        t.Sends(Rst.At(5000));
        t.Receives(SynAck.At(100, 5000));
        t.Sends(Rst.At(5000));
        t.Receives(Rst.At(100));
        t.Receives(Rst.At(100, 5000));
        t.SendsNothing();
    }

    [TestMethod]   // §3.10.7.4 fifth, SYN-RECEIVED: a wrong ACK is answered with <SEQ=SEG.ACK><CTL=RST>, the peer stays half open
    public void Wrong_ack_in_syn_received_is_reset()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        uint iss = t.Next().Seq;
        foreach (uint ack in new[] { iss, iss + 2, iss - 7 })
        {
            t.Receives(Ack.At(Iss + 1, ack));
            t.Sends(Rst.At(ack));
        }

        t.IsIn(TcpState.SynReceived);
        t.Receives(Ack.At(Iss + 1, iss + 1));
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // §3.10.7.4 second, SYN-RECEIVED after a passive open: back to LISTEN, nobody is told; RFC 5961 §3.2 for the place
    public void Reset_in_syn_received_returns_to_listen()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        uint iss = t.Next().Seq;
        t.Receives(Rst.At(Iss + 2));
        t.Sends(Ack.At(iss + 1, Iss + 1));
        t.IsIn(TcpState.SynReceived);
        t.Receives(Rst.At(Iss));
        t.SendsNothing();
        t.IsIn(TcpState.SynReceived);
        t.Receives(Rst.At(Iss + 1));
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
        Assert.IsNull(t.Listener!.Accept());
    }

    [TestMethod]   // §3.10.7.4 first and fourth for a half-open peer: not acceptable, or a new SYN: ACK; RFC 5961 §4.2
    public void Half_open_peer_is_acknowledged_when_it_says_something_odd()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        uint iss = t.Next().Seq;
        t.Receives(Ack.At(Iss - 100, iss + 1));
        t.Sends(Ack.At(iss + 1, Iss + 1));
        t.Receives(Syn.At(Iss + 50));
        t.Sends(Ack.At(iss + 1, Iss + 1));
        t.Receives(Control.At(TcpFlags.Psh, Iss + 1, 0));
        t.SendsNothing();
        t.IsIn(TcpState.SynReceived);
    }

    [TestMethod]   // the peer's SYN again, since our SYN,ACK was lost: the same SYN,ACK
    public void Repeated_syn_gets_the_same_syn_ack()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        Segment first = t.Next();
        t.Receives(Syn.At(Iss));
        t.Sends(SynAck.At(first.Seq, Iss + 1) with { Mss = 1460 });
        t.IsIn(TcpState.SynReceived);
    }

    [TestMethod]   // SYN,ACK lost for good: repeated 1, 2, 4, 8, 16 s later, then the entry is forgotten and a late ACK is reset
    public void Syn_ack_is_repeated_a_bounded_number_of_times()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        uint iss = t.Next().Seq;
        foreach (int wait in new[] { 1000, 2000, 4000, 8000, 16000 })
        {
            Assert.AreEqual(wait, t.WaitForSegment(40_000));
            t.Sends(SynAck.At(iss, Iss + 1) with { Mss = 1460 });
        }

        t.Wait(31_999);
        t.IsIn(TcpState.SynReceived);
        t.Wait(1);
        t.SendsNothing();
        t.IsIn(TcpState.Listen);
        Assert.AreEqual(1, t.Counters.HalfOpenExpired);
        t.Receives(Ack.At(Iss + 1, iss + 1));
        t.Sends(Rst.At(iss + 1));
    }

    [TestMethod]   // the third ACK was lost: the first text completes the handshake (§3.5: "it is perfectly legitimate")
    public void First_text_completes_the_handshake()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        uint iss = t.Next().Seq;
        t.Receives(t.PeerText(Iss + 1, iss + 1, 30));
        t.IsIn(TcpState.Established);
        t.Slot = t.Listener!.Accept();
        Assert.AreEqual(TcpEvents.Readable, t.C.TakeEvents() & TcpEvents.Readable);
        t.Reads(30);
        t.Wait(200);
        t.Sends(Ack.At(iss + 1, Iss + 31));
    }

    [TestMethod]   // the handshake's ACK may carry text and FIN at once
    public void Text_and_fin_complete_the_handshake()
    {
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Iss));
        uint iss = t.Next().Seq;
        t.Receives(t.PeerText(Iss + 1, iss + 1, 30) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        t.Sends(Ack.At(iss + 1, Iss + 32));
        t.IsIn(TcpState.CloseWait);
        t.Slot = t.Listener!.Accept();
        t.Reads(30);
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));
    }

    [TestMethod]   // RFC 6298 §5.7: after a lost SYN the RTO for data is 3 s; RFC 5681 §3.1: and the window one segment
    public void Lost_syn_is_repeated_with_back_off()
    {
        var t = new Dialogue();
        t.Connects();
        foreach (int wait in new[] { 1000, 2000, 4000 })
        {
            Assert.AreEqual(wait, t.WaitForSegment(10_000));
            t.Sends(Syn.At(t.Iss) with { Mss = 1460 });
        }

        t.Receives(SynAck.At(Iss, t.Iss + 1) with { Mss = 1000 });
        t.Sends(Ack.At(t.Iss + 1, Iss + 1));
        Assert.AreEqual(3000, t.C.Rto);
        Assert.AreEqual(4000, t.Writes(4000));
        t.SendsText(t.Iss + 1, 1000);
        t.SendsNothing();
        Assert.AreEqual(3000, t.WaitForSegment(10_000));
        t.SendsText(t.Iss + 1, 1000);
    }

    [TestMethod]   // §3.8.3 MUST-23: a SYN is tried for at least 3 minutes; then the user is told, and nothing is left
    public void Connect_gives_up_after_three_minutes()
    {
        var t = new Dialogue();
        t.Connects();
        t.Wait(179_999);
        t.IsIn(TcpState.SynSent);
        foreach (Segment s in t.All())
        {
            Assert.AreEqual(TcpFlags.Syn, s.Flags);
        }

        t.Wait(70_000);
        t.All();
        Assert.AreEqual(TcpState.Closed, t.C.State);
        Assert.AreEqual(TcpEndReason.TimedOut, t.C.EndReason);
        t.C.Close();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // §3.10.4 SYN-SENT: CLOSE deletes the block without a word
    public void Close_in_syn_sent_is_silent()
    {
        var t = new Dialogue();
        t.Connects();
        t.C.Close();
        t.SendsNothing();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
        t.Receives(SynAck.At(Iss, t.Iss + 1));
        t.Sends(Rst.At(t.Iss + 1));
    }

    [TestMethod]   // what was written before the handshake ended follows it at once
    public void Text_written_in_syn_sent_follows_the_handshake()
    {
        var t = new Dialogue();
        t.Connects();
        Assert.AreEqual(100, t.Writes(100));
        t.C.Shutdown();
        t.SendsNothing();
        t.Receives(SynAck.At(Iss, t.Iss + 1));
        var sent = t.All();
        Segment last = sent[^1];
        Assert.AreEqual(t.Iss + 1, last.Seq);
        Assert.AreEqual(Iss + 1, last.Ack);
        CollectionAssert.AreEqual(Pattern.Of(0, 100), last.Text);
        Assert.AreEqual(TcpFlags.Fin, last.Flags & TcpFlags.Fin);
        t.IsIn(TcpState.FinWait1);
    }
}
