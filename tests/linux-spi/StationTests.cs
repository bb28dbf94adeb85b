using System.Linq;
using EmbeddedTcp.LinuxSpi;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.LinuxSpiTests;

/// <summary>The whole program but its terminal, on the models behind a System.Device.Spi.SpiDevice.</summary>
public abstract class StationTests(ChipKind kind)
{
    private static readonly byte[] s_station = [2, 0, 0, 0, 0, 1];

    [TestMethod]
    public void It_boots_and_answers_echo_requests_of_every_size()
    {
        using var bench = new Bench(kind);
        bench.Run(2500);
        Assert.Contains("ready", bench.Output.Text);
        bench.Send(Bench.ArpAnnouncement(s_station));
        foreach (int size in new[] { 0, 1, 56, 57, 999, 1472 })
        {
            AssertEcho(bench, size);
        }

        Assert.AreEqual(0, bench.Adapter.Chip.Violations, bench.Adapter.Chip.FirstViolation);
        Assert.AreEqual(0, bench.Station.Loop.Faults);
    }

    [TestMethod]
    public void Without_reset_and_interrupt_it_works_by_asking()
    {
        using var bench = new Bench(kind, interrupt: null, reset: null);
        bench.Run(2500);
        bench.Send(Bench.ArpAnnouncement(s_station));
        AssertEcho(bench, 56);
        Assert.AreEqual(1, bench.Station.Loop.FallbackPoll);
    }

    [TestMethod]
    public void The_interrupt_line_spares_the_asking_and_wakes_the_loop()
    {
        using var bench = new Bench(kind);
        bench.Run(2500);
        Assert.AreEqual(50, bench.Station.Loop.FallbackPoll);
        Assert.IsLessThan(200, bench.Run(1000), "turns in an idle second");

        // The cable says that a frame came; that is taken, so that what is set then is the interrupt line's doing.
        bench.Send(Bench.ArpAnnouncement(s_station));
        Assert.IsTrue(bench.Signal.Take());
        Assert.IsFalse(bench.Adapter.Chip.InterruptAsserted);
        bench.Adapter.Run(5000);
        Assert.IsTrue(bench.Adapter.Chip.InterruptAsserted);
        Assert.IsTrue(bench.Signal.Take(), "the edge was told");
    }

    [TestMethod]
    public void A_backlog_does_not_exceed_what_the_bus_carries()
    {
        // The kernel's module has 4,096 bytes where nobody asked for more; the model throws above its limit, as the kernel does.
        using var bench = new Bench(kind, limit: 4096);
        bench.Run(2500);
        bench.Send(Bench.ArpAnnouncement(s_station));
        bench.Run(20);
        int received = bench.Station.Net.Device.FramesReceived;
        for (int i = 0; i < 12; i++)
        {
            bench.Send(Bench.EchoRequest(1472, s_station));
        }

        bench.Run(300);
        Assert.AreEqual(12, bench.Station.Net.Device.FramesReceived - received);
        Assert.AreEqual(0, bench.Station.Loop.Faults, bench.Output.Text);
    }

    [TestMethod]
    public void A_chip_that_is_not_there_is_said_in_words_and_looked_for_again()
    {
        using var bench = new Bench(kind, before: adapter => adapter.Chip.Faults.AbsentLevel = 1);
        bench.Run(2500);
        Assert.IsFalse(bench.Station.Loop.Opened);
        Assert.Contains("error: No " + kind.Name.ToUpperInvariant(), bench.Output.Text);
        Assert.AreEqual(2, bench.Station.Loop.FailedOpens);
        bench.Adapter.Chip.Faults.AbsentLevel = -1;
        bench.Run(4000);
        Assert.IsTrue(bench.Station.Loop.Opened, bench.Output.Text);
    }

    private static void AssertEcho(Bench bench, int size)
    {
        byte[] request = Bench.EchoRequest(size, s_station);
        bench.Run(20);
        bench.Sent.Clear();
        bench.Send(request);
        bench.Run(20);
        byte[]? reply = bench.Sent.FirstOrDefault(frame => frame[12] == 8 && frame[13] == 0 && frame[23] == 1);
        Assert.IsNotNull(reply, $"no answer to {size} bytes; {bench.Output.Text}");
        Assert.AreEqual(0, reply[34], "type");
        CollectionAssert.AreEqual(request[42..], reply[42..(42 + size)]);
    }
}

[TestClass]
public sealed class StationOnW5500Tests() : StationTests(ChipKind.W5500);

[TestClass]
public sealed class StationOnEnc28j60Tests() : StationTests(ChipKind.Enc28j60);
