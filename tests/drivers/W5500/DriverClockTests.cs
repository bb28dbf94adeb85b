namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>The start-up self-test and the SPI clock: wires that are too long get a slower one, and the console says so.</summary>
[TestClass]
public sealed class DriverClockTests
{
    [TestMethod] // The wires carry 12 MHz: 40 and 20 fail the self-test, 10 passes
    public void A_clock_the_wires_do_not_carry_is_halved_until_it_is()
    {
        var rig = new Rig();
        rig.Chip.ClockHz = 40_000_000;
        rig.Bus.WiresCarryHz = 12_000_000;
        rig.OpenWithLink();
        Assert.AreEqual(10_000_000, rig.Chip.ClockHz);
        Assert.AreEqual(2, rig.Driver.ClockStepDowns);
        Assert.AreEqual("W5500 VERSIONR 04, SPI lowered from 40 to 10 MHz, accesses chained", rig.Driver.Describe().Split('\n')[0]);
        Assert.IsNull(rig.Driver.Error);
        for (int i = 0; i < 20; i++)
        {
            rig.Deliver(Rig.Frame(1514, i));
            CollectionAssert.AreEqual(Rig.Frame(1514, i), rig.Receive());
        }
    }

    [TestMethod]
    public void A_clock_that_the_wires_carry_is_left_alone()
    {
        var rig = new Rig();
        rig.Bus.WiresCarryHz = 20_000_000;
        rig.OpenWithLink();
        Assert.AreEqual(20_000_000, rig.Chip.ClockHz);
        Assert.AreEqual(0, rig.Driver.ClockStepDowns);
        StringAssert.StartsWith(rig.Driver.Describe(), "W5500 VERSIONR 04, SPI at 20 MHz, accesses chained\n");
    }

    [TestMethod]
    public void Wires_that_carry_nothing_end_in_an_error_at_the_slowest_clock()
    {
        var rig = new Rig();
        rig.Bus.WiresCarryHz = 1_000_000;
        Assert.IsFalse(rig.Driver.Open(Rig.Mac));
        Assert.AreEqual(4_000_000, rig.Chip.ClockHz, "20, 10, 5 and 4 MHz were tried");
        Assert.AreEqual(3, rig.Driver.ClockStepDowns);
        StringAssert.Contains(rig.Driver.Error, "Lower the SPI clock");
        Assert.IsFalse(rig.Driver.LinkUp);
        Assert.IsLessThan(1_500_000, rig.Chip.NowMicroseconds, "the wait has a bound");
    }

    [TestMethod]
    public void A_bus_of_one_clock_reports_what_the_self_test_found()
    {
        var rig = new Rig();
        rig.Bus.WiresCarryHz = 10_000_000;
        rig.Bus.ClockAdjustable = false;
        Assert.IsFalse(rig.Driver.Open(Rig.Mac));
        Assert.AreEqual(0, rig.Driver.ClockStepDowns);
        StringAssert.Contains(rig.Driver.Error, "Lower the SPI clock");
    }

    [TestMethod] // A disturbance must not slow the board down for good, a cable that has aged may
    public void While_running_only_the_third_failed_restart_lowers_the_clock()
    {
        var rig = Rig.Opened();
        rig.Bus.WiresCarryHz = 10_000_000;
        Assert.IsFalse(rig.Driver.Recover());
        Assert.IsFalse(rig.Driver.Recover());
        rig.Bus.WiresCarryHz = 0;
        Assert.IsTrue(rig.Driver.Recover(), "the disturbance has passed");
        Assert.AreEqual(20_000_000, rig.Chip.ClockHz);
        rig.Bus.WiresCarryHz = 10_000_000;
        Assert.IsFalse(rig.Driver.Recover());
        Assert.IsFalse(rig.Driver.Recover());
        Assert.AreEqual(20_000_000, rig.Chip.ClockHz);
        Assert.IsFalse(rig.Driver.Recover());
        Assert.IsTrue(rig.Driver.Recover());
        Assert.AreEqual(10_000_000, rig.Chip.ClockHz);
        Assert.AreEqual(1, rig.Driver.ClockStepDowns);
        rig.Settle();
        Assert.IsTrue(rig.Driver.LinkUp);
    }

    [TestMethod] // Some chips let a reset pass by: the second one finds them
    public void A_chip_that_slept_through_the_reset_is_reset_again()
    {
        var rig = new Rig();
        rig.Chip.Faults.AbsentLevel = 0x00;
        rig.Chip.SetAlarm(rig.Chip.NowNanoseconds + 120_000_000, new Mishap(chip => chip.Faults.AbsentLevel = -1));
        rig.OpenWithLink();
        Assert.IsNull(rig.Driver.Error);
    }
}
