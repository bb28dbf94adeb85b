using EmbeddedTcp.ChipModels.Enc28j60;

namespace EmbeddedTcp.DriverTests.Enc28j60;

/// <summary>
/// The errata of DS80349C, each switched on at its worst: the driver's way round it holds. With a driver that does not know the item,
/// the test of that item fails.
/// </summary>
[TestClass]
public sealed class EncDriverErrataTests
{
    [TestMethod] // Item 1: the MAC of B1 and B4 below 8 MHz. The driver refuses the clock; at 8 MHz all is well
    [DataRow(Enc28j60Errata.B1)]
    [DataRow(Enc28j60Errata.B4)]
    public void Item_1_early_revisions_at_the_slowest_clock_they_bear(int revision)
    {
        var rig = new EncRig(revision);
        rig.Chip.Errata.SlowClockGarblesMac = 1;
        rig.Chip.ClockHz = 8_000_000;
        rig.OpenWithLink();
        Traffic(rig, 50);
    }

    [TestMethod] // Item 2: CLKRDY stays set through a system reset
    public void Item_2_nothing_is_asked_of_a_chip_that_is_not_awake()
    {
        var rig = new EncRig();
        rig.Bus.ResetWired = false;
        rig.Chip.Errata.ResetKeepsClockReady = 1;
        rig.Chip.PhyRestartNanoseconds = 1_000_000;
        rig.OpenWithLink();
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod] // Item 5: the write pointer loads 0 whatever ERXST says
    public void Item_5_the_FIFO_starts_at_0()
    {
        var rig = EncRig.Opened();
        rig.Chip.Errata.WritePointerLoadsZero = 1;
        Assert.IsTrue(rig.Driver.Recover());
        rig.Settle();
        Traffic(rig, 50);
    }

    [TestMethod] // Item 6: PKTIF never shows
    [DataRow(true)]
    [DataRow(false)]
    public void Item_6_packets_are_found_without_PKTIF(bool interruptWired)
    {
        var rig = EncRig.Opened();
        rig.Bus.InterruptWired = interruptWired;
        rig.Chip.Errata.PacketFlagLies = 1;
        Traffic(rig, 200);
        Assert.AreEqual(0, rig.Driver.MissedInterrupts);
    }

    [TestMethod] // Items 12 and 15: every abort stalls the transmitter, and LATECOL never shows
    public void Items_12_and_15_a_frame_survives_late_collisions()
    {
        var rig = EncRig.Opened();
        rig.Chip.Errata.AbortStallsTransmit = 1;
        rig.Chip.Errata.LateCollisionBitLies = 1;
        rig.Chip.Faults.LateCollisionEvery = 3;
        SendAll(rig, 200);
        Assert.IsGreaterThan(50, rig.Driver.LateCollisions);
        Assert.AreEqual(rig.Driver.LateCollisions, rig.Driver.TransmitterRestarts);
        Assert.AreEqual(0, rig.Driver.SendErrors + rig.Driver.SendTimeouts);
    }

    [TestMethod] // Item 12: the other kind of abort, sixteen collisions. That frame is lost, and the next one leaves
    public void Item_12_sixteen_collisions_cost_one_frame()
    {
        var rig = EncRig.Opened();
        rig.Chip.Errata.AbortStallsTransmit = 1;
        rig.Chip.Faults.CollisionEvery = 1;
        Assert.IsTrue(rig.Send(EncRig.Frame(1000, 1)));
        for (int i = 0; i < 2000 && rig.Driver.SendErrors == 0; i++)
        {
            rig.Pass(1);
            rig.Receive();
        }

        Assert.AreEqual(1, rig.Driver.SendErrors);
        Assert.IsEmpty(rig.Wire.Frames);
        rig.Chip.Faults.CollisionEvery = 0;
        SendAll(rig, 20);
        Assert.AreEqual(1, rig.Driver.SendErrors);
    }

    [TestMethod] // Item 13: link pulses taken for collisions; half of the late ones leave TXRTS set and raise nothing
    public void Item_13_false_collisions_lose_no_frame()
    {
        var rig = EncRig.Opened();
        rig.Chip.Errata.LinkPulseCollides = 4;
        SendAll(rig, 200);
        Assert.IsGreaterThan(10, rig.Driver.LateCollisions);
        Assert.IsGreaterThan(10, rig.Driver.SendTimeouts);
        Assert.AreEqual(0, rig.Driver.SendErrors);
        Assert.AreEqual(0, rig.Driver.Resets);
    }

    [TestMethod] // Item 13: a frame that meets a late collision each time is given up after sixteen attempts
    public void Item_13_retries_have_an_end()
    {
        var rig = EncRig.Opened();
        rig.Chip.Faults.LateCollisionEvery = 1;
        Assert.IsTrue(rig.Send(EncRig.Frame(1000, 1)));
        for (int i = 0; i < 100; i++)
        {
            rig.Pass(2);
            rig.Receive();
        }

        Assert.AreEqual(16, rig.Driver.LateCollisions);
        Assert.AreEqual(1, rig.Driver.SendAborts);
        Assert.AreEqual(1, rig.Driver.SendErrors);
        rig.Chip.Faults.LateCollisionEvery = 0;
        SendAll(rig, 20);
    }

    [TestMethod] // Item 14: an even ERXRDPT corrupts what comes in
    public void Item_14_the_read_pointer_is_always_odd()
    {
        var rig = EncRig.Opened();
        rig.Chip.Errata.EvenReadPointerCorrupts = 1;
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            byte[] frame = EncRig.Frame(random.Next(60, 1515), i);
            Assert.IsTrue(rig.Deliver(frame));
            CollectionAssert.AreEqual(frame, rig.Receive());
            int pointer = rig.Chip.Peek(0, 0x0C) | (rig.Chip.Peek(0, 0x0D) << 8);
            Assert.AreEqual(1, pointer & 1, $"ERXRDPT {pointer:X4}");
        }

        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod] // Item 16: PDPXMD comes out of reset wrong, as the LED decides
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void Item_16_the_PHY_s_duplex_is_what_was_asked_for(bool full, bool led)
    {
        var rig = new EncRig();
        rig.Chip.LedSelectsFullDuplex = led;
        rig.Chip.Errata.LedPolarityMisread = 1;
        rig.Chip.PartnerFullDuplex = full;
        rig.Driver.FullDuplex = full;
        rig.OpenWithLink();
        Assert.AreEqual(full ? 0x0100 : 0, rig.Chip.PeekPhy(0x00) & 0x0100);
        SendAll(rig, 50);
        Assert.AreEqual(0, rig.Driver.LateCollisions);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    [TestMethod] // Item 17: the DMA's checksum aborts receptions. This driver never starts it
    public void Item_17_the_checksum_engine_is_never_used()
    {
        var rig = EncRig.Opened();
        rig.Chip.Errata.ChecksumAbortsReception = 1;
        rig.Chip.ReceptionTakesTime = true;
        for (int i = 0; i < 100; i++)
        {
            rig.Deliver(EncRig.Frame(700, i));
            rig.SendForSure(EncRig.Frame(60, i));
            rig.Pass(2);
            CollectionAssert.AreEqual(EncRig.Frame(700, i), rig.Receive());
            Assert.AreEqual(0, rig.Chip.Peek(0, 0x1F) & 0x30, "CSUMEN, DMAST");
        }

        Assert.AreEqual(0, rig.Driver.Overflows);
    }

    [TestMethod] // Item 19: in power save the chip does not hear the system reset
    public void Item_19_a_sleeping_chip_is_woken_before_it_is_reset()
    {
        var rig = new EncRig();
        rig.Bus.ResetWired = false;
        rig.Chip.Errata.PowerSaveIgnoresReset = 1;
        rig.Chip.Select();
        rig.Chip.Exchange(0x80 | 0x1E);
        rig.Chip.Exchange(0x20);
        rig.Chip.Deselect();
        Assert.AreEqual(0x20, rig.Chip.Peek(0, 0x1E) & 0x20, "PWRSV");
        rig.Chip.Spend(1_000_000);
        rig.OpenWithLink();
        Traffic(rig, 20);
    }

    [TestMethod] // All of them, as bad as they get, on every revision
    [DataRow(Enc28j60Errata.B1)]
    [DataRow(Enc28j60Errata.B4)]
    [DataRow(Enc28j60Errata.B5)]
    [DataRow(Enc28j60Errata.B7)]
    public void All_items_at_once(int revision)
    {
        var rig = new EncRig(revision);
        foreach (int item in new[] { 1, 2, 5, 6, 9, 10, 12, 14, 15, 16, 17, 18, 19 })
        {
            Assert.IsTrue(rig.Chip.Errata.Set(item, 1));
        }

        rig.Chip.Errata.Set(13, 5);
        rig.OpenWithLink();
        Traffic(rig, 100);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors + rig.Driver.SendErrors + rig.Driver.Recoveries);
    }

    // Frames both ways; each must come through, whatever it took.
    private static void Traffic(EncRig rig, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            byte[] frame = EncRig.Frame(60 + i * 7 % 1455, i);
            Assert.IsTrue(rig.Deliver(frame), $"frame {i}");
            CollectionAssert.AreEqual(frame, rig.Receive(), $"frame {i}");
        }

        SendAll(rig, frames);
        Assert.AreEqual(0, rig.Driver.ReceiveErrors);
        Assert.AreEqual(0, rig.Chip.Violations, rig.Chip.FirstViolation);
    }

    private static void SendAll(EncRig rig, int frames)
    {
        rig.Wire.Frames.Clear();
        for (int i = 0; i < frames; i++)
        {
            rig.SendForSure(EncRig.Frame(200 + i * 13 % 1300, i));
        }

        for (int i = 0; i < 200; i++)
        {
            rig.Pass(1);
            rig.Receive();
        }

        Assert.HasCount(frames, rig.Wire.Frames);
        for (int i = 0; i < frames; i++)
        {
            CollectionAssert.AreEqual(EncRig.Frame(200 + i * 13 % 1300, i), rig.Wire.Frames[i], $"frame {i}");
        }
    }
}
