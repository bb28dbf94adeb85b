using System;

namespace EmbeddedTcp.Wire;

/// <summary>
/// The Internet checksum (RFC 1071): sums in one's complement arithmetic over 16-bit big-endian words.
/// </summary>
/// <remarks>
/// Sums are plain ints that may exceed 16 bits until <see cref="Finish"/> folds them, so partial sums (pseudo header, header,
/// payload) are simply added, as long as every part but the last has an even number of bytes.
/// </remarks>
public static partial class Checksum
{
    /// <summary>Folds a sum of partial sums to 16 bits and complements it: the value that goes into a header.</summary>
    /// <param name="sum">A sum below 2³¹.</param>
    public static int Finish(int sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return ~sum & 0xFFFF;
    }

    /// <summary>
    /// The 16-bit one's complement sum of a range of bytes, not complemented; a last odd byte counts as a high octet. Written for an
    /// interpreter: a native call fetches eight bytes at once, and the loop has no mask, branch or carry.
    /// </summary>
    /// <param name="data">Holds the range.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">Bytes, 0 or more.</param>
    /// <remarks>
    /// <para>A one's complement sum of 16-bit words is the sum of any larger words modulo 2¹⁶ − 1 (RFC 1071 §2 (C)). Of the 64-bit words x,
    /// s is the sum modulo 2⁶⁴ and h that of their high halves, which cannot overflow. What s lost by wrapping need not be known: the low
    /// halves' sum is s − 2³² · h modulo 2⁶⁴, and it cannot overflow either; so the result is h and that, and 2³² ≡ 1.</para>
    /// <para>Little-endian words give a byte-swapped sum (RFC 1071 §2 (B)), swapped once at the end.</para>
    /// </remarks>
#if NANOFRAMEWORK_1_0
    public static int Sum(byte[] data, int offset, int count)
#else
    public static int SumOfWords(byte[] data, int offset, int count)
#endif
    {
        ulong x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15;
        ulong s = 0;
        ulong h = 0;
        int last = offset + count;
        int end = last - 127;
        while (offset < end)
        {
            h = h + ((x0 = BitConverter.ToUInt64(data, offset)) >> 32) + ((x1 = BitConverter.ToUInt64(data, offset + 8)) >> 32)
                + ((x2 = BitConverter.ToUInt64(data, offset + 16)) >> 32) + ((x3 = BitConverter.ToUInt64(data, offset + 24)) >> 32)
                + ((x4 = BitConverter.ToUInt64(data, offset + 32)) >> 32) + ((x5 = BitConverter.ToUInt64(data, offset + 40)) >> 32)
                + ((x6 = BitConverter.ToUInt64(data, offset + 48)) >> 32) + ((x7 = BitConverter.ToUInt64(data, offset + 56)) >> 32)
                + ((x8 = BitConverter.ToUInt64(data, offset + 64)) >> 32) + ((x9 = BitConverter.ToUInt64(data, offset + 72)) >> 32)
                + ((x10 = BitConverter.ToUInt64(data, offset + 80)) >> 32) + ((x11 = BitConverter.ToUInt64(data, offset + 88)) >> 32)
                + ((x12 = BitConverter.ToUInt64(data, offset + 96)) >> 32) + ((x13 = BitConverter.ToUInt64(data, offset + 104)) >> 32)
                + ((x14 = BitConverter.ToUInt64(data, offset + 112)) >> 32) + ((x15 = BitConverter.ToUInt64(data, offset + 120)) >> 32);
            s = s + x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11 + x12 + x13 + x14 + x15;
            offset += 128;
        }

        end = last - 31;
        while (offset < end)
        {
            h = h + ((x0 = BitConverter.ToUInt64(data, offset)) >> 32) + ((x1 = BitConverter.ToUInt64(data, offset + 8)) >> 32)
                + ((x2 = BitConverter.ToUInt64(data, offset + 16)) >> 32) + ((x3 = BitConverter.ToUInt64(data, offset + 24)) >> 32);
            s = s + x0 + x1 + x2 + x3;
            offset += 32;
        }

        end = last - 7;
        while (offset < end)
        {
            x0 = BitConverter.ToUInt64(data, offset);
            h += x0 >> 32;
            s += x0;
            offset += 8;
        }

        long total = (long)(h + (s - (h << 32)));
        if (last - offset >= 4)
        {
            total += BitConverter.ToUInt32(data, offset);
            offset += 4;
        }

        if (last - offset >= 2)
        {
            total += data[offset] | (data[offset + 1] << 8);
            offset += 2;
        }

        if (offset < last)
        {
            total += data[offset];
        }

        // Folding by a division, one instruction here. Zero in one's complement is 0xFFFF unless all octets are zero.
        int sum = (int)(total % 0xFFFF);
        if (sum == 0 && total > 0)
        {
            return 0xFFFF;
        }

        return ((sum & 0xFF) << 8) | (sum >> 8);
    }
}
