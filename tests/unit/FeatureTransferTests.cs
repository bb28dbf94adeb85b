using EmbeddedTcp.DeviceSoak;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>Negotiated options between two stacks in memory.</summary>
[TestClass]
public class FeatureTransferTests
{
    private const int All = TcpFeatures.Sack | TcpFeatures.Timestamps | TcpFeatures.WindowScale | TcpFeatures.Ecn;

    /// <summary>Two segments of five are lost: both are sent again at once, nothing else is, and no timer fires.</summary>
    [TestMethod]
    public void Two_losses_are_repaired_without_a_timeout()
    {
        LossyDevice deviceA = new LossyDevice(1);
        LossyDevice deviceB = new LossyDevice(2);
        TwoStacks t = Make(deviceA, deviceB, All, 4);
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();
        Assert.AreEqual(All, client.NegotiatedFeatures);
        Assert.AreEqual(All, server.NegotiatedFeatures);

        client.NoDelay = true;
        byte[] piece = new byte[600];
        for (int i = 0; i < 8; i++)
        {
            for (int k = 0; k < piece.Length; k++)
            {
                piece[k] = (byte)(i * 31 + k);
            }

            deviceA.LoseNext = i == 0 || i == 2 ? 1 : 0;
            client.Write(piece, 0, piece.Length);
            t.A.Poll(t.NowMs);
        }

        Assert.AreEqual(2, deviceA.Lost);
        t.Run(50);
        Assert.AreEqual(2, t.A.Counters.Retransmissions);
        Assert.AreEqual(0, t.A.Counters.RetransmissionTimeouts);
        for (int i = 0; i < 8; i++)
        {
            Assert.AreEqual(piece.Length, server.Read(piece, 0, piece.Length));
            for (int k = 0; k < piece.Length; k++)
            {
                Assert.AreEqual((int)(byte)(i * 31 + k), (int)piece[k]);
            }
        }
    }

    /// <summary>A segment whose stamp is older than the last one is dropped and acknowledged, and nothing of it is kept.</summary>
    [TestMethod]
    public void Old_stamp_is_dropped()
    {
        TwoStacks t = Make(new LossyDevice(1), new LossyDevice(2), TcpFeatures.Timestamps, 4);
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();

        // As if the sequence numbers had wrapped since.
        server.Stamps.Recent += 100000;
        byte[] text = new byte[100];
        client.Write(text, 0, text.Length);
        t.Settle();
        Assert.AreEqual(1, t.B.Counters.Drops[(int)DropReason.OldTimestamp]);
        Assert.AreEqual(0, server.Available);
        Assert.IsTrue(client.State == TcpState.Established);

        server.Stamps.Recent -= 100000;
        t.Run(3000);
        Assert.AreEqual(100, server.Available);
    }

    /// <summary>The table of half-open peers is full: a genuine client connects with a cookie.</summary>
    [TestMethod]
    public void Cookie_connects()
    {
        LossyDevice deviceA = new LossyDevice(1);
        TwoStacks t = Make(deviceA, new LossyDevice(2), All, 1);
        TcpListener listener = t.B.Tcp.Listen(7, 2);
        t.Settle();

        // The neighbours get to know each other, and the SYN goes out at once from then on.
        t.A.Tcp.Connect(TwoStacks.AddressB, 7).Abort();
        t.Settle();
        TcpConnection first = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        Assert.IsTrue(first.State == TcpState.Established);
        listener.Accept();
        TcpConnection half = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        deviceA.LoseNext = 1;
        t.Settle();
        Assert.AreEqual(1, t.B.Tcp.HalfOpen.Count);

        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        Assert.AreEqual(1, t.B.Counters.CookiesAccepted);
        TcpConnection server = listener.Accept();
        Assert.AreEqual(client.LocalPort, server.RemotePort);
        Assert.AreEqual(0, client.NegotiatedFeatures);
        byte[] text = new byte[100];
        client.Write(text, 0, text.Length);
        t.Settle();
        Assert.AreEqual(100, server.Available);
        half.Abort();
    }

    /// <summary>What one application marks as urgent the other is told of; the octets stay in line.</summary>
    [TestMethod]
    public void Urgent_mark_is_told()
    {
        TwoStacks t = new TwoStacks();
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();
        byte[] text = new byte[100];
        client.Write(text, 0, 30);
        Assert.IsTrue(client.MarkUrgent());
        t.Settle();
        Assert.IsTrue((server.TakeEvents() & TcpEvents.Urgent) != 0);
        Assert.AreEqual(30, server.UrgentOctets);
        Assert.AreEqual(20, server.Read(text, 0, 20));
        Assert.AreEqual(10, server.UrgentOctets);
        Assert.AreEqual(10, server.Read(text, 0, 20));
        Assert.AreEqual(0, server.UrgentOctets);
        t.Run(500);
        Assert.IsTrue(!client.MarkUrgent(), "everything was acknowledged");
    }

    /// <summary>With every option on and frames lost both ways the data path allocates nothing.</summary>
    [TestMethod]
    public void Options_leave_the_heap_alone()
    {
        LossyDevice deviceA = new LossyDevice(5);
        LossyDevice deviceB = new LossyDevice(6);
        TwoStacks t = Make(deviceA, deviceB, All, 4);
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();
        deviceA.LossPercent = 5;
        deviceB.LossPercent = 5;
        byte[] buffer = new byte[1000];
        Exchange(t, client, server, buffer, 60);
        long allocated = Heap.Allocated();
        Exchange(t, client, server, buffer, 300);
        long after = Heap.Allocated();
        Assert.IsTrue(after == allocated, "allocated on the data path");
        Assert.IsTrue(t.A.Counters.FastRetransmits + t.B.Counters.FastRetransmits > 0, "no recovery was tried");
        Assert.IsTrue(client.State == TcpState.Established && server.State == TcpState.Established);
    }

    private static void Exchange(TwoStacks t, TcpConnection client, TcpConnection server, byte[] buffer, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            client.Write(buffer, 0, buffer.Length);
            server.Write(buffer, 0, buffer.Length);
            t.Run(20);
            while (client.Read(buffer, 0, buffer.Length) > 0 || server.Read(buffer, 0, buffer.Length) > 0)
            {
            }
        }
    }

    private static TwoStacks Make(LossyDevice a, LossyDevice b, int features, int halfOpen)
    {
        TwoStacks t = new TwoStacks(Options(features, halfOpen), Options(features, halfOpen), a, b);
        a.Peer = b;
        b.Peer = a;
        return t;
    }

    private static StackOptions Options(int features, int halfOpen)
    {
        StackOptions o = new StackOptions();
        o.SendBufferSize = 8192;
        o.ReceiveBufferSize = 8192;
        o.SynTableSize = halfOpen;
        o.SelectiveAcknowledgment = (features & TcpFeatures.Sack) != 0;
        o.Timestamps = (features & TcpFeatures.Timestamps) != 0;
        o.WindowScale = (features & TcpFeatures.WindowScale) != 0;
        o.ExplicitCongestionNotification = (features & TcpFeatures.Ecn) != 0;
        return o;
    }
}
