namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>Window scale: RFC 7323 §2, and rings above 65,535 bytes.</summary>
[TestClass]
public class WindowScaleTests
{
    private const int Scale = TcpFeatures.WindowScale;
    private const int Large = 1048576;

    [TestMethod]   // §2.3: the shift count is just large enough for the ring; §2.2: an offer of 0 lets the peer scale
    [DataRow(4096, 0)]
    [DataRow(65535, 0)]
    [DataRow(65536, 1)]
    [DataRow(131070, 1)]
    [DataRow(131072, 2)]
    [DataRow(Large, 5)]
    public void Shift_count_follows_the_ring(int ring, int shift)
    {
        Dialogue t = Dialogue.With(Scale, options: new StackOptions { ReceiveBufferSize = ring, Connections = 1 });
        Assert.AreEqual(shift, t.C.ReceiveWindowScale);
        t.Receives(t.PeerText(t.RcvNxt + 1, t.SndNxt, 1));
        Segment ack = t.Next();
        Assert.AreEqual(ring >> shift, ack.Window, "the whole ring is offered");
    }

    [TestMethod]   // §2.2: the window of a SYN or SYN,ACK is never scaled, ours or the peer's
    public void Windows_of_syns_are_not_scaled()
    {
        var t = Dialogue.Listening(Dialogue.Offering(Scale, new StackOptions { ReceiveBufferSize = Large, SendBufferSize = Large, Connections = 1 }));
        t.PeerOffers(Scale, 4);
        t.Receives(Syn.At(500) with { Window = 1000, Mss = 1460 });
        Segment synAck = t.Next();
        Assert.AreEqual(65535, synAck.Window);
        t.Receives(Ack.At(501, synAck.Seq + 1) with { Window = 1000 });
        t.Slot = t.Listener!.Accept();
        Assert.AreEqual(16_000, t.C.SendWindow, "the window of the ACK is");

        t = new Dialogue(Dialogue.Offering(Scale, new StackOptions { ReceiveBufferSize = Large, SendBufferSize = Large, Connections = 1 }));
        t.PeerOffers(Scale, 4);
        t.Connects();
        t.Receives(SynAck.At(500, t.Iss + 1) with { Window = 1000, Mss = 1460 });
        Segment ack = t.Next();
        Assert.AreEqual(1000, t.C.SendWindow);
        Assert.AreEqual(Large >> 5, ack.Window);

        // A SYN,ACK that comes again is a segment with SYN still.
        t.Receives(SynAck.At(500, t.Iss + 1) with { Window = 9 });
        Assert.AreEqual(1000, t.C.SendWindow);
    }

    [TestMethod]   // §2.3: a shift count above 14 is used as 14
    [DataRow(14)]
    [DataRow(15)]
    [DataRow(255)]
    public void Shift_count_above_fourteen_is_fourteen(int scale)
    {
        Dialogue t = Dialogue.With(Scale, scale: scale, window: 65535);
        Assert.AreEqual(14, t.C.SendWindowScale);
        Assert.AreEqual(65535 << 14, t.C.SendWindow);
        t.Writes(4000);
        t.SendsText(t.Iss + 1, 1460);
    }

    [TestMethod]   // §2.2: without the option in both SYNs nothing is scaled; a ring above 65,535 announces what the field holds
    public void Without_agreement_the_field_is_the_window()
    {
        Dialogue t = Dialogue.Established(Dialogue.Offering(Scale, new StackOptions { ReceiveBufferSize = Large, Connections = 1 }));
        Assert.AreEqual(0, t.C.ReceiveWindowScale);
        uint peer = t.RcvNxt;
        int sent = 0;
        while (sent < 3 * 65535)
        {
            t.Receives(t.PeerText(peer + (uint)sent, t.SndNxt, 1460));
            sent += 1460;
            foreach (Segment ack in t.All())
            {
                Assert.AreEqual(65535, ack.Window);
            }
        }

        t.Reads(sent);
    }

    [TestMethod]   // §2.4: a segment within any window that was ever announced is accepted, though truncation makes the newest look smaller
    public void Truncated_windows_shrink_nothing()
    {
        const int Ring = 70_000;
        Dialogue t = Dialogue.With(Scale, options: new StackOptions { ReceiveBufferSize = Ring, Connections = 1, DelayedAck = 0 });
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer + Ring - 1, t.SndNxt, 1));
        Assert.AreEqual(Ring >> 1, t.Next().Window);

        // One octet moves RCV.NXT by half a unit.
        t.Receives(t.PeerText(peer, t.SndNxt, 1));
        Segment ack = t.Next();
        Assert.AreEqual((Ring - 1) >> 1, ack.Window);
        for (int at = 1; at < Ring - 1;)
        {
            int count = Math.Min(1460, Ring - 1 - at);
            t.Receives(t.PeerText(peer + (uint)at, t.SndNxt, count));
            at += count;
        }

        t.Reads(Ring);
        Assert.AreEqual(peer + Ring, t.All()[^1].Ack);
    }

    [TestMethod]   // §2.3 and RFC 9293 §3.8.6: the right edge announced never moves left by more than the truncation, whatever is read and sent
    public void Right_edge_moves_left_by_the_granularity_at_most()
    {
        var random = new Random(11);
        const int Ring = 200_000;
        Dialogue t = Dialogue.With(Scale, options: new StackOptions { ReceiveBufferSize = Ring, Connections = 1 });
        int shift = t.C.ReceiveWindowScale;
        uint peer = t.RcvNxt;
        uint edge = 0;
        bool known = false;
        for (int turn = 0; turn < 2000; turn++)
        {
            int room = Ring - t.C.Available;
            int count = Math.Min(random.Next(1, 1460), room);
            if (count > 0)
            {
                t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, count));
            }

            if (random.Next(3) == 0 && t.C.Available > 0)
            {
                t.Reads(random.Next(1, t.C.Available + 1));
            }

            t.Wait(random.Next(3) * 100);
            foreach (Segment ack in t.All())
            {
                uint right = ack.Ack + (uint)(ack.Window!.Value << shift);
                Assert.IsTrue(!known || (int)(right - edge) > -(1 << shift), $"the edge went from {edge} to {right}");
                Assert.IsTrue((int)(right - (peer + (uint)Ring)) <= (int)(t.RcvNxt - peer), "more than the ring");
                edge = known && (int)(right - edge) < 0 ? edge : right;
                known = true;
            }
        }
    }

    [TestMethod]   // §2.3 with RFC 9293 §3.8.6.1: a scaled window that closes is probed, and one that reopens is used whole
    public void Closed_window_is_probed_and_reopens_scaled()
    {
        Dialogue t = Dialogue.With(Scale, options: new StackOptions { SendBufferSize = 65535, Connections = 1 }, window: 365, scale: 3);
        uint seq = t.SndNxt;
        t.Writes(20_000);
        Assert.AreEqual(365 << 3, t.All().Sum(s => s.Text!.Length));
        t.Receives(Ack.At(t.RcvNxt, seq + 2920) with { Window = 0 });
        Assert.AreEqual(0, t.C.SendWindow);
        t.SendsNothing();
        t.WaitForSegment(1000);
        t.SendsText(seq + 2920, 1);
        t.Receives(Ack.At(t.RcvNxt, seq + 2921) with { Window = 365 });
        t.SendsText(seq + 2921, 1460);
        t.SendsText(seq + 4381, 1460);
        t.SendsNothing();
    }

    [TestMethod]   // a megabyte in each ring: the window is used as far as slow start allows, every octet arrives in its place
    public void Megabyte_rings_carry_a_megabyte()
    {
        StackOptions options = StackOptions.WithBuffers(Large);
        options.Connections = 1;
        StackOptions other = StackOptions.WithBuffers(Large);
        other.Connections = 1;
        var wire = new Cable(options, other) { LatencyMs = 50 };
        (TcpConnection client, TcpConnection server) = wire.Open();
        Assert.AreEqual(5, client.ReceiveWindowScale);
        byte[] text = Pattern.Of(0, 3 * Large);
        byte[] got = new byte[text.Length];
        int sent = 0;
        int read = 0;
        int inFlight = 0;
        wire.RunUntil(
            () =>
            {
                sent += Math.Max(0, client.Write(text, sent, text.Length - sent));
                read += Math.Max(0, server.Read(got, read, Math.Max(1, got.Length - read)));
                inFlight = Math.Max(inFlight, (int)(client.SendNext - client.SendUnacknowledged));
                return read == text.Length;
            },
            60_000,
            "three megabytes");
        CollectionAssert.AreEqual(text, got);
        Assert.IsTrue(inFlight > 4 * 65535, $"{inFlight} octets in flight");
    }

    [TestMethod]   // RFC 5961 §5.2 with scaled windows: MAX.SND.WND is the shifted one
    public void Old_acknowledgments_are_judged_by_the_scaled_window()
    {
        Dialogue t = Dialogue.With(Scale, options: new StackOptions { SendBufferSize = 65535, Connections = 1 }, window: 4096, scale: 3);
        uint seq = t.SndNxt;
        for (int i = 0; i < 3; i++)
        {
            t.Writes(14_600);
            t.All();
            t.Receives(Ack.At(t.RcvNxt, seq += 14_600));
            t.All();
        }

        t.Receives(Ack.At(t.RcvNxt, seq - 32_768));
        t.SendsNothing();
        t.Receives(Ack.At(t.RcvNxt, seq - 32_769));
        t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
        Assert.AreEqual(1, t.Drops(DropReason.BadAcknowledgment));
    }
}
