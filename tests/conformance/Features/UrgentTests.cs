namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>The urgent mark: RFC 9293 §3.8.5 and §3.10.7.4 sixth, RFC 6093.</summary>
[TestClass]
public class UrgentTests
{
    private static Segment Urgent(Segment s, int pointer) => s with { Flags = s.Flags | TcpFlags.Urg, UrgentPointer = pointer };

    private static bool Told(Dialogue t) => (t.C.TakeEvents() & TcpEvents.Urgent) != 0;

    [TestMethod]   // MUST-32: an event when the mark appears; MUST-33: how much is left before it; RFC 6093 §4: the octets stay in line
    public void Mark_counts_down_with_reading()
    {
        Dialogue t = Dialogue.Established();
        Assert.AreEqual(0, t.C.UrgentOctets);
        t.Receives(Urgent(t.PeerText(t.RcvNxt, t.SndNxt, 100), 40));
        Assert.IsTrue(Told(t));
        Assert.AreEqual(40, t.C.UrgentOctets);
        t.Reads(10);
        Assert.AreEqual(30, t.C.UrgentOctets);
        t.Reads(30);
        Assert.AreEqual(0, t.C.UrgentOctets);
        t.Reads(60);
        Assert.AreEqual(0, t.C.UrgentOctets);
        Assert.IsFalse(Told(t));
    }

    [TestMethod]   // §3.10.7.4 sixth: RCV.UP is the larger of what it was and what the segment says: the user is told when it advances, and only then
    public void Mark_advances_and_never_goes_back()
    {
        Dialogue t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Urgent(t.PeerText(peer, t.SndNxt, 100), 150));
        Assert.IsTrue(Told(t));
        t.Receives(Urgent(t.PeerText(peer + 100, t.SndNxt, 100), 20));
        Assert.IsFalse(Told(t));
        Assert.AreEqual(150, t.C.UrgentOctets);
        t.Receives(Urgent(t.PeerText(peer + 200, t.SndNxt, 100), 50));
        Assert.IsTrue(Told(t));
        Assert.AreEqual(250, t.C.UrgentOctets);
        t.Reads(300);
        Assert.AreEqual(0, t.C.UrgentOctets);
    }

    [TestMethod]   // MUST-31: of any length: the mark may lie beyond what has arrived, and comes with a segment without text as well
    public void Mark_may_lie_ahead()
    {
        Dialogue t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Urgent(Ack.At(peer, t.SndNxt), 65535));
        Assert.IsTrue(Told(t));
        Assert.AreEqual(65535, t.C.UrgentOctets);
        t.Receives(t.PeerText(peer, t.SndNxt, 1000));
        Assert.AreEqual(65535, t.C.UrgentOctets);
        t.Reads(1000);
        Assert.AreEqual(64535, t.C.UrgentOctets);
        Assert.IsFalse(Told(t));
    }

    [TestMethod]   // a pointer to what has been received already announces nothing
    public void Mark_in_the_past_says_nothing()
    {
        Dialogue t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.C.TakeEvents();
        t.Receives(Urgent(t.PeerText(peer + 50, t.SndNxt, 60), 50));
        Assert.IsFalse(Told(t));
        Assert.AreEqual(0, t.C.UrgentOctets);
        t.Receives(Urgent(t.PeerText(peer + 110, t.SndNxt, 10), 0));
        Assert.IsFalse(Told(t));
        t.Reads(120);
    }

    [TestMethod]   // MUST-66: at a closed window URG is honoured though the text is not
    public void Mark_is_heard_at_a_closed_window()
    {
        Dialogue t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 600 });
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 600));
        t.All();
        t.C.TakeEvents();
        t.Receives(Urgent(t.PeerText(peer + 600, t.SndNxt, 10), 10));
        Assert.IsTrue(Told(t));
        Assert.AreEqual(610, t.C.UrgentOctets);
        t.Reads(600);
        Assert.AreEqual(10, t.C.UrgentOctets);
    }

    [TestMethod]   // the FIN takes a number but is no octet; behind it nothing comes that could be urgent
    public void Fin_ends_the_urgent_octets()
    {
        Dialogue t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(Urgent(t.PeerText(peer, t.SndNxt, 100), 100) with { Flags = TcpFlags.Ack | TcpFlags.Urg | TcpFlags.Fin });
        Assert.AreEqual(100, t.C.UrgentOctets);
        t.Reads(60);
        Assert.AreEqual(40, t.C.UrgentOctets);
        t.Reads(40);
        Assert.AreEqual(0, t.C.UrgentOctets);

        t = Dialogue.Established();
        t.Receives(Urgent(t.PeerText(peer, t.SndNxt, 100), 5000) with { Flags = TcpFlags.Ack | TcpFlags.Urg | TcpFlags.Fin });
        Assert.AreEqual(100, t.C.UrgentOctets, "what the mark promised will not come");
        t.Reads(100);
        Assert.AreEqual(0, t.C.UrgentOctets);
        Assert.AreEqual(-1, t.C.Read(new byte[1], 0, 1));

        // §3.10.7.4 sixth, CLOSE-WAIT: "this should not occur ... ignore the URG".
        t.Receives(Urgent(Ack.At(peer + 101, t.SndNxt), 10));
        Assert.AreEqual(0, t.C.UrgentOctets);
    }

    [TestMethod]   // MUST-30, MUST-62: URG and a pointer to the octet behind the last urgent one, on every segment until it is acknowledged
    public void Mark_of_ours_is_on_the_wire_until_acknowledged()
    {
        Dialogue t = Dialogue.Established(new StackOptions { SendBufferSize = 16384 }, 1000);
        uint seq = t.SndNxt;
        t.C.NoDelay = true;
        t.Writes(2500);
        Assert.IsTrue(t.C.MarkUrgent());
        t.Writes(500);
        List<Segment> sent = t.All();
        Assert.AreEqual(3, sent.Count);
        foreach (Segment s in sent)
        {
            bool before = (int)(seq + 2500 - s.Seq) > 0;
            Assert.AreEqual(before, (s.Flags & TcpFlags.Urg) != 0, $"{s}");
            Assert.AreEqual(before ? (int)(seq + 2500 - s.Seq) : 0, s.UrgentPointer, $"{s}");
        }

        // Sent again, it is marked again.
        t.Receives(Ack.At(t.RcvNxt, seq + 1000));
        t.All();
        t.WaitForSegment(2000);
        Segment again = t.Next();
        Assert.AreEqual(seq + 1000, again.Seq);
        Assert.AreEqual(1500, again.UrgentPointer);
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        t.All();
        t.Writes(10);
        Assert.AreEqual(0, t.Next().Flags & TcpFlags.Urg);
        Assert.AreEqual(0, t.Features, "the mark is no negotiated feature");
    }

    [TestMethod]   // an acknowledgment of ours while urgent octets wait for a window says so, too
    public void Mark_of_ours_is_on_acknowledgments()
    {
        Dialogue t = Dialogue.Established(window: 0);
        t.Writes(10);
        Assert.IsTrue(t.C.MarkUrgent());
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        Segment ack = t.Next();
        Assert.AreEqual(TcpFlags.Ack | TcpFlags.Urg, ack.Flags);
        Assert.AreEqual(10, ack.UrgentPointer);
    }

    [TestMethod]   // a mark further ahead than the field reaches: as far as it reaches, until it is near enough
    public void Distant_mark_is_pointed_to_as_far_as_possible()
    {
        Dialogue t = Dialogue.With(TcpFeatures.WindowScale, options: new StackOptions { SendBufferSize = 131072, Connections = 1 }, window: 65535, scale: 4);
        t.Writes(100_000);
        Assert.IsTrue(t.C.MarkUrgent());
        uint seq = t.Iss + 1;
        uint mark = seq + 100_000;
        uint acked = seq;
        bool near = false;
        for (int turn = 0; turn < 100 && acked != mark; turn++)
        {
            foreach (Segment s in t.All().Where(s => s.Length > 0))
            {
                Assert.AreEqual(Math.Min(65535, (int)(mark - s.Seq)), s.UrgentPointer, $"{s}");
                near |= s.UrgentPointer < 65535;
                acked = s.End;
            }

            t.Receives(Ack.At(t.RcvNxt, acked));
        }

        Assert.AreEqual(mark, acked);
        Assert.IsTrue(near);
    }

    [TestMethod]   // written before the handshake is complete: the mark counts from the first octet, not from the SYN
    public void Mark_may_precede_the_handshake()
    {
        var t = new Dialogue();
        t.Connects();
        t.Writes(10);
        Assert.IsTrue(t.C.MarkUrgent());
        t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1) with { Mss = 1460 });
        Segment text = t.Next();
        Assert.AreEqual(10, text.Text!.Length);
        Assert.AreEqual(10, text.UrgentPointer);
        Assert.AreNotEqual(0, text.Flags & TcpFlags.Urg);
    }

    [TestMethod]   // nothing to mark: nothing written, everything acknowledged, our direction closed
    public void Nothing_to_mark()
    {
        Dialogue t = Dialogue.Established();
        Assert.IsFalse(t.C.MarkUrgent());
        t.Writes(10);
        t.All();
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        Assert.IsFalse(t.C.MarkUrgent());
        t.Writes(10);
        t.C.Shutdown();
        Assert.IsFalse(t.C.MarkUrgent());
        Assert.IsTrue(t.All().All(s => (s.Flags & TcpFlags.Urg) == 0));
    }

    [TestMethod]   // two stacks: what one marks the other is told of
    public void Mark_reaches_the_other_application()
    {
        var wire = new Cable();
        (TcpConnection client, TcpConnection server) = wire.Open();
        server.TakeEvents();
        client.Write(new byte[300], 0, 300);
        Assert.IsTrue(client.MarkUrgent());
        client.Write(new byte[50], 0, 50);
        wire.Run(50);
        Assert.AreNotEqual(0, server.TakeEvents() & TcpEvents.Urgent);
        Assert.AreEqual(300, server.UrgentOctets);
    }
}
