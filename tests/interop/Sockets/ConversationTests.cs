using System;
using EmbeddedTcp.SocketTests.Support;
using EmbeddedTcp.Sockets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Sockets;

/// <summary>A program for System.Net.Sockets says the same over the host's kernel and over two of our stacks.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ConversationTests
{
    private static readonly string[] s_transcript =
    [
        "pending False",
        "connected True, no delay True",
        "peer's port is right True",
        "stream TrueTrueFalseTrue -1",
        "the same came back True, available 0 False",
        "receive timeout 50",
        "read fails: TimedOut",
        "poll FalseTrue",
        "poll True",
        "and lives on: 1",
        "half-closed: x., again 0",
        "disposed",
        "receive fails: ConnectionReset",
        "sent 3",
        "got 3 3",
        "got 2 from the server True",
        "connected: 9",
        "receive fails: TimedOut",
        "connect fails: ConnectionRefused",
        "options 70 True3 0",
        "no stream yet",
        "10.1.2.3 255.255.255.255:7 127",
    ];

    [TestMethod]
    [Timeout(60_000)]
    public void The_hosts_kernel()
    {
        CollectionAssert.AreEqual(s_transcript, new OverSystemNet.Conversation().Run([127, 0, 0, 1]));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Two_of_our_stacks()
    {
        using var pair = new Pair();
        try
        {
            SocketHost.Default = pair.B;
            var conversation = new Ours.Conversation();
            SocketHost.Default = pair.A;
            CollectionAssert.AreEqual(s_transcript, conversation.Run([10, 0, 0, 2]));
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
        finally
        {
            SocketHost.Default = null;
        }
    }

    /// <summary>A thousand segments each way through streams that exist: not a byte.</summary>
    [TestMethod]
    [Timeout(60_000)]
    public void Reading_and_writing_allocate_nothing()
    {
        using var pair = new Pair();
        TcpListener listener = pair.Listen(7, 1);
        TcpClient client = pair.Connect(7);
        TcpClient server = listener.AcceptTcpClient();
        var echo = new System.Threading.Thread(() =>
        {
            byte[] part = new byte[1000];
            int n;
            while ((n = server.GetStream().Read(part, 0, part.Length)) > 0)
            {
                server.GetStream().Write(part, 0, n);
            }
        });
        echo.Start();
        byte[] block = new byte[1000];
        NetworkStream stream = client.GetStream();
        long before = 0;
        for (int i = 0; i < 1100; i++)
        {
            if (i == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            stream.Write(block, 0, block.Length);
            for (int n = 0; n < block.Length;)
            {
                n += stream.Read(block, n, block.Length - n);
            }
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        client.Close();
        Assert.IsTrue(echo.Join(5000));
        server.Close();
        listener.Stop();
        Assert.IsTrue(pair.BackAtTheStart(), "something is left");
    }
}
