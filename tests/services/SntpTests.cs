using System;
using EmbeddedTcp.Services.Sntp;
using EmbeddedTcp.Udp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>The time client, its server played datagram by datagram.</summary>
[TestClass]
public class SntpTests
{
    /// <summary>The time is told, in both eras; a server that sends the client away is asked no more.</summary>
    [TestMethod]
    public void Time_is_told()
    {
        TwoStacks t = Lab.Make();
        UdpSocket server = t.B.Udp.Bind(123);
        SntpClient sntp = new SntpClient(t.A);
        sntp.SetServer(0, TwoStacks.AddressB);
        sntp.Start();
        byte[] m = new byte[64];

        // 1 January 2026 counts 3,976,214,400 s from 1900 and 1,767,225,600 from 1970; the next era begins at 2,085,978,496.
        Answer(t, server, m, 3976214400, 2);
        Assert.IsTrue(sntp.Synchronised, "no time");
        Assert.IsTrue(sntp.UnixMilliseconds / 1000 == 1767225600, "time");
        sntp.Start();
        Answer(t, server, m, 100, 2);
        Assert.IsTrue(sntp.UnixMilliseconds / 1000 == 2085978596, "era");
        sntp.Start();
        Answer(t, server, m, 100, 0);
        t.Run(3000000);
        Assert.AreEqual(-1, server.ReceiveFrom(m, 0, m.Length));
        Assert.AreEqual(2, sntp.Answers);
    }

    private static void Answer(TwoStacks t, UdpSocket server, byte[] m, uint seconds, int stratum)
    {
        int length = Lab.Hear(t, server, m);
        Assert.AreEqual(48, length);
        m[0] = 0x24;
        m[1] = (byte)stratum;
        Array.Copy(m, 40, m, 24, 8);
        BigEndian.WriteInt32(m, 12, 0x44454E59);
        BigEndian.WriteInt32(m, 40, (int)seconds);
        BigEndian.WriteInt32(m, 44, 0);
        server.SendTo(server.FromAddress, server.FromPort, m, 0, 48);
        t.Run(20);
    }
}
