namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>Protection against wrapped sequence numbers: RFC 7323 §5, in every state; and TIME_WAIT with timestamps, RFC 6191.</summary>
[TestClass]
public class PawsTests
{
    private const int Stamps = TcpFeatures.Timestamps;
    private const int Day = 24 * 3600 * 1000;

    [TestMethod]   // §5.3 R1: SEG.TSval < TS.Recent: not acceptable, dropped, acknowledged
    public void Older_segment_is_dropped_and_acknowledged()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 100) with { Tsval = t.PeerClock - 1 });
        t.Sends(Ack.At(t.SndNxt, peer) with { Tsecr = t.PeerClock });
        Assert.AreEqual(0, t.C.Available);
        Assert.AreEqual(1, t.Drops(DropReason.OldTimestamp));
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Reads(100);
    }

    [TestMethod]   // §5.3 R1: nothing of it counts: neither its ACK, nor its window, nor its FIN
    public void Older_segment_changes_nothing()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint peer = t.RcvNxt;
        uint seq = t.SndNxt;
        t.Writes(100);
        t.Next();
        t.Receives(Ack.At(peer, seq + 100) with { Tsval = t.PeerClock - 1, Window = 77 });
        Assert.AreEqual(seq, t.C.SendUnacknowledged);
        Assert.AreEqual(t.PeerWindow, t.C.SendWindow);
        t.Receives(Fin.At(peer, seq + 100) with { Tsval = t.PeerClock - 1 });
        t.IsIn(TcpState.Established);
        Assert.IsFalse(t.C.PeerClosed);
    }

    [TestMethod]   // §5.3: the comparison is modulo 2³²
    public void Stamps_wrap()
    {
        var t = Dialogue.Listening(Dialogue.Offering(Stamps));
        t.PeerOffers(Stamps);
        t.PeerClockOffset = uint.MaxValue - t.NowMs;
        t.Opens(Dialogue.PeerIss);
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 10));
        t.Wait(5);
        Assert.AreEqual(4u, t.PeerClock);
        t.Receives(t.PeerText(peer + 10, t.SndNxt, 10));
        t.Next();
        t.Reads(20);
        t.Wait(300);
        t.Receives(t.PeerText(peer + 20, t.SndNxt, 10) with { Tsval = 0xFFFFFFF0 });
        Assert.AreEqual(1, t.Drops(DropReason.OldTimestamp));
    }

    [TestMethod]   // §5.2: a RST is obeyed whatever its stamp, and without one
    [DataRow(true)]
    [DataRow(false)]
    public void Reset_is_exempt(bool stamped)
    {
        Dialogue t = Dialogue.With(Stamps);
        t.Receives(stamped ? Rst.At(t.RcvNxt) with { Tsval = t.PeerClock - 1000 } : Rst.At(t.RcvNxt));
        Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
    }

    [TestMethod]   // §3.2: without the option that was agreed on: dropped silently; the connection MUST NOT be aborted
    public void Segment_without_a_stamp_is_dropped()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint peer = t.RcvNxt;
        t.PeerStamps = false;
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Receives(Fin.At(peer, t.SndNxt));
        t.Wait(1000);
        t.SendsNothing();
        t.IsIn(TcpState.Established);
        Assert.AreEqual(2, t.Drops(DropReason.MissingTimestamp));
        t.PeerStamps = true;
        t.Receives(t.PeerText(peer, t.SndNxt, 100));
        t.Reads(100);
    }

    [TestMethod]   // RFC 5961 §4.2: a SYN gets its challenge ACK with or without a stamp, or a peer that restarted would never get through
    public void Restarted_peer_gets_through()
    {
        foreach (bool stamped in new[] { false, true })
        {
            Dialogue t = Dialogue.With(Stamps);
            uint peer = t.RcvNxt;
            t.PeerStamps = stamped;
            t.PeerClockOffset -= 100_000;
            t.Receives(Syn.At(0x77770000));
            t.Sends(Ack.At(t.SndNxt, peer));
            t.Receives(Rst.At(peer));
            Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
        }
    }

    [TestMethod]   // §5.5: after 24 days without an update TS.Recent is worth nothing, and the next stamp is taken
    public void Outdated_stamp_is_forgotten()
    {
        Dialogue t = Dialogue.With(Stamps);
        uint peer = t.RcvNxt;
        t.Receives(t.PeerText(peer, t.SndNxt, 10));
        t.WaitForSegment(500);
        t.All();
        uint recent = t.PeerClock - 200;
        t.Wait(24 * Day - 1000);
        t.Receives(t.PeerText(peer + 10, t.SndNxt, 10) with { Tsval = recent - 1 });
        Assert.AreEqual(1, t.Drops(DropReason.OldTimestamp));
        t.All();
        t.Wait(1000);
        t.Receives(t.PeerText(peer + 10, t.SndNxt, 10) with { Tsval = recent - 1 });
        t.Reads(20);
        Assert.AreEqual(1, t.Drops(DropReason.OldTimestamp));
        t.WaitForSegment(500);
        t.Sends(Ack.At(t.SndNxt, peer + 20) with { Tsecr = recent - 1 });

        // From here on the new one holds.
        t.Receives(t.PeerText(peer + 20, t.SndNxt, 10) with { Tsval = recent - 2 });
        Assert.AreEqual(2, t.Drops(DropReason.OldTimestamp));
    }

    [TestMethod]   // §5.3 in SYN-RECEIVED, where a table entry stands for the connection; §3.2 there
    public void Half_open_peer_is_held_to_its_stamps()
    {
        var t = Dialogue.Listening(Dialogue.Offering(Stamps));
        t.PeerOffers(Stamps);
        t.Receives(Syn.At(500) with { Tsval = 1000 });
        uint iss = t.Next().Seq;
        t.Receives(Ack.At(501, iss + 1) with { Tsval = 999 });
        t.Sends(Ack.At(iss + 1, 501) with { Tsecr = 1000 });
        t.IsIn(TcpState.SynReceived);
        t.PeerStamps = false;
        t.Receives(Ack.At(501, iss + 1));
        t.SendsNothing();
        t.IsIn(TcpState.SynReceived);
        Assert.AreEqual(1, t.Drops(DropReason.OldTimestamp));
        Assert.AreEqual(1, t.Drops(DropReason.MissingTimestamp));
        t.Receives(Ack.At(501, iss + 1) with { Tsval = 1000, Tsecr = t.LastTsval });
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // the same in SYN-RECEIVED after a simultaneous open
    public void Simultaneous_open_is_held_to_its_stamps()
    {
        var t = new Dialogue(Dialogue.Offering(Stamps));
        t.PeerOffers(Stamps);
        t.Connects();
        t.Receives(Syn.At(500) with { Tsval = 1000 });
        t.Sends(SynAck.At(t.Iss, 501) with { Tsecr = 1000 });
        t.Receives(SynAck.At(500, t.Iss + 1) with { Tsval = 999 });
        t.IsIn(TcpState.SynReceived);
        Assert.AreEqual(1, t.Drops(DropReason.OldTimestamp));
        t.All();
        t.Receives(SynAck.At(500, t.Iss + 1) with { Tsval = 1001 });
        t.IsIn(TcpState.Established);
    }

    private static Dialogue InTimeWait(int features, out uint last, out uint peer)
    {
        Dialogue t = Dialogue.With(features);
        uint seq = t.SndNxt;
        t.C.Shutdown();
        t.Sends(Fin.At(seq, Dialogue.PeerIss + 1));
        t.Receives(Ack.At(Dialogue.PeerIss + 1, seq + 1));
        t.Receives(Fin.At(Dialogue.PeerIss + 1, seq + 1));
        t.Sends(Ack.At(seq + 1, Dialogue.PeerIss + 2));
        t.IsIn(TcpState.TimeWait);
        last = seq + 1;
        peer = Dialogue.PeerIss + 2;
        return t;
    }

    [TestMethod]   // §5.3 in TIME-WAIT: what is older than the connection's last stamp is acknowledged, but restarts no wait; §3.2: silence
    public void Old_fin_does_not_restart_time_wait()
    {
        Dialogue t = InTimeWait(Stamps, out uint last, out uint peer);
        uint recent = t.PeerClock;
        t.Wait(50_000);
        t.Receives(Fin.At(peer - 1, last) with { Tsval = recent - 1 });
        t.Sends(Ack.At(last, peer) with { Tsecr = recent });
        t.PeerStamps = false;
        t.Receives(Fin.At(peer - 1, last));
        t.SendsNothing();
        t.Wait(9_999);
        t.IsIn(TcpState.TimeWait);
        t.Wait(1);
        t.IsIn(TcpState.Listen);
    }

    [TestMethod]   // the peer's FIN again, with a fresh stamp: acknowledged, and 2 MSL begin anew (RFC 9293 §3.10.7.4)
    public void Fresh_fin_restarts_time_wait()
    {
        Dialogue t = InTimeWait(Stamps, out uint last, out uint peer);
        t.Wait(50_000);
        t.Receives(Fin.At(peer - 1, last));
        t.Sends(Ack.At(last, peer));
        t.Wait(59_999);
        t.IsIn(TcpState.TimeWait);
    }

    [TestMethod]   // RFC 6191 §2, each of its cases: which SYN opens the connection again
    [DataRow(true, 1, -1000, true)]       // a newer stamp, whatever the number
    [DataRow(true, 0, 1, true)]           // the same stamp and a greater number
    [DataRow(true, 0, -1, false)]
    [DataRow(true, -1, 1000, false)]      // an older stamp, whatever the number
    [DataRow(true, null, 1, true)]        // no stamp: the number decides
    [DataRow(true, null, -1, false)]
    [DataRow(false, 0, -1000, true)]      // stamps only now: they cannot be old
    [DataRow(false, null, 1, true)]
    [DataRow(false, null, -1, false)]
    public void Syn_in_time_wait(bool before, int? stamp, int number, bool opens)
    {
        Dialogue t = InTimeWait(before ? Stamps : 0, out uint last, out uint peer);
        if (!before)
        {
            // Offered by us all along, not by the peer.
            t = Dialogue.Listening(Dialogue.Offering(Stamps));
            t.Opens(Dialogue.PeerIss);
            uint seq = t.SndNxt;
            t.C.Shutdown();
            t.Next();
            t.Receives(Ack.At(Dialogue.PeerIss + 1, seq + 1));
            t.Receives(Fin.At(Dialogue.PeerIss + 1, seq + 1));
            t.Next();
            last = seq + 1;
            peer = Dialogue.PeerIss + 2;
        }

        uint recent = t.PeerClock;
        t.PeerStamps = stamp != null;
        Segment syn = Syn.At((uint)(peer + number)) with { Mss = 1460 };
        t.Receives(stamp is int ahead ? syn with { Tsval = (uint)(recent + ahead) } : syn);
        Segment answer = t.Next();
        if (opens)
        {
            Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
            Assert.IsTrue((int)(answer.Seq - last) >= 0, "RFC 1122 §4.2.2.13: beyond the old numbers");
        }
        else
        {
            Assert.AreEqual(TcpFlags.Ack, answer.Flags);
            Assert.AreEqual(peer, answer.Ack);
            t.IsIn(TcpState.TimeWait);
        }
    }
}
