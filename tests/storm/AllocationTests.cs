using EmbeddedTcp.StormTests.Support;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests;

/// <summary>The data path allocates nothing: not for segments, not for acknowledgments, not for what is sent again, not for connections.</summary>
[TestClass]
public sealed class AllocationTests
{
    private const int Segments = 10000;
    private const int MostTurns = 2000000;

    private readonly byte[] _data = new byte[8192];

    [TestMethod]
    [DataRow(0, DisplayName = "a good wire")]
    [DataRow(50, DisplayName = "every 50th frame lost")]
    public void Transfer_both_ways_allocates_nothing(int loseEvery)
    {
        LosingDevice a = new LosingDevice(loseEvery);
        LosingDevice b = new LosingDevice(loseEvery);
        a.Peer = b;
        b.Peer = a;
        TwoStacks t = new TwoStacks(Options(), Options(), a, b);
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        TcpConnection server = null;
        for (int i = 0; i < 100 && server == null; i++)
        {
            t.Run(1000);
            server = listener.Accept();
        }

        Assert.IsNotNull(server);
        Exchange(t, client, server, 2000);
        int outA = t.A.Counters.SegmentsOut;
        int outB = t.B.Counters.SegmentsOut;
        int again = t.A.Counters.Retransmissions + t.B.Counters.Retransmissions;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(t, client, server, Segments);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.AreEqual(0L, allocated);
        Assert.IsGreaterThanOrEqualTo(Segments, t.A.Counters.SegmentsOut - outA);
        Assert.IsGreaterThanOrEqualTo(Segments, t.B.Counters.SegmentsOut - outB);
        again = t.A.Counters.Retransmissions + t.B.Counters.Retransmissions - again;
        Assert.IsTrue(loseEvery == 0 ? again == 0 : again > Segments / 100, again.ToString());
    }

    [TestMethod]
    public void Connections_that_come_and_go_allocate_nothing()
    {
        TwoStacks t = new TwoStacks(Options(), Options());
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        ComeAndGo(t, listener, 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ComeAndGo(t, listener, 200);
        Assert.AreEqual(0L, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.AreEqual(220, t.B.Counters.PassiveOpens);
    }

    private void ComeAndGo(TwoStacks t, TcpListener listener, int connections)
    {
        for (int i = 0; i < connections; i++)
        {
            TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
            client.Write(_data, 0, 100);
            t.Settle();
            TcpConnection server = listener.Accept();
            server.Read(_data, 0, _data.Length);
            server.Close();
            t.Settle();
            client.Close();
            t.Run(100);
        }
    }

    // Both ends write what fits and read what is there, until each has sent so many segments.
    private void Exchange(TwoStacks t, TcpConnection client, TcpConnection server, int segments)
    {
        int goalA = t.A.Counters.SegmentsOut + segments;
        int goalB = t.B.Counters.SegmentsOut + segments;
        for (int turn = 0; turn < MostTurns; turn++)
        {
            if (t.A.Counters.SegmentsOut - goalA >= 0 && t.B.Counters.SegmentsOut - goalB >= 0)
            {
                return;
            }

            client.Write(_data, 0, _data.Length);
            server.Write(_data, 0, _data.Length);
            t.Run(1);
            client.Read(_data, 0, _data.Length);
            server.Read(_data, 0, _data.Length);
        }

        Assert.Fail("it does not get on");
    }

    private static StackOptions Options()
    {
        return new StackOptions { ReceiveBufferSize = 8192, SendBufferSize = 8192, MinimumRto = 20, InitialRto = 20, DelayedAck = 10 };
    }
}
