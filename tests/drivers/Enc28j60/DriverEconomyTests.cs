namespace EmbeddedTcp.DriverTests.Enc28j60;

/// <summary>What a frame costs on the bus. Transactions and bytes are counted by the model's bus, at 20 MHz and 9 us a transaction.</summary>
[TestClass]
public sealed class EncDriverEconomyTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(1514)]
    [DataRow(64)]
    public void A_lone_frame_costs_at_most_eight_transactions(int length)
    {
        var rig = Standing();
        const int Frames = 100;
        for (int i = 0; i < Frames; i++)
        {
            rig.Deliver(EncRig.Frame(length, i));
            Assert.HasCount(1, rig.ReceiveAll());
        }

        Report(rig, $"receive {length}, alone", Frames, length);
        Assert.IsLessThanOrEqualTo(8.0, Each(rig, Frames));
        AssertOverhead(rig, Frames, length);
    }

    [TestMethod]
    [DataRow(1514, 4)]
    [DataRow(590, 10)]
    [DataRow(64, 60)]
    public void A_backlog_costs_less(int length, int backlog)
    {
        var rig = Standing();
        const int Rounds = 20;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < backlog; i++)
            {
                Assert.IsTrue(rig.Deliver(EncRig.Frame(length, i)));
            }

            Assert.HasCount(backlog, rig.ReceiveAll());
        }

        Report(rig, $"receive {length}, backlog of {backlog}", Rounds * backlog, length);
        Assert.IsLessThanOrEqualTo(4.5, Each(rig, Rounds * backlog));
        AssertOverhead(rig, Rounds * backlog, length);
    }

    [TestMethod]
    [DataRow(1514)]
    [DataRow(64)]
    public void A_frame_sent_costs_at_most_eight_transactions(int length)
    {
        var rig = Standing();
        for (int i = 0; i < 100; i++)
        {
            // Another length each time, so that no pointer is right already.
            Assert.IsTrue(rig.Send(EncRig.Frame(length == 64 ? 60 + i % 7 : 1514 - i % 2 * 300, i)));
            rig.Chip.Spend(3_000_000);
            Assert.IsNull(rig.Receive());
        }

        Report(rig, $"send about {length}, alone", 100, length);
        Assert.IsLessThanOrEqualTo(8.0, Each(rig, 100));
        Assert.HasCount(100, rig.Wire.Frames);
    }

    [TestMethod] // Here the wire is what takes time: the interrupt line tells when a frame has left, and asking nothing costs nothing
    [DataRow(1514)]
    [DataRow(64)]
    public void Frames_back_to_back_cost_no_more(int length)
    {
        var rig = Standing();
        byte[] frame = EncRig.Frame(length, 1);
        int refused = 0;
        for (int sent = 0; sent < 100;)
        {
            if (rig.Send(frame))
            {
                sent++;
            }
            else
            {
                refused++;
                rig.Chip.Spend(100_000);
                Assert.IsNull(rig.Receive());
            }
        }

        Report(rig, $"send {length}, back to back, {refused} refusals", 100, length);
        Assert.IsLessThanOrEqualTo(8.0, Each(rig, 100));
        AssertOverhead(rig, 100, length);
    }

    [TestMethod]
    public void A_request_and_its_answer()
    {
        var rig = Standing();
        byte[] frame = EncRig.Frame(64, 1);
        for (int i = 0; i < 100; i++)
        {
            rig.Deliver(frame);
            Assert.HasCount(1, rig.ReceiveAll());
            Assert.IsTrue(rig.Send(frame));
            rig.Chip.Spend(1_000_000);
            Assert.IsNull(rig.Receive());
        }

        Report(rig, "64 in, 64 out", 100, 128);
        Assert.IsLessThanOrEqualTo(16.0, Each(rig, 100));
    }

    [TestMethod]
    public void An_idle_poll_costs_nothing_with_the_interrupt_line_and_one_transaction_without()
    {
        var rig = Standing();
        for (int i = 0; i < 50; i++)
        {
            Assert.IsNull(rig.Receive());
        }

        Assert.AreEqual(0, rig.Bus.Transactions);
        rig.Bus.InterruptWired = false;
        Assert.IsNull(rig.Receive());
        rig.Bus.ResetCounters();
        for (int i = 0; i < 50; i++)
        {
            Assert.IsNull(rig.Receive());
        }

        Report(rig, "idle poll, no interrupt line", 50, 1);
        Assert.AreEqual(50, rig.Bus.Transactions);
    }

    [TestMethod] // The fallback: ten looks and two complete checks
    public void A_second_of_silence_costs_little()
    {
        var rig = EncRig.Opened();
        for (int i = 0; i < 1000; i++)
        {
            rig.Pass(1);
            Assert.AreEqual(0, rig.Driver.Receive());
        }

        TestContext.WriteLine($"a second of silence: {rig.Bus.Transactions} transactions, {rig.Bus.Bytes} bytes, {rig.Bus.BusyNanoseconds / 1000} us");
        Assert.IsLessThanOrEqualTo(4_000_000, rig.Bus.BusyNanoseconds, "0.4 % of the time");
    }

    // The periodic check has a test of its own; it would spoil the others' round numbers.
    private static EncRig Standing()
    {
        var rig = EncRig.Opened();
        rig.ClockStands = true;

        // One frame each way, so that bank and pointers are where traffic leaves them.
        rig.Deliver(EncRig.Frame(60, 1));
        Assert.HasCount(1, rig.ReceiveAll());
        Assert.IsTrue(rig.Send(EncRig.Frame(60, 2)));
        rig.Chip.Spend(1_000_000);
        Assert.IsNull(rig.Receive());
        rig.Wire.Frames.Clear();
        rig.Bus.ResetCounters();
        return rig;
    }

    private static double Each(EncRig rig, int frames) => rig.Bus.Transactions / (double)frames;

    private static double Overhead(EncRig rig, int frames, int length) => rig.Bus.Bytes / (double)(frames * length) - 1;

    private static void AssertOverhead(EncRig rig, int frames, int length)
    {
        if (length == 1514)
        {
            Assert.IsLessThanOrEqualTo(0.04, Overhead(rig, frames, length));
        }
    }

    private void Report(EncRig rig, string what, int frames, int length)
    {
        TestContext.WriteLine(
            $"{what}: {Each(rig, frames):F2} transactions, {rig.Bus.Bytes / (double)frames - length:F1} bytes over, "
            + $"{Overhead(rig, frames, length):P1}, {rig.Bus.BusyNanoseconds / 1000.0 / frames:F1} us of bus");
    }
}
