namespace EmbeddedTcp.ConformanceTests;

/// <summary>Rule 2: fixed memory. The data path allocates nothing.</summary>
[TestClass]
[DoNotParallelize]
public class AllocationTests
{
    // A cable of two queues of fixed frames: it must not allocate itself.
    private sealed class Pipe : EthernetDevice
    {
        private readonly byte[][] _frames = [.. Enumerable.Range(0, 64).Select(_ => new byte[MaxFrameLength])];
        private readonly int[] _lengths = new int[64];
        private int _head;
        private int _count;

        public Pipe()
        {
            TxBuffer = new byte[MaxFrameLength];
            RxBuffer = _frames[0];
        }

        public Pipe? Peer { get; set; }

        public int LoseEvery { get; set; } = int.MaxValue;

        private int _sent;

        public override bool LinkUp => true;

        public override bool Open(byte[] macAddress) => true;

        public override int Receive()
        {
            if (_count == 0)
            {
                return 0;
            }

            RxBuffer = _frames[_head];
            int length = _lengths[_head];
            _head = (_head + 1) & 63;
            _count--;
            return length;
        }

        public override bool Send(int length)
        {
            Pipe peer = Peer!;
            if (peer._count == 64)
            {
                return false;
            }

            if (++_sent % LoseEvery != 0)
            {
                int at = (peer._head + peer._count) & 63;
                Array.Copy(TxBuffer, 0, peer._frames[at], 0, length);
                peer._lengths[at] = length;
                peer._count++;
            }

            return true;
        }

        public override bool Recover() => true;

        public override string Describe() => "pipe";
    }

    private static long Run(int loseEvery, int turns, out int segments)
    {
        var a = new Pipe();
        var b = new Pipe { Peer = a };
        a.Peer = b;
        var netA = new NetworkInterface(a, new StackOptions { Address = 0x0A000001, MacAddress = [2, 0, 0, 0, 0, 1], MinimumRto = 10 });
        var netB = new NetworkInterface(b, new StackOptions { Address = 0x0A000002, MacAddress = [2, 0, 0, 0, 0, 2], MinimumRto = 10 });
        TcpListener listener = netB.Tcp.Listen(7, 2);
        long now = 1000;
        netA.Poll(now);
        TcpConnection client = netA.Tcp.Connect(0x0A000002, 7);
        TcpConnection? server = null;
        while ((server = listener.Accept()) == null)
        {
            now++;
            netA.Poll(now);
            netB.Poll(now);
        }

        a.LoseEvery = b.LoseEvery = loseEvery;
        byte[] data = new byte[3000];
        long Play(int n)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < n; i++)
            {
                client.Write(data, 0, data.Length);
                server.Write(data, 0, 1460);
                netA.Poll(now);
                netB.Poll(now);
                netA.Tcp.TakeReady()?.TakeEvents();
                netB.Tcp.TakeReady()?.TakeEvents();
                client.Read(data, 0, data.Length);
                server.Read(data, 0, data.Length);
                netA.Flush();
                netB.Flush();
                now++;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Play(1000);
        int from = netA.Counters.SegmentsIn;
        long allocated = Play(turns);
        segments = netA.Counters.SegmentsIn - from;
        Assert.AreEqual(TcpState.Established, client.State);
        return allocated;
    }

    [TestMethod]   // each way at least 10,000 segments
    public void Transfer_allocates_nothing()
    {
        Assert.AreEqual(0L, Run(int.MaxValue, 20_000, out int segments));
        Assert.IsTrue(segments >= 10_000, segments.ToString());
    }

    [TestMethod]   // nor do loss, retransmission, reassembly and recovery
    public void Recovery_allocates_nothing()
    {
        Assert.AreEqual(0L, Run(13, 40_000, out int segments));
        Assert.IsTrue(segments >= 10_000, segments.ToString());
    }

    [TestMethod]   // nor do connections that come and go
    public void Opening_and_closing_allocates_nothing()
    {
        var a = new Pipe();
        var b = new Pipe { Peer = a };
        a.Peer = b;
        var netA = new NetworkInterface(a, new StackOptions { Address = 0x0A000001, MacAddress = [2, 0, 0, 0, 0, 1], MaximumSegmentLifetime = 10 });
        var netB = new NetworkInterface(b, new StackOptions { Address = 0x0A000002, MacAddress = [2, 0, 0, 0, 0, 2] });
        TcpListener listener = netB.Tcp.Listen(7, 2);
        long now = 1000;
        long before = 0;
        for (int i = 0; i < 3000; i++)
        {
            if (i == 500)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            netA.Poll(now);
            TcpConnection client = netA.Tcp.Connect(0x0A000002, 7);
            TcpConnection? server = null;
            for (int turn = 0; turn < 20; turn++)
            {
                netB.Poll(now);
                netA.Poll(now);
                server ??= listener.Accept();
                if (turn == 5)
                {
                    client.Close();
                }

                if (turn == 10)
                {
                    server!.Close();
                }

                now += 5;
            }
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.AreEqual(4, netA.Tcp.FreeSlots);
        Assert.AreEqual(4, netB.Tcp.FreeSlots);
        Assert.AreEqual(3000, netB.Counters.PassiveOpens);
    }
}
