namespace EmbeddedTcp.ConformanceTests;

/// <summary>
/// Nothing happens in silence: for each way a segment can take through RFC 9293 §3.10.7, exactly the drop reasons and counters that it moves.
/// What a row does not name must not move.
/// </summary>
[TestClass]
public class CounterTests
{
    // Frames and segments are counted for every row; what was sent is what the other tests look at.
    private static readonly string[] s_always = ["frames in", "frames out", "segments in", "segments out", "ARP requests out", "ARP replies out", "drops"];

    private static void Moves(Dialogue t, Segment segment, params string[] expected)
    {
        t.Poll();
        Dictionary<string, long> before = Snapshot(t);
        t.Receives(segment);
        string[] moved = [.. Snapshot(t).Where(c => c.Value != before[c.Key]).Select(c => c.Value == before[c.Key] + 1 ? c.Key : $"{c.Key} by {c.Value - before[c.Key]}").Order()];
        CollectionAssert.AreEqual(expected.Order().ToArray(), moved, $"{segment} moved {string.Join(", ", moved)}");
        t.All();
    }

    private static Dictionary<string, long> Snapshot(Dialogue t)
    {
        var all = new Dictionary<string, long>();
        for (int i = 0; i < t.Counters.Count; i++)
        {
            all[t.Counters.NameAt(i)] = t.Counters.ValueAt(i);
        }

        for (int i = 0; i < (int)DropReason.Count; i++)
        {
            all["dropped: " + (DropReason)i] = t.Counters.Drops[i];
        }

        return all.Where(c => !s_always.Contains(c.Key)).ToDictionary();
    }

    [TestMethod]   // §3.10.7.1, §3.10.7.2
    public void Closed_and_listen()
    {
        var t = Dialogue.Listening();
        Moves(t, Rst.At(5), "dropped: RstIgnored");
        Moves(t, Ack.At(5, 6), "dropped: NoConnection", "resets out");
        Moves(t, Control.At(TcpFlags.Fin, 5, 0), "dropped: Unexpected");
        Moves(t, Control.At(0, 5, 0), "dropped: Unexpected");
        Moves(t, Syn.At(5));
        Moves(t, Syn.At(5) with { DestinationPort = 99 }, "dropped: NoConnection", "resets out");
        Moves(t, Rst.At(5) with { DestinationPort = 99 }, "dropped: NoConnection");
    }

    [TestMethod]   // §3.10.7.4 for SYN-RECEIVED after a passive open; RFC 5961 §3.2, §4.2
    public void Half_open()
    {
        const uint Next = Dialogue.PeerIss + 1;
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Dialogue.PeerIss));
        uint iss = t.Next().Seq;
        Moves(t, Syn.At(Dialogue.PeerIss), "retransmissions");
        Moves(t, Ack.At(Next + 70_000, iss + 1), "dropped: OutOfWindow", "challenge ACKs");
        Moves(t, Rst.At(Next + 70_000), "dropped: OutOfWindow");
        Moves(t, Rst.At(Next + 1), "dropped: RstIgnored", "challenge ACKs");
        Moves(t, Syn.At(Next + 1), "dropped: SynInWindow", "challenge ACKs");
        Moves(t, Control.At(TcpFlags.Fin, Next, 0), "dropped: NoAckFlag");
        Moves(t, Ack.At(Next, iss), "dropped: BadAcknowledgment", "resets out");
        Moves(t, Ack.At(Next, iss + 2), "dropped: BadAcknowledgment", "resets out");
        Moves(t, Rst.At(Next), "resets in");
        t.IsIn(TcpState.Listen);
    }

    [TestMethod]   // a half-open peer is answered as often as the throttle allows (RFC 5961 §7), and each answer it refuses is counted
    public void Half_open_and_throttled()
    {
        const uint Next = Dialogue.PeerIss + 1;
        var t = Dialogue.Listening();
        t.Receives(Syn.At(Dialogue.PeerIss));
        uint iss = t.Next().Seq;
        for (int i = 0; i < 200; i++)
        {
            t.Receives(Rst.At(Next + 1));
        }

        int sent = t.All().Count;
        Assert.IsTrue(sent is > 0 and < 200, $"{sent} answers in one instant");
        Assert.AreEqual(sent, t.Counters.ChallengeAcks);
        Assert.AreEqual(200 - sent, t.Drops(DropReason.ChallengeThrottled));
        Assert.AreEqual(200, t.Drops(DropReason.RstIgnored));
        Moves(t, Rst.At(Next + 1), "dropped: RstIgnored", "dropped: ChallengeThrottled");
        Moves(t, Syn.At(Dialogue.PeerIss), "dropped: ChallengeThrottled");

        // The handshake itself is no answer that could be throttled.
        t.Receives(Ack.At(Next, iss + 1));
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // §3.10.7.3
    public void Syn_sent()
    {
        var t = new Dialogue();
        t.Connects();
        Moves(t, Ack.At(Dialogue.PeerIss, t.Iss), "dropped: BadAcknowledgment", "resets out");
        Moves(t, Ack.At(Dialogue.PeerIss, t.Iss + 2), "dropped: BadAcknowledgment", "resets out");
        Moves(t, Rst.At(Dialogue.PeerIss, t.Iss), "dropped: BadAcknowledgment");
        Moves(t, Rst.At(Dialogue.PeerIss), "dropped: RstIgnored");
        Moves(t, Ack.At(Dialogue.PeerIss, t.Iss + 1), "dropped: Unexpected");
        Moves(t, Rst.At(Dialogue.PeerIss, t.Iss + 1), "resets in", "failed opens");
        Assert.AreEqual(TcpEndReason.Refused, t.C.EndReason);
    }

    [TestMethod]   // §3.10.7.4 for SYN-RECEIVED after an active open
    public void Simultaneous_open()
    {
        const uint Next = Dialogue.PeerIss + 1;
        var t = new Dialogue();
        t.Connects();
        t.Receives(Syn.At(Dialogue.PeerIss));
        t.All();
        t.IsIn(TcpState.SynReceived);
        Moves(t, Ack.At(Next, t.Iss), "dropped: BadAcknowledgment", "resets out");
        Moves(t, Ack.At(Next, t.Iss + 2), "dropped: BadAcknowledgment", "resets out");
        Moves(t, Rst.At(Next), "resets in", "failed opens");
        Assert.AreEqual(TcpEndReason.Refused, t.C.EndReason);
    }

    [TestMethod]   // §3.10.7.4, the steps in their order
    public void Established()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 1024 });
        uint peer = t.RcvNxt;
        uint seq = t.SndNxt;
        Moves(t, Ack.At(peer + 70_000, seq), "dropped: OutOfWindow", "challenge ACKs");
        Moves(t, t.PeerText(peer - 10, seq, 10), "dropped: OutOfWindow");
        Moves(t, Rst.At(peer - 1), "dropped: OutOfWindow");
        Moves(t, Rst.At(peer + 1), "dropped: RstIgnored", "challenge ACKs");
        Moves(t, Syn.At(peer), "dropped: SynInWindow", "challenge ACKs");
        Moves(t, Control.At(TcpFlags.Psh, peer, 0), "dropped: NoAckFlag");
        Moves(t, Ack.At(peer, seq + 1), "dropped: BadAcknowledgment", "challenge ACKs");
        Moves(t, Ack.At(peer, seq - 100_000), "dropped: BadAcknowledgment", "challenge ACKs");

        // Header prediction takes what is in order: text, and an acknowledgment of all or of a part.
        Moves(t, t.PeerText(peer, seq, 10), "predicted");
        t.Writes(2000);
        t.SendsText(seq, 1460);
        Moves(t, Ack.At(peer + 10, seq + 1000), "predicted");
        Moves(t, Ack.At(peer + 10, t.SndNxt), "predicted");
        Moves(t, t.PeerText(peer + 10, t.SndNxt, 1014), "predicted");
        Moves(t, t.PeerText(peer + 1024, t.SndNxt, 10), "dropped: OutOfWindow");
        Moves(t, Rst.At(peer + 1024), "resets in");
        Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
    }

    [TestMethod]   // seventh: what is out of order is kept and counted; so is what finds no place, and a FIN behind the end
    public void Out_of_order()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        uint seq = t.SndNxt;
        for (uint i = 1; i <= 4; i++)
        {
            Moves(t, t.PeerText(peer + i * 20, seq, 10), "out of order");
        }

        Moves(t, t.PeerText(peer + 100, seq, 10), "dropped: ReassemblyFull");
        Moves(t, t.PeerText(peer, seq, 20));
        Moves(t, t.PeerText(peer + 30, seq, 10));
    }

    [TestMethod]   // seventh in CLOSE-WAIT: "Ignore the segment text"; and text for a connection that was closed
    public void After_a_fin()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        Moves(t, Fin.At(peer, t.SndNxt));
        Moves(t, t.PeerText(peer + 1, t.SndNxt, 10), "dropped: Unexpected");
        Moves(t, Fin.At(peer, t.SndNxt), "dropped: OutOfWindow");

        t = Dialogue.Established();
        peer = t.RcvNxt;
        t.C.Close();
        t.All();
        Moves(t, t.PeerText(peer, t.SndNxt, 10), "dropped: DataAfterClose", "resets out");
    }

    [TestMethod]   // TIME-WAIT: RFC 1337, RFC 5961 §4.2, §5.2
    public void Time_wait()
    {
        var t = Dialogue.Established();
        t.C.Close();
        t.All();
        uint last = t.SndNxt;
        t.Receives(Fin.At(Dialogue.PeerIss + 1, last));
        uint peer = Dialogue.PeerIss + 2;
        t.All();
        t.IsIn(TcpState.TimeWait);
        Moves(t, Rst.At(peer), "dropped: RstIgnored");
        Moves(t, Syn.At(peer - 1), "dropped: SynInWindow");
        Moves(t, Ack.At(peer + 70_000, last), "dropped: OutOfWindow");
        Moves(t, Control.At(TcpFlags.Psh, peer, 0), "dropped: NoAckFlag");
        Moves(t, Ack.At(peer, last + 1), "dropped: BadAcknowledgment");
        Moves(t, Ack.At(peer, last - 65_536), "dropped: BadAcknowledgment");
        Moves(t, Ack.At(peer, last), "dropped: Unexpected");
        Moves(t, Text.At(peer, last, [1]), "dropped: Unexpected");
        Moves(t, Fin.At(peer - 1, last));
    }
}
