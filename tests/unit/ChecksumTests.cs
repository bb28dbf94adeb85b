using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The Internet checksum (RFC 1071).</summary>
[TestClass]
public class ChecksumTests
{
    /// <summary>The example of RFC 1071 §3: 00 01 f2 03 f4 f5 f6 f7 sums to ddf2.</summary>
    [TestMethod]
    public void Example_of_the_rfc()
    {
        byte[] data = new byte[] { 0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7 };
        Assert.AreEqual(0xDDF2, OfWords(data, 0, 8));
        Assert.AreEqual(0xDDF2, Checksum.Sum(data, 0, 8));
        Assert.AreEqual(0x220D, Checksum.Finish(0xDDF2));
    }

    /// <summary>Any length at any offset gives what adding pairs of bytes gives; both implementations.</summary>
    [TestMethod]
    public void Sum_is_that_of_byte_pairs()
    {
        byte[] data = new byte[1600];
        Lcg random = new Lcg(1);
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)random.Next(256);
        }

        for (int length = 0; length < 140; length++)
        {
            for (int offset = 0; offset < 9; offset++)
            {
                Check(data, offset, length);
            }
        }

        for (int length = 1440; length < 1470; length++)
        {
            Check(data, length & 7, length);
        }
    }

    /// <summary>The extremes, where carries are lost: all ones, all zeros, one high byte.</summary>
    [TestMethod]
    public void Sum_of_extremes()
    {
        byte[] data = new byte[1600];
        for (int length = 0; length < 1600; length += 37)
        {
            Check(data, 0, length);
        }

        for (int i = 0; i < data.Length; i++)
        {
            data[i] = 0xFF;
        }

        for (int length = 0; length < 1600; length += 37)
        {
            Check(data, 0, length);
        }

        for (int i = 0; i < data.Length; i += 2)
        {
            data[i] = 0;
        }

        Check(data, 0, 1500);
        Check(data, 1, 1499);
    }

    /// <summary>Partial sums of even length are simply added before they are folded.</summary>
    [TestMethod]
    public void Partial_sums_add_up()
    {
        byte[] data = new byte[200];
        Lcg random = new Lcg(2);
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)random.Next(256);
        }

        int whole = Checksum.Finish(Checksum.Sum(data, 0, 199));
        for (int cut = 0; cut < 199; cut += 2)
        {
            Assert.AreEqual(whole, Checksum.Finish(Checksum.Sum(data, 0, cut) + Checksum.Sum(data, cut, 199 - cut)));
        }
    }

    private static void Check(byte[] data, int offset, int length)
    {
        int expected = 0;
        for (int i = 0; i < length; i++)
        {
            expected += (i & 1) == 0 ? data[offset + i] << 8 : data[offset + i];
        }

        // Zero and all ones are the same number in one's complement: the complement settles it.
        expected = Checksum.Finish(expected);
        Assert.AreEqual(expected, Checksum.Finish(OfWords(data, offset, length)));
        Assert.AreEqual(expected, Checksum.Finish(Checksum.Sum(data, offset, length)));
        Assert.IsTrue(OfWords(data, offset, length) <= 0xFFFF);
    }

    // On the device there is one implementation; the PC has the same one besides its own.
    private static int OfWords(byte[] data, int offset, int count)
    {
#if NANOFRAMEWORK_1_0
        return Checksum.Sum(data, offset, count);
#else
        return Checksum.SumOfWords(data, offset, count);
#endif
    }
}
