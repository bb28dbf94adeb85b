using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Sockets;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Sockets;

/// <summary>Threads with blocking sockets on a board, against the Linux kernel on a TAP interface.</summary>
[TestClass]
public sealed class KernelTests
{
    private const int Port = 7777;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(120_000)]
    public void Kernel_clients_of_a_thread_per_peer_and_one_that_does_not_read()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { Slots = 10, MaximumSegmentLifetime = 100 });
        SocketHost host = lab.Running.Board.Application.Sockets;
        var listener = new TcpListener(host, new IPEndPoint(IPAddress.Any, Port));
        listener.Start(4);
        Task serving = Task.Factory.StartNew(() => ServeAll(listener), TaskCreationOptions.LongRunning);

        using HostSocket stalled = lab.Connect(Port);
        stalled.Socket.SendTimeout = 500;
        Assert.ThrowsExactly<System.Net.Sockets.SocketException>(() =>
        {
            while (true)
            {
                stalled.Send(new byte[65536]);
            }
        });
        Assert.Contains("sockets", lab.Running.Type("netstat"));

        var clients = new Task[16];
        using var places = new SemaphoreSlim(4);
        for (int i = 0; i < clients.Length; i++)
        {
            byte[] data = Data.Random(20_000, i);
            clients[i] = Task.Factory.StartNew(() =>
            {
                places.Wait();
                try
                {
                    using HostSocket client = lab.Connect(Port);
                    Task send = Task.Factory.StartNew(() =>
                    {
                        client.Send(data);
                        client.Finish();
                    }, TaskCreationOptions.LongRunning);
                    Assert.IsTrue(data.AsSpan().SequenceEqual(client.ReadToEnd()));
                    send.Wait();
                }
                finally
                {
                    places.Release();
                }
            }, TaskCreationOptions.LongRunning);
        }

        Assert.IsTrue(Task.WaitAll(clients, 60_000), "a client got no answer");
        Assert.AreEqual("hello\n", lab.Network.Exec(20, "hello\n"u8.ToArray(), "nc", "-N", TapLab.BoardAddress, $"{Port}").Succeeded().Text);
        stalled.Reset();
        listener.Stop();
        Assert.IsTrue(serving.Wait(5000));
        lab.Finish();
    }

    [TestMethod]
    [Timeout(120_000)]
    public void Client_of_a_kernel_server()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { MaximumSegmentLifetime = 100 });
        SocketHost host = lab.Running.Board.Application.Sockets;
        using System.Net.Sockets.Socket server = lab.Listen(Port);
        byte[] data = Data.Random(100_000, 3);
        for (int i = 0; i < 5; i++)
        {
            using var client = new TcpClient(host);
            client.Connect(TapLab.HostAddress, Port);
            using var peer = new HostSocket(server.Accept());
            Task<byte[]> received = Task.Factory.StartNew(peer.ReadToEnd, TaskCreationOptions.LongRunning);
            client.GetStream().Write(data, 0, data.Length);
            client.Client.Shutdown(SocketShutdown.Send);
            Assert.IsTrue(data.AsSpan().SequenceEqual(received.Result));
            peer.Send([1, 2, 3]);
            peer.Finish();
            Assert.AreEqual(3, client.GetStream().ReadAtLeast(new byte[3], 3));
            Assert.AreEqual(0, client.GetStream().Read(new byte[3], 0, 3));
        }

        lab.Finish();
    }

    private static void ServeAll(TcpListener listener)
    {
        try
        {
            while (true)
            {
                TcpClient peer = listener.AcceptTcpClient();
                new Thread(() => Serve(peer)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private static void Serve(TcpClient peer)
    {
        using (peer)
        {
            try
            {
                NetworkStream stream = peer.GetStream();
                byte[] block = new byte[1000];
                int n;
                while ((n = stream.Read(block, 0, block.Length)) > 0)
                {
                    stream.Write(block, 0, n);
                }
            }
            catch (IOException)
            {
                // Reset.
            }
        }
    }
}
