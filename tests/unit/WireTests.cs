using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>Byte order and addresses.</summary>
[TestClass]
public class WireTests
{
    /// <summary>Network byte order is most significant first, both ways, at any offset.</summary>
    [TestMethod]
    public void Network_byte_order()
    {
        byte[] b = new byte[8];
        BigEndian.WriteInt32(b, 1, unchecked((int)0x81020384));
        Assert.AreEqual(0x81, (int)b[1]);
        Assert.AreEqual(0x84, (int)b[4]);
        Assert.AreEqual(unchecked((int)0x81020384), BigEndian.ReadInt32(b, 1));
        Assert.AreEqual(0x0203, BigEndian.ReadUInt16(b, 2));
        BigEndian.WriteUInt16(b, 6, 0x1FFEE);
        Assert.AreEqual(0xFFEE, BigEndian.ReadUInt16(b, 6));
    }

    /// <summary>Every address survives text and back.</summary>
    [TestMethod]
    public void Addresses_survive_text()
    {
        uint[] addresses = new uint[] { 0, 1, 0x0A4D0002, 0x7F000001, 0xC0A80101, 0xFFFFFFFF, 0xFF00FF00, 0x80000000 };
        for (int i = 0; i < addresses.Length; i++)
        {
            uint parsed;
            Assert.IsTrue(Ipv4Address.TryParse(Ipv4Address.Format(addresses[i]), out parsed));
            Assert.IsTrue(parsed == addresses[i]);
        }

        Assert.AreEqual("192.168.1.1", Ipv4Address.Format(0xC0A80101));
    }

    /// <summary>What is no address is refused, and gives 0.</summary>
    [TestMethod]
    public void Bad_addresses_are_refused()
    {
        string[] bad = new string[]
        {
            null, "", ".", "1", "1.2", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "1.2.3.0004",
            "1.2.3.-4", "a.b.c.d", " 1.2.3.4", "1.2.3.4 ", "1,2,3,4", "99999999999.1.1.1", "1.2.3.4x",
        };
        for (int i = 0; i < bad.Length; i++)
        {
            uint address;
            Assert.IsFalse(Ipv4Address.TryParse(bad[i], out address), bad[i]);
            Assert.IsTrue(address == 0);
        }
    }

    /// <summary>Ethernet addresses as text; multicast addresses as such.</summary>
    [TestMethod]
    public void Other_addresses()
    {
        Assert.AreEqual("02:00:ab:cd:ef:09", MacAddress.Format(new byte[] { 9, 0x02, 0x00, 0xAB, 0xCD, 0xEF, 0x09 }, 1));
        Assert.IsTrue(Ipv4Address.IsMulticast(0xE0000001));
        Assert.IsTrue(Ipv4Address.IsMulticast(0xEFFFFFFF));
        Assert.IsFalse(Ipv4Address.IsMulticast(0xF0000000));
        Assert.IsFalse(Ipv4Address.IsMulticast(0xDFFFFFFF));
    }
}
