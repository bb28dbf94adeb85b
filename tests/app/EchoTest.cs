using System;
using System.Linq;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

[TestClass]
public sealed class EchoTest
{
    [TestMethod]   // RFC 862: "any data received is sent back"
    public void What_is_sent_comes_back()
    {
        var board = new Board();
        Client client = board.Connect(7).UntilConnected().Send("hello").UntilReceived(5);
        Assert.AreEqual("hello", client.ReceivedText);
        client.Send(" again").UntilReceived(11);
        Assert.AreEqual("hello again", client.ReceivedText);
    }

    [TestMethod]   // RFC 862: "this continues until the calling user terminates the connection"
    public void Half_close_drains_everything_then_closes()
    {
        var board = new Board();
        byte[] data = RandomBytes(100_000, 1);
        Client client = board.Connect(7).Send(data).Shutdown().UntilEnd();
        CollectionAssert.AreEqual(data, client.Received);
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free");
        Assert.AreEqual(0, board.ServiceNamed("echo").Open);
    }

    [TestMethod]
    public void A_fin_without_data_is_answered_with_a_fin()
    {
        var board = new Board();
        Client client = board.Connect(7).UntilConnected().Shutdown().UntilEnd(1000);
        Assert.IsEmpty(client.Received);
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free");
    }

    [TestMethod]
    [DataRow(512, 512)]
    [DataRow(1460, 700)]
    [DataRow(65535, 65535)]
    public void A_megabyte_arrives_exactly_whatever_the_rings(int receiveRing, int sendRing)
    {
        var board = new Board(new StackOptions { ReceiveBufferSize = receiveRing, SendBufferSize = sendRing });
        byte[] data = RandomBytes(1_000_000, 2);
        Client client = board.Connect(7).Send(data).Shutdown().UntilEnd(3_000_000);
        Assert.IsTrue(data.AsSpan().SequenceEqual(client.Received));
        Assert.AreEqual(1_000_000, ((EchoService)board.ServiceNamed("echo")).Bytes);
    }

    [TestMethod]
    public void Data_survives_a_wire_that_loses_frames()
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var board = new Board();
            board.LoseFrames(0.05, seed);
            byte[] data = RandomBytes(60_000, seed);
            Client client = board.Connect(7).Send(data).Shutdown().UntilEnd(600_000);
            Assert.IsTrue(data.AsSpan().SequenceEqual(client.Received), $"seed {seed}");
        }
    }

    [TestMethod]
    public void A_peer_that_does_not_read_is_not_read_from()
    {
        var board = new Board();
        byte[] data = RandomBytes(100_000, 3);
        Client client = board.Connect(7).UntilConnected();
        client.Deaf = true;
        client.Send(data);
        board.RunUntil(() => board.NowMs > 20_000, "20 s have passed", 60_000, client);

        // Two rings on the board, two at the peer: no more can have left the client's hands.
        Assert.IsGreaterThanOrEqualTo(100_000 - (4 * 4096), client.Unsent);
        client.Deaf = false;
        client.Shutdown().UntilEnd(120_000);
        Assert.IsTrue(data.AsSpan().SequenceEqual(client.Received));
    }

    [TestMethod]
    public void A_connection_on_which_nothing_moves_is_closed_after_the_limit()
    {
        var board = new Board(options: new ApplicationOptions { IdleLimit = 10_000 });
        Client client = board.Connect(7).Send("x").UntilReceived(1);
        board.RunFor(9_000);
        Assert.AreEqual(TcpState.Established, client.Connection.State);
        client.Send("y").UntilReceived(2); // Traffic starts the time anew.
        board.RunFor(9_000);
        Assert.AreEqual(TcpState.Established, client.Connection.State);
        client.UntilEnd(1_500);
        Assert.AreEqual(1, board.ServiceNamed("echo").Expired);
    }

    [TestMethod]
    public void A_peer_that_never_reads_is_reset_after_the_limit()
    {
        var board = new Board(options: new ApplicationOptions { IdleLimit = 10_000 });
        Client client = board.Connect(7).UntilConnected();
        client.Deaf = true;
        client.Send(RandomBytes(50_000, 4));
        client.Until(() => client.Ended, "reset", 30_000);
        Assert.AreEqual(TcpEndReason.Reset, client.Connection.EndReason);
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void A_reset_frees_the_slot()
    {
        var board = new Board();
        Client client = board.Connect(7).Send("x").UntilReceived(1);
        client.Connection.Abort();
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free", 1000);
        Assert.AreEqual(0, board.ServiceNamed("echo").Open);
        Assert.AreEqual(0, board.Dispatcher.Open);
    }

    [TestMethod]
    public void Many_at_once_get_their_own_data()
    {
        var board = new Board();
        Client[] clients = Enumerable.Range(0, 8).Select(i => board.Connect(7).Send(RandomBytes(20_000, 100 + i)).Shutdown()).ToArray();
        board.RunUntil(() => clients.All(c => c.AtEnd), "all ended", 60_000, clients);
        for (int i = 0; i < clients.Length; i++)
        {
            CollectionAssert.AreEqual(RandomBytes(20_000, 100 + i), clients[i].Received);
        }
    }

    [TestMethod]
    public void Ten_thousand_segments_allocate_nothing()
    {
        var board = new Board();
        Client client = board.Connect(7).UntilConnected();
        TcpConnection c = client.Connection;
        byte[] data = RandomBytes(1000, 5);
        byte[] back = new byte[1000];
        Exchange(board, c, data, back, 200); // The JIT and everything lazy.
        int segments = board.App.Net.Counters.SegmentsIn;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(board, c, data, back, 10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.IsGreaterThanOrEqualTo(10_000, board.App.Net.Counters.SegmentsIn - segments);
        Assert.AreEqual(0L, allocated);
    }

    internal static byte[] RandomBytes(int count, int seed)
    {
        byte[] data = new byte[count];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static void Exchange(Board board, TcpConnection c, byte[] data, byte[] back, int times)
    {
        for (int i = 0; i < times; i++)
        {
            if (c.Write(data, 0, data.Length) != data.Length)
            {
                throw new InvalidOperationException("no room");
            }

            int got = 0;
            for (int turn = 0; got < data.Length; turn++)
            {
                if (turn == 1000)
                {
                    throw new InvalidOperationException("no echo");
                }

                board.Turn(long.MaxValue);
                got += Math.Max(0, c.Read(back, got, back.Length - got));
            }

            if (!data.AsSpan().SequenceEqual(back))
            {
                throw new InvalidOperationException("not the same");
            }
        }
    }
}
