using EmbeddedTcp.Drivers.W5500;

namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>One fault at a time: what the driver does about it, what it counts, and that no wait is without end.</summary>
[TestClass]
public sealed class DriverFaultTests
{
    [TestMethod] // Wiznet/ioLibrary_Driver#168: SENDOK missing in MACRAW mode
    public void A_SENDOK_that_is_lost_costs_time_but_no_frame()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.Seed(1);
        rig.Chip.Faults.LoseSendOkEvery = 5;
        for (int i = 0; i < 200; i++)
        {
            rig.SendForSure(Rig.Frame(200, i));
        }

        AssertSent(rig, 200);
        Assert.IsInRange(20, 60, rig.Driver.MissingSendOks);
        Assert.AreEqual(rig.Driver.MissingSendOks, rig.Driver.SendErrors);
        Assert.AreEqual(0, rig.Driver.Reopens);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void A_chip_that_never_gives_SENDOK_is_believed_by_its_pointers()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.LoseSendOkEvery = 1;
        for (int i = 0; i < 4; i++)
        {
            rig.SendForSure(Rig.Frame(200, i));
        }

        Assert.AreEqual(3, rig.Driver.MissingSendOks);
        for (int i = 4; i < 200; i++)
        {
            Assert.IsTrue(rig.Send(Rig.Frame(200, i)), "no waiting any more");
        }

        AssertSent(rig, 200);
        Assert.AreEqual(3, rig.Driver.MissingSendOks);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod] // Data sheet 4.2 Sn_IMR, read to the letter: a masked Sn_IR bit is never set
    public void A_chip_that_masks_SENDOK_by_Sn_IMR_still_sends()
    {
        var rig = Rig.Opened();
        rig.Chip.MaskGatesSocketInterrupts = true;
        for (int i = 0; i < 100; i++)
        {
            rig.SendForSure(Rig.Frame(200, i));
        }

        AssertSent(rig, 100);
        Assert.AreEqual(3, rig.Driver.MissingSendOks);
    }

    [TestMethod]
    public void A_late_SENDOK_completes_no_other_frame()
    {
        // A frame takes 1.23 ms at 10 Mbit/s, the driver gives up after 41 ms and sends the next: that is when the flag comes.
        var rig = new Rig();
        rig.Chip.PartnerFast = false;
        rig.OpenWithLink();
        rig.Chip.Faults.Seed(3);
        rig.Chip.Faults.LateSendOkEvery = 10;
        rig.Chip.Faults.LateSendOkMicroseconds = 41_000;
        for (int i = 0; i < 300; i++)
        {
            rig.SendForSure(Rig.Frame(1514, i));
        }

        AssertSent(rig, 300);
        Assert.AreEqual(0, rig.Chip.Violations, "no SEND while another is under way: " + rig.Chip.FirstViolation);
        Assert.IsGreaterThan(10, rig.Driver.MissingSendOks);
    }

    [TestMethod] // espressif/esp-idf#6233: the cable is pulled while a frame is being sent
    public void Cable_pulled_in_mid_frame_neither_hangs_nor_corrupts()
    {
        var rig = Rig.Opened();
        for (int round = 0; round < 20; round++)
        {
            rig.SendForSure(Rig.Frame(1514, 1000 + round));
            rig.Chip.Spend(20_000 + round * 1_000);
            rig.Chip.SetCable(false);
            long before = rig.Chip.NowMicroseconds;
            int refused = 0;
            for (int i = 0; i < 5; i++)
            {
                refused += rig.Send(Rig.Frame(100, 1)) ? 0 : 1;
            }

            Assert.IsLessThan(10_000, rig.Chip.NowMicroseconds - before, "five calls, some milliseconds");
            Assert.IsFalse(rig.Driver.LinkUp);
            Assert.AreEqual(1, refused, "the first call finds out, the others know");
            rig.Chip.SetCable(true);
            rig.Settle();
            rig.Wire.Frames.Clear();
            rig.SendForSure(Rig.Frame(300, round));
            rig.Pass(1);
            CollectionAssert.AreEqual(Rig.Frame(300, round), rig.Wire.Frames.Single());
        }

        Assert.AreEqual(20, rig.Driver.Reopens);
        Assert.AreEqual(0, rig.Driver.SendTimeouts);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void A_cable_pulled_and_back_before_anybody_looked_ends_in_a_reopened_socket()
    {
        var rig = Rig.Opened();
        rig.SendForSure(Rig.Frame(1514, 1));
        rig.Chip.Spend(20_000);
        rig.Chip.SetCable(false);
        rig.Chip.NegotiationNanoseconds = 1_000;
        rig.Chip.SetCable(true);
        rig.SendForSure(Rig.Frame(300, 2));
        rig.Pass(1);
        CollectionAssert.AreEqual(Rig.Frame(300, 2), rig.Wire.Frames.Single());
        Assert.AreEqual(1, rig.Driver.SendTimeouts);
        Assert.AreEqual(1, rig.Driver.Reopens);
    }

    [TestMethod]
    public void A_transmitter_that_stays_dead_leads_to_a_reset()
    {
        var rig = Rig.Opened();
        for (int i = 0; i < 3; i++)
        {
            rig.SendForSure(Rig.Frame(1514, i));
            rig.Chip.Spend(20_000);
            rig.Chip.SetCable(false);
            rig.Chip.NegotiationNanoseconds = 1_000;
            rig.Chip.SetCable(true);
            rig.SendForSure(Rig.Frame(60, i));
        }

        // The frame of 60 bytes went out each time, so there were never three dead ones in a row.
        Assert.AreEqual(0, rig.Driver.Resets);
        for (int i = 0; i < 3; i++)
        {
            rig.SendForSure(Rig.Frame(1514, i));
            rig.Chip.Spend(20_000);
            rig.Chip.SetCable(false);
            rig.Chip.SetCable(true);
            while (rig.Driver.SendTimeouts < 4 + i)
            {
                rig.Pass(1);
                Assert.IsFalse(rig.Send(Rig.Frame(60, i)));
            }
        }

        Assert.AreEqual(1, rig.Driver.Resets);
        Assert.AreEqual(1, rig.Driver.Recoveries);
    }

    [TestMethod]
    public void A_clock_that_stands_still_does_not_make_a_wait_endless()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.LoseSendOkEvery = 1;
        rig.ClockStands = true;
        int calls = 0;
        for (int sent = 0; sent < 2; calls++)
        {
            sent += rig.Send(Rig.Frame(60, sent)) ? 1 : 0;
            Assert.IsLessThan(2000, calls);
        }

        Assert.AreEqual(1, rig.Driver.MissingSendOks);
    }

    [TestMethod] // espressif/esp-idf#6572, #12476: one wrong length poisons the FIFO
    public void A_wrong_length_header_loses_the_backlog_and_nothing_after_it()
    {
        var rig = Rig.Opened();
        rig.Deliver(Rig.Frame(300, 1));
        rig.Chip.Faults.CorruptLengthEvery = 1;
        rig.Chip.Faults.Seed(FindSeedForALengthOutOfRange());
        rig.Deliver(Rig.Frame(300, 2));
        rig.Chip.Faults.CorruptLengthEvery = 0;
        rig.Deliver(Rig.Frame(300, 3));
        CollectionAssert.AreEqual(Rig.Frame(300, 1), rig.Receive());
        Assert.IsNull(rig.Receive());
        Assert.AreEqual(1, rig.Driver.BadLengths);
        Assert.AreEqual(1, rig.Driver.Skips);
        Assert.AreEqual(1, rig.Driver.ReceiveErrors);
        rig.Deliver(Rig.Frame(300, 4));
        CollectionAssert.AreEqual(Rig.Frame(300, 4), rig.Receive());
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Wrong_lengths_again_and_again_climb_the_ladder_and_end_in_a_working_chip()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.Seed(1);
        rig.Chip.Faults.CorruptLengthEvery = 1;
        for (int i = 0; i < 20; i++)
        {
            rig.Deliver(Rig.Frame(300, i));
            rig.ReceiveAll();
            rig.Pass(100);
        }

        Assert.IsGreaterThan(0, rig.Driver.Skips);
        Assert.IsGreaterThan(0, rig.Driver.Reopens);
        Assert.IsGreaterThan(0, rig.Driver.Resets);
        rig.Chip.Faults.CorruptLengthEvery = 0;
        rig.Settle();
        rig.Deliver(Rig.Frame(300, 99));
        CollectionAssert.AreEqual(Rig.Frame(300, 99), rig.Receive());
    }

    [TestMethod]
    public void A_single_disturbed_burst_is_read_again_and_loses_nothing()
    {
        // The disturbance: MISO reads FF for the duration of one transfer, the data burst of two frames.
        var rig = Rig.Opened();
        rig.Deliver(Rig.Frame(300, 1));
        rig.Deliver(Rig.Frame(300, 2));
        long status = 9_000 + 24 * 400;
        rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + status + 9_100, new Mishap(chip =>
        {
            chip.Faults.MisoFlipEvery = 1;
            chip.SetAlarm(chip.NowNanoseconds + 600 * 400, new Mishap(later => later.Faults.MisoFlipEvery = 0));
        }));
        CollectionAssert.AreEqual(Rig.Frame(300, 1), rig.Receive());
        CollectionAssert.AreEqual(Rig.Frame(300, 2), rig.Receive());
        Assert.AreEqual(1, rig.Driver.Rereads);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void A_lost_RECV_is_given_again_and_loses_nothing()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.Seed(5);
        rig.Chip.Faults.LoseReceiveEvery = 10;
        for (int i = 0; i < 500; i++)
        {
            Assert.IsTrue(rig.Deliver(Rig.Frame(1000, i)));
            byte[]? frame = null;
            for (int poll = 0; poll < 10 && frame == null; poll++)
            {
                frame = rig.Receive();
            }

            CollectionAssert.AreEqual(Rig.Frame(1000, i), frame);
            rig.Chip.Spend(1_000);
        }

        Assert.IsGreaterThan(30, rig.Driver.LostCommands);
        Assert.AreEqual(rig.Driver.LostCommands, rig.Driver.Repeats);
        Assert.AreEqual(0, rig.Driver.Skips + rig.Driver.Reopens + rig.Driver.Resets);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod] // zephyr#119018, espressif/esp-idf#10963: lost edges, a line that is not connected
    public void An_interrupt_line_that_never_moves_is_found_out()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.StuckInterrupt = 0;
        for (int i = 0; i < 3; i++)
        {
            rig.Deliver(Rig.Frame(100, i));
            int waited = 0;
            while (rig.Receive() == null)
            {
                rig.Pass(10);
                waited += 10;
                Assert.IsLessThanOrEqualTo(110, waited, "the fallback poll comes every 100 ms");
            }
        }

        Assert.AreEqual(3, rig.Driver.MissedInterrupts);
        rig.Deliver(Rig.Frame(100, 9));
        CollectionAssert.AreEqual(Rig.Frame(100, 9), rig.Receive(), "from now on the line is ignored");
        StringAssert.Contains(rig.Driver.Describe(), ", ignored");
    }

    [TestMethod]
    public void An_interrupt_line_stuck_low_only_costs_polls()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.StuckInterrupt = 1;
        for (int i = 0; i < 50; i++)
        {
            rig.Deliver(Rig.Frame(100, i));
            CollectionAssert.AreEqual(Rig.Frame(100, i), rig.Receive());
            Assert.IsNull(rig.Receive());
        }

        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void A_brown_out_is_noticed_and_the_configuration_restored()
    {
        var rig = Rig.Opened();
        for (int round = 0; round < 20; round++)
        {
            // In the middle of a transfer, another byte of it each time.
            rig.Deliver(Rig.Frame(500, round));
            rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + 9_000 + round * 13_000, new Mishap(chip => chip.BrownOut()));
            rig.ReceiveAll();
            for (int i = 0; i < 5; i++)
            {
                rig.Pass(150);
                rig.ReceiveAll();
            }

            Assert.IsTrue(rig.Driver.LinkUp, $"round {round}");
            CollectionAssert.AreEqual(Rig.Mac, new Spi(rig.Chip).Read(Spi.Common, 0x09, 6), $"round {round}");
            Assert.IsTrue(rig.Deliver(Rig.Frame(500, 100 + round)));
            CollectionAssert.AreEqual(Rig.Frame(500, 100 + round), rig.Receive(), $"round {round}");
            rig.SendForSure(Rig.Frame(500, 200 + round));
            rig.Pass(1);
            CollectionAssert.AreEqual(Rig.Frame(500, 200 + round), rig.Wire.Frames[^1], $"round {round}");
        }

        Assert.AreEqual(20, rig.Driver.Recoveries);
        Assert.AreEqual(20, rig.Driver.SocketLosses);
        Assert.AreEqual(0, rig.Driver.ResetFailures);
    }

    [TestMethod] // A disturbed write may hit a register nobody looks at; without SHAR the chip is deaf
    public void A_lost_address_filter_is_noticed_within_half_a_second()
    {
        var rig = Rig.Opened();
        new Spi(rig.Chip).Write(Spi.Common, 0x09, 0x99);
        for (int i = 0; i < 6; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        CollectionAssert.AreEqual(Rig.Mac, new Spi(rig.Chip).Read(Spi.Common, 0x09, 6));
        Assert.AreEqual(1, rig.Driver.Recoveries);
    }

    [TestMethod]
    public void A_chip_that_vanishes_is_reported_and_welcomed_back()
    {
        var rig = Rig.Opened();
        rig.Chip.Faults.AbsentLevel = 0xFF;
        for (int i = 0; i < 30; i++)
        {
            long before = rig.Chip.NowMicroseconds;
            rig.Pass(100);
            Assert.IsNull(rig.Receive());
            rig.Send(Rig.Frame(60, 1));
            Assert.IsLessThan(400_000, rig.Chip.NowMicroseconds - before, "each poll ends");
        }

        Assert.IsFalse(rig.Driver.LinkUp);
        StringAssert.Contains(rig.Driver.Error, "read FF");
        Assert.IsInRange(2, 8, rig.Driver.ResetFailures);
        rig.Chip.Faults.AbsentLevel = -1;
        for (int i = 0; i < 20; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        Assert.IsTrue(rig.Driver.LinkUp);
        Assert.IsNull(rig.Driver.Error);
        rig.Deliver(Rig.Frame(100, 7));
        CollectionAssert.AreEqual(Rig.Frame(100, 7), rig.Receive());
    }

    [TestMethod]
    public void A_command_register_that_stays_busy_is_not_waited_for_on_the_data_path()
    {
        var rig = Rig.Opened();
        rig.Chip.CommandNanoseconds = 10_000_000_000;
        rig.Deliver(Rig.Frame(100, 1));
        Assert.IsNotNull(rig.Receive());
        for (int i = 0; i < 10; i++)
        {
            long before = rig.Chip.NowMicroseconds;
            rig.Pass(5);
            Assert.IsNull(rig.Receive());
            Assert.IsFalse(rig.Send(Rig.Frame(60, 1)));
            Assert.IsLessThan(7_000, rig.Chip.NowMicroseconds - before);
        }

        rig.Pass(100);
        rig.Receive();
        Assert.AreEqual(1, rig.Driver.CommandTimeouts);
        Assert.AreEqual(1, rig.Driver.ResetFailures);
        rig.Chip.CommandNanoseconds = 500;
        rig.Pass(1000);
        rig.Receive();
        Assert.IsNull(rig.Driver.Error);
        Assert.AreEqual(1, rig.Driver.Recoveries);
    }

    [TestMethod]
    public void A_frame_that_arrives_in_mid_status_tears_nothing()
    {
        // The alarm walks through the whole status transfer in steps of half a byte.
        for (int step = 0; step < 60; step++)
        {
            var rig = Rig.Opened();
            rig.Deliver(Rig.Frame(200, 1));
            rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + 9_000 + step * 200, new Arrival(Rig.Frame(60, 2)));
            CollectionAssert.AreEqual(Rig.Frame(200, 1), rig.Receive(), $"step {step}");
            CollectionAssert.AreEqual(Rig.Frame(60, 2), rig.Receive(), $"step {step}");
            Assert.IsNull(rig.Receive());
            Assert.AreEqual(0, rig.Driver.ReceiveErrors);
            Assert.AreEqual(0, rig.Driver.MissedInterrupts);
            Assert.AreEqual(0, rig.Driver.Rereads);
        }
    }

    [TestMethod]
    public void A_flood_is_taken_or_dropped_whole()
    {
        var rig = Rig.Opened();
        var random = new Random(1);
        var stored = new Queue<byte[]>();
        for (int i = 0; i < 5000; i++)
        {
            byte[] frame = Rig.Frame(random.Next(60, 1515), i);
            if (rig.Deliver(frame))
            {
                stored.Enqueue(frame);
            }

            // The driver is slower than the flood.
            if (i % 3 == 0 && rig.Receive() is { } received)
            {
                CollectionAssert.AreEqual(stored.Dequeue(), received);
            }
        }

        while (stored.Count > 0)
        {
            CollectionAssert.AreEqual(stored.Dequeue(), rig.Receive());
        }

        Assert.IsNull(rig.Receive());
        Assert.IsGreaterThan(1000, rig.Chip.FramesOverrun);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod]
    public void Recover_on_request_keeps_frames_already_fetched()
    {
        var rig = Rig.Opened();
        rig.Deliver(Rig.Frame(100, 1));
        rig.Deliver(Rig.Frame(100, 2));
        CollectionAssert.AreEqual(Rig.Frame(100, 1), rig.Receive());
        Assert.IsTrue(rig.Driver.Recover());
        Assert.AreEqual(1, rig.Driver.Recoveries);
        CollectionAssert.AreEqual(Rig.Frame(100, 2), rig.Receive());
    }

    private static void AssertSent(Rig rig, int count)
    {
        rig.Pass(2);
        Assert.HasCount(count, rig.Wire.Frames);
        for (int i = 0; i < count; i++)
        {
            CollectionAssert.AreEqual(Rig.Frame(rig.Wire.Frames[i].Length, i), rig.Wire.Frames[i], $"frame {i}");
        }

        Assert.AreEqual(count, rig.Driver.FramesSent);
    }

    // The corrupted length is any 16-bit number; one that can be told from a right one is wanted.
    private static int FindSeedForALengthOutOfRange()
    {
        for (int seed = 1; ; seed++)
        {
            var chip = new EmbeddedTcp.ChipModels.W5500.W5500Model();
            var spi = new Spi(chip);
            spi.OpenMacRaw();
            chip.Faults.Seed(seed);
            chip.Faults.CorruptLengthEvery = 1;
            chip.Deliver(Rig.Frame(300, 1), 0, 300);
            if (spi.Word(Spi.Rx0, 0) > 1520)
            {
                return seed;
            }
        }
    }
}
