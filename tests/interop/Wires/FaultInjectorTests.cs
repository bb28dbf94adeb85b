using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Wires;

[TestClass]
public sealed class FaultInjectorTests
{
    private const int EthernetHeaderLength = 14;

    [TestMethod]
    public void Perfect_wire_hands_every_frame_over_at_once_unchanged_and_in_order()
    {
        var wire = new FaultInjector(FaultSettings.None, 0);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsNull(wire.Offer(5, Ipv4Frame(i)));
        }

        Assert.AreEqual(5, wire.NextDue);
        CollectionAssert.AreEqual(Enumerable.Range(0, 100).ToArray(), TakeNumbers(wire, 5));
        Assert.AreEqual(long.MaxValue, wire.NextDue);
    }

    [TestMethod]
    public void Same_seed_means_same_fate_and_another_seed_or_direction_another()
    {
        var bad = new FaultSettings { Loss = 0.2, Duplicate = 0.2, Reorder = 0.2, Corrupt = 0.2, Seed = 42 };
        string first = Fates(new FaultInjector(bad, 0), 500);
        Assert.AreEqual(first, Fates(new FaultInjector(bad, 0), 500));
        Assert.AreNotEqual(first, Fates(new FaultInjector(bad, 1), 500));
        Assert.AreNotEqual(first, Fates(new FaultInjector(bad with { Seed = 43 }, 0), 500));
    }

    [TestMethod]
    public void Loss_hits_the_share_of_frames_it_says()
    {
        var wire = new FaultInjector(new FaultSettings { Loss = 0.05, Seed = 7 }, 0);
        for (int i = 0; i < 20000; i++)
        {
            wire.Offer(0, Ipv4Frame(i));
            wire.TryTake(0, out _);
        }

        // 1,000 are expected; six standard deviations of a binomial distribution are 185.
        Assert.IsTrue(wire.Lost is > 815 and < 1185, $"{wire.Lost} of 20,000 lost");
        Assert.AreEqual(20000, wire.Offered);
        Assert.AreEqual(0, wire.Duplicated + wire.Reordered + wire.Corrupted + wire.Overflowed);
    }

    [TestMethod]
    public void Raising_one_probability_leaves_the_other_fates_as_they_were()
    {
        var rare = new FaultInjector(new FaultSettings { Loss = 0.1, Duplicate = 0.3, Seed = 3 }, 0);
        var frequent = new FaultInjector(new FaultSettings { Loss = 0.5, Duplicate = 0.3, Seed = 3 }, 0);
        int survivors = 0;
        for (int i = 0; i < 1000; i++)
        {
            string? mild = rare.Offer(0, Ipv4Frame(i));
            string? harsh = frequent.Offer(0, Ipv4Frame(i));
            if (harsh != "lost")
            {
                survivors++;
                Assert.AreEqual(mild, harsh, $"frame {i}");
            }
        }

        Assert.IsTrue(survivors is > 400 and < 600, $"{survivors} of 1,000 survived");
    }

    [TestMethod]
    public void Duplicate_arrives_right_behind_its_original()
    {
        var wire = new FaultInjector(new FaultSettings { Duplicate = 1 }, 0);
        wire.Offer(0, Ipv4Frame(1));
        wire.Offer(0, Ipv4Frame(2));
        CollectionAssert.AreEqual(new[] { 1, 1, 2, 2 }, TakeNumbers(wire, 0));
    }

    [TestMethod]
    public void Reordered_frame_is_overtaken_by_the_next_one()
    {
        var wire = new FaultInjector(new FaultSettings { Reorder = 1 }, 0);
        wire.Offer(0, Ipv4Frame(1));
        CollectionAssert.AreEqual(Array.Empty<int>(), TakeNumbers(wire, 0));
        wire.Offer(100, Ipv4Frame(2));
        CollectionAssert.AreEqual(new[] { 2, 1 }, TakeNumbers(wire, 100));
    }

    [TestMethod]
    public void Reordered_frame_that_nothing_follows_goes_on_alone()
    {
        var wire = new FaultInjector(new FaultSettings { Reorder = 1 }, 0);
        wire.Offer(1000, Ipv4Frame(1));
        long due = 1000 + FaultInjector.HoldMicroseconds;
        Assert.AreEqual(due, wire.NextDue);
        CollectionAssert.AreEqual(Array.Empty<int>(), TakeNumbers(wire, due - 1));
        CollectionAssert.AreEqual(new[] { 1 }, TakeNumbers(wire, due));
        Assert.AreEqual(long.MaxValue, wire.NextDue);
    }

    [TestMethod]
    public void Corruption_flips_exactly_one_bit_behind_the_Ethernet_header()
    {
        var wire = new FaultInjector(new FaultSettings { Corrupt = 1, Seed = 11 }, 0);
        var bytesHit = new HashSet<int>();
        for (int i = 0; i < 2000; i++)
        {
            byte[] sent = Ipv4Frame(i);
            Assert.IsNotNull(wire.Offer(0, sent));
            Assert.IsTrue(wire.TryTake(0, out byte[] got));
            Assert.AreEqual(sent.Length, got.Length);
            int flipped = 0;
            for (int k = 0; k < sent.Length; k++)
            {
                int bits = BitOperations.PopCount((uint)(sent[k] ^ got[k]));
                flipped += bits;
                if (bits != 0)
                {
                    bytesHit.Add(k);
                }
            }

            Assert.AreEqual(1, flipped, $"frame {i}");
        }

        Assert.AreEqual(EthernetHeaderLength, bytesHit.Min());
        Assert.AreEqual(Ipv4Frame(0).Length - 1, bytesHit.Max());
    }

    [TestMethod]
    public void Damaged_ARP_frame_is_lost_since_nothing_but_the_FCS_protects_it()
    {
        var wire = new FaultInjector(new FaultSettings { Corrupt = 1 }, 0);
        byte[] arp = new byte[60];
        arp[12] = 0x08;
        arp[13] = 0x06;
        Assert.IsNotNull(wire.Offer(0, arp));
        Assert.IsFalse(wire.TryTake(0, out _));
        Assert.AreEqual(1, wire.Lost);
        Assert.AreEqual(0, wire.Corrupted);
    }

    [TestMethod]
    public void Delay_holds_each_frame_for_its_time_and_keeps_the_order()
    {
        var wire = new FaultInjector(new FaultSettings { Delay = 20 }, 0);
        wire.Offer(0, Ipv4Frame(1));
        wire.Offer(5000, Ipv4Frame(2));
        Assert.AreEqual(20_000, wire.NextDue);
        CollectionAssert.AreEqual(Array.Empty<int>(), TakeNumbers(wire, 19_999));
        CollectionAssert.AreEqual(new[] { 1 }, TakeNumbers(wire, 20_000));
        Assert.AreEqual(25_000, wire.NextDue);
        CollectionAssert.AreEqual(new[] { 2 }, TakeNumbers(wire, 25_000));
    }

    [TestMethod]
    public void Wire_holds_a_bounded_number_of_frames_and_counts_the_rest()
    {
        var wire = new FaultInjector(new FaultSettings { Delay = 1000 }, 0);
        for (int i = 0; i < FaultInjector.Capacity + 10; i++)
        {
            wire.Offer(0, Ipv4Frame(i));
        }

        Assert.AreEqual(10, wire.Overflowed);
        Assert.AreEqual(FaultInjector.Capacity, TakeNumbers(wire, 1_000_000).Length);
    }

    // The frame's number stands at its end, where no header is.
    private static byte[] Ipv4Frame(int number)
    {
        byte[] frame = new byte[60];
        frame[12] = 0x08;
        frame[56] = (byte)(number >> 24);
        frame[57] = (byte)(number >> 16);
        frame[58] = (byte)(number >> 8);
        frame[59] = (byte)number;
        return frame;
    }

    private static int[] TakeNumbers(FaultInjector wire, long now)
    {
        var numbers = new List<int>();
        while (wire.TryTake(now, out byte[] frame))
        {
            numbers.Add((frame[56] << 24) | (frame[57] << 16) | (frame[58] << 8) | frame[59]);
        }

        return numbers.ToArray();
    }

    private static string Fates(FaultInjector wire, int count)
    {
        return string.Join('\n', Enumerable.Range(0, count).Select(i => wire.Offer(0, Ipv4Frame(i)) ?? "whole"));
    }
}
