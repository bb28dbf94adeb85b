namespace EmbeddedTcp.DriverTests.W5500;

/// <summary>What a frame costs on the bus. Transactions and bytes are counted by the model's bus, at 20 MHz and 9 us a transaction.</summary>
[TestClass]
public sealed class DriverEconomyTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void A_lone_frame_costs_three_transactions()
    {
        var rig = Standing(new Rig());
        const int Frames = 100;
        for (int i = 0; i < Frames; i++)
        {
            rig.Deliver(Rig.Frame(1514, i));
            Assert.HasCount(1, rig.ReceiveAll());
        }

        Report(rig, "receive 1514, alone", Frames, 1514);
        Assert.IsLessThanOrEqualTo(3.0, Each(rig, Frames));
        Assert.IsLessThanOrEqualTo(0.04, Overhead(rig, Frames, 1514));
    }

    [TestMethod]
    [DataRow(1514, 10)]
    [DataRow(590, 25)]
    [DataRow(60, 250)]
    public void A_backlog_costs_at_most_one_and_a_half_transactions_a_frame(int length, int backlog)
    {
        var rig = Standing(new Rig());
        const int Rounds = 20;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < backlog; i++)
            {
                Assert.IsTrue(rig.Deliver(Rig.Frame(length, i)));
            }

            Assert.HasCount(backlog, rig.ReceiveAll());
            rig.Chip.Spend(1_000);
        }

        Report(rig, $"receive {length}, backlog of {backlog}", Rounds * backlog, length);
        Assert.IsLessThanOrEqualTo(1.5, Each(rig, Rounds * backlog));
    }

    [TestMethod]
    public void A_backlog_of_two_costs_one_and_a_half_transactions_a_frame()
    {
        var rig = Standing(new Rig());
        for (int round = 0; round < 50; round++)
        {
            rig.Deliver(Rig.Frame(1514, 1));
            rig.Deliver(Rig.Frame(1514, 2));
            Assert.HasCount(2, rig.ReceiveAll());
        }

        Report(rig, "receive 1514, backlog of 2", 100, 1514);
        Assert.IsLessThanOrEqualTo(1.5, Each(rig, 100));
    }

    [TestMethod]
    [DataRow(1514)]
    [DataRow(60)]
    public void A_frame_sent_costs_at_most_four_transactions(int length)
    {
        var rig = Standing(new Rig());
        byte[] frame = Rig.Frame(length, 1);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(rig.Send(frame));
        }

        Report(rig, $"send {length}, back to back", 100, length);
        Assert.IsLessThanOrEqualTo(4.0, Each(rig, 100));
        if (length == 1514)
        {
            Assert.IsLessThanOrEqualTo(0.04, Overhead(rig, 100, length));
        }
    }

    [TestMethod]
    public void A_request_and_its_answer()
    {
        var rig = Standing(new Rig());
        byte[] frame = Rig.Frame(64, 1);
        for (int i = 0; i < 100; i++)
        {
            rig.Deliver(frame);
            Assert.HasCount(1, rig.ReceiveAll());
            Assert.IsTrue(rig.Send(frame));
            rig.Chip.Spend(50_000);
        }

        Report(rig, "64 in, 64 out", 100, 128);
        Assert.IsLessThanOrEqualTo(3.0 + 4.0, Each(rig, 100));
    }

    [TestMethod]
    public void An_idle_poll_costs_nothing_with_the_interrupt_line_and_one_transaction_without()
    {
        var rig = Standing(new Rig());
        for (int i = 0; i < 50; i++)
        {
            Assert.IsNull(rig.Receive());
        }

        Assert.AreEqual(0, rig.Bus.Transactions);
        rig.Bus.InterruptWired = false;
        for (int i = 0; i < 50; i++)
        {
            Assert.IsNull(rig.Receive());
        }

        Report(rig, "idle poll, no interrupt line", 50, 1);
        Assert.AreEqual(50, rig.Bus.Transactions);
    }

    [TestMethod] // The fallback: a chip that is only listened to is still looked at ten times a second
    public void A_second_of_silence_costs_little()
    {
        var rig = Rig.Opened();
        for (int i = 0; i < 1000; i++)
        {
            rig.Pass(1);
            Assert.AreEqual(0, rig.Driver.Receive());
        }

        TestContext.WriteLine($"a second of silence: {rig.Bus.Transactions} transactions, {rig.Bus.Bytes} bytes");
        Assert.IsLessThanOrEqualTo(20, rig.Bus.Transactions);
    }

    [TestMethod] // Without chains (AllowChains off, or a chip that refuses them) the same data cost more, not too much
    public void Plain_frames_cost_more_transactions()
    {
        var rig = new Rig();
        rig.Driver.AllowChains = false;
        Standing(rig);
        for (int i = 0; i < 100; i++)
        {
            rig.Deliver(Rig.Frame(1514, i));
            Assert.HasCount(1, rig.ReceiveAll());
        }

        Report(rig, "receive 1514, alone, plain", 100, 1514);
        Assert.IsLessThanOrEqualTo(5.0, Each(rig, 100));
        rig.Bus.ResetCounters();
        byte[] frame = Rig.Frame(1514, 1);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(rig.Send(frame));
        }

        Report(rig, "send 1514, back to back, plain", 100, 1514);
        Assert.IsLessThanOrEqualTo(5.0, Each(rig, 100));
    }

    // The periodic check has a test of its own; it would spoil the others' round numbers.
    private static Rig Standing(Rig rig)
    {
        rig.OpenWithLink();
        rig.ClockStands = true;
        return rig;
    }

    private static double Each(Rig rig, int frames) => rig.Bus.Transactions / (double)frames;

    private static double Overhead(Rig rig, int frames, int length) => rig.Bus.Bytes / (double)(frames * length) - 1;

    private void Report(Rig rig, string what, int frames, int length)
    {
        TestContext.WriteLine(
            $"{what}: {Each(rig, frames):F2} transactions, {rig.Bus.Bytes / (double)frames - length:F1} bytes over, "
            + $"{Overhead(rig, frames, length):P1}, {rig.Bus.BusyNanoseconds / 1000.0 / frames:F1} us of bus");
    }
}
