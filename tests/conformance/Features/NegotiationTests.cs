namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>
/// What is used is what both SYNs carried: RFC 2018 §2, RFC 7323 §2.2 and §3.2, RFC 3168 §6.1.1. The harness (<see cref="Negotiation"/>) checks every
/// segment of every test against the SYNs; here each combination is tried in each way to open.
/// </summary>
[TestClass]
public class NegotiationTests
{
    private const int All = TcpFeatures.Sack | TcpFeatures.Timestamps | TcpFeatures.WindowScale | TcpFeatures.Ecn;
    private const int PeerScale = 3;

    public enum Opening
    {
        Passive,
        Active,
        Simultaneous,
    }

    [TestMethod]   // each subset that we offer, each that the peer's SYN carries: the common ones are agreed on and work, the others are not used
    [DataRow(Opening.Passive)]
    [DataRow(Opening.Active)]
    [DataRow(Opening.Simultaneous)]
    public void Common_features_are_agreed_on(Opening opening)
    {
        for (int ours = 0; ours <= All; ours++)
        {
            for (int theirs = 0; theirs <= All; theirs++)
            {
                Dialogue t = Open(opening, ours, theirs);
                int agreed = ours & theirs;
                Assert.AreEqual(agreed, t.Features, $"offered {ours}, by the peer {theirs}");
                Assert.AreEqual((agreed & TcpFeatures.WindowScale) != 0 ? PeerScale : 0, t.C.SendWindowScale);
                Converse(t, agreed);
            }
        }
    }

    [TestMethod]   // RFC 2018 §2, RFC 7323 §2.2, §3.2, RFC 3168 §6.1.1: a SYN offers exactly what the options say
    public void Syn_offers_what_is_switched_on()
    {
        for (int ours = 0; ours <= All; ours++)
        {
            var t = new Dialogue(Dialogue.Offering(ours));
            t.PeerPort = 80;
            t.Slot = t.Tcp.Connect(Dialogue.Peer, 80);
            Segment syn = t.Next();
            Assert.AreEqual(ours, FeaturesIn(syn, TcpFlags.Ece | TcpFlags.Cwr), $"{syn}");
            Assert.AreEqual(0u, syn.Tsecr ?? 0);
        }
    }

    [TestMethod]   // the same options in every retransmission of the SYN and of the SYN,ACK; ECN goes (RFC 3168 §6.1.1.1)
    public void Repeated_syns_offer_the_same()
    {
        var t = new Dialogue(Dialogue.Offering(All));
        t.Connects();
        t.WaitForSegment(1000);
        Assert.AreEqual(All & ~TcpFeatures.Ecn, FeaturesIn(t.Next(), TcpFlags.Ece | TcpFlags.Cwr));

        t = Dialogue.Listening(Dialogue.Offering(All));
        t.PeerOffers(All);
        t.Receives(Syn.At(500) with { Mss = 1460 });
        Assert.AreEqual(All, FeaturesIn(t.Next(), TcpFlags.Ece));
        t.WaitForSegment(1000);
        Assert.AreEqual(All, FeaturesIn(t.Next(), TcpFlags.Ece));
    }

    [TestMethod]   // RFC 7323 §1.3, RFC 2018 §2: options of a SYN on a segment without SYN mean nothing
    public void Options_of_a_syn_elsewhere_are_ignored()
    {
        Dialogue t = Dialogue.Established(Dialogue.Offering(All));
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 10) with { WindowScale = 7, SackPermitted = true, Mss = 64 });
        t.Reads(10);
        Assert.AreEqual(0, t.Features);
        Assert.AreEqual(0, t.C.SendWindowScale);
        Assert.AreEqual(1460, t.C.MaximumSegmentSize);
        Assert.AreEqual(t.PeerWindow, t.C.SendWindow);
    }

    [TestMethod]   // blocks and timestamps that nobody agreed on are skipped like any unknown option (RFC 9293 §3.1, MUST-6)
    public void What_was_not_agreed_on_is_skipped()
    {
        Dialogue t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.C.NoDelay = true;
        t.Writes(2000);
        t.All();
        t.Receives(Ack.At(t.RcvNxt, seq).Reporting(new Block(seq + 1460, seq + 2000)) with { Tsval = 1, Tsecr = 2 });
        t.Receives(t.PeerText(t.RcvNxt, seq + 2000, 10) with { Tsval = 0, Tsecr = 2, Flags = TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Cwr, EcnCodepoint = 3 });
        t.Reads(10);
        t.WaitForSegment(500);
        Assert.AreEqual(TcpFlags.Ack, t.Next().Flags);
        Assert.AreEqual(0, t.Drops(DropReason.OldTimestamp) + t.Drops(DropReason.MissingTimestamp));
    }

    [TestMethod]   // RFC 9293 §3.1: a timestamps option of the wrong length is none, and so on; nothing of it is agreed on
    public void Options_of_a_wrong_length_offer_nothing()
    {
        foreach (byte[] options in new byte[][]
        {
            [8, 9, 1, 2, 3, 4, 5, 6, 7], [8, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 2], [3, 4, 1, 1], [4, 3, 1], [4, 4, 1, 1],
        })
        {
            var t = Dialogue.Listening(Dialogue.Offering(All));
            t.Receives(Syn.At(500) with { Options = options });
            Assert.AreEqual(0, FeaturesIn(t.Next(), TcpFlags.Ece), string.Join(' ', options));
        }
    }

    [TestMethod]   // a slot that served a connection with everything serves the next one without anything
    public void Nothing_is_left_for_the_next_connection()
    {
        StackOptions options = Dialogue.Offering(All);
        options.Connections = 1;
        var t = Dialogue.Listening(options);
        t.PeerOffers(All, PeerScale);
        t.Opens(500);
        Assert.AreEqual(All, t.Features);
        t.Receives(t.PeerText(t.RcvNxt + 100, t.SndNxt, 50));
        t.Next();
        t.C.Abort();
        t.Next();
        t.PeerOffers(0);
        t.PeerPort++;
        t.Opens(Dialogue.PeerIss);
        Assert.AreEqual(0, t.Features);
        Assert.AreEqual(0, t.C.ReceiveWindowScale);
        t.RestartPatterns();
        Converse(t, 0);
    }

    private static Dialogue Open(Opening opening, int ours, int theirs)
    {
        StackOptions options = Dialogue.Offering(ours);
        var t = new Dialogue(options);
        t.PeerOffers(theirs, PeerScale);
        if (opening == Opening.Passive)
        {
            t.Listens();
            t.Opens(Dialogue.PeerIss);
            return t;
        }

        t.Connects();
        if (opening == Opening.Simultaneous)
        {
            t.Receives(Syn.At(Dialogue.PeerIss) with { Mss = 1460 });
            Segment synAck = t.Next();
            Assert.AreEqual(ours & theirs, FeaturesIn(synAck, TcpFlags.Ece), $"{synAck}");
        }

        t.Receives(SynAck.At(Dialogue.PeerIss, t.Iss + 1) with { Mss = 1460 });
        t.All();
        t.IsIn(TcpState.Established);
        return t;
    }

    private static int FeaturesIn(Segment s, int ecn)
        => (s.SackPermitted ? TcpFeatures.Sack : 0) | (s.Tsval != null ? TcpFeatures.Timestamps : 0)
            | (s.WindowScale != null ? TcpFeatures.WindowScale : 0) | ((s.Flags & TcpOptions.ReservedBits) == ecn ? TcpFeatures.Ecn : 0);

    // Text, a hole, a mark, a scaled window: what was agreed on shows, and the harness complains of the rest.
    private static void Converse(Dialogue t, int agreed)
    {
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(100);
        Segment text = t.Next();
        Assert.AreEqual((agreed & TcpFeatures.Ecn) != 0 ? 2 : 0, text.EcnCodepoint, $"{text}");
        t.Receives(Ack.At(peer, seq + 100) with { Window = 1000 });
        Assert.AreEqual((agreed & TcpFeatures.WindowScale) != 0 ? 1000 << PeerScale : 1000, t.C.SendWindow);
        t.Receives(t.PeerText(peer + 100, seq + 100, 100) with { EcnCodepoint = 3 });
        Segment ack = t.Next();
        Assert.AreEqual((agreed & TcpFeatures.Sack) != 0 ? 1 : 0, ack.Sack!.Count, $"{ack}");
        Assert.AreEqual((agreed & TcpFeatures.Ecn) != 0 ? TcpFlags.Ack | TcpFlags.Ece : TcpFlags.Ack, ack.Flags, $"{ack}");
        t.Receives(t.PeerText(peer, seq + 100, 100));
        Assert.AreEqual(peer + 200, t.Next().Ack);
        t.Reads(200);
    }
}
