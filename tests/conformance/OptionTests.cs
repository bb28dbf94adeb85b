namespace EmbeddedTcp.ConformanceTests;

/// <summary>Options, control bits and urgent data: RFC 9293 §3.1, §3.2, §3.7.1, §3.8.5; RFC 3168.</summary>
[TestClass]
public class OptionTests
{
    private static int FirstSegmentLength(Segment syn)
    {
        var t = Dialogue.Listening(new StackOptions { SendBufferSize = 8192 });
        t.Receives(syn);
        uint iss = t.Next().Seq;
        t.Receives(Ack.At(syn.Seq + 1, iss + 1));
        t.Slot = t.Listener!.Accept();
        t.Writes(4000);
        List<Segment> sent = t.All();
        int longest = sent.Max(s => s.Text!.Length);
        Assert.AreEqual(longest, sent[0].Text!.Length);
        return longest;
    }

    [TestMethod]   // §3.7.1 MUST-15 (536 without an option), MUST-16; never beyond our own MTU; tiny ones are raised
    public void Mss_of_the_peer_is_respected()
    {
        Segment syn = Syn.At(500);
        Assert.AreEqual(536, FirstSegmentLength(syn));
        Assert.AreEqual(1024, FirstSegmentLength(syn with { Mss = 1024 }));
        Assert.AreEqual(536, FirstSegmentLength(syn with { Mss = 536 }));
        Assert.AreEqual(1460, FirstSegmentLength(syn with { Mss = 1460 }));
        Assert.AreEqual(1460, FirstSegmentLength(syn with { Mss = 65535 }));
        Assert.AreEqual(64, FirstSegmentLength(syn with { Mss = 1 }));
    }

    [TestMethod]   // §3.2 MUST-6, MUST-7: unknown options are skipped, impossible lengths end the list, nothing loops
    public void Options_of_any_shape_are_survived()
    {
        Segment syn = Syn.At(500);
        (byte[] Options, int Mss)[] rows =
        [
            ([1, 1, 1, 1, 2, 4, 4, 0], 1024),
            ([1, 2, 4, 4, 0, 0], 1024),
            ([8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 2, 4, 4, 0], 1024),
            ([4, 2, 3, 3, 7, 253, 5, 1, 2, 3, 2, 4, 4, 0], 1024),
            ([0, 2, 4, 4, 0], 536),
            ([2, 0, 4, 0], 536),
            ([2, 1, 4, 0], 536),
            ([2, 3, 4, 0], 536),
            ([2, 40, 4, 0], 536),
            ([99, 0, 2, 4, 4, 0], 536),
            ([99, 1, 2, 4, 4, 0], 536),
            ([1, 1, 1, 2], 536),
            ([1, 1, 1, 99], 536),
            ([2, 4, 0, 0], 536),
        ];
        foreach ((byte[] options, int mss) in rows)
        {
            Assert.AreEqual(mss, FirstSegmentLength(syn with { Options = options }), string.Join(" ", options));
        }
    }

    [TestMethod]   // §3.2: random option bytes on every kind of segment: nothing hangs, nothing breaks
    public void Random_options_do_no_harm()
    {
        var random = new Random(4);
        var t = Dialogue.Established();
        for (int i = 0; i < 2000; i++)
        {
            byte[] options = new byte[random.Next(0, 11) * 4];
            random.NextBytes(options);
            t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 1) with { Options = options });
            t.All();
            t.Reads(1);
        }

        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // §3.2 MUST-5: options in any segment, here behind which the text begins
    public void Text_begins_behind_the_options()
    {
        var t = Dialogue.Established();
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 100) with { Options = [1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 9] });
        t.Reads(100);
    }

    [TestMethod]   // the MTU we were given bounds both what we announce and what we send
    public void Small_mtu_bounds_both_directions()
    {
        var t = Dialogue.Listening(new StackOptions { Mtu = 576, SendBufferSize = 8192 });
        t.Receives(Syn.At(500) with { Mss = 1460 });
        Segment answer = t.Next();
        Assert.AreEqual(536, answer.Mss);
        t.Receives(Ack.At(501, answer.Seq + 1));
        t.Slot = t.Listener!.Accept();
        t.Writes(4000);
        Assert.AreEqual(536, t.All().Max(s => s.Text!.Length));
    }

    [TestMethod]   // RFC 6093 §4, RFC 9293 §3.8.5: urgent octets stay in line; an urgent pointer never stalls or corrupts
    public void Urgent_data_stays_in_line()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 10) with { Flags = TcpFlags.Ack | TcpFlags.Urg, UrgentPointer = 5 });
        t.Receives(t.PeerText(peer + 10, t.SndNxt, 10) with { Flags = TcpFlags.Ack | TcpFlags.Urg, UrgentPointer = 65535 });
        t.Receives(t.PeerText(peer + 20, t.SndNxt, 10) with { Flags = TcpFlags.Ack | TcpFlags.Urg, UrgentPointer = 0 });
        t.Receives(Ack.At(peer + 30, t.SndNxt) with { Flags = TcpFlags.Ack | TcpFlags.Urg, UrgentPointer = 500 });
        t.Receives(t.PeerText(peer + 30, t.SndNxt, 10) with { UrgentPointer = 7 });
        t.Reads(40);
    }

    [TestMethod]   // PSH or not, ECE, CWR (RFC 3168 §6.1.1: not negotiated, so ignored), reserved bits: the text counts
    public void Other_bits_change_nothing()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        uint at = peer;
        foreach (int bits in new[] { TcpFlags.Psh, TcpFlags.Ece, TcpFlags.Cwr, TcpFlags.Ece | TcpFlags.Cwr, TcpFlags.Psh | TcpFlags.Urg })
        {
            t.Receives(t.PeerText(at, t.SndNxt, 10) with { Flags = TcpFlags.Ack | bits });
            at += 10;
        }

        byte[] frame = t.ToFrame(t.PeerText(at, t.SndNxt, 10));
        frame[14 + 20 + 12] |= 0x0F;
        frame[14 + 20 + 16] = 0;
        frame[14 + 20 + 17] = 0;
        int sum = Frames.TcpChecksum(Dialogue.Peer, Dialogue.Own, frame.AsSpan(34));
        frame[14 + 20 + 16] = (byte)(sum >> 8);
        frame[14 + 20 + 17] = (byte)sum;
        t.Receives(frame);
        t.Reads(60);
    }

    [TestMethod]   // RFC 3168 §6.1.1: a SYN that offers ECN is answered without it
    public void Ecn_setup_syn_is_answered_without_ecn()
    {
        var t = Dialogue.Listening();
        t.Receives(Control.At(TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr, 500, 0));
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, t.Next().Flags);
    }
}
