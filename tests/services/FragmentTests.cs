using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Udp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>Reassembly on its way to a UDP socket.</summary>
[TestClass]
public class FragmentTests
{
    private const int Data = 1000;

    /// <summary>Two fragments, the last one first, make a datagram; two that overlap make none.</summary>
    [TestMethod]
    public void Fragments_make_a_datagram()
    {
        StackOptions options = new StackOptions();
        options.UdpSockets = 1;
        options.ReassemblyDatagrams = 1;
        RecordingDevice wire = new RecordingDevice();
        NetworkInterface net = new NetworkInterface(wire, options);
        net.Open();
        net.Poll(1000);
        UdpSocket s = net.Udp.Bind(5000);
        Deliver(net, wire, 1, 800, 8 + Data - 800, false);
        Deliver(net, wire, 1, 0, 800, true);
        net.Poll(1001);
        byte[] read = new byte[Data];
        Assert.AreEqual(Data, s.ReceiveFrom(read, 0, Data));
        for (int i = 0; i < Data; i++)
        {
            Assert.IsTrue(read[i] == (byte)(i + 8), "octet out of place");
        }

        Deliver(net, wire, 2, 800, 8 + Data - 800, false);
        Deliver(net, wire, 2, 0, 808, true);
        net.Poll(1002);
        Assert.AreEqual(0, s.Pending);
        Assert.AreEqual(1, net.Counters.Drops[(int)DropReason.FragmentOverlap]);
    }

    // A fragment of a UDP datagram without a checksum, each octet of which is the low half of its offset but for the header.
    private static void Deliver(NetworkInterface net, RecordingDevice wire, int identification, int offset, int length, bool more)
    {
        byte[] b = new byte[34 + length];
        System.Array.Copy(net.MacAddress, 0, b, 0, 6);
        b[6] = 2;
        b[11] = 9;
        BigEndian.WriteUInt16(b, 12, EthernetHeader.TypeIpv4);
        b[14] = 0x45;
        BigEndian.WriteUInt16(b, 16, 20 + length);
        BigEndian.WriteUInt16(b, 18, identification);
        BigEndian.WriteUInt16(b, 20, (more ? 0x2000 : 0) | (offset >> 3));
        b[22] = 64;
        b[23] = Ipv4Header.ProtocolUdp;
        BigEndian.WriteInt32(b, 26, (int)net.Address + 1);
        BigEndian.WriteInt32(b, 30, (int)net.Address);
        BigEndian.WriteUInt16(b, 24, Checksum.Finish(Checksum.Sum(b, 14, 20)));
        for (int i = 0; i < length; i++)
        {
            b[34 + i] = (byte)(offset + i);
        }

        if (offset == 0)
        {
            BigEndian.WriteUInt16(b, 34, 4000);
            BigEndian.WriteUInt16(b, 36, 5000);
            BigEndian.WriteUInt16(b, 38, 8 + Data);
            BigEndian.WriteUInt16(b, 40, 0);
        }

        wire.Deliver(b, b.Length);
    }
}
