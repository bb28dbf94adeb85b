using System;
using System.IO;
using System.Threading;
using EmbeddedTcp.SocketTests.Support;
using EmbeddedTcp.Sockets;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.SocketTests;

/// <summary>TcpClient, TcpListener and NetworkStream between two stacks.</summary>
[TestClass]
public class StreamTests
{
    /// <summary>A thread per peer: three clients at once, more bytes than the rings hold, and nothing left behind.</summary>
    [TestMethod]
    public void Thread_per_peer()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 4);
            Echo echo = new Echo(listener);
            TcpClient[] clients = new TcpClient[3];
            for (int i = 0; i < clients.Length; i++)
            {
                clients[i] = pair.Connect(7);
                clients[i].NoDelay = true;
            }

            byte[] data = new byte[1000];
            byte[] back = new byte[1000];
            for (int round = 0; round < 6; round++)
            {
                for (int i = 0; i < clients.Length; i++)
                {
                    Fill(data, round * 16 + i);
                    clients[i].GetStream().Write(data, 0, data.Length);
                }

                for (int i = 0; i < clients.Length; i++)
                {
                    Fill(data, round * 16 + i);
                    ReadAll(clients[i].GetStream(), back);
                    Assert.IsTrue(Same(data, back), "not what was sent");
                }
            }

            for (int i = 0; i < clients.Length; i++)
            {
                clients[i].Close();
            }

            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
            Assert.AreEqual(3, echo.Served);
            Assert.IsNotNull(echo.Ended);
            Assert.AreEqual((int)SocketError.Interrupted, echo.Ended.ErrorCode);
        }
    }

    /// <summary>One thread serves several peers: Pending, Available and Poll instead of waiting.</summary>
    [TestMethod]
    public void One_thread_polls()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 4);
            Assert.IsFalse(listener.Pending());
            TcpClient one = pair.Connect(7);
            TcpClient two = pair.Connect(7);
            one.GetStream().Write(new byte[] { 1 }, 0, 1);
            two.GetStream().Write(new byte[] { 2, 2 }, 0, 2);
            two.Client.Shutdown(SocketShutdown.Send);
            Socket[] served = new Socket[2];
            int accepted = 0;
            int ended = 0;
            byte[] block = new byte[16];
            for (int i = 0; i < 2000 && ended == 0; i++)
            {
                if (listener.Pending())
                {
                    served[accepted++] = listener.AcceptSocket();
                }

                for (int k = 0; k < accepted; k++)
                {
                    if (served[k] != null && served[k].Poll(0, SelectMode.SelectRead))
                    {
                        int n = served[k].Receive(block);
                        if (n == 0)
                        {
                            served[k].Close();
                            served[k] = null;
                            ended++;
                        }
                        else
                        {
                            served[k].Send(block, n, SocketFlags.None);
                        }
                    }
                }

                Thread.Sleep(1);
            }

            byte[] back = new byte[1];
            ReadAll(one.GetStream(), back);
            Assert.AreEqual(1, (int)back[0]);
            byte[] two2 = new byte[2];
            ReadAll(two.GetStream(), two2);
            Assert.AreEqual(2, (int)two2[1]);
            Assert.AreEqual(0, two.GetStream().Read(block, 0, 16));
            Assert.AreEqual(0, two.GetStream().Read(block, 0, 16));
            Assert.AreEqual(1, ended);
            one.Close();
            two.Close();
            for (int k = 0; k < 2; k++)
            {
                if (served[k] != null)
                {
                    Assert.AreEqual(0, served[k].Receive(block));
                    served[k].Close();
                }
            }

            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Reading and writing end in time, and the connection lives on.</summary>
    [TestMethod]
    public void Timeouts()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 1);
            TcpClient client = pair.Connect(7);
            TcpClient server = listener.AcceptTcpClient();
            NetworkStream stream = client.GetStream();
            Assert.AreEqual(-1, stream.ReadTimeout);
            stream.ReadTimeout = 60;
            Assert.AreEqual(60, client.ReceiveTimeout);
            byte[] data = new byte[1000];
            long start = Environment.TickCount64;
            Assert.AreEqual((int)SocketError.TimedOut, ReadError(stream));
            long took = Environment.TickCount64 - start;
            Assert.IsTrue(took >= 50, "too early");
            stream.WriteTimeout = 60;
            int error = 0;
            for (int i = 0; i < 20 && error == 0; i++)
            {
                error = WriteError(stream, data);
            }

            Assert.AreEqual((int)SocketError.TimedOut, error);
            Assert.IsFalse(client.Client.Poll(1000, SelectMode.SelectWrite));
            Assert.IsTrue(server.Available > 0);
            while (!client.Client.Poll(0, SelectMode.SelectWrite))
            {
                Assert.IsTrue(server.GetStream().Read(data, 0, data.Length) > 0, "the end");
            }

            server.GetStream().Write(data, 0, 1);
            Assert.AreEqual(1, stream.Read(data, 0, 9));
            client.LingerState = new LingerOption(true, 0);
            client.Close();
            server.Close();
            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Nobody listens: refused. A backlog and slots that are full recover.</summary>
    [TestMethod]
    public void Refused_and_full()
    {
        using (Pair pair = new Pair(Pair.Options(2), Pair.Options(4)))
        {
            Assert.AreEqual((int)SocketError.ConnectionRefused, ConnectError(pair, 99));
            TcpListener listener = pair.Listen(7, 4);
            TcpListener taken = new TcpListener(pair.B, Pair.Any(7));
            int error = 0;
            try
            {
                taken.Start(1);
            }
            catch (SocketException e)
            {
                error = e.ErrorCode;
            }

            Assert.AreEqual((int)SocketError.AddressAlreadyInUse, error);
            TcpClient one = pair.Connect(7);
            TcpClient two = pair.Connect(7);
            Assert.AreEqual((int)SocketError.TooManyOpenSockets, ConnectError(pair, 7));
            one.Client.Close(0);
            TcpClient three = pair.Connect(7);
            three.Close();
            two.Close();
            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Linger of 0 seconds resets; the peer reads what came before, then the reset.</summary>
    [TestMethod]
    public void Reset()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 1);
            TcpClient client = pair.Connect(7);
            Socket server = listener.AcceptSocket();
            client.LingerState = new LingerOption(true, 0);
            Assert.AreEqual(0, client.LingerState.LingerTime);
            Assert.IsTrue(client.LingerState.Enabled);
            client.Close();
            int error = 0;
            try
            {
                server.Receive(new byte[1]);
            }
            catch (SocketException e)
            {
                error = e.ErrorCode;
            }

            Assert.AreEqual((int)SocketError.ConnectionReset, error);
            Assert.IsTrue(server.Poll(0, SelectMode.SelectError));
            Assert.IsFalse(server.Connected);
            server.Close();
            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Half-close: what is sent after the peer's end arrives.</summary>
    [TestMethod]
    public void Half_close()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 1);
            TcpClient client = pair.Connect(7);
            TcpClient server = listener.AcceptTcpClient();
            client.Client.Shutdown(SocketShutdown.Send);
            byte[] block = new byte[8];
            Assert.AreEqual(0, server.GetStream().Read(block, 0, 8));
            server.GetStream().Write(block, 0, 5);
            server.Close();
            Assert.AreEqual(5, client.GetStream().Read(block, 0, 8));
            Assert.AreEqual(0, client.GetStream().Read(block, 0, 8));
            Assert.AreEqual((int)SocketError.Shutdown, WriteError(client.GetStream(), block));
            client.Close();
            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>A socket that is closed by another thread ends the wait on it; so does the end of the stack.</summary>
    [TestMethod]
    public void Close_while_another_thread_waits()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 2);
            TcpClient one = pair.Connect(7);
            TcpClient two = pair.Connect(7);
            Blocked first = new Blocked(one.GetStream());
            Blocked second = new Blocked(two.GetStream());
            first.WaitUntilItWaits(pair.A, 2);
            one.Close();
            Assert.AreEqual((int)SocketError.Interrupted, first.Error());
            pair.A.Stop();
            Assert.AreEqual((int)SocketError.NetworkDown, second.Error());
            two.Close();
            listener.Stop();
            Assert.IsTrue(pair.BackAtTheStart(), "something is left");
        }
    }

    /// <summary>Another address ends connections, and the threads on them.</summary>
    [TestMethod]
    public void Address_changes_under_a_reader()
    {
        using (Pair pair = new Pair())
        {
            TcpListener listener = pair.Listen(7, 2);
            TcpClient client = pair.Connect(7);
            Blocked reader = new Blocked(client.GetStream());
            reader.WaitUntilItWaits(pair.A, 1);
            pair.A.BeginTurn();
            pair.Stacks.A.Configure(0x0A000009, 24, 0);
            pair.A.EndTurn();
            pair.Wake();
            Assert.AreEqual((int)SocketError.NetworkReset, reader.Error());
            client.Close();
            listener.Stop();
            Assert.AreEqual(4, pair.Stacks.A.Tcp.FreeSlots);
        }
    }

    internal static void Fill(byte[] data, int seed)
    {
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 7 + seed);
        }
    }

    internal static bool Same(byte[] a, byte[] b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i])
            {
                return false;
            }
        }

        return true;
    }

    internal static void ReadAll(Stream stream, byte[] buffer)
    {
        int n = 0;
        while (n < buffer.Length)
        {
            int part = stream.Read(buffer, n, buffer.Length - n);
            if (part == 0)
            {
                throw new IOException("end");
            }

            n += part;
        }
    }

    internal static int ReadError(NetworkStream stream)
    {
        try
        {
            return stream.Read(new byte[1], 0, 1) - 1;
        }
        catch (IOException e)
        {
            return ((SocketException)e.InnerException).ErrorCode;
        }
    }

    private static int WriteError(NetworkStream stream, byte[] data)
    {
        try
        {
            stream.Write(data, 0, data.Length);
            return 0;
        }
        catch (SocketException e)
        {
            return e.ErrorCode;
        }
    }

    private static int ConnectError(Pair pair, int port)
    {
        TcpClient client = new TcpClient(pair.A);
        try
        {
            client.Connect(Pair.AtB(port));
            return 0;
        }
        catch (SocketException e)
        {
            return e.ErrorCode;
        }
        finally
        {
            client.Close();
        }
    }
}
