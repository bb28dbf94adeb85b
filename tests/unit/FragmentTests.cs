using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Udp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>Reassembly of IP fragments.</summary>
[TestClass]
public class FragmentTests
{
    /// <summary>A datagram in two pieces, the second one first.</summary>
    [TestMethod]
    public void Fragments_are_put_together()
    {
        StackOptions options = new StackOptions();
        options.Address = 0x0A000002;
        options.UdpSockets = 1;
        options.ReassemblyDatagrams = 1;
        RecordingDevice wire = new RecordingDevice();
        NetworkInterface net = new NetworkInterface(wire, options);
        net.Open();
        net.Poll(1000);
        UdpSocket socket = net.Udp.Bind(7);

        // Ports 9 and 7, sixteen octets in all, no checksum.
        byte[] udp = new byte[] { 0, 9, 0, 7, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
        byte[] second = Piece(options, udp, 8, 0x0001);
        byte[] first = Piece(options, udp, 0, 0x2000);
        wire.Deliver(second, second.Length);
        wire.Deliver(first, first.Length);
        net.Poll(1001);
        byte[] got = new byte[20];
        Assert.AreEqual(8, socket.ReceiveFrom(got, 0, 20));
        Assert.AreEqual(9, socket.FromPort);
        for (int i = 0; i < 8; i++)
        {
            Assert.AreEqual(i + 1, (int)got[i]);
        }
    }

    // Eight octets of a payload from an offset as a fragment from 10.0.0.1.
    private static byte[] Piece(StackOptions options, byte[] payload, int offset, int field)
    {
        byte[] b = new byte[14 + 20 + 8];
        Array.Copy(options.MacAddress, 0, b, 0, 6);
        b[6] = 2;
        BigEndian.WriteUInt16(b, 12, EthernetHeader.TypeIpv4);
        b[14] = Ipv4Header.VersionAndMinLength;
        BigEndian.WriteUInt16(b, 16, 28);
        BigEndian.WriteUInt16(b, 20, field);
        b[22] = 64;
        b[23] = Ipv4Header.ProtocolUdp;
        BigEndian.WriteInt32(b, 26, 0x0A000001);
        BigEndian.WriteInt32(b, 30, (int)options.Address);
        BigEndian.WriteUInt16(b, 24, Checksum.Finish(Checksum.Sum(b, 14, 20)));
        Array.Copy(payload, offset, b, 34, 8);
        return b;
    }
}
