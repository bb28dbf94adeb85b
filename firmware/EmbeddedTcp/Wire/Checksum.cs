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
    /// Per 64-bit word x: s += x modulo 2⁶⁴ and h += x >> 32. The high halves add up to h, and the low halves to
    /// s − (h · 2³²), exactly, as long as there are fewer than 2³² words. Little-endian words give a byte-swapped sum
    /// (RFC 1071 §2 (B)), swapped once at the end.
    /// </remarks>
#if NANOFRAMEWORK_1_0
    public static int Sum(byte[] data, int offset, int count)
#else
    public static int SumOfWords(byte[] data, int offset, int count)
#endif
    {
        ulong s = 0;
        ulong h = 0;
        ulong a;
        ulong b;
        ulong c;
        ulong d;
        int end = offset + (count & ~31);
        int last = offset + count;
        while (offset < end)
        {
            s = s + (a = BitConverter.ToUInt64(data, offset)) + (b = BitConverter.ToUInt64(data, offset + 8))
                + (c = BitConverter.ToUInt64(data, offset + 16)) + (d = BitConverter.ToUInt64(data, offset + 24));
            h = h + (a >> 32) + (b >> 32) + (c >> 32) + (d >> 32);
            offset += 32;
        }

        end = last - 7;
        while (offset < end)
        {
            s += a = BitConverter.ToUInt64(data, offset);
            h += a >> 32;
            offset += 8;
        }

        ulong total = h + (s - (h << 32));
        end = last - 1;
        int tail = 0;
        while (offset < end)
        {
            tail += data[offset] | (data[offset + 1] << 8);
            offset += 2;
        }

        if (offset < last)
        {
            tail += data[offset];
        }

        total += (uint)tail;
        total = (total & 0xFFFFFFFF) + (total >> 32);
        total = (total & 0xFFFFFFFF) + (total >> 32);
        int sum = (int)(total & 0xFFFF) + (int)(total >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return ((sum & 0xFF) << 8) | (sum >> 8);
    }
}
