using EmbeddedTcp.Tcp;
using EmbeddedTcp.Udp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>UDP between two stacks, and what changes with the address.</summary>
[TestClass]
public class UdpTests
{
    /// <summary>A datagram there and an answer back, empty and full ones.</summary>
    [TestMethod]
    public void Datagrams_go_there_and_back()
    {
        TwoStacks t = WithUdp();
        UdpSocket a = t.A.Udp.Bind(0);
        UdpSocket b = t.B.Udp.Bind(7);
        byte[] data = new byte[1472];
        byte[] got = new byte[1472];
        int[] lengths = new int[] { 0, 1, 7, 512, 1471, 1472 };
        for (int i = 0; i < lengths.Length; i++)
        {
            int length = lengths[i];
            for (int j = 0; j < length; j++)
            {
                data[j] = (byte)(j * 7 + i);
            }

            Assert.IsTrue(a.SendTo(TwoStacks.AddressB, 7, data, 0, length));
            t.Settle();
            Assert.AreEqual(length, b.ReceiveFrom(got, 0, got.Length));
            Assert.AreEqual(a.LocalPort, b.FromPort);
            Assert.IsTrue(b.FromAddress == TwoStacks.AddressA, "sender");
            Assert.IsTrue(b.SendTo(b.FromAddress, b.FromPort, got, 0, length));
            t.Settle();
            Assert.AreEqual(length, a.ReceiveFrom(got, 0, got.Length));
            for (int j = 0; j < length; j++)
            {
                Assert.AreEqual((int)data[j], (int)got[j]);
            }
        }

        Assert.AreEqual(-1, a.ReceiveFrom(got, 0, 1));
    }

    /// <summary>A port without socket is reported to the sender; a closed socket is free again.</summary>
    [TestMethod]
    public void Port_unreachable_is_reported()
    {
        TwoStacks t = WithUdp();
        UdpSocket a = t.A.Udp.Bind(1000);
        Assert.IsTrue(a.SendTo(TwoStacks.AddressB, 7, new byte[3], 0, 3));
        t.Settle();
        Assert.IsTrue(t.A.Udp.TakeReady() == a, "not ready");
        Assert.AreEqual(UdpEvents.Error, a.TakeEvents());
        Assert.AreEqual(3, a.ErrorType);
        Assert.AreEqual(3, a.ErrorCode);
        Assert.AreEqual(7, a.ErrorPort);
        Assert.IsTrue(t.A.Udp.Bind(1000) == null, "bound twice");
        a.Close();
        Assert.IsTrue(t.A.Udp.Bind(1000) == a, "not free again");
    }

    /// <summary>A new address ends connections, and the next one uses it.</summary>
    [TestMethod]
    public void New_address_ends_connections()
    {
        TwoStacks t = new TwoStacks();
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        TcpConnection client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Settle();
        TcpConnection server = listener.Accept();
        t.B.Configure(TwoStacks.AddressB + 5, 24, 0);
        t.Settle();
        Assert.AreEqual((int)TcpEndReason.AddressChanged, (int)server.EndReason);
        Assert.AreEqual((int)TcpState.Established, (int)client.State);
        client.Abort();
        server.Close();
        client = t.A.Tcp.Connect(TwoStacks.AddressB + 5, 7);
        t.Settle();
        Assert.AreEqual((int)TcpState.Established, (int)client.State);
    }

    private static TwoStacks WithUdp()
    {
        StackOptions a = new StackOptions();
        a.UdpSockets = 2;
        StackOptions b = new StackOptions();
        b.UdpSockets = 2;
        TwoStacks t = new TwoStacks(a, b);
        t.Settle();
        return t;
    }
}
