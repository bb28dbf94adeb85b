using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>The DHCP client, its server played frame by frame.</summary>
[TestClass]
public class DhcpTests
{
    private const uint Offered = 0x0A000042;
    private const uint Server = 0x0A000001;
    private const int MessageAt = 14 + 20 + 8;

    /// <summary>A lease is got, renewed, and gone when the server falls silent.</summary>
    [TestMethod]
    public void Lease_comes_and_goes()
    {
        StackOptions options = new StackOptions();
        options.Address = 0;
        options.UdpSockets = 1;
        RecordingDevice wire = new RecordingDevice();
        NetworkInterface net = new NetworkInterface(wire, options);
        net.Open();
        long now = 1000;
        net.Poll(now);
        DhcpClient client = new DhcpClient(net, null);
        client.HostName = "board-7";
        Assert.IsTrue(client.Start());
        now = Run(net, wire, now, 3000, true);
        Assert.AreEqual(DhcpState.Bound, client.State);
        Assert.IsTrue(net.Address == Offered, "address");
        Assert.AreEqual(24, net.PrefixLength);
        Assert.IsTrue(client.DnsServerAt(0) == Server, "name server");
        now = Run(net, wire, now, 310000, true);
        Assert.IsTrue(client.LeaseRemainingMs > 580000, "not renewed");
        Run(net, wire, now, 700000, false);
        Assert.IsTrue(net.Address == 0, "still there");
        Assert.AreEqual(DhcpState.Selecting, client.State);
    }

    // Time passes; the server answers what it is sent, or not.
    private static long Run(NetworkInterface net, RecordingDevice wire, long now, int milliseconds, bool answers)
    {
        long end = now + milliseconds;
        while (now < end)
        {
            int seen = wire.SentCount;
            int wait = net.Poll(now);
            for (int i = seen; i < wire.SentCount && answers; i++)
            {
                Answer(wire, wire.SentAt(i), net);
            }

            now += wait < 1 ? 1 : wait < 50 ? wait : 50;
        }

        return now;
    }

    // Turns the client's message into the server's, in place.
    private static void Answer(RecordingDevice wire, byte[] b, NetworkInterface net)
    {
        if (BigEndian.ReadUInt16(b, 12) == EthernetHeader.TypeArp)
        {
            Array.Copy(b, 22, b, 32, 10);
            b[21] = 2;
            BigEndian.WriteInt32(b, 28, (int)Server);
            Array.Copy(net.MacAddress, 0, b, 0, 6);
            b[27] = 9;
            wire.Deliver(b, 42);
            return;
        }

        byte[] answer = new byte[]
        {
            53, 1, (byte)(b[MessageAt + 242] == 1 ? 2 : 5), 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 2, 88, 1, 4, 255, 255, 255, 0, 6, 4, 10, 0, 0, 1, 255,
        };
        for (int i = 0; i < 6; i++)
        {
            b[i] = 0xFF;
        }

        BigEndian.WriteInt32(b, 26, (int)Server);
        BigEndian.WriteInt32(b, 30, -1);
        BigEndian.WriteUInt16(b, 24, 0);
        BigEndian.WriteUInt16(b, 24, Checksum.Finish(Checksum.Sum(b, 14, 20)));
        BigEndian.WriteUInt16(b, 34, 67);
        BigEndian.WriteUInt16(b, 36, 68);
        BigEndian.WriteUInt16(b, 40, 0);
        b[MessageAt] = 2;
        BigEndian.WriteInt32(b, MessageAt + 16, (int)Offered);
        Array.Copy(answer, 0, b, MessageAt + 240, answer.Length);
        wire.Deliver(b, 14 + BigEndian.ReadUInt16(b, 16));
    }
}
