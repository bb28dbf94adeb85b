using System;
using EmbeddedTcp.App;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lwip;

/// <summary>
/// lwIP, the stack most small devices have, against the board: both roles, both at once, half-close, RST and refusal, on a good wire and
/// on a bad one. Every conversation ends with every octet checked at both ends and every slot free.
/// </summary>
[TestClass]
public sealed class LwipTests
{
    private const int Large = 300_000;

    private static readonly FaultSettings s_bad = new() { Loss = 0.05, Duplicate = 0.05, Reorder = 0.05, Seed = 4 };

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("half")]
    [DataRow("last")]
    public void It_calls_and_both_talk_at_once(string ending)
    {
        Exchange(FaultSettings.None, Large, "call", $"{LwipStation.Port}", ending, $"{Large}", $"{Large}", "1");
    }

    [TestMethod]
    [DataRow("half")]
    [DataRow("last")]
    public void The_board_calls_and_both_talk_at_once(string ending)
    {
        Exchange(FaultSettings.None, Large, "serve", ending, $"{Large}", $"{Large}");
    }

    [TestMethod]
    [DataRow("call", "half")]
    [DataRow("serve", "last")]
    public void Both_talk_at_once_over_a_bad_wire(string role, string ending)
    {
        const int Less = 64_000;
        string[] words = role == "call"
            ? ["call", $"{LwipStation.Port}", ending, $"{Less}", $"{Less}", "1"]
            : ["serve", ending, $"{Less}", $"{Less}"];
        Exchange(s_bad, Less, words);
    }

    [TestMethod]
    public void Four_of_its_connections_at_once_are_echoed_behind_their_half_close()
    {
        using Lab lab = Lab.Start(TestContext, FaultSettings.None);
        lab.Station.Start("call", "7", "half", "100000", "100000", "4");
        lab.Station.WaitFor(4, "closed, sent 100000, received 100000");
        lab.Finish();
    }

    [TestMethod]
    public void It_echoes_what_the_board_sends()
    {
        byte[] data = Data.Random(Large, 8);
        var courier = new Courier(LwipStation.Port, data, data.Length);
        using Lab lab = Lab.Start(TestContext, FaultSettings.None, courier);
        lab.Station.Start("serve", "half", "0", "0");
        Assert.IsTrue(lab.Running.Ask(_ => courier.Connect(LwipStation.Address, 7)));
        lab.Station.WaitFor(1, $"closed, sent {Large}, received {Large}");
        lab.Running.WaitUntil(_ => courier.Done, "the board has seen the end");
        Assert.IsTrue(lab.Running.Ask(_ => courier.Incoming.SequenceEqual(data)), lab.Station.ToString());
        lab.Finish();
    }

    [TestMethod]
    [DataRow("call")]
    [DataRow("serve")]
    public void It_resets_in_the_middle(string role)
    {
        var courier = new Courier(LwipStation.Port, LwipStation.Pattern(Large), 1000);
        using Lab lab = Lab.Start(TestContext, FaultSettings.None, courier);
        lab.Begin(courier, role == "call" ? ["call", $"{LwipStation.Port}", "reset", "1000", "50000", "1"] : ["serve", "reset", "1000", "50000"]);
        lab.Station.WaitFor(1, "reset by us, sent 1000");
        lab.Running.WaitUntil(_ => courier.Done, "the board has seen the RST");
        Assert.AreEqual(TcpEndReason.Reset, courier.EndReason);
        Assert.AreEqual(1000, courier.Received);
        lab.Finish();
    }

    [TestMethod]
    [DataRow("call")]
    [DataRow("serve")]
    public void The_board_resets_in_the_middle(string role)
    {
        var courier = new Courier(LwipStation.Port, LwipStation.Pattern(1000), Large) { AbortAfter = 50_000 };
        using Lab lab = Lab.Start(TestContext, FaultSettings.None, courier);
        lab.Begin(courier, role == "call" ? ["call", $"{LwipStation.Port}", "half", $"{Large}", "1000", "1"] : ["serve", "half", $"{Large}", "1000"]);
        lab.Station.WaitFor(1, "reset by peer");
        Assert.IsTrue(lab.Running.Ask(_ => courier.Done));
        lab.Finish();
    }

    [TestMethod]
    public void Both_refuse_a_port_that_nobody_listens_on()
    {
        var courier = new Courier(LwipStation.Port, [1], 0);
        using Lab lab = Lab.Start(TestContext, FaultSettings.None, courier);
        lab.Station.Start("call", "4999", "half", "1", "1", "1");
        lab.Station.WaitFor(1, "reset by peer, sent 0, received 0");
        Assert.IsTrue(lab.Running.Ask(_ => courier.Connect(LwipStation.Address, 4999)));
        lab.Running.WaitUntil(_ => courier.Done, "the board was refused");
        Assert.AreEqual(TcpEndReason.Refused, courier.EndReason);
        lab.Finish();
    }

    private void Exchange(FaultSettings faults, int size, params string[] words)
    {
        byte[] data = LwipStation.Pattern(size);
        var courier = new Courier(LwipStation.Port, data, size);
        using Lab lab = Lab.Start(TestContext, faults, courier);
        lab.Begin(courier, words);
        lab.Station.WaitFor(1, $"closed, sent {size}, received {size}", 120);
        lab.Running.WaitUntil(_ => courier.Done, "the board has seen the end", 60);
        Assert.IsTrue(lab.Running.Ask(_ => courier.SawEnd && courier.Incoming.SequenceEqual(data)), $"{courier.Received} of {size} bytes came to the board");
        lab.Finish(60);
    }

    // A board and an lwIP station at the two ends of a cable.
    private sealed class Lab : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly TestContext _context;
        private readonly string _capture;

        private Lab(TestContext context, FaultSettings faults, Service? service)
        {
            _context = context;
            _capture = _folder.File("wire.pcapng");
            Running = RunningBoard.Start(new BoardSettings { Faults = faults, MinimumRto = 200 }, Station, PcapngWriter.Create(_capture), service);
        }

        public LwipStation Station { get; } = new();

        public RunningBoard Running { get; }

        public static Lab Start(TestContext context, FaultSettings faults, Service? service = null)
        {
            LwipStation.Require();
            return new Lab(context, faults, service);
        }

        /// <summary>Starts the station; when it only serves, the board calls.</summary>
        public void Begin(Courier courier, string[] words)
        {
            Station.Start(words);
            if (words[0] == "serve")
            {
                Assert.IsTrue(Running.Ask(_ => courier.Connect(LwipStation.Address, LwipStation.Port)));
            }
        }

        public void Finish(int secondsForSlots = 10)
        {
            Running.WaitUntilEverySlotIsFree(secondsForSlots);
            Running.Dispose();
            Capture.AssertClean(_capture, _context);
        }

        public void Dispose()
        {
            Running.Dispose();
            Station.Dispose();
            _folder.Dispose();
        }
    }
}
