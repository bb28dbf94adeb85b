using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.LabTests;

/// <summary>The textbook's scenarios between two stacks: both sides' states, the segments on the wire, what the applications see.</summary>
[TestClass]
public class ScenarioTests
{
    public static IEnumerable<object[]> Names => Catalogue.All.Select(s => new object[] { s.Name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Everything_is_as_it_must_be(string name)
    {
        Scenario scenario = Catalogue.Find(name)!;
        IReadOnlyList<string> complaints = scenario.Check(scenario.Run(new LabOptions()));
        Assert.IsEmpty(complaints, string.Join('\n', complaints));
    }

    [TestMethod]   // the textbook's list, complete and in order, and nothing has two names
    public void The_list_has_no_gap()
    {
        CollectionAssert.AreEqual(Enumerable.Range(1, Catalogue.All.Count).ToArray(), Catalogue.All.Select(s => s.Number).ToArray());
        Assert.AreEqual(Catalogue.All.Count, Catalogue.All.Select(s => s.Name).Distinct().Count());
        Assert.IsGreaterThanOrEqualTo(19, Catalogue.All.Count);
        Assert.IsTrue(Catalogue.All.All(s => ReferenceEquals(Catalogue.Find($"{s.Number}"), s)));
    }

    [TestMethod]   // an expectation that nothing can fail is none: the same play on another wire must not pass
    [DynamicData(nameof(Names))]
    public void A_play_on_another_wire_is_noticed(string name)
    {
        Scenario scenario = Catalogue.Find(name)!;

        // The first loss, or the second, may be what the scenario is about; a timer three times as fast never is.
        LabOptions[] wires = [Faults(FaultKind.Drop, "any:1"), Faults(FaultKind.Drop, "any:2"), new() { Rto = 300 }];
        Assert.IsTrue(wires.Any(w => scenario.Check(scenario.Run(w)).Count > 0));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_play_ends_whatever_the_wire_does(string name)
    {
        Scenario scenario = Catalogue.Find(name)!;
        foreach ((FaultKind what, string which) in new[]
        {
            (FaultKind.Drop, "any:*"), (FaultKind.Drop, "syn-ack:*"), (FaultKind.Drop, "client.ack:*"), (FaultKind.Drop, "fin:*"), (FaultKind.Drop, "data:*"),
            (FaultKind.Delay, "any:*=3000"), (FaultKind.Duplicate, "any:*=5"), (FaultKind.Drop, "rst:*"), (FaultKind.Delay, "ack:2=70000"),
        })
        {
            LabStage stage = scenario.Run(Faults(what, which));
            Assert.IsTrue(stage.Client.Sockets.Concat(stage.Server.Sockets).All(s => s.Intact), $"{what} {which}: octets that nobody wrote");
        }
    }

    [TestMethod]
    public void Buffers_times_and_sizes_can_be_changed()
    {
        LabStage stage = Catalogue.Find("zero-window")!.Run(new LabOptions
        {
            ReceiveBuffer = 1000, SendBuffer = 2000, Mtu = 600, Latency = 5, Rto = 200, MaximumSegmentLifetime = 2000,
        });
        Assert.AreEqual(1000, stage.Flights[1].Segment.Window);
        Assert.AreEqual(560, stage.Flights.Max(f => f.Segment.Text));
        Assert.AreEqual(5, stage.Flights[0].ArrivesMs[0]);
        stage = Catalogue.Find("teardown")!.Run(new LabOptions { MaximumSegmentLifetime = 2000 });
        StateEvent[] changes = [.. stage.Events.OfType<StateEvent>().Where(e => e.Side == stage.Client)];
        Assert.AreEqual(4000, changes.Single(e => e.From == TcpState.TimeWait).AtMs - changes.Single(e => e.To == TcpState.TimeWait).AtMs);
        stage = Catalogue.Find("syn-lost")!.Run(new LabOptions { Rto = 200 });
        CollectionAssert.AreEqual(new long[] { 0, 200, 600 }, stage.Flights.Take(3).Select(f => f.SentMs).ToArray());
    }

    [TestMethod]
    public void A_given_segment_is_lost_delayed_or_doubled()
    {
        Scenario handshake = Catalogue.Find("handshake")!;
        LabStage stage = handshake.Run(Faults(FaultKind.Drop, "server.syn-ack:1"));
        Assert.AreEqual("> SYN; < SYN,ACK lost", string.Join("; ", stage.Flights.Take(2).Select(Scenario.Describe)));
        stage = handshake.Run(Faults(FaultKind.Delay, "syn:1=300"));
        Assert.AreEqual(320, stage.Flights[0].ArrivesMs.Single());
        stage = handshake.Run(Faults(FaultKind.Duplicate, "ack:1=7"));
        CollectionAssert.AreEqual(new long[] { 60, 67 }, stage.Flights[2].ArrivesMs);
        stage = handshake.Run(Faults(FaultKind.Drop, "client.syn-ack:1"));
        Assert.IsEmpty(handshake.Check(stage), "the client sends no SYN,ACK, so nothing is lost");
    }

    [TestMethod]   // the same play is the same, to the byte
    public void A_play_can_be_repeated()
    {
        Scenario scenario = Catalogue.Find("lost-segment")!;
        Flight[] first = [.. scenario.Run(new LabOptions()).Flights];
        Flight[] second = [.. scenario.Run(new LabOptions()).Flights];
        Assert.AreEqual(first.Length, second.Length);
        for (int i = 0; i < first.Length; i++)
        {
            CollectionAssert.AreEqual(first[i].Frame, second[i].Frame);
        }
    }

    private static LabOptions Faults(FaultKind what, string text)
    {
        Assert.IsNull(SegmentFault.Parse(what, text, out SegmentFault fault));
        return new LabOptions { Faults = [fault] };
    }
}
