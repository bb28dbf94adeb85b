using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The life of a connection between two stacks in memory, on a wire that loses, repeats and refuses frames.</summary>
[TestClass]
public class LifeTests
{
    /// <summary>Handshake: one connection on each side, the sequence numbers agree.</summary>
    [TestMethod]
    public void Handshake()
    {
        TwoStacks t = new TwoStacks();
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        Assert.IsTrue(client.State == TcpState.SynSent);
        t.Settle();
        TcpConnection server = listener.Accept();
        Assert.IsTrue(server != null);
        Assert.IsTrue(client.State == TcpState.Established);
        Assert.IsTrue(server.State == TcpState.Established);
        Assert.IsTrue(client.SendNext == server.ReceiveNext);
        Assert.IsTrue(server.SendNext == client.ReceiveNext);
        Assert.AreEqual(1460, client.MaximumSegmentSize);
        Assert.IsTrue(t.A.Tcp.TakeReady() == client);
        Assert.AreEqual(TcpEvents.Connected, client.TakeEvents() & TcpEvents.Connected);
    }

    /// <summary>Nobody listens: refused.</summary>
    [TestMethod]
    public void Refused()
    {
        TwoStacks t = new TwoStacks();
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 9);
        t.Settle();
        Assert.IsTrue(client.State == TcpState.Closed);
        Assert.IsTrue(client.EndReason == TcpEndReason.Refused);
        client.Close();
        Assert.AreEqual(4, t.A.Tcp.FreeSlots);
    }

    /// <summary>Teardown in both orders, and at the same time.</summary>
    [TestMethod]
    public void Teardown()
    {
        for (int kind = 0; kind < 3; kind++)
        {
            TwoStacks t = new TwoStacks();
            TcpListener listener = t.B.Tcp.Listen(7, 1);
            t.Settle();
            TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
            t.Settle();
            TcpConnection server = listener.Accept();
            if (kind != 1)
            {
                client.Shutdown();
            }

            if (kind == 2)
            {
                server.Shutdown();
            }

            if (kind == 1)
            {
                server.Shutdown();
            }

            t.Settle();
            if (kind == 0)
            {
                Assert.IsTrue(client.State == TcpState.FinWait2);
                Assert.IsTrue(server.State == TcpState.CloseWait);
                server.Shutdown();
            }
            else if (kind == 1)
            {
                Assert.IsTrue(client.State == TcpState.CloseWait);
                Assert.IsTrue(server.State == TcpState.FinWait2);
                client.Shutdown();
            }

            t.Settle();
            Assert.IsTrue(client.EndReason == TcpEndReason.Closed);
            Assert.IsTrue(server.EndReason == TcpEndReason.Closed);
            Assert.AreEqual(kind == 2 ? 2 : 1, t.A.Tcp.TimeWait.Count + t.B.Tcp.TimeWait.Count);
            client.Close();
            server.Close();
            Assert.AreEqual(4, t.A.Tcp.FreeSlots);
            Assert.AreEqual(4, t.B.Tcp.FreeSlots);
            t.Run(60000);
            Assert.AreEqual(0, t.A.Tcp.TimeWait.Count + t.B.Tcp.TimeWait.Count);
        }
    }

    /// <summary>Data both ways over a wire that loses, repeats and refuses: once, in order, unchanged, to the end of the stream.</summary>
    [TestMethod]
    public void Data_survives_a_bad_wire()
    {
        for (uint seed = 1; seed <= 4; seed++)
        {
            LossyDevice deviceA = new LossyDevice(seed);
            LossyDevice deviceB = new LossyDevice(seed + 100);
            deviceA.Peer = deviceB;
            deviceB.Peer = deviceA;
            StackOptions a = new StackOptions();
            StackOptions b = new StackOptions();
            a.MinimumRto = 50;
            b.MinimumRto = 50;
            b.ReceiveBufferSize = 1700;
            TwoStacks t = new TwoStacks(a, b, deviceA, deviceB);
            TcpListener listener = t.B.Tcp.Listen(7, 1);
            t.Settle();
            TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
            t.Settle();
            TcpConnection server = listener.Accept();
            deviceA.LossPercent = 7;
            deviceB.LossPercent = 7;
            deviceA.DuplicatePercent = 5;
            deviceB.BusyPercent = 20;
            const int Total = 30000;
            Lcg random = new Lcg(seed);
            byte[] buffer = new byte[2000];
            int[] written = new int[2];
            int[] read = new int[2];
            TcpConnection[] ends = new TcpConnection[] { client, server };
            bool[] ended = new bool[2];
            for (int turn = 0; turn < 200000 && !(ended[0] && ended[1]); turn++)
            {
                for (int i = 0; i < 2; i++)
                {
                    int count = random.Next(1500);
                    if (count > Total - written[i])
                    {
                        count = Total - written[i];
                    }

                    for (int j = 0; j < count; j++)
                    {
                        buffer[j] = Octet(i, written[i] + j);
                    }

                    if (count > 0)
                    {
                        written[i] += ends[i].Write(buffer, 0, count);
                        if (written[i] == Total)
                        {
                            ends[i].Shutdown();
                        }
                    }

                    // What end i reads was written by the other.
                    int n = ends[i].Read(buffer, 0, random.Next(1900) + 1);
                    for (int j = 0; j < n; j++)
                    {
                        Assert.IsTrue(buffer[j] == Octet(1 - i, read[i] + j), "octet out of place");
                    }

                    if (n > 0)
                    {
                        read[i] += n;
                    }

                    ended[i] = n < 0;
                }

                t.Run(5);
            }

            Assert.AreEqual(Total, read[0]);
            Assert.AreEqual(Total, read[1]);
            Assert.IsTrue(ended[0] && ended[1]);
            Assert.IsTrue(deviceA.Lost > 0 && deviceB.Lost > 0);
        }
    }

    /// <summary>A lost SYN is repeated after a second; a peer that is gone ends the opening after three minutes.</summary>
    [TestMethod]
    public void Lost_syn()
    {
        LossyDevice deviceA = new LossyDevice(1);
        LossyDevice deviceB = new LossyDevice(2);
        deviceA.Peer = deviceB;
        deviceB.Peer = deviceA;
        TwoStacks t = new TwoStacks(new StackOptions(), new StackOptions(), deviceA, deviceB);
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();

        // Resolve first, so that what is lost is the SYN.
        TcpConnection first = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        first.Abort();
        t.Settle();
        deviceA.LoseNext = 1;
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Run(999);
        Assert.IsTrue(client.State == TcpState.SynSent);
        t.Run(1);
        Assert.IsTrue(client.State == TcpState.Established);
        Assert.AreEqual(3000, client.Rto);
        deviceA.LossPercent = 100;
        TcpConnection lost = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Run(300000);
        Assert.IsTrue(lost.EndReason == TcpEndReason.TimedOut);
    }

    /// <summary>A zero window and a lost update: the probe finds out.</summary>
    [TestMethod]
    public void Lost_window_update()
    {
        LossyDevice deviceA = new LossyDevice(1);
        LossyDevice deviceB = new LossyDevice(2);
        deviceA.Peer = deviceB;
        deviceB.Peer = deviceA;
        TwoStacks t = new TwoStacks(new StackOptions(), new StackOptions(), deviceA, deviceB);
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();
        byte[] buffer = new byte[5000];
        Assert.AreEqual(4096, client.Write(buffer, 0, 4096));
        t.Run(500);
        Assert.AreEqual(0, client.SendWindow);
        Assert.AreEqual(904, client.Write(buffer, 0, 904));
        t.Run(10);
        deviceB.LoseNext = 1;
        Assert.AreEqual(4096, server.Read(buffer, 0, 5000));
        t.Run(100);
        Assert.AreEqual(0, client.SendWindow);
        t.Run(3000);
        Assert.AreEqual(904, server.Read(buffer, 0, 5000));
    }

    private static byte Octet(int stream, int position)
    {
        return (byte)(position * 7 + (position >> 8) + stream * 99);
    }
}
