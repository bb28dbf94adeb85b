namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>
/// Header prediction is a short cut and nothing else: the same traffic goes to two engines, one of which cannot take it, since its peer puts the
/// same options elsewhere. Both must say and know the same after every segment.
/// </summary>
[TestClass]
public class PredictionTests
{
    private const int All = TcpFeatures.Sack | TcpFeatures.Timestamps | TcpFeatures.WindowScale | TcpFeatures.Ecn;

    // What one engine is told and says; the other is its twin.
    private sealed class Twin(Dialogue dialogue, bool roundabout)
    {
        public Dialogue T { get; } = dialogue;

        public void Receives(Segment s)
        {
            if (!roundabout)
            {
                T.Receives(s);
                return;
            }

            // RFC 9293 §3.1: options may stand anywhere. No-operations behind them, or alone, say nothing.
            byte[] options = T.PeerStamps ? [8, 10, .. Frames.Octets(T.PeerClock), .. Frames.Octets(T.LastTsval), 1, 1] : [1, 1, 1, 1];
            T.Receives(s with { Options = options });
        }

        public string Said() => string.Join('\n', T.All());

        public string Knows()
        {
            TcpConnection c = T.C;
            return $"una {c.SendUnacknowledged} nxt {c.SendNext} wnd {c.SendWindow} cwnd {c.CongestionWindow} ssthresh {c.SlowStartThreshold} "
                + $"rcv {c.ReceiveNext} rwnd {c.ReceiveWindow} unread {c.Available} queued {c.SendQueued} rto {c.Rto} srtt {c.SmoothedRtt} "
                + $"timers {string.Join(' ', Enumerable.Range(0, ConnectionTimers.Count).Select(c.TimerRemainingMs))} events {c.Events} "
                + $"recent {c.Stamps?.Recent} urgent {c.UrgentOctets}";
        }
    }

    [TestMethod]   // each set of features, random traffic both ways: text in order, acknowledgments, window changes, pauses
    public void Short_cut_and_long_way_agree()
    {
        for (int seed = 0; seed < 3 * (All + 1); seed++)
        {
            int features = seed % (All + 1);
            Twin quick = new(Open(features), false);
            Twin slow = new(Open(features), true);
            Play(new Random(seed), quick, slow, $"seed {seed}, features {features}");
            Assert.AreEqual(0, slow.T.Counters.ShortWay + (features == 0 ? 0 : slow.T.Counters.Predicted), "the long way was not taken");
            int predicted = quick.T.Counters.ShortWay + quick.T.Counters.Predicted;
            Assert.IsTrue(predicted > 50, $"seed {seed}: {predicted} of the segments took the short cut");
        }
    }

    private static Dialogue Open(int features)
        => Dialogue.With(features, options: new StackOptions { SendBufferSize = 32768, ReceiveBufferSize = 8192, Connections = 1 }, window: 30_000, scale: 1);

    private static void Play(Random random, Twin quick, Twin slow, string name)
    {
        uint peer = quick.T.RcvNxt;
        int window = 30_000;
        int unread = 0;
        for (int turn = 0; turn < 300; turn++)
        {
            int choice = random.Next(10);
            int count = random.Next(1, 1400);
            uint una = quick.T.C.SendUnacknowledged;
            uint acked = una + (uint)random.Next((int)(quick.T.C.SendNext - una) + 1);
            if (random.Next(4) != 0)
            {
                acked = quick.T.C.SendNext;
            }

            window = random.Next(5) == 0 ? random.Next(2000, 30_000) : window;
            int pause = random.Next(4) == 0 ? random.Next(1, 60) : 0;
            int urgent = random.Next(40) == 0 ? random.Next(1, 100) : 0;
            foreach (Twin one in new[] { quick, slow })
            {
                Dialogue t = one.T;
                switch (choice)
                {
                    case < 4 when unread + count <= 8192:
                        Segment text = t.PeerText(peer, acked, count) with { Window = window };
                        one.Receives(urgent == 0 ? text : text with { Flags = TcpFlags.Ack | TcpFlags.Urg, UrgentPointer = urgent });
                        break;
                    case < 7:
                        one.Receives(Ack.At(peer, acked) with { Window = window });
                        break;
                    case < 9:
                        t.Writes(count);
                        break;
                    default:
                        if (unread > 0)
                        {
                            t.Reads(unread);
                        }

                        break;
                }

                if (urgent != 0)
                {
                    t.C.MarkUrgent();
                }

                t.Wait(pause);
            }

            unread = quick.T.C.Available;
            peer = quick.T.C.ReceiveNext;
            Assert.AreEqual(slow.Knows(), quick.Knows(), $"{name}, turn {turn}");
            Assert.AreEqual(slow.Said(), quick.Said(), $"{name}, turn {turn}");
        }
    }

    [TestMethod]   // what the short cut must leave to the long way: blocks, marks, old and missing stamps, a scoreboard that is not empty
    public void Exceptions_take_the_long_way()
    {
        Dialogue t = Dialogue.With(All, options: new StackOptions { SendBufferSize = 32768 }, window: 30_000, scale: 0);
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        Assert.AreEqual(1, t.Counters.Predicted);
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10) with { Tsval = t.PeerClock - 1 });
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10) with { EcnCodepoint = 3 });
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10) with { Flags = TcpFlags.Ack | TcpFlags.Cwr });
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10) with { Flags = TcpFlags.Ack | TcpFlags.Urg, UrgentPointer = 1 });
        t.PeerStamps = false;
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        t.PeerStamps = true;
        Assert.AreEqual(1, t.Counters.Predicted);
        t.All();
        uint seq = t.SndNxt;
        t.Writes(5000);
        t.All();
        t.Receives(Ack.At(t.RcvNxt, seq).Reporting(new Block(seq + 1448, seq + 2896)));
        t.Receives(Ack.At(t.RcvNxt, seq + 100));
        Assert.AreEqual(1, t.Counters.Predicted);
        Assert.AreEqual(seq + 100, t.C.SendUnacknowledged);

        // Once all is acknowledged the board is empty and the short cut open again.
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        t.All();
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        int predicted = t.Counters.Predicted;
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        Assert.AreEqual(predicted + 1, t.Counters.Predicted);
    }
}
