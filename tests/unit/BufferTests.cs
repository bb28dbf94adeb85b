using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The rings and the list of what came out of order.</summary>
[TestClass]
public class BufferTests
{
    /// <summary>Octets leave the send ring as they came, wherever it wraps, sent again or not.</summary>
    [TestMethod]
    public void Send_ring_keeps_order()
    {
        Lcg random = new Lcg(5);
        SendBuffer ring = new SendBuffer(97);
        byte[] piece = new byte[120];
        byte[] copy = new byte[120];
        int appended = 0;
        int consumed = 0;
        for (int turn = 0; turn < 3000; turn++)
        {
            int count = random.Next(60);
            for (int i = 0; i < count; i++)
            {
                piece[i + 3] = Octet(appended + i);
            }

            int taken = ring.Append(piece, 3, count);
            int room = 97 - (appended - consumed);
            Assert.AreEqual(count < room ? count : room, taken);
            appended += taken;
            Assert.AreEqual(appended - consumed, ring.Count);

            if (ring.Count > 0)
            {
                int from = random.Next(ring.Count);
                int length = random.Next(ring.Count - from) + 1;
                ring.CopyTo(from, copy, 2, length);
                for (int i = 0; i < length; i++)
                {
                    Assert.AreEqual((int)Octet(consumed + from + i), (int)copy[2 + i]);
                }
            }

            int gone = random.Next(ring.Count + 1);
            ring.Consume(gone);
            consumed += gone;
        }

        Assert.IsTrue(consumed > 97 * 20);
        ring.Clear();
        Assert.AreEqual(0, ring.Count);
    }

    /// <summary>Octets stored beyond the end count only once the gap is closed; the ring wraps anywhere.</summary>
    [TestMethod]
    public void Receive_ring_keeps_order()
    {
        Lcg random = new Lcg(6);
        ReceiveBuffer ring = new ReceiveBuffer(101);
        byte[] piece = new byte[120];
        int received = 0;
        int read = 0;
        for (int turn = 0; turn < 3000; turn++)
        {
            int room = 101 - ring.Count;
            if (room > 1)
            {
                // The second half first.
                int length = random.Next(room - 1) + 2;
                int half = length / 2;
                for (int i = 0; i < length; i++)
                {
                    piece[1 + i] = Octet(received + i);
                }

                ring.Store(half, piece, 1 + half, length - half);
                Assert.AreEqual(received - read, ring.Count);
                ring.Store(0, piece, 1, half);
                ring.Advance(length);
                received += length;
            }

            int wanted = random.Next(110);
            int got = ring.Peek(piece, 4, wanted);
            Assert.AreEqual(wanted < ring.Count ? wanted : ring.Count, got);
            for (int i = 0; i < got; i++)
            {
                Assert.AreEqual((int)Octet(read + i), (int)piece[4 + i]);
            }

            int gone = random.Next(got + 1);
            ring.Consume(gone);
            read += gone;
        }

        Assert.IsTrue(read > 101 * 20);
    }

    /// <summary>The ranges hold what a map of single octets holds, in order and apart, whatever arrives; a full list changes nothing.</summary>
    [TestMethod]
    public void Reassembly_is_a_set_of_octets()
    {
        Lcg random = new Lcg(7);
        Reassembly ranges = new Reassembly();
        bool[] map = new bool[400];
        for (int round = 0; round < 150; round++)
        {
            // Around the wrap of the sequence space in every other round.
            int origin = (round & 1) == 0 ? unchecked((int)0xFFFFFF80) : 1000 + round;
            for (int i = 0; i < map.Length; i++)
            {
                map[i] = false;
            }

            ranges.Clear();
            int next = 0;
            for (int turn = 0; turn < 30; turn++)
            {
                int left = next + 1 + random.Next(map.Length - next - 2);
                int length = 1 + random.Next(40);
                int right = left + length < map.Length ? left + length : map.Length;
                if (ranges.Add(origin + left, origin + right))
                {
                    for (int i = left; i < right; i++)
                    {
                        map[i] = true;
                    }
                }
                else
                {
                    Assert.AreEqual(Reassembly.MaxRanges, ranges.Count);
                }

                Same(ranges, map, origin, next);
                if (random.Next(4) == 0 && next < map.Length - 50)
                {
                    int end = next + 1 + random.Next(30);
                    for (int i = next; i < end; i++)
                    {
                        map[i] = true;
                    }

                    next = end;
                    while (next < map.Length && map[next])
                    {
                        next++;
                    }

                    Assert.AreEqual(origin + next, ranges.TakeUpTo(origin + end));
                    Same(ranges, map, origin, next);
                    if (next > map.Length - 45)
                    {
                        break;
                    }
                }
            }
        }
    }

    // The ranges beyond "next" are exactly the runs of the map: ascending, and with a gap between any two.
    private static void Same(Reassembly ranges, bool[] map, int origin, int next)
    {
        int range = 0;
        int i = next;
        while (i < map.Length)
        {
            if (!map[i])
            {
                i++;
                continue;
            }

            int left = i;
            while (i < map.Length && map[i])
            {
                i++;
            }

            Assert.IsTrue(range < ranges.Count);
            Assert.AreEqual(origin + left, ranges.Left[range]);
            Assert.AreEqual(origin + i, ranges.Right[range]);
            range++;
        }

        Assert.AreEqual(range, ranges.Count);
    }

    private static byte Octet(int position)
    {
        return (byte)(position * 31 + (position >> 8));
    }
}
