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
    // 256 words of eight bytes.
    private const int MaxBlock = 2048;

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
    /// <para>A one's complement sum of 16-bit words is the sum of any larger words modulo 2¹⁶ − 1 (RFC 1071 §2 (C)). For n 64-bit words x let
    /// s be their sum modulo 2⁶⁴ and c the carries lost: since 2⁶⁴ ≡ 1, the result is s + c. The carries need not be watched: with t the sum of
    /// the words' top bytes, the true sum lies in [t · 2⁵⁶, t · 2⁵⁶ + n · 2⁵⁶), which for n ≤ 256 holds just one number that is s modulo 2⁶⁴.
    /// A byte costs a third of what shifting a word costs.</para>
    /// <para>Little-endian words give a byte-swapped sum (RFC 1071 §2 (B)), swapped once at the end.</para>
    /// </remarks>
#if NANOFRAMEWORK_1_0
    public static int Sum(byte[] data, int offset, int count)
#else
    public static int SumOfWords(byte[] data, int offset, int count)
#endif
    {
        if (count > MaxBlock)
        {
            int blocks = SumInBlocks(data, offset, count);
            return (blocks & 0xFFFF) + (blocks >> 16);
        }

        long s = 0;
        int t = 0;
        int last = offset + count;
        int end = offset + (count & ~63);
        while (offset < end)
        {
            s = s + BitConverter.ToInt64(data, offset) + BitConverter.ToInt64(data, offset + 8)
                + BitConverter.ToInt64(data, offset + 16) + BitConverter.ToInt64(data, offset + 24)
                + BitConverter.ToInt64(data, offset + 32) + BitConverter.ToInt64(data, offset + 40)
                + BitConverter.ToInt64(data, offset + 48) + BitConverter.ToInt64(data, offset + 56);
            t = t + data[offset + 7] + data[offset + 15] + data[offset + 23] + data[offset + 31]
                + data[offset + 39] + data[offset + 47] + data[offset + 55] + data[offset + 63];
            offset += 64;
        }

        if (last - offset >= 32)
        {
            s = s + BitConverter.ToInt64(data, offset) + BitConverter.ToInt64(data, offset + 8)
                + BitConverter.ToInt64(data, offset + 16) + BitConverter.ToInt64(data, offset + 24);
            t = t + data[offset + 7] + data[offset + 15] + data[offset + 23] + data[offset + 31];
            offset += 32;
        }

        end = last - 7;
        while (offset < end)
        {
            s += BitConverter.ToInt64(data, offset);
            t += data[offset + 7];
            offset += 8;
        }

        ulong sum64 = (ulong)s;
        ulong total = (sum64 & 0xFFFFFFFF) + (sum64 >> 32) + (uint)(t >> 8);
        if (sum64 < (ulong)(t & 0xFF) << 56)
        {
            total++;
        }

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

    private static int SumInBlocks(byte[] data, int offset, int count)
    {
        int sum = 0;
        while (count > 0)
        {
            int block = count < MaxBlock ? count : MaxBlock;
#if NANOFRAMEWORK_1_0
            sum += Sum(data, offset, block);
#else
            sum += SumOfWords(data, offset, block);
#endif
            offset += block;
            count -= block;
        }

        return (sum & 0xFFFF) + (sum >> 16);
    }
}
