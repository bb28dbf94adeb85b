using System;
using EmbeddedTcp.Services.Mdns;
using EmbeddedTcp.Udp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>The multicast DNS responder, its neighbour played datagram by datagram.</summary>
[TestClass]
public class MdnsTests
{
    // board.local, type A, class IN.
    private static readonly byte[] Question = new byte[]
    {
        5, (byte)'b', (byte)'o', (byte)'a', (byte)'r', (byte)'d', 5, (byte)'l', (byte)'o', (byte)'c', (byte)'a', (byte)'l', 0, 0, 1, 0, 1,
    };

    /// <summary>The name is probed for and announced, asked for and told, taken by another host and changed.</summary>
    [TestMethod]
    public void Name_is_ours_until_another_has_it()
    {
        TwoStacks t = Lab.Make();
        UdpSocket peer = t.B.Udp.Bind(5353);
        Assert.IsTrue(t.B.Udp.Join(MdnsResponder.Group), "group");
        MdnsResponder mdns = new MdnsResponder(t.A, "board", "_http._tcp", 80);
        Assert.IsTrue(mdns.Start(), "start");
        byte[] m = new byte[512];
        for (int i = 0; i < 5; i++)
        {
            Lab.Hear(t, peer, m);
            Assert.AreEqual(i < 3 ? 0 : 0x84, (int)m[2]);
        }

        Assert.AreEqual(MdnsState.Running, mdns.State);
        t.Run(2000);
        byte[] ask = new byte[12 + 17 + 10];
        ask[5] = 1;
        Array.Copy(Question, 0, ask, 12, 17);
        peer.SendTo(MdnsResponder.Group, 5353, ask, 0, 12 + 17);
        int length = Lab.Hear(t, peer, m);
        Assert.AreEqual(12 + 13 + 10 + 4, length);
        Assert.IsTrue((uint)BigEndian.ReadInt32(m, length - 4) == TwoStacks.AddressA, "address");

        // The same as an answer of the neighbour's, with the neighbour's address.
        ask = new byte[length];
        Array.Copy(m, 0, ask, 0, length);
        BigEndian.WriteInt32(ask, length - 4, (int)TwoStacks.AddressB);
        peer.SendTo(MdnsResponder.Group, 5353, ask, 0, length);
        t.Run(10);
        Assert.AreEqual("board-2", mdns.Name);
        Assert.AreEqual(MdnsState.Probing, mdns.State);
        t.Run(5000);
        mdns.Stop();
        t.Run(10);
        while (peer.Pending > 1)
        {
            peer.ReceiveFrom(m, 0, m.Length);
        }

        Lab.Hear(t, peer, m);
        Assert.AreEqual(0x84, (int)m[2]);
    }
}
