namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>Explicit congestion notification: RFC 3168 §5 and §6.1.</summary>
[TestClass]
public class EcnTests
{
    private const int Ecn = TcpFeatures.Ecn;
    private const int Both = TcpFlags.Ece | TcpFlags.Cwr;
    private const int Capable = 2;
    private const int Experienced = 3;
    private const int Mss = 1000;

    private static Dialogue Agreed(int mss = 1460)
        => Dialogue.With(Ecn, options: new StackOptions { SendBufferSize = 65535, DelayedAck = 0 }, mss: mss, window: 65535);

    [TestMethod]   // §6.1.1: only ECE without CWR in a SYN,ACK says yes; a peer that reflects the bits does not understand them
    [DataRow(TcpFlags.Ece, true)]
    [DataRow(0, false)]
    [DataRow(TcpFlags.Cwr, false)]
    [DataRow(Both, false)]
    public void Forms_of_the_syn_ack(int bits, bool agreed)
    {
        var t = new Dialogue(Dialogue.Offering(Ecn));
        t.Connects();
        t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1) with { Mss = 1460, Flags = TcpFlags.Syn | TcpFlags.Ack | bits });
        Assert.AreEqual(agreed ? Ecn : 0, t.Features);
        t.All();
        t.Writes(10);
        Assert.AreEqual(agreed ? Capable : 0, t.Next().EcnCodepoint);
    }

    [TestMethod]   // §6.1.1: only both bits in a SYN ask for it
    [DataRow(Both, true)]
    [DataRow(0, false)]
    [DataRow(TcpFlags.Cwr, false)]
    [DataRow(TcpFlags.Ece, false)]
    public void Forms_of_the_syn(int bits, bool agreed)
    {
        var t = Dialogue.Listening(Dialogue.Offering(Ecn));
        t.Receives(Syn.At(500) with { Mss = 1460, Flags = TcpFlags.Syn | bits });
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack | (agreed ? TcpFlags.Ece : 0), t.Next().Flags);
    }

    [TestMethod]   // §6.1.1.1: a SYN that asks may be lost to a middlebox: the next does not ask, and a yes to it is not believed
    public void Repeated_syn_does_not_ask()
    {
        var t = new Dialogue(Dialogue.Offering(Ecn));
        t.Connects();
        t.WaitForSegment(1000);
        Assert.AreEqual(TcpFlags.Syn, t.Next().Flags);
        t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1) with { Mss = 1460, Flags = TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Ece });
        Assert.AreEqual(0, t.Features);
        t.All();
        t.Writes(10);
        Assert.AreEqual(0, t.Next().EcnCodepoint);
    }

    [TestMethod]   // §6.1.1: the peer falls back: our SYN,ACK takes the yes back, and nothing is marked
    public void Peer_that_falls_back_is_followed()
    {
        var t = Dialogue.Listening(Dialogue.Offering(Ecn));
        t.Receives(Syn.At(500) with { Mss = 1460, Flags = TcpFlags.Syn | Both });
        t.Next();
        t.Receives(Syn.At(500) with { Mss = 1460 });
        Segment synAck = t.Next();
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, synAck.Flags);
        t.Receives(Ack.At(501, synAck.Seq + 1));
        t.Slot = t.Listener!.Accept();
        Assert.AreEqual(0, t.Features);
    }

    [TestMethod]   // §6.1.1: who has sent a SYN,ACK without the yes MUST NOT set ECT: in a simultaneous open every SYN,ACK of ours says yes
    public void Simultaneous_open_keeps_saying_yes()
    {
        var t = new Dialogue(Dialogue.Offering(Ecn)) { PeerEcn = true };
        t.Connects();
        t.Receives(Syn.At(Dialogue.PeerIss) with { Mss = 1460 });
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Ece, t.Next().Flags);
        t.WaitForSegment(3000);
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Ece, t.Next().Flags);
        t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1) with { Mss = 1460 });
        t.IsIn(TcpState.Established);
        Assert.AreEqual(Ecn, t.Features);
        Assert.AreEqual(0, t.Counters.EcnReductions, "ECE in a SYN,ACK is no echo");
    }

    [TestMethod]   // §6.1.2 ECT(0) on new text; §6.1.5 not on retransmissions; §6.1.6 not on window probes; §6.1.4 (harness) not on pure ACKs
    public void Only_new_text_is_marked_capable()
    {
        Dialogue t = Agreed();
        uint seq = t.SndNxt;
        t.Writes(100);
        Assert.AreEqual(Capable, t.Next().EcnCodepoint);
        t.WaitForSegment(1000);
        Segment again = t.Next();
        Assert.AreEqual(seq, again.Seq);
        Assert.AreEqual(0, again.EcnCodepoint);
        t.Receives(Ack.At(t.RcvNxt, seq + 100) with { Window = 0 });
        t.Writes(100);
        t.WaitForSegment(5000);
        Segment probe = t.Next();
        Assert.AreEqual(1, t.Counters.WindowProbes);
        Assert.AreEqual(0, probe.EcnCodepoint);
        Assert.AreEqual(0, probe.Flags & Both, "CWR waits for new text");
    }

    [TestMethod]   // fast retransmit, with and without SACK: what is sent again is not capable
    [DataRow(Ecn)]
    [DataRow(Ecn | TcpFeatures.Sack)]
    public void Fast_retransmissions_are_not_capable(int features)
    {
        Dialogue t = Dialogue.With(features, options: new StackOptions { SendBufferSize = 65535 }, mss: Mss, window: 65535);
        uint seq = t.SndNxt;
        t.Writes(20 * Mss);
        t.All();
        for (int i = 1; i <= 9; i++)
        {
            Segment ack = Ack.At(t.RcvNxt, seq);
            t.Receives((features & TcpFeatures.Sack) != 0 ? ack.Reporting(new Block(seq + Mss, seq + Mss + (uint)(i * Mss))) : ack);
        }

        List<Segment> sent = t.All();
        Assert.IsTrue(sent.Count(s => s.Seq == seq) == 1 && sent.Count(s => s.Seq != seq) >= 3);
        Segment[] fresh = [.. sent.Where(s => s.Seq != seq)];
        Assert.IsTrue(sent.All(s => s.EcnCodepoint == (s.Seq == seq ? 0 : Capable)));

        // §6.1.2: "the first new data packet sent after the window reduction" says so: the first two went out before it (limited transmit).
        Assert.AreEqual(1, fresh.Count(s => (s.Flags & TcpFlags.Cwr) != 0));
        Assert.AreEqual(TcpFlags.Cwr, fresh[2].Flags & TcpFlags.Cwr);
    }

    [TestMethod]   // §6.1.3: a mark is echoed in every ACK until the peer's CWR; one that comes with CWR begins anew
    public void Marks_are_echoed_until_cwr()
    {
        Dialogue t = Agreed();
        (int Codepoint, int Flags, bool Echo)[] rows =
        [
            (Capable, 0, false), (Experienced, 0, true), (Capable, 0, true), (0, 0, true), (Capable, TcpFlags.Cwr, false), (Capable, 0, false),
            (Experienced, TcpFlags.Cwr, true), (Capable, 0, true), (Capable, TcpFlags.Cwr, false), (1, 0, false),
        ];
        foreach ((int codepoint, int flags, bool echo) in rows)
        {
            t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10) with { EcnCodepoint = codepoint, Flags = TcpFlags.Ack | flags });
            t.WaitForSegment(1);
            Assert.AreEqual(echo ? TcpFlags.Ack | TcpFlags.Ece : TcpFlags.Ack, t.Next().Flags, $"{codepoint} {flags}");
        }

        t.Reads(100);
    }

    [TestMethod]   // §6.1.3: text of ours is an ACK as well
    public void Text_of_ours_echoes_too()
    {
        Dialogue t = Agreed();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10) with { EcnCodepoint = Experienced });
        t.WaitForSegment(1);
        t.All();
        t.Writes(10);
        Segment text = t.Next();
        Assert.AreEqual(TcpFlags.Ece, text.Flags & Both);
        Assert.AreEqual(Capable, text.EcnCodepoint);
    }

    [TestMethod]   // §6.1.5: text outside the window may be forged: its mark says nothing
    public void Mark_outside_the_window_is_ignored()
    {
        Dialogue t = Agreed();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        t.WaitForSegment(1);
        t.All();
        t.Receives(t.PeerText(t.RcvNxt - 10, t.SndNxt, 10) with { EcnCodepoint = Experienced });
        Assert.AreEqual(TcpFlags.Ack, t.Next().Flags);
    }

    [TestMethod]   // §6.1.2: an echo halves the window as one loss does, once in a window of data, without sending anything again; then CWR, once
    public void Echo_halves_the_window_once()
    {
        Dialogue t = Agreed(Mss);
        uint seq = t.SndNxt;
        t.Writes(40 * Mss);
        Assert.AreEqual(10, t.All().Count);
        t.Receives(Ack.At(t.RcvNxt, seq + 2 * Mss) with { Flags = TcpFlags.Ack | TcpFlags.Ece });
        Assert.AreEqual(4 * Mss, t.C.CongestionWindow);
        Assert.AreEqual(4 * Mss, t.C.SlowStartThreshold);
        t.SendsNothing();
        for (uint i = 4; i <= 10; i += 2)
        {
            t.Receives(Ack.At(t.RcvNxt, seq + i * Mss) with { Flags = TcpFlags.Ack | TcpFlags.Ece });
        }

        Assert.AreEqual(1, t.Counters.EcnReductions, "all that was outstanding then belongs to the same window");
        List<Segment> sent = t.All();
        Assert.AreEqual(seq + 10 * Mss, sent[0].Seq);
        Assert.AreEqual(TcpFlags.Cwr, sent[0].Flags & Both);
        Assert.IsTrue(sent.Count > 2 && sent.Skip(1).All(s => (s.Flags & Both) == 0));
        Assert.AreEqual(0, t.Counters.Retransmissions);

        // The next window is marked as well.
        int window = t.C.CongestionWindow;
        t.Receives(Ack.At(t.RcvNxt, seq + 11 * Mss) with { Flags = TcpFlags.Ack | TcpFlags.Ece });
        Assert.AreEqual(2, t.Counters.EcnReductions);
        Assert.IsTrue(t.C.CongestionWindow < window);
    }

    [TestMethod]   // §6.1.2: whatever reduced the window, the next new text says so: after a timeout too
    public void Timeout_is_followed_by_cwr()
    {
        Dialogue t = Agreed(Mss);
        uint seq = t.SndNxt;
        t.Writes(Mss);
        t.All();
        t.WaitForSegment(1000);
        Assert.AreEqual(0, t.Next().Flags & Both);
        t.Receives(Ack.At(t.RcvNxt, seq + Mss));
        t.Writes(2 * Mss);
        Assert.AreEqual(TcpFlags.Cwr, t.Next().Flags & Both);
        Assert.AreEqual(0, t.Next().Flags & Both);
    }

    [TestMethod]   // §6.1.2: an echo reduces the window; it never raises one that is already smaller
    public void Echo_never_raises_a_small_window()
    {
        Dialogue t = Agreed(Mss);
        uint seq = t.SndNxt;
        t.C.NoDelay = true;
        t.Writes(100);
        t.All();
        t.WaitForSegment(1000);
        t.All();
        t.Receives(Ack.At(t.RcvNxt, seq + 100));
        t.Writes(100);
        t.All();
        int window = t.C.CongestionWindow;
        t.Receives(Ack.At(t.RcvNxt, seq + 200) with { Flags = TcpFlags.Ack | TcpFlags.Ece });
        Assert.AreEqual(1, t.Counters.EcnReductions);
        Assert.IsTrue(t.C.CongestionWindow <= window + 100, $"{window} before, {t.C.CongestionWindow} after");
    }

    [TestMethod]   // §6.1.1: without agreement the bits of a segment are noise
    public void Bits_without_agreement_are_ignored()
    {
        Dialogue t = Dialogue.Established(new StackOptions { SendBufferSize = 65535, ExplicitCongestionNotification = true, DelayedAck = 0 }, Mss, 65535);
        uint seq = t.SndNxt;
        t.Writes(10 * Mss);
        t.All();
        t.Receives(Ack.At(t.RcvNxt, seq + Mss) with { Flags = TcpFlags.Ack | TcpFlags.Ece });
        Assert.AreEqual(11 * Mss, t.C.CongestionWindow);
        t.Receives(t.PeerText(t.RcvNxt, seq + Mss, 10) with { EcnCodepoint = Experienced, Flags = TcpFlags.Ack | Both });
        t.WaitForSegment(1);
        Assert.AreEqual(TcpFlags.Ack, t.Next().Flags);
        Assert.AreEqual(0, t.Counters.EcnReductions);
    }

    [TestMethod]   // between two stacks, every tenth datagram marked instead of lost: the transfer slows down and nothing is sent twice
    public void Marked_path_loses_nothing()
    {
        var wire = new Cable(
            new StackOptions { SendBufferSize = 32768, ExplicitCongestionNotification = true },
            new StackOptions { ReceiveBufferSize = 32768, ExplicitCongestionNotification = true }) { LatencyMs = 20 };
        (TcpConnection client, TcpConnection server) = wire.Open();
        int capable = 0;
        wire.Alter = one =>
        {
            if ((one.Frame[15] & 3) == Capable && ++capable % 10 == 0)
            {
                one.Frame[15] |= Experienced;
                Frames.FixIpv4Checksum(one.Frame, 14);
            }
        };
        byte[] text = Pattern.Of(0, 300_000);
        byte[] got = new byte[text.Length];
        int sent = 0;
        int read = 0;
        wire.RunUntil(
            () =>
            {
                sent += Math.Max(0, client.Write(text, sent, text.Length - sent));
                read += Math.Max(0, server.Read(got, read, Math.Max(1, got.Length - read)));
                return read == text.Length;
            },
            60_000,
            "transfer");
        CollectionAssert.AreEqual(text, got);
        Assert.IsTrue(wire.A.Counters.EcnReductions > 3, $"{wire.A.Counters.EcnReductions} reductions");
        Assert.AreEqual(0, wire.A.Counters.Retransmissions);
        Assert.IsTrue(wire.Ladder.Count(s => s.FromA && s.Has(TcpFlags.Cwr) && s.Segment!.Length > 1) >= wire.A.Counters.EcnReductions - 1);
    }
}
