namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Faults of the transmitter and the cable, one at a time: what the driver does about it, what it counts, and that no wait is without end.</summary>
[TestClass]
public sealed class DriverSendFaultTests
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

    [TestMethod]
    public void A_write_pointer_that_was_disturbed_reopens_the_socket()
    {
        // As if Sn_TX_WR had arrived as 100 and SEND right after it.
        var rig = Rig.Opened();
        var spi = new Spi(rig.Chip);
        spi.WriteWord(Spi.S0, 0x24, 100);
        spi.Command(0x20);
        rig.Pass(100);
        rig.Receive();
        Assert.AreEqual(1, rig.Driver.PointerMismatches);
        Assert.AreEqual(1, rig.Driver.Reopens);
        rig.Wire.Frames.Clear();
        rig.SendForSure(Rig.Frame(300, 1));
        rig.Pass(1);
        CollectionAssert.AreEqual(Rig.Frame(300, 1), rig.Wire.Frames.Single());
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
}
