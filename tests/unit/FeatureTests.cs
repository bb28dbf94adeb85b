using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.Wire;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The parts of negotiated options: writer and reader, timestamps, scoreboard and report of selective acknowledgment.</summary>
[TestClass]
public class FeatureTests
{
    private const int Day = 24 * 3600 * 1000;

    /// <summary>What the writer composes for a SYN the reader understands, for every set of features and wherever the header begins.</summary>
    [TestMethod]
    public void Syn_options_survive_the_round_trip()
    {
        TcpOptionWriter writer = new TcpOptionWriter();
        for (int features = 0; features < 16; features++)
        {
            writer.Syn(1400 + features, features, features);
            if ((features & TcpFeatures.Timestamps) != 0)
            {
                writer.Timestamps(-5 - features, features * 77777);
            }

            Assert.AreEqual(0, writer.Length & 3);
            TcpSegment s = Parse(writer, features);
            Assert.AreEqual(1400 + features, s.MaximumSegmentSize);
            Assert.AreEqual((features & TcpFeatures.WindowScale) != 0 ? (features < 14 ? features : 14) : -1, s.WindowScale);
            Assert.IsTrue(s.SackPermitted == ((features & TcpFeatures.Sack) != 0));
            Assert.IsTrue(s.HasTimestamp == ((features & TcpFeatures.Timestamps) != 0));
            Assert.AreEqual(0, s.SackCount);
            if (s.HasTimestamp)
            {
                Assert.AreEqual(-5 - features, s.TimestampValue);
                Assert.AreEqual(features * 77777, s.TimestampEcho);
            }
        }
    }

    /// <summary>As many blocks as fit, alone and beside timestamps, come back as they went.</summary>
    [TestMethod]
    public void Blocks_survive_the_round_trip()
    {
        TcpOptionWriter writer = new TcpOptionWriter();
        for (int stamped = 0; stamped < 2; stamped++)
        {
            writer.Clear();
            if (stamped == 1)
            {
                writer.Timestamps(1, 2);
            }

            int room = writer.RoomForSackBlocks();
            Assert.AreEqual(4 - stamped, room);
            writer.Sack(room);
            for (int i = 0; i < room; i++)
            {
                writer.Word(i * 100 - 150);
                writer.Word(i * 100 - 100);
            }

            Assert.IsTrue(writer.Length <= TcpHeader.MaxOptionsLength && (writer.Length & 3) == 0);
            TcpSegment s = Parse(writer, 3);
            Assert.AreEqual(room, s.SackCount);
            Assert.IsTrue(s.HasTimestamp == (stamped == 1));
            for (int i = 0; i < room; i++)
            {
                Assert.AreEqual(i * 100 - 150, s.SackLeft(i));
                Assert.AreEqual(i * 100 - 100, s.SackRight(i));
            }
        }
    }

    /// <summary>RFC 7323 §4.3 and §5: what is taken, what is old, what is outdated, across the wrap of the clock.</summary>
    [TestMethod]
    public void Timestamps_follow_the_rfc()
    {
        Timestamps t = new Timestamps();
        int recent = int.MaxValue - 1;
        t.Start(1000, recent, 50);
        Assert.AreEqual(1060, t.Value(60));
        Assert.IsTrue(!t.IsOld(recent, 60));
        Assert.IsTrue(t.IsOld(recent - 1, 60));
        Assert.IsTrue(!t.IsOld(int.MinValue, 60), "two ticks later");

        // Right of the last acknowledgment: not taken. At it or left of it: taken, but never an older one.
        t.Update(recent + 10, 101, 100, 60);
        Assert.AreEqual(recent, t.Recent);
        t.Update(recent + 10, 100, 100, 60);
        Assert.AreEqual(recent + 10, t.Recent);
        t.Update(recent, 90, 100, 60);
        Assert.AreEqual(recent + 10, t.Recent);

        // §5.5.
        Assert.IsTrue(t.IsOld(recent, 60 + 24 * Day - 1));
        Assert.IsTrue(!t.IsOld(recent, 60 + 24 * Day));
        t.Update(recent, 100, 100, 60 + 24 * Day);
        Assert.AreEqual(recent, t.Recent);

        // Round trips: of what was sent, not of what the peer invents.
        t.Echo = t.Value(5000);
        Assert.AreEqual(120, t.RoundTrip(5120));
        t.Echo = t.Value(5121);
        Assert.AreEqual(-1, t.RoundTrip(5120));
    }

    /// <summary>The scoreboard against a list of octets: RFC 6675's functions, computed octet by octet from their text.</summary>
    [TestMethod]
    public void Scoreboard_agrees_with_a_list_of_octets()
    {
        const int Octets = 60;
        const int Mss = 4;
        Lcg random = new Lcg(17);
        TcpOptionWriter writer = new TcpOptionWriter();
        for (int turn = 0; turn < 60; turn++)
        {
            // The numbers wrap in the middle.
            int first = turn % 2 == 0 ? -30 : int.MaxValue - 20;
            SackScoreboard board = new SackScoreboard();
            bool[] held = new bool[Octets];
            int una = 0;
            board.HighRxt = first;
            for (int step = 0; step < 12; step++)
            {
                int left = random.Next(Octets - 1);
                int right = left + 1 + random.Next(6);
                writer.Clear();
                writer.Sack(1);
                writer.Word(first + left);
                writer.Word(first + right);
                TcpSegment s = Parse(writer, 0);
                s.Ack = first + una;
                if (board.Update(s, first + una, first + Octets))
                {
                    Assert.IsTrue(left > una && right <= Octets, "an impossible block was taken");
                    for (int i = left; i < right; i++)
                    {
                        held[i] = true;
                    }
                }

                if (random.Next(5) == 0)
                {
                    una = Advance(held, una);
                    board.Acknowledged(first + una);
                }

                Compare(board, held, first, una, Mss);
            }
        }
    }

    /// <summary>The report: the last kept first, each block once, a duplicate before all, and only once.</summary>
    [TestMethod]
    public void Report_keeps_its_order()
    {
        SackReport report = new SackReport();
        Reassembly held = new Reassembly();
        Assert.AreEqual(0, report.Blocks(held));
        Keep(report, held, 100, 200);
        Keep(report, held, 500, 600);
        Keep(report, held, 300, 400);
        TcpSegment s = Written(report, held, 3);
        Expect(s, 0, 300, 400);
        Expect(s, 1, 500, 600);
        Expect(s, 2, 100, 200);

        // It grows together with another one, which is not reported twice.
        Keep(report, held, 200, 300);
        s = Written(report, held, 2);
        Expect(s, 0, 100, 400);
        Expect(s, 1, 500, 600);

        report.Overlap(held, 50, 150);
        s = Written(report, held, 3);
        Expect(s, 0, 100, 150);
        Expect(s, 1, 100, 400);
        Written(report, held, 2);

        report.Duplicate(10, 20);
        report.Clear();
        held.Clear();
        Assert.AreEqual(0, report.Blocks(held));
    }

    private static void Keep(SackReport report, Reassembly held, int left, int right)
    {
        Assert.IsTrue(held.Add(left, right));
        report.Kept(left);
    }

    private static TcpSegment Written(SackReport report, Reassembly held, int blocks)
    {
        TcpOptionWriter writer = new TcpOptionWriter();
        writer.Clear();
        report.Write(writer, held);
        TcpSegment s = Parse(writer, 1);
        Assert.AreEqual(blocks, s.SackCount);
        return s;
    }

    private static void Expect(TcpSegment s, int block, int left, int right)
    {
        Assert.AreEqual(left, s.SackLeft(block));
        Assert.AreEqual(right, s.SackRight(block));
    }

    // The peer acknowledges some more octets, and all that it holds behind them.
    private static int Advance(bool[] held, int una)
    {
        una += 3;
        while (una < held.Length && held[una])
        {
            una++;
        }

        return una < held.Length ? una : held.Length;
    }

    private static void Compare(SackScoreboard board, bool[] held, int first, int una, int mss)
    {
        int pipe = 0;
        int hole = -1;
        for (int i = una; i < held.Length; i++)
        {
            if (held[i])
            {
                Assert.IsTrue(board.Skip(first + i) != first + i, "a held octet is sent again");
                continue;
            }

            bool lost = IsLost(held, i, mss);
            Assert.IsTrue(board.IsLost(first + i, mss) == lost, "IsLost");
            Assert.AreEqual(first + i, board.Skip(first + i));
            pipe += lost ? 0 : 1;
            if (i < board.HighRxt - first)
            {
                pipe++;
            }
            else if (hole < 0 && lost)
            {
                hole = i;
            }
        }

        Assert.AreEqual(pipe, board.Pipe(first + una, first + held.Length, mss));
        Assert.IsTrue(board.NextSeg(first + una, mss, false) == (hole >= 0), "NextSeg");
        if (hole >= 0)
        {
            int end = hole;
            while (!held[end] && end < hole + mss)
            {
                end++;
            }

            Assert.AreEqual(first + hole, board.HoleAt);
            Assert.AreEqual(end - hole, board.HoleLength);
            Assert.AreEqual(end - hole, board.Until(first + hole, mss));

            // It is sent again.
            board.HighRxt = first + end;
        }
    }

    private static bool IsLost(bool[] held, int at, int mss)
    {
        int ranges = 0;
        int octets = 0;
        for (int i = at + 1; i < held.Length; i++)
        {
            if (held[i])
            {
                octets++;
                ranges += held[i - 1] ? 0 : 1;
            }
        }

        return ranges >= 3 || octets > 2 * mss;
    }

    private static TcpSegment Parse(TcpOptionWriter writer, int header)
    {
        TcpSegment s = new TcpSegment();
        s.Buffer = new byte[header + TcpHeader.MinLength + TcpHeader.MaxOptionsLength + 4];
        s.Header = header;
        s.Data = header + TcpHeader.MinLength + writer.Length;
        System.Array.Copy(writer.Bytes, 0, s.Buffer, header + TcpHeader.MinLength, writer.Length);
        s.ParseOptions();
        return s;
    }
}
