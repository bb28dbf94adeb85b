namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>Faults of the whole chip and of its lines, one at a time: what the driver does about it, what it counts, and that no wait is without end.</summary>
[TestClass]
public sealed class DriverChipFaultTests
{
    [TestMethod] // The clock of the polls has 32 bits and may be anywhere when the driver first sees it
    [DataRow(int.MinValue)]
    [DataRow(-1_000)]
    [DataRow(int.MaxValue - 1_000)]
    public void The_clock_may_start_anywhere_and_wrap(int offset)
    {
        var rig = new Rig { ClockOffset = offset };
        rig.OpenWithLink();
        rig.Chip.SetCable(false);
        rig.Pass(550);
        rig.Receive();
        Assert.IsFalse(rig.Driver.LinkUp);
        rig.Chip.SetCable(true);
        rig.Settle();
        Assert.IsTrue(rig.Driver.LinkUp);
        rig.SendForSure(Rig.Frame(60, 1));
        rig.Pass(1);
        Assert.HasCount(1, rig.Wire.Frames);
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

    [TestMethod] // PHYCFGR: power-down by a disturbed write would be a cable that is never plugged in again
    public void A_PHY_mode_that_nobody_set_is_noticed_within_half_a_second()
    {
        var rig = Rig.Opened();
        new Spi(rig.Chip).Write(Spi.Common, 0x2E, 0xF0);
        for (int i = 0; i < 6; i++)
        {
            rig.Pass(100);
            rig.Receive();
        }

        rig.Settle();
        Assert.IsTrue(rig.Driver.LinkUp);
        Assert.AreEqual(1, rig.Driver.Recoveries);
        Assert.AreEqual(1, rig.Driver.SocketLosses);
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
}
