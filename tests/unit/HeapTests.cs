using EmbeddedTcp.DeviceSoak;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>After the interface is made, nothing is allocated: the data path leaves the heap as it found it.</summary>
[TestClass]
public class HeapTests
{
    /// <summary>A thousand full segments each way, acknowledged and read, at both ends of a connection.</summary>
    [TestMethod]
    public void A_thousand_segments_leave_the_heap_alone()
    {
        TwoStacks t = new TwoStacks();
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();
        byte[] buffer = new byte[1460];
        Exchange(t, client, server, buffer, 20);

        int taken = Heap.Taken();
        long allocated = Heap.Allocated();
        int segments = t.A.Counters.SegmentsIn;
        Exchange(t, client, server, buffer, 1000);
        long allocatedAfter = Heap.Allocated();

        Assert.IsTrue(t.A.Counters.SegmentsIn - segments >= 1000, "too few segments");
        Assert.IsTrue(allocatedAfter == allocated, "allocated on the data path");
        if (Heap.IsExact)
        {
            int after = Heap.Taken();
            Assert.IsTrue(after <= taken, "the heap has grown from " + taken.ToString() + " to " + after.ToString());
        }
    }

    private static void Exchange(TwoStacks t, TcpConnection client, TcpConnection server, byte[] buffer, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            client.Write(buffer, 0, buffer.Length);
            server.Write(buffer, 0, buffer.Length);
            t.Settle();
            while (client.Read(buffer, 0, buffer.Length) > 0 || server.Read(buffer, 0, buffer.Length) > 0)
            {
            }

            t.NowMs++;
        }
    }
}
