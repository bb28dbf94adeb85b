namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>A retransmission timeout that was a mistake is found out by timestamps, the Eifel algorithm of RFC 3522, and undone, RFC 4015.</summary>
[TestClass]
public class SpuriousTimeoutTests
{
    // The option leaves 1,000 octets of these.
    private const int PeerMss = 1012;
    private const int Mss = 1000;

    // Ten segments are outstanding when the timer fires; the first goes out again.
    private static Dialogue TimedOut(out uint original, out uint again, int features = TcpFeatures.Timestamps)
    {
        Dialogue t = Dialogue.With(features, options: new StackOptions { SendBufferSize = 65535 }, mss: features == 0 ? Mss : PeerMss, window: 65535);
        t.Writes(30 * Mss);
        original = t.LastTsval;
        Assert.AreEqual(10, t.All().Count);
        Assert.AreEqual(1000, t.WaitForSegment(2000));
        again = t.LastTsval;
        t.SendsText(At(t, 0), Mss);
        Assert.AreEqual(Mss, t.C.CongestionWindow);
        Assert.AreEqual(5 * Mss, t.C.SlowStartThreshold);
        return t;
    }

    private static uint At(Dialogue t, int n) => t.Iss + 1 + (uint)(n * Mss);

    private static void Acks(Dialogue t, int n, uint echo) => t.Receives(Ack.At(t.RcvNxt, At(t, n)) with { Tsecr = echo });

    [TestMethod]   // RFC 3522 §3.2 (5): the ACK answers the original; RFC 4015 §3.2: new octets follow, none of the old ones, and windows are as before
    public void Late_acknowledgment_undoes_the_timeout()
    {
        Dialogue t = TimedOut(out uint original, out _);
        t.Wait(100);
        Acks(t, 1, original);

        // (RESP) cwnd = FlightSize + min(bytes acknowledged, IW); ssthresh = pipe_prev, here what it was at first: without limit.
        Assert.AreEqual(10 * Mss, t.C.CongestionWindow);
        Assert.IsTrue(t.C.SlowStartThreshold > 65535);
        Assert.AreEqual(1, t.Counters.SpuriousTimeouts);
        t.SendsText(At(t, 10), Mss);
        t.SendsNothing();

        // (8): SRTT at least the measured 1,100 ms, RTTVAR at least half of it; RTO = SRTT + 4 RTTVAR.
        Assert.AreEqual(1100, t.C.SmoothedRtt);
        Assert.AreEqual(3300, t.C.Rto);

        // And on it goes: slow start.
        Acks(t, 2, original);
        t.SendsText(At(t, 11), Mss);
        t.SendsText(At(t, 12), Mss);
        t.SendsNothing();
        Assert.AreEqual(1, t.Counters.Retransmissions);
    }

    [TestMethod]   // the ACK answers the retransmission: the loss was real, and stays one
    public void Real_loss_is_not_undone()
    {
        Dialogue t = TimedOut(out _, out uint again);
        t.Wait(30);
        Acks(t, 1, again);
        Assert.AreEqual(0, t.Counters.SpuriousTimeouts);
        Assert.AreEqual(2 * Mss, t.C.CongestionWindow);
        Assert.AreEqual(5 * Mss, t.C.SlowStartThreshold);
        t.SendsText(At(t, 1), Mss);
        t.SendsText(At(t, 2), Mss);
        t.SendsNothing();
    }

    [TestMethod]   // RFC 3522 §3.2 (5): only the first acceptable ACK decides; a duplicate is none
    public void First_new_acknowledgment_decides()
    {
        Dialogue t = TimedOut(out uint original, out uint again);
        Acks(t, 0, original);
        Assert.AreEqual(0, t.Counters.SpuriousTimeouts, "an old ACK acknowledges nothing");
        Acks(t, 1, again);
        t.All();
        Acks(t, 2, original);
        Assert.AreEqual(0, t.Counters.SpuriousTimeouts, "the first ACK has decided");
    }

    [TestMethod]   // RFC 4015 §3.2 (DET.1): after several timeouts the numbers from before the first come back
    public void Several_timeouts_are_undone_together()
    {
        Dialogue t = TimedOut(out uint original, out _);
        Assert.AreEqual(2000, t.WaitForSegment(4000));
        t.SendsText(At(t, 0), Mss);
        Assert.AreEqual(4000, t.WaitForSegment(8000));
        t.SendsText(At(t, 0), Mss);
        Acks(t, 10, original);
        Assert.AreEqual(1, t.Counters.SpuriousTimeouts);
        Assert.IsTrue(t.C.SlowStartThreshold > 65535);
        Assert.AreEqual(10 * Mss, t.C.CongestionWindow, "all ten were acknowledged at once: min(bytes acknowledged, IW)");
        CollectionAssert.AreEqual(Enumerable.Range(10, 10).Select(i => At(t, i)).ToList(), t.All().Select(s => s.Seq).ToList());
    }

    [TestMethod]   // the first of several retransmissions was answered: the second timeout was a mistake, but the first was not: nothing is undone
    public void Answer_to_an_earlier_retransmission_undoes_nothing()
    {
        Dialogue t = TimedOut(out _, out uint again);
        t.WaitForSegment(4000);
        t.All();
        Acks(t, 1, again);
        Assert.AreEqual(0, t.Counters.SpuriousTimeouts);
        Assert.AreEqual(5 * Mss, t.C.SlowStartThreshold);
    }

    [TestMethod]   // without timestamps nobody can tell: what is outstanding goes out again
    public void Without_timestamps_nothing_is_undone()
    {
        Dialogue t = TimedOut(out _, out _, 0);
        t.Receives(Ack.At(t.RcvNxt, At(t, 1)));
        t.SendsText(At(t, 1), Mss);
        t.SendsText(At(t, 2), Mss);
        t.SendsNothing();
        Assert.AreEqual(0, t.Counters.SpuriousTimeouts);
    }

    [TestMethod]   // what was suspected on one connection is not held against the next one in the same slot
    public void Suspicion_ends_with_the_connection()
    {
        StackOptions options = Dialogue.Offering(TcpFeatures.Timestamps);
        options.Connections = 1;
        var t = Dialogue.Listening(options);
        t.PeerOffers(TcpFeatures.Timestamps);
        t.Opens(500);
        t.Writes(100);
        t.All();
        t.WaitForSegment(2000);
        t.All();
        t.Receives(Rst.At(t.RcvNxt));
        t.C.Close();
        t.PeerPort++;
        t.RestartPatterns();
        t.Opens(Dialogue.PeerIss);
        t.Writes(100);
        t.Next();
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt) with { Tsecr = t.LastTsval - 5000 });
        Assert.AreEqual(0, t.Counters.SpuriousTimeouts);
    }

    [TestMethod]   // between two stacks: the path suddenly takes three seconds, nothing is lost, and hardly anything is sent twice
    public void Delay_spike_costs_one_retransmission_for_each_timeout()
    {
        int[] repeated = new int[2];
        foreach (bool stamps in new[] { false, true })
        {
            var wire = new Cable(
                new StackOptions { SendBufferSize = 32768, Timestamps = stamps },
                new StackOptions { ReceiveBufferSize = 32768, Timestamps = stamps }) { LatencyMs = 100 };
            (TcpConnection client, TcpConnection server) = wire.Open();
            long spikeAt = wire.NowMs + 500;
            wire.Fate = one => one.AtMs < spikeAt || one.AtMs >= spikeAt + 3000 ? Cable.OnTime : [(int)(spikeAt + 3000 - one.AtMs)];
            byte[] text = Pattern.Of(0, 200_000);
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
                120_000,
                "transfer");
            CollectionAssert.AreEqual(text, got);
            repeated[stamps ? 1 : 0] = wire.A.Counters.Retransmissions;
            Assert.AreEqual(stamps ? 1 : 0, wire.A.Counters.SpuriousTimeouts);
        }

        Assert.IsTrue(repeated[1] <= 2 && repeated[0] > repeated[1], $"{repeated[0]} without, {repeated[1]} with timestamps");
    }
}
