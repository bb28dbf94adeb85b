namespace EmbeddedTcp.ConformanceTests;

/// <summary>
/// The promise of RFC 9293 §1: whatever the wire does, the octets arrive once, in order and unchanged, both ways; and nothing stalls.
/// Each seed is one reproducible wire.
/// </summary>
[TestClass]
public class StreamTests
{
    /// <summary>Loss, duplicates and reordering on both ways, applications that read and write in odd pieces, buffers of odd sizes.</summary>
    [TestMethod]
    public void Octets_arrive_once_and_in_order_on_a_bad_wire()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            Play(seed, lossPercent: seed % 12, duplicatePercent: seed % 5, latePercent: seed % 7, busyPercent: seed % 3 * 10);
        }
    }

    /// <summary>A clean wire with a device that refuses every third frame: nothing is lost, and no time is lost to retransmission.</summary>
    [TestMethod]
    public void A_busy_device_costs_no_data()
    {
        for (int seed = 100; seed <= 110; seed++)
        {
            Assert.AreEqual(0, Play(seed, 0, 0, 0, busyPercent: 33), $"retransmission timeouts with seed {seed}");
        }
    }

    /// <summary>The clock wraps in the middle: as a signed int after 24.9 days, and altogether after 49.7.</summary>
    [TestMethod]
    public void Octets_arrive_while_the_clock_wraps()
    {
        foreach (long start in new[] { 0x7FFF_FF00L, 0x8000_0000L, 0xFFFF_FF00L, 0x1_7FFF_F000L })
        {
            for (int seed = 200; seed < 206; seed++)
            {
                Play(seed, 6, 2, 4, 10, start);
            }
        }
    }

    /// <summary>
    /// No pair of buffer sizes makes a bulk transfer wait for a timer: it moves at least half the smaller buffer, or a segment, each round trip.
    /// </summary>
    [TestMethod]
    public void Bulk_transfer_waits_for_no_timer()
    {
        string slow = "";
        int[] sizes = [512, 1460, 1461, 2920, 3000, 4096, 5000, 8192, 65535];
        foreach (int send in sizes)
        {
            foreach (int receive in sizes)
            {
                if (send < 2920)
                {
                    // Less than two segments leave a peer that acknowledges every second one to its delay.
                    continue;
                }

                var wire = new Cable(new StackOptions { SendBufferSize = send }, new StackOptions { ReceiveBufferSize = receive }) { LatencyMs = 5 };
                (TcpConnection client, TcpConnection server) = wire.Open();
                byte[] buffer = new byte[65536];
                byte[] octets = new byte[8192];
                uint written = 0;
                uint read = 0;
                const uint Total = 60_000;
                wire.EachMoment = () =>
                {
                    if (written < Total)
                    {
                        int count = (int)Math.Min(Total - written, 8192);
                        written += (uint)client.Write(octets, 0, count);
                    }

                    read += (uint)Math.Max(0, server.Read(buffer, 0, buffer.Length));
                };
                long start = wire.NowMs;
                wire.RunUntil(() => read == Total, 600_000, $"send {send}, receive {receive}");

                // Ten milliseconds a round trip, and one delayed acknowledgment for the last odd segment.
                int perTrip = Math.Min(1460, Math.Min(send, receive) / 2);
                long limit = Total / perTrip * 10 + 300;
                slow += wire.NowMs - start <= limit ? "" : $"\nsend {send}, receive {receive}: {wire.NowMs - start} ms, more than {limit}";
            }
        }

        Assert.AreEqual("", slow);
    }

    private static int Play(int seed, int lossPercent, int duplicatePercent, int latePercent, int busyPercent, long start = 5000)
    {
        var random = new Random(seed);
        int Size() => random.Next(4) switch { 0 => 512 + random.Next(600), 1 => 1460, 2 => 4096, _ => 1000 + random.Next(20000) };
        StackOptions Sized() => new()
        {
            ReceiveBufferSize = Size(), SendBufferSize = Size(), Mtu = random.Next(3) == 0 ? 576 + random.Next(900) : 1500, MinimumRto = busyPercent > 30 ? 1000 : 200,
        };
        var wire = new Cable(Sized(), Sized(), start) { LatencyMs = 1 + random.Next(20) };
        bool calm = false;
        wire.Fate = f =>
        {
            if (calm)
            {
                return Cable.OnTime;
            }

            if (random.Next(100) < lossPercent)
            {
                return Cable.Lost;
            }

            int late = random.Next(100) < latePercent ? random.Next(60) : 0;
            return random.Next(100) < duplicatePercent ? [late, random.Next(100)] : [late];
        };
        (TcpConnection client, TcpConnection server) = wire.Open();
        wire.DeviceA.Accepts = wire.DeviceB.Accepts = () => calm || random.Next(100) >= busyPercent;
        wire.LongestStep = 50;
        string what = $"seed {seed}";
        Stream[] streams = [new(client, server, random), new(server, client, random)];
        wire.EachMoment = () =>
        {
            foreach (Stream stream in streams)
            {
                stream.Turn(what);
            }
        };
        try
        {
            wire.RunUntil(() => streams.All(s => s.Finished), 1_500_000, what);
        }
        catch (AssertFailedException e)
        {
            throw new AssertFailedException(
                e.Message + "\n" + string.Join("\n", streams.Select(s => s.ToString()))
                + "\n" + string.Join("\n", wire.Ladder.TakeLast(20)), e);
        }

        int timeouts = wire.A.Counters.RetransmissionTimeouts + wire.B.Counters.RetransmissionTimeouts;

        // Everything was acknowledged and both FINs passed: no slot and no record is left behind after 2MSL.
        client.Close();
        server.Close();
        calm = true;
        wire.LongestStep = int.MaxValue;
        wire.Run(70_000 + 60_000);
        Assert.AreEqual(4, wire.A.Tcp.FreeSlots, what);
        Assert.AreEqual(4, wire.B.Tcp.FreeSlots, what);
        Assert.AreEqual(0, wire.A.Tcp.TimeWait.Count + wire.B.Tcp.TimeWait.Count, what);
        return timeouts;
    }

    // One direction: writes the pattern in odd pieces, half-closes, and checks what is read at the other end.
    private sealed class Stream(TcpConnection from, TcpConnection to, Random random)
    {
        private const uint Total = 60_000;
        private readonly byte[] _buffer = new byte[5000];
        private uint _written;
        private uint _read;

        public bool Finished { get; private set; }

        public void Turn(string what)
        {
            if (_written < Total && random.Next(3) != 0)
            {
                int count = (int)Math.Min(Total - _written, (uint)random.Next(1, 4000));
                int n = from.Write(Pattern.Of(_written, count), 0, count);
                Assert.IsTrue(n >= 0, $"{what}: write failed, {from.State} {from.EndReason}");
                _written += (uint)n;
                if (_written == Total)
                {
                    from.Shutdown();
                }
            }

            if (Finished || random.Next(3) == 0)
            {
                return;
            }

            int got = to.Read(_buffer, 0, random.Next(1, _buffer.Length));
            for (int i = 0; i < got; i++)
            {
                if (_buffer[i] != Pattern.At(_read + (uint)i))
                {
                    Assert.Fail($"{what}: octet {_read + i} is wrong");
                }
            }

            if (got > 0)
            {
                _read += (uint)got;
            }
            else if (got < 0)
            {
                Assert.AreEqual(Total, _read, $"{what}: the stream ended early, {to.State} {to.EndReason}");
                Finished = true;
            }
        }

        public override string ToString() => $"written {_written}, read {_read}, {from.State} {from.EndReason} una={from.SendUnacknowledged} nxt={from.SendNext} wnd={from.SendWindow} queued={from.SendQueued} -> {to.State} nxt={to.ReceiveNext} wnd={to.ReceiveWindow} queued={to.ReceiveQueued}";
    }
}
