using System;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Udp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>The resolver, its server played datagram by datagram.</summary>
[TestClass]
public class DnsTests
{
    // A compressed name (the question's), type A, class IN, 60 s, four octets.
    private static readonly byte[] Record = new byte[] { 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 2, 3 };

    /// <summary>A name is looked up, remembered and forgotten; an answer with another identifier is none.</summary>
    [TestMethod]
    public void Name_is_looked_up()
    {
        TwoStacks t = Lab.Make();
        UdpSocket server = t.B.Udp.Bind(53);
        DnsClient dns = new DnsClient(t.A, 1, 2);
        dns.SetServer(0, TwoStacks.AddressB);
        DnsLookup lookup = dns.Start("Printer.lan");
        byte[] m = new byte[512];
        int length = Lab.Hear(t, server, m);
        Assert.AreEqual(12 + 13 + 4, length);
        m[2] = 0x81;
        m[3] = 0x80;
        m[7] = 1;
        Array.Copy(Record, 0, m, length, Record.Length);
        m[0] ^= 1;
        server.SendTo(server.FromAddress, server.FromPort, m, 0, length + Record.Length);
        t.Run(10);
        Assert.AreEqual(DnsState.Pending, lookup.State);
        m[0] ^= 1;
        server.SendTo(server.FromAddress, server.FromPort, m, 0, length + Record.Length);
        t.Run(10);
        Assert.AreEqual(DnsState.Done, lookup.State);
        Assert.IsTrue(lookup.AddressAt(0) == 0x0A010203, "address");
        Assert.AreEqual(1, dns.Spoofed);
        lookup.Close();
        lookup = dns.Start("printer.lan.");
        Assert.IsTrue(lookup.FromCache, "not remembered");
        lookup.Close();
        t.Run(61000);
        lookup = dns.Start("printer.lan");
        length = Lab.Hear(t, server, m);
        m[2] = 0x81;
        m[3] = 0x83;
        server.SendTo(server.FromAddress, server.FromPort, m, 0, length);
        t.Run(10);
        Assert.AreEqual(DnsError.NoSuchName, lookup.Error);
        lookup.Close();
        Assert.AreEqual(DnsError.BadName, dns.Start("a..b").Error);
    }
}
