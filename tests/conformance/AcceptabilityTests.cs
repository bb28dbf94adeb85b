namespace EmbeddedTcp.ConformanceTests;

/// <summary>The checks of RFC 9293 §3.10.7.4 first to fifth, and RFC 5961 on blind attacks.</summary>
[TestClass]
public class AcceptabilityTests
{
    private static readonly TcpState[] Synchronised =
    [
        TcpState.Established, TcpState.FinWait1, TcpState.FinWait2, TcpState.CloseWait, TcpState.Closing, TcpState.LastAck,
    ];

    /// <summary>Brings a connection into a state; the application keeps its handle.</summary>
    internal static Dialogue In(TcpState state, int window = 8192)
    {
        var t = Dialogue.Established(window: window);
        uint una = t.SndNxt;
        uint peer = t.RcvNxt;
        switch (state)
        {
            case TcpState.FinWait1:
                t.C.Shutdown();
                t.Sends(Fin.At(una, peer));
                break;
            case TcpState.FinWait2:
                t.C.Shutdown();
                t.Sends(Fin.At(una, peer));
                t.Receives(Ack.At(peer, una + 1));
                break;
            case TcpState.CloseWait:
                t.Receives(Fin.At(peer, una));
                t.Sends(Ack.At(una, peer + 1));
                break;
            case TcpState.Closing:
                t.C.Shutdown();
                t.Sends(Fin.At(una, peer));
                t.Receives(Fin.At(peer, una));
                t.Sends(Ack.At(una + 1, peer + 1));
                break;
            case TcpState.LastAck:
                t.Receives(Fin.At(peer, una));
                t.Sends(Ack.At(una, peer + 1));
                t.C.Shutdown();
                t.Sends(Fin.At(una, peer + 1));
                break;
        }

        t.IsIn(state);
        t.SendsNothing();
        return t;
    }

    [TestMethod]   // RFC 5961 §3.2 (1): exactly RCV.NXT resets, in every synchronised state, and the application is told
    public void Rst_at_rcv_nxt_resets()
    {
        foreach (TcpState state in Synchronised)
        {
            Dialogue t = In(state);
            t.Receives(Rst.At(t.RcvNxt));
            t.SendsNothing();
            Assert.AreEqual(TcpState.Closed, t.C.State, state.ToString());
            Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason, state.ToString());
            Assert.AreEqual(TcpEvents.Ended, t.C.TakeEvents() & TcpEvents.Ended);
            t.C.Close();
            Assert.AreEqual(4, t.Tcp.FreeSlots);
        }
    }

    [TestMethod]   // RFC 5961 §3.2 (2): inside the window, but not at its left edge: challenge ACK
    public void Rst_inside_the_window_is_challenged()
    {
        foreach (TcpState state in Synchronised)
        {
            Dialogue t = In(state);
            t.Receives(Rst.At(t.RcvNxt + 1));
            t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
            t.SendsNothing();
            t.IsIn(state);
        }
    }

    [TestMethod]   // RFC 5961 §3.2 (3): outside the window: dropped without a word
    public void Rst_outside_the_window_is_dropped()
    {
        foreach (TcpState state in Synchronised)
        {
            Dialogue t = In(state);
            t.Receives(Rst.At(t.RcvNxt - 1));
            t.Receives(Rst.At(t.RcvNxt + (uint)t.C.ReceiveWindow));
            t.Receives(Rst.At(t.RcvNxt + 0x80000000));
            t.SendsNothing();
            t.IsIn(state);
            Assert.AreEqual(3, t.Drops(DropReason.OutOfWindow));
        }
    }

    [TestMethod]   // RFC 5961 §4.2: a SYN, wherever it lies, is answered with a challenge ACK
    public void Syn_in_a_synchronised_state_is_challenged()
    {
        foreach (TcpState state in Synchronised)
        {
            Dialogue t = In(state);
            foreach (uint seq in new[] { t.RcvNxt, t.RcvNxt + 100, t.RcvNxt - 5000, t.RcvNxt + 0x40000000 })
            {
                t.Receives(Syn.At(seq));
                t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
                t.Receives(SynAck.At(seq, t.SndNxt));
                t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
            }

            t.SendsNothing();
            t.IsIn(state);
        }
    }

    [TestMethod]   // RFC 5961 §5.2: SND.UNA − MAX.SND.WND ≤ SEG.ACK ≤ SND.NXT, else a challenge, and nothing of the segment is used
    public void Ack_outside_its_range_is_challenged()
    {
        var t = Dialogue.Established(window: 3000);
        uint peer = t.RcvNxt;
        uint una = t.SndNxt;
        t.Receives(t.PeerText(peer, una + 1, 10));
        t.Sends(Ack.At(una, peer));
        t.Receives(t.PeerText(peer, una - 3001, 10));
        t.Sends(Ack.At(una, peer));
        Assert.AreEqual(0, t.C.Available);
        Assert.AreEqual(2, t.Drops(DropReason.BadAcknowledgment));

        // The lowest that is still believed: an old segment whose text is news.
        t.Receives(t.PeerText(peer, una - 3000, 10));
        Assert.AreEqual(10, t.C.Available);
    }

    [TestMethod]   // §3.10.7.4 fifth: no ACK bit: dropped
    public void Segment_without_ack_is_dropped()
    {
        foreach (TcpState state in Synchronised)
        {
            Dialogue t = In(state);
            t.Receives(Control.At(0, t.RcvNxt, 0) with { Text = new byte[10] });
            t.Receives(Control.At(TcpFlags.Fin, t.RcvNxt, 0));
            t.SendsNothing();
            t.IsIn(state);
            Assert.AreEqual(2, t.Drops(DropReason.NoAckFlag));
        }
    }

    [TestMethod]   // §3.10.7.4 first, the table of four: length 0 or more, window open
    public void The_four_cases_with_an_open_window()
    {
        (int Offset, int Length, bool Acceptable)[] rows =
        [
            (0, 0, true), (4095, 0, true), (4096, 0, false), (-1, 0, false), (-100, 0, false),
            (0, 1, true), (4095, 1, true), (4095, 100, true), (4096, 1, false), (-10, 10, false), (-10, 11, true), (-1, 2, true),
        ];
        foreach ((int offset, int length, bool acceptable) in rows)
        {
            var t = Dialogue.Established();
            uint peer = t.RcvNxt;
            t.Receives(t.PeerText(peer + (uint)offset, t.SndNxt, length));
            Assert.AreEqual(acceptable ? 0 : 1, t.Drops(DropReason.OutOfWindow), $"{offset}+{length}");
            List<Segment> answers = t.All();
            if (!acceptable)
            {
                Assert.AreEqual(1, answers.Count, $"{offset}+{length}: an ACK is sent in reply");
            }

            foreach (Segment answer in answers)
            {
                Assert.AreEqual(TcpFlags.Ack, answer.Flags);
                Assert.AreEqual(t.SndNxt, answer.Seq);
                Assert.AreEqual(t.C.ReceiveNext, answer.Ack);
            }

            int fresh = acceptable && offset <= 0 ? Math.Max(0, offset + length) : 0;
            Assert.AreEqual(peer + (uint)fresh, t.C.ReceiveNext, $"{offset}+{length}");
            t.Reads(fresh == 0 ? 0 : fresh);
        }
    }

    [TestMethod]   // the other two cases: window zero. Text is refused with an ACK, an ACK at RCV.NXT is used, RST and URG are seen (MUST-66)
    public void The_two_cases_with_a_closed_window()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 1000 });
        uint peer = t.RcvNxt;
        uint una = t.SndNxt;
        t.Receives(t.PeerText(peer, una, 1000));
        t.Wait(200);
        t.Sends(Ack.At(una, peer + 1000) with { Window = 0 });
        peer += 1000;

        t.Receives(t.PeerText(peer, una, 1));
        t.Sends(Ack.At(una, peer) with { Window = 0 });
        t.Receives(Ack.At(peer - 1, una));
        t.Sends(Ack.At(una, peer) with { Window = 0 });

        t.Writes(100);
        t.SendsText(una, 100);
        t.Receives(Ack.At(peer, una + 100));
        Assert.AreEqual(0, t.C.SendQueued, "a valid ACK is used at a closed window");
        t.Writes(100);
        t.SendsText(una + 100, 100);
        t.Receives(t.PeerText(peer, una + 200, 1));
        Assert.AreEqual(0, t.C.SendQueued, "so is the ACK of a window probe");
        t.Sends(Ack.At(una + 200, peer));

        t.Receives(Fin.At(peer, una + 200));
        t.All();
        t.IsIn(TcpState.Established);
        t.Receives(Rst.At(peer + 1));
        t.SendsNothing();
        t.Receives(Rst.At(peer));
        Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
    }

    [TestMethod]   // "special allowance": a peer that counts its refused probe octet as sent still gets its ACKs and windows through
    public void Ack_behind_a_refused_probe_octet_is_used()
    {
        var t = Dialogue.Established(new StackOptions { ReceiveBufferSize = 1000 }, window: 100);
        uint peer = t.RcvNxt;
        uint una = t.SndNxt;
        t.Receives(t.PeerText(peer, una, 1000));
        t.Wait(200);
        t.Sends(Ack.At(una, peer + 1000) with { Window = 0 });
        peer += 1000;
        t.Receives(t.PeerText(peer, una, 1));
        t.Sends(Ack.At(una, peer));
        t.Writes(300);
        t.SendsText(una, 100);
        t.Receives(Ack.At(peer + 1, una + 100) with { Window = 200 });
        t.SendsText(una + 100, 200);
        t.Receives(Ack.At(peer + 1, una + 300) with { Window = 5000 });
        Assert.AreEqual(0, t.C.SendQueued);
        Assert.AreEqual(5000, t.C.SendWindow);
    }

    [TestMethod]   // RFC 5961 §7: challenges are limited per connection and second, and ACKs of data are not
    public void Challenges_are_throttled_but_acks_of_data_are_not()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        for (int i = 0; i < 100; i++)
        {
            t.Receives(Rst.At(peer + 5));
        }

        int challenges = t.All().Count;
        Assert.AreEqual(10, challenges);
        Assert.AreEqual(90, t.Drops(DropReason.ChallengeThrottled));
        for (int i = 0; i < 20; i++)
        {
            t.Receives(t.PeerText(peer - 1, t.SndNxt, 1));
            t.Sends(Ack.At(t.SndNxt, peer));
        }

        t.Wait(1000);
        t.Receives(Rst.At(peer + 5));
        t.Sends(Ack.At(t.SndNxt, peer));
    }

    [TestMethod]   // the throttle's clock is 32 bits of milliseconds: it must work on whatever day the device was started, and after idle weeks
    public void Throttle_works_on_any_day()
    {
        foreach (long start in new[] { 0L, 1_000_000, 0x7FFFFFF0L, 0x80000000L, 0xC0000000L, 0xFFFFFF00L, 0x3_8000_0000L })
        {
            var t = new Dialogue(start: start);
            _ = t.Tcp.Listen(7, 200);
            int answered = 0;
            for (int second = 0; second < 20; second++)
            {
                for (int i = 0; i < 20; i++)
                {
                    t.PeerPort = 1000 + i;
                    t.Receives(Syn.At(100));
                    t.Receives(Syn.At(101));
                    answered += t.All().Count(s => s.Flags == TcpFlags.Ack && s.Ack == 101);
                }

                t.Wait(1000);
                t.All();
            }

            Assert.IsTrue(answered > 100, $"start {start}: {answered}");
        }
    }

    [TestMethod]   // RFC 5961 §4.1 and scenario "the peer rebooted": challenge ACK, its RST, a new handshake on the same ports
    public void Rebooted_peer_gets_through()
    {
        var t = Dialogue.Established();
        t.Receives(Syn.At(77));
        t.Sends(Ack.At(t.SndNxt, Dialogue.PeerIss + 1));
        t.Receives(Rst.At(Dialogue.PeerIss + 1));
        Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
        t.C.Close();
        t.Opens(77);
        Assert.AreEqual(4 - 1, t.Tcp.FreeSlots);
    }

    [TestMethod]   // §3.10.7.4 fifth: old segments must not prevent or undo a window update (SND.WL1, SND.WL2)
    public void Old_segment_does_not_undo_a_window_update()
    {
        var t = Dialogue.Established(window: 4000);
        uint peer = t.RcvNxt;
        uint una = t.SndNxt;
        t.Receives(t.PeerText(peer, una, 10) with { Window = 3000 });
        Assert.AreEqual(3000, t.C.SendWindow);
        t.Receives(t.PeerText(peer + 20, una, 10) with { Window = 2000 });
        Assert.AreEqual(2000, t.C.SendWindow);
        t.Receives(t.PeerText(peer + 10, una, 10) with { Window = 3500 });
        Assert.AreEqual(2000, t.C.SendWindow, "an older sequence number is older news");
        t.Receives(Ack.At(peer + 30, una) with { Window = 100 });
        Assert.AreEqual(100, t.C.SendWindow);
        t.Writes(100);
        t.All();
        t.Receives(Ack.At(peer + 30, una + 50) with { Window = 900 });
        t.Receives(Ack.At(peer + 30, una) with { Window = 7 });
        Assert.AreEqual(900, t.C.SendWindow, "an older acknowledgment is older news");
    }
}
