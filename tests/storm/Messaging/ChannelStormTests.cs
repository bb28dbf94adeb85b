using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
using EmbeddedTcp.StormTests.Storm;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests.Messaging;

/// <summary>
/// Two clients and a listener for hours of virtual time: lost and repeated frames, pulled cables, a wire that is dead behind a switch, restarts of the other
/// side, applications that do not take what comes. A seed plays the same again.
/// </summary>
[TestClass]
public sealed class ChannelStormTests
{
    private const int TurnMs = 100;
    private const int Minute = 60_000;

    public TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(1UL)]
    [DataRow(2UL)]
    [DataRow(3UL)]
    [DataRow(4UL)]
    public void Two_channels_for_two_hours(ulong seed)
    {
        var run = new Run(seed);
        run.Storm(120 * Minute);
        run.Calm();
        run.NothingIsLeft();
        TestContext.WriteLine(run.ToString());
        Assert.IsTrue(run.AtA.Messages > 1000 && run.AtB.Messages > 1000 && run.AtA.Answered > 100, run.ToString());
        Assert.IsTrue(run.Clients.All(c => c.Counters.Opened > 10), run.ToString());
    }

    private sealed class StormyCable(Dice dice) : CableDevice
    {
        public int Permille { get; set; }

        protected override void Transmitted(byte[] frame, int length)
        {
            if (dice.Chance(Permille))
            {
                return;
            }

            base.Transmitted(frame, length);
            if (dice.Chance(Permille / 2))
            {
                base.Transmitted(frame, length);
            }
        }
    }

    private sealed class Run
    {
        private readonly Dice _dice;
        private readonly StormyCable _endA;
        private readonly StormyCable _endB;
        private readonly TwoStacks _stacks;
        private readonly ChannelOptions _options = new() { MaximumMessage = 6000, HeartbeatInterval = 5000, StallTimeout = 20_000 };
        private readonly int _mapA;
        private readonly int _mapB;
        private ChannelListener _listener;
        private int _pulls;
        private int _restarts;

        internal Run(ulong seed)
        {
            _dice = new Dice(seed);
            _endA = new StormyCable(_dice);
            _endB = new StormyCable(_dice) { Peer = _endA };
            _endA.Peer = _endB;
            AtA = new ChannelEnds(_dice, "A");
            AtB = new ChannelEnds(_dice, "B");
            _stacks = new TwoStacks(Options(), Options(), _endA, _endB);
            Clients = [new MessageChannel(_stacks.A, _options, AtA), new MessageChannel(_stacks.A, _options, AtA)];
            Listen();
            _mapA = _stacks.A.Memory.Total;
            _mapB = _stacks.B.Memory.Total;
            _stacks.Settle();
            foreach (MessageChannel client in Clients)
            {
                Assert.IsTrue(client.Open(TwoStacks.AddressB, 4242));
            }
        }

        internal ChannelEnds AtA { get; }

        internal ChannelEnds AtB { get; }

        internal MessageChannel[] Clients { get; }

        internal void Storm(int milliseconds)
        {
            long end = _stacks.NowMs + milliseconds;
            long change = 0;
            while (_stacks.NowMs < end)
            {
                if (_stacks.NowMs >= change)
                {
                    change = _stacks.NowMs + Weather();
                }

                Turn(true);
            }
        }

        /// <summary>The wire is good again: both clients are there, all that is said arrives, and every request has ended.</summary>
        internal void Calm()
        {
            Set(true, false, 0);
            for (int i = 0; i < 3 * Minute / TurnMs; i++)
            {
                Turn(false);
            }

            Assert.IsTrue(Clients.All(c => c.State == ChannelState.Open), ToString());
            Assert.AreEqual(2, _listener.InUse);
            Assert.AreEqual(0, AtA.Waiting + AtB.Waiting);
            Dictionary<int, ChannelEnds.Course> atB = AtB.Open.ToDictionary(c => c.Session);
            foreach (ChannelEnds.Course a in AtA.Open.Where(a => a.Received > 0))
            {
                ChannelEnds.Course b = atB[a.PeerSession];
                Assert.AreEqual((b.Sent, a.Sent), (a.Received, b.Received), "sent and received on the connections that are open");
            }
        }

        internal void NothingIsLeft()
        {
            foreach (MessageChannel client in Clients)
            {
                client.Close();
            }

            _stacks.Run(3 * Minute);
            Assert.AreEqual(0, _listener.InUse);
            foreach (Tcp.TcpEngine tcp in new[] { _stacks.A.Tcp, _stacks.B.Tcp })
            {
                Assert.AreEqual(tcp.SlotCount, tcp.FreeSlots);
                Assert.AreEqual(0, tcp.TimeWait.Count + tcp.HalfOpen.Count);
            }

            Assert.AreEqual(AtA.Asked, AtA.Answered + AtA.Unanswered);
            Assert.AreEqual((_mapA, _mapB), (_stacks.A.Memory.Total, _stacks.B.Memory.Total));
        }

        public override string ToString()
        {
            var ends = Enum.GetValues<ChannelEnd>().Select(e => (Name: e, Count: Clients.Sum(c => c.Counters.EndsBy(e)))).Where(e => e.Count > 0);
            return $"{AtA.Messages}+{AtB.Messages} messages, {AtA.Answered} of {AtA.Asked} requests answered, {_pulls} pulls, {_restarts} restarts, "
                + $"opened {string.Join('+', Clients.Select(c => c.Counters.Opened))}, ends: {string.Join(", ", ends.Select(e => $"{e.Name} {e.Count}"))}, "
                + $"states {string.Join('+', Clients.Select(c => c.State))}";
        }

        private void Turn(bool talking)
        {
            _stacks.Run(TurnMs);
            foreach (MessageChannel client in Clients)
            {
                AtA.Step(client, talking);
            }

            for (int i = 0; i < _listener.ChannelCount; i++)
            {
                AtB.Step(_listener.ChannelAt(i), talking);
            }

            _stacks.A.Flush();
            _stacks.B.Flush();
        }

        // Returns how long it stays so.
        private int Weather()
        {
            int kind = _dice.Below(10);
            Set(kind != 0, kind == 1, kind < 6 ? 10 + _dice.Below(100) : 0);
            if (kind == 2)
            {
                _restarts++;
                _stacks.RestartB(Options());
                AtB.Forget();
                Listen();
            }
            else if (kind == 3)
            {
                Clients[_dice.Below(2)].Close();
            }

            foreach (MessageChannel client in Clients.Where(c => c.State == ChannelState.Closed))
            {
                Assert.IsTrue(client.Open(TwoStacks.AddressB, 4242));
            }

            _pulls += kind < 2 ? 1 : 0;
            return kind < 2 ? 500 + _dice.Below(90_000) : 5000 + _dice.Below(120_000);
        }

        private void Set(bool plugged, bool dead, int permille)
        {
            foreach (StormyCable end in new[] { _endA, _endB })
            {
                end.Plugged = plugged;
                end.Dead = dead;
                end.Permille = permille;
            }
        }

        private void Listen()
        {
            _listener = new ChannelListener(_stacks.B, 4242, 4, _options, AtB);
            Assert.IsTrue(_listener.Open());
        }

        private static StackOptions Options() => new() { Connections = 8, MinimumRto = 200 };
    }
}
