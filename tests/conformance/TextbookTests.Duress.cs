namespace EmbeddedTcp.ConformanceTests;

/// <content>Crashes, wraps, closed windows, and rest.</content>
public partial class TextbookTests
{
    [TestMethod]   // 14
    public void S14_peer_crashes()
    {
        Cable wire = Listening(new StackOptions { KeepAliveIdle = 7_200_000 });
        (TcpConnection client, _) = wire.Open();
        client.KeepAlive = true;
        wire.Run(8_000_000);
        Assert.AreEqual(Established, client.State);
        wire.Fate = _ => Cable.Lost;
        wire.Run(7_200_000 + 10 * 75_000 + 1);
        Assert.AreEqual(TcpEndReason.KeepAliveTimedOut, client.EndReason);
    }

    [TestMethod]   // 16: each direction passes 2³², with loss
    public void S16_sequence_wrap()
    {
        foreach (bool ofA in new[] { true, false })
        {
            // M ticks every 4 µs (RFC 9293 §3.4.1): the same first connection some time later has its ISS just below 2³².
            Cable first = Listening();
            first.Open();
            uint iss = first.Ladder[ofA ? 0 : 1].Segment!.Seq;
            long later = (0x1_0000_0000L - iss) / 250 - 40;
            var wire = new Cable(start: 5000 + later);
            wire.B.Tcp.Listen(7, 4);
            (TcpConnection client, TcpConnection server) = wire.Open();
            uint next = (ofA ? client : server).SendNext;
            Assert.IsTrue(0u - next is > 0 and < 20_000, $"{next}");
            wire.Fate = f => f.Number % 11 == 0 ? Cable.Lost : Cable.OnTime;
            Transfers(wire, client, server, 100_000);
            Transfers(wire, server, client, 100_000);
            Assert.IsTrue((ofA ? client : server).SendNext < 0x80000000, "it wrapped");
            client.Close();
            wire.Run(3000);
            server.Close();
            wire.Run(100_000);
            Assert.AreEqual(4, wire.A.Tcp.FreeSlots);
            Assert.AreEqual(4, wire.B.Tcp.FreeSlots);
        }
    }

    [TestMethod]   // 17
    public void S17_mss_of_the_peer()
    {
        Cable wire = Listening(null, new StackOptions { Mtu = 1064 });
        (TcpConnection client, TcpConnection server) = wire.Open();
        Transfers(wire, client, server, 100_000);
        Transfers(wire, server, client, 100_000);
        Assert.AreEqual(1024, wire.Ladder.Max(f => f.Segment!.Text!.Length));
    }

    [TestMethod]   // 18
    public void S18_zero_window_and_a_lost_update()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        byte[] data = Pattern.Of(0, 4096);
        Assert.AreEqual(4096, client.Write(data, 0, 4096));
        wire.Run(500);
        Assert.AreEqual(0, client.SendWindow);
        Assert.AreEqual(1000, client.Write(data, 0, 1000));
        wire.Fate = Loses(1, f => !f.FromA && f.IsPureAck && f.Segment!.Window > 0);
        byte[] b = new byte[4096];
        Assert.AreEqual(4096, server.Read(b, 0, 4096));
        wire.Run(100);
        Assert.AreEqual(0, client.SendWindow, "the update was lost");
        wire.Run(3000);
        Assert.AreEqual(1000, server.Read(b, 0, 4096));
        Assert.IsTrue(wire.A.Counters.WindowProbes > 0);
    }

    [TestMethod]   // both fill each other's buffers and neither reads; when both begin to, it goes on within a probe or two, and nothing times out
    public void Mutual_full_buffers_dissolve()
    {
        foreach (int patience in new[] { 1_000, 30_000, 250_000 })
        {
            Cable wire = Listening();
            (TcpConnection client, TcpConnection server) = wire.Open();
            var written = new Dictionary<TcpConnection, int> { [client] = 0, [server] = 0 };
            void Fill()
            {
                foreach (TcpConnection c in new[] { client, server })
                {
                    int at = written[c];
                    int n = c.Write(Pattern.Of((uint)at, 3000), 0, 3000);
                    Assert.IsTrue(n >= 0, $"{c.EndReason} with {patience}");
                    written[c] = at + n;
                }
            }

            wire.EachMoment = Fill;
            wire.Run(patience);
            Assert.AreEqual(0, client.SendWindow);
            Assert.AreEqual(0, server.SendWindow);
            wire.EachMoment = null;
            var read = new Dictionary<TcpConnection, int> { [client] = 0, [server] = 0 };
            byte[] b = new byte[1000];
            long start = wire.NowMs;
            wire.LongestStep = 20;
            wire.RunUntil(
                () =>
                {
                    foreach (TcpConnection c in new[] { client, server })
                    {
                        int n = c.Read(b, 0, b.Length);
                        for (int i = 0; i < n; i++)
                        {
                            Assert.AreEqual(Pattern.At((uint)(read[c] + i)), b[i]);
                        }

                        read[c] += Math.Max(n, 0);
                    }

                    return read[client] == written[server] && read[server] == written[client];
                },
                300_000,
                "both directions drain");
            Assert.IsTrue(wire.NowMs - start < 3000, $"patience {patience}: {wire.NowMs - start} ms");
        }
    }

    [TestMethod]   // chatter: whatever happened, two stacks at rest stay at rest
    public void Two_stacks_at_rest_say_nothing()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        Transfers(wire, client, server, 30_000);
        wire.Run(1000);
        OnTheWire[] old = [.. wire.Ladder];
        int before = wire.Ladder.Count;
        foreach (OnTheWire f in old)
        {
            wire.Replay(f);
        }

        wire.Run(10_000);
        Assert.IsTrue(wire.Ladder.Count - before <= old.Length, "at most one answer to each replayed segment");
        before = wire.Ladder.Count;
        wire.Run(1_000_000);
        Assert.AreEqual(before, wire.Ladder.Count);
        Transfers(wire, server, client, 30_000);
    }
}
