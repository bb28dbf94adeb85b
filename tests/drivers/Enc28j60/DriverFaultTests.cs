using EmbeddedTcp.ChipModels;

namespace EmbeddedTcp.DriverTests.Enc28j60;

/// <summary>Faults of the chip, its lines and the cable, one at a time: what the driver does about it, what it counts, and that no wait is without end.</summary>
[TestClass]
public sealed class EncDriverFaultTests
{
    [TestMethod] // njh/EtherCard#238 and its kin: one wrong next-packet pointer, and everything after it is nonsense
    [DataRow("bad-next")]
    [DataRow("bad-count")]
    public void A_wrong_header_loses_the_FIFO_and_nothing_after_it(string fault)
    {
        var rig = EncRig.Opened();
        rig.Deliver(EncRig.Frame(300, 1));
        Assert.IsTrue(rig.Chip.Faults.Set(fault, 1));
        rig.Deliver(EncRig.Frame(300, 2));
        rig.Chip.Faults.Set(fault, 0);
        rig.Deliver(EncRig.Frame(300, 3));
        CollectionAssert.AreEqual(EncRig.Frame(300, 1), rig.Receive());
        Assert.IsNull(rig.Receive());
        Assert.AreEqual(1, rig.Driver.BadHeaders);
        Assert.AreEqual(1, rig.Driver.ReceiverRestarts);
        Assert.AreEqual(1, rig.Driver.ReceiveErrors);
        for (int i = 4; i < 50; i++)
        {
            rig.Deliver(EncRig.Frame(300, i));
            CollectionAssert.AreEqual(EncRig.Frame(300, i), rig.Receive());
        }

        Assert.AreEqual(0, rig.Driver.Resets);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Wrong_headers_again_and_again_climb_the_ladder_and_end_in_a_working_chip()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.CorruptNextEvery = 1;
        for (int i = 0; i < 20; i++)
        {
            rig.Deliver(EncRig.Frame(300, i));
            rig.ReceiveAll();
            rig.Pass(100);
        }

        Assert.IsGreaterThan(0, rig.Driver.ReceiverRestarts);
        Assert.IsGreaterThan(0, rig.Driver.Resets);
        Assert.AreEqual(rig.Driver.Resets, rig.Driver.Recoveries);
        rig.Chip.Faults.CorruptNextEvery = 0;
        rig.Settle();
        rig.Deliver(EncRig.Frame(300, 99));
        CollectionAssert.AreEqual(EncRig.Frame(300, 99), rig.Receive());
    }

    [TestMethod]
    public void A_single_disturbed_header_is_read_again_and_loses_nothing()
    {
        // The disturbance begins with the second transaction, which reads the header, and lasts for it.
        var rig = EncRig.Opened();
        rig.ClockStands = true;
        rig.Deliver(EncRig.Frame(300, 1));
        Assert.IsNotNull(rig.Receive());
        rig.Deliver(EncRig.Frame(300, 2));
        long select = 9_000 + 2 * 400;
        rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + 2 * select + 8_700, new Flip(rig, 1, 8 * 400));
        CollectionAssert.AreEqual(EncRig.Frame(300, 2), rig.Receive());
        Assert.AreEqual(1, rig.Driver.Rereads);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    [TestMethod] // UIPEthernet#129, ntruchsess/arduino_uip#167: deaf after an overflow
    public void A_receiver_that_an_overflow_left_deaf_is_restarted()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.OverflowDeafens = true;
        while (rig.Deliver(EncRig.Frame(1000, 1)))
        {
        }

        Assert.IsGreaterThan(3, rig.ReceiveAll().Count);
        Assert.IsFalse(rig.Deliver(EncRig.Frame(100, 2)), "deaf");
        for (int i = 0; i < 2; i++)
        {
            rig.Pass(105);
            rig.Receive();
        }

        Assert.AreEqual(1, rig.Driver.Overflows);
        Assert.IsTrue(rig.Deliver(EncRig.Frame(100, 3)), "within 210 ms");
        CollectionAssert.AreEqual(EncRig.Frame(100, 3), rig.Receive());
        Assert.AreEqual(1, rig.Driver.ReceiverRestarts);
        Assert.AreEqual(0, rig.Driver.Resets);
    }

    [TestMethod] // The same without any sign: only the silence tells
    public void A_receiver_that_went_deaf_in_silence_is_restarted_after_a_minute()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.DeafEvery = 1;
        rig.Deliver(EncRig.Frame(100, 1));
        Assert.IsNotNull(rig.Receive());
        rig.Chip.Faults.DeafEvery = 0;
        for (int i = 0; i < 610; i++)
        {
            Assert.IsFalse(i < 590 && rig.Deliver(EncRig.Frame(100, 2)), $"after {i * 100} ms");
            rig.Pass(100);
            rig.Receive();
        }

        Assert.AreEqual(1, rig.Driver.Silences);
        Assert.IsTrue(rig.Deliver(EncRig.Frame(100, 3)));
        CollectionAssert.AreEqual(EncRig.Frame(100, 3), rig.Receive());
        Assert.AreEqual(0, rig.Driver.Resets);
    }

    [TestMethod] // Sooner when we talk and nobody answers
    public void A_deaf_receiver_is_restarted_after_five_seconds_in_which_we_sent()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.DeafEvery = 1;
        rig.Deliver(EncRig.Frame(100, 1));
        Assert.IsNotNull(rig.Receive());
        rig.Chip.Faults.DeafEvery = 0;
        for (int i = 0; i < 57; i++)
        {
            Assert.IsFalse(i < 48 && rig.Deliver(EncRig.Frame(100, 2)), $"after {i * 100} ms");
            rig.Pass(100);
            rig.Receive();
            if (i % 10 == 0)
            {
                rig.SendForSure(EncRig.Frame(60, i));
            }
        }

        Assert.AreEqual(1, rig.Driver.Silences);
        Assert.IsTrue(rig.Deliver(EncRig.Frame(100, 3)));
    }

    [TestMethod] // A write that went to the wrong place: nothing tells but a look at the pointers
    [DataRow(0x02, DisplayName = "EWRPTL")]
    [DataRow(0x03, DisplayName = "EWRPTH")]
    [DataRow(0x00, DisplayName = "ERDPTL")]
    [DataRow(0x07, DisplayName = "ETXNDH")]
    public void A_pointer_that_was_disturbed_is_set_right_within_half_a_second(int address)
    {
        var rig = EncRig.Opened();
        rig.SendForSure(EncRig.Frame(60, 1));
        rig.Deliver(EncRig.Frame(60, 2));
        rig.Pass(2);
        Assert.IsNotNull(rig.Receive());
        Assert.IsNull(rig.Receive());
        Raw(rig, 0xA0 | 0x1F, 0x03);
        Raw(rig, (byte)(0x40 | address), 0x11);
        for (int i = 0; i < 6; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        Assert.AreEqual(1, rig.Driver.PointerMismatches);
        Assert.AreEqual(0, rig.Driver.Resets);
        rig.SendForSure(EncRig.Frame(60, 3));
        rig.Pass(2);
        CollectionAssert.AreEqual(EncRig.Frame(60, 3), rig.Wire.Frames[^1]);
        rig.Deliver(EncRig.Frame(60, 4));
        CollectionAssert.AreEqual(EncRig.Frame(60, 4), rig.Receive());
    }

    [TestMethod] // espressif/esp-idf#4747, RIOT#9043: the transmitter never ends
    public void A_transmission_that_never_ends_is_started_again()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.Seed(1);
        rig.Chip.Faults.StickEvery = 4;
        for (int i = 0; i < 100; i++)
        {
            rig.SendForSure(EncRig.Frame(200, i));
        }

        for (int i = 0; i < 200; i++)
        {
            rig.Pass(1);
            rig.Receive();
        }

        Assert.IsGreaterThan(10, rig.Driver.SendTimeouts);
        Assert.AreEqual(100, rig.Wire.Frames.Count + rig.Driver.SendErrors);
        Assert.IsLessThanOrEqualTo(5, rig.Driver.SendErrors, "three times in a row");
    }

    [TestMethod]
    public void A_transmitter_that_stays_dead_leads_to_a_reset()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.StickEvery = 1;
        int accepted = 0;
        for (int i = 0; i < 400; i++)
        {
            accepted += rig.Driver.LinkUp && rig.Send(EncRig.Frame(60, i)) ? 1 : 0;
            rig.Pass(1);
            rig.Receive();
        }

        Assert.IsGreaterThanOrEqualTo(1, rig.Driver.Resets);
        Assert.AreEqual(rig.Driver.Resets, rig.Driver.Recoveries);
        Assert.IsEmpty(rig.Wire.Frames);
        rig.Chip.Faults.StickEvery = 0;
        rig.Settle();
        rig.Wire.Frames.Clear();
        rig.SendForSure(EncRig.Frame(60, 1));
        rig.Pass(1);
        Assert.HasCount(1, rig.Wire.Frames);
    }

    [TestMethod]
    public void A_clock_that_stands_still_does_not_make_a_wait_endless()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.StickEvery = 1;
        rig.ClockStands = true;
        int calls = 0;
        for (int sent = 0; sent < 2; calls++)
        {
            sent += rig.Send(EncRig.Frame(60, sent)) ? 1 : 0;
            Assert.IsLessThan(5000, calls);
        }

        Assert.IsGreaterThan(0, rig.Driver.SendTimeouts);
    }

    [TestMethod] // zephyr#119018, espressif/esp-idf#10963: lost edges, a line that is not connected
    public void An_interrupt_line_that_never_moves_is_found_out()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.StuckInterrupt = 0;
        for (int i = 0; i < 3; i++)
        {
            rig.Deliver(EncRig.Frame(100, i));
            int waited = 0;
            while (rig.Receive() == null)
            {
                rig.Pass(10);
                waited += 10;
                Assert.IsLessThanOrEqualTo(110, waited, "the fallback poll comes every 100 ms");
            }
        }

        Assert.AreEqual(3, rig.Driver.MissedInterrupts);
        rig.Deliver(EncRig.Frame(100, 9));
        CollectionAssert.AreEqual(EncRig.Frame(100, 9), rig.Receive(), "from now on the line is ignored");
        StringAssert.Contains(rig.Driver.Describe(), ", ignored");
        for (int i = 0; i < 20; i++)
        {
            rig.SendForSure(EncRig.Frame(1000, i));
        }

        rig.Pass(2);
        Assert.HasCount(20, rig.Wire.Frames);
    }

    [TestMethod]
    public void An_interrupt_line_stuck_low_only_costs_polls()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.StuckInterrupt = 1;
        for (int i = 0; i < 50; i++)
        {
            rig.Deliver(EncRig.Frame(100, i));
            CollectionAssert.AreEqual(EncRig.Frame(100, i), rig.Receive());
            Assert.IsNull(rig.Receive());
            rig.SendForSure(EncRig.Frame(100, i));
        }

        Assert.AreEqual(0, rig.Driver.ReceiveErrors + rig.Driver.SendErrors);
    }

    [TestMethod] // A reset behind our back is found by the look at ECON1, every 100 ms
    public void A_brown_out_is_noticed_within_110_ms_and_the_configuration_restored()
    {
        var rig = EncRig.Opened();
        for (int round = 0; round < 20; round++)
        {
            // In the middle of a transfer, another byte of it each time.
            rig.Deliver(EncRig.Frame(500, round));
            rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + 9_000 + round * 13_000, new Sag());
            rig.ReceiveAll();
            rig.Pass(110);
            rig.ReceiveAll();
            Assert.AreEqual(round + 1, rig.Driver.Recoveries, $"round {round}");
            rig.Settle();
            Assert.IsTrue(rig.Driver.LinkUp, $"round {round}");
            Assert.AreEqual(EncRig.Mac[5], rig.Chip.Peek(3, 1), $"round {round}");
            Assert.IsTrue(rig.Deliver(EncRig.Frame(500, 100 + round)));
            CollectionAssert.AreEqual(EncRig.Frame(500, 100 + round), rig.Receive(), $"round {round}");
            rig.SendForSure(EncRig.Frame(500, 200 + round));
            rig.Pass(2);
            CollectionAssert.AreEqual(EncRig.Frame(500, 200 + round), rig.Wire.Frames[^1], $"round {round}");
        }

        Assert.AreEqual(20, rig.Driver.ConfigurationLosses + rig.Driver.BadHeaders);
        Assert.AreEqual(0, rig.Driver.ResetFailures);
    }

    [TestMethod] // A disturbed write may hit any register; each of these leaves the chip deaf, dumb or wrong
    [DataRow(0x05, 0x00, 0x99, DisplayName = "MAADR2")]
    [DataRow(0x18, 0x01, 0x00, DisplayName = "ERXFCON")]
    [DataRow(0x1B, 0x00, 0x00, DisplayName = "EIE")]
    [DataRow(0x1E, 0x00, 0x00, DisplayName = "ECON2")]
    [DataRow(0x04, 0x00, 0x10, DisplayName = "ETXST")]
    public void A_register_that_was_disturbed_is_noticed_within_half_a_second(int address, int bank, int value)
    {
        var rig = EncRig.Opened();
        int selected = address == 0x05 ? 3 : bank;
        Raw(rig, 0xA0 | 0x1F, 0x03);
        Raw(rig, 0x80 | 0x1F, (byte)selected);
        Raw(rig, (byte)(0x40 | address), (byte)value);
        for (int i = 0; i < 6; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        Assert.AreEqual(1, rig.Driver.Recoveries);
        Assert.AreEqual(1, rig.Driver.ConfigurationLosses);
        rig.Settle();
        rig.Deliver(EncRig.Frame(100, 1));
        CollectionAssert.AreEqual(EncRig.Frame(100, 1), rig.Receive());
    }

    [TestMethod] // Then every register read is another one's
    public void A_bank_that_was_changed_behind_our_back_is_set_right_without_a_reset()
    {
        var rig = EncRig.Opened();
        Raw(rig, 0x80 | 0x1F, 0x03);
        rig.Pass(100);
        rig.Receive();
        Assert.AreEqual(1, rig.Driver.BankMismatches);
        Assert.AreEqual(0, rig.Driver.Resets);
        rig.Deliver(EncRig.Frame(100, 1));
        CollectionAssert.AreEqual(EncRig.Frame(100, 1), rig.Receive());
    }

    [TestMethod]
    public void A_chip_that_vanishes_is_reported_and_welcomed_back()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.AbsentLevel = 0xFF;
        for (int i = 0; i < 30; i++)
        {
            long before = rig.Chip.NowMicroseconds;
            rig.Pass(100);
            Assert.IsNull(rig.Receive());
            rig.Send(EncRig.Frame(60, 1));
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
        rig.Deliver(EncRig.Frame(100, 7));
        CollectionAssert.AreEqual(EncRig.Frame(100, 7), rig.Receive());
    }

    [TestMethod]
    [DataRow(0x00)]
    [DataRow(0xFF)]
    public void A_chip_that_dies_in_mid_traffic_is_an_error_in_words_and_no_link(int level)
    {
        var rig = EncRig.Opened();
        for (int i = 0; i < 4; i++)
        {
            rig.Deliver(EncRig.Frame(1000, i));
        }

        rig.SendForSure(EncRig.Frame(1000, 1));
        Assert.IsNotNull(rig.Receive());
        rig.Chip.Faults.AbsentLevel = level;
        for (int i = 0; i < 50; i++)
        {
            rig.Pass(20);
            rig.ReceiveAll();
            rig.Send(EncRig.Frame(60, i));
        }

        Assert.IsFalse(rig.Driver.LinkUp);
        StringAssert.Contains(rig.Driver.Error, "No ENC28J60");
        foreach (string line in rig.Driver.Describe().Split('\n'))
        {
            Assert.IsLessThanOrEqualTo(80, line.Length, line);
        }
    }

    [TestMethod] // espressif/esp-idf#6233: the cable is pulled while a frame is being sent
    public void Cable_pulled_in_mid_frame_neither_hangs_nor_corrupts()
    {
        var rig = EncRig.Opened();
        for (int round = 0; round < 10; round++)
        {
            rig.SendForSure(EncRig.Frame(1514, 1000 + round));
            rig.Chip.Spend(100_000 + round * 100_000);
            rig.Chip.SetCable(false);
            for (int i = 0; i < 20; i++)
            {
                rig.Send(EncRig.Frame(100, 1));
                rig.Pass(50);
                rig.Receive();
            }

            Assert.IsFalse(rig.Driver.LinkUp);
            rig.Chip.SetCable(true);
            rig.Settle();
            rig.Wire.Frames.Clear();
            rig.SendForSure(EncRig.Frame(300, round));
            rig.Pass(1);
            CollectionAssert.AreEqual(EncRig.Frame(300, round), rig.Wire.Frames.Single());
        }

        Assert.AreEqual(0, rig.Driver.Resets);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod]
    public void Frames_with_a_wrong_CRC_stay_in_the_chip()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.BadFcsEvery = 1;
        Assert.IsFalse(rig.Deliver(EncRig.Frame(100, 1)));
        rig.Chip.Faults.BadFcsEvery = 0;
        rig.Deliver(EncRig.Frame(100, 2));
        CollectionAssert.AreEqual(EncRig.Frame(100, 2), rig.Receive());
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
    }

    private static void Raw(EncRig rig, params byte[] bytes)
    {
        rig.Chip.Spend(1_000);
        rig.Chip.Select();
        foreach (byte b in bytes)
        {
            rig.Chip.Exchange(b);
        }

        rig.Chip.Spend(1_000);
        rig.Chip.Deselect();
        rig.Chip.Spend(1_000);
    }

    private sealed class Sag : ChipAlarm
    {
        public override void Ring(ChipModel chip) => chip.BrownOut();
    }

    // MISO is disturbed for some time.
    private sealed class Flip(EncRig rig, int every, long nanoseconds) : ChipAlarm
    {
        public override void Ring(ChipModel chip)
        {
            rig.Chip.Faults.MisoFlipEvery = every;
            if (every != 0)
            {
                chip.SetAlarm(chip.NowNanoseconds + nanoseconds, new Flip(rig, 0, 0));
            }
        }
    }
}
