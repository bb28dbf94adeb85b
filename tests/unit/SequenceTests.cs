using EmbeddedTcp.Tcp;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>Arithmetic modulo 2³² (RFC 9293 §3.4).</summary>
[TestClass]
public class SequenceTests
{
    /// <summary>Order holds across the wrap of the sign and of the number.</summary>
    [TestMethod]
    public void Order_survives_both_wraps()
    {
        int[] starts = new int[] { 0, 1, -1, int.MaxValue, int.MinValue, 0x7FFFFF00, unchecked((int)0xFFFFFF00) };
        int[] distances = new int[] { 1, 255, 256, 65535, 65536, int.MaxValue };
        for (int i = 0; i < starts.Length; i++)
        {
            Assert.IsTrue(Sequence.LessOrEqual(starts[i], starts[i]));
            Assert.IsFalse(Sequence.Less(starts[i], starts[i]));
            for (int j = 0; j < distances.Length; j++)
            {
                int later = starts[i] + distances[j];
                Assert.IsTrue(Sequence.Less(starts[i], later));
                Assert.IsTrue(Sequence.LessOrEqual(starts[i], later));
                Assert.IsFalse(Sequence.Less(later, starts[i]));
                Assert.IsFalse(Sequence.LessOrEqual(later, starts[i]));
            }
        }
    }

    /// <summary>A window is half open on the right, may be empty, and may wrap.</summary>
    [TestMethod]
    public void Window_is_half_open()
    {
        int low = unchecked((int)0xFFFFFFF0);
        Assert.IsTrue(Sequence.InWindow(low, low, 32));
        Assert.IsTrue(Sequence.InWindow(15, low, 32));
        Assert.IsFalse(Sequence.InWindow(16, low, 32));
        Assert.IsFalse(Sequence.InWindow(low - 1, low, 32));
        Assert.IsFalse(Sequence.InWindow(low, low, 0));
        Assert.IsTrue(Sequence.InWindow(low + 65534, low, 65535));
        Assert.IsFalse(Sequence.InWindow(low + 65535, low, 65535));
    }
}
