#if !NANOFRAMEWORK_1_0
using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EmbeddedTcp.Wire;

/// <content>The same sum with the vector units of a PC. The rest of the engine is one source for both runtimes.</content>
public static partial class Checksum
{
    /// <summary>The 16-bit one's complement sum of a range of bytes, not complemented; a last odd byte counts as a high octet.</summary>
    /// <param name="data">Holds the range.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Bytes, 0 or more.</param>
    public static int Sum(byte[] data, int offset, int count)
    {
        if (!Vector256.IsHardwareAccelerated || count < 64)
        {
            return SumOfWords(data, offset, count);
        }

        // Four 32-bit words a lane pair, split into halves of 64-bit accumulators: no carry can be lost.
        ReadOnlySpan<byte> span = new ReadOnlySpan<byte>(data, offset, count);
        ReadOnlySpan<Vector256<uint>> vectors = MemoryMarshal.Cast<byte, Vector256<uint>>(span);
        Vector256<ulong> low = Vector256<ulong>.Zero;
        Vector256<ulong> high = Vector256<ulong>.Zero;
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector256<ulong> words = vectors[i].AsUInt64();
            low += words & Vector256.Create(0xFFFFFFFFUL);
            high += words >>> 32;
        }

        ulong total = Vector256.Sum(low + high);
        total = (total & 0xFFFFFFFF) + (total >> 32);
        total = (total & 0xFFFFFFFF) + (total >> 32);
        int sum = (int)(total & 0xFFFF) + (int)(total >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = ((sum & 0xFF) << 8) | (sum >> 8);

        int done = vectors.Length * 32;
        sum += SumOfWords(data, offset + done, count - done);
        return (sum & 0xFFFF) + (sum >> 16);
    }
}
#endif
