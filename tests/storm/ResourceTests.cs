using EmbeddedTcp.StormTests.Support;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests;

/// <summary>More connections than there are slots, one after another and all at once: each is served, and every slot is free in the end.</summary>
[TestClass]
public sealed class ResourceTests
{
    private const int EchoPort = 7;

    public TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(0, true, DisplayName = "the client closes first")]
    [DataRow(0, false, DisplayName = "the server closes first")]
    [DataRow(50, true, DisplayName = "5 % lost, the client closes first")]
    [DataRow(50, false, DisplayName = "5 % lost, the server closes first")]
    public void A_hundred_connections_in_a_row(int permille, bool clientFirst)
    {
        Rig rig = new Rig(permille, new StackOptions(), new StackOptions(), clientFirst);
        for (int i = 0; i < 100; i++)
        {
            Client client = new Client(i, 1 + (i * 37 % 5000));
            Assert.IsTrue(client.Open(rig.Stacks), $"connection {i} found no slot");
            rig.Run(() => client.Served, client);
        }

        rig.NothingIsLeft(100);
        TestContext.WriteLine(rig.ToString());
    }

    [TestMethod]
    [DataRow(0, 1UL, DisplayName = "a good wire")]
    [DataRow(50, 2UL, DisplayName = "5 % lost")]
    [DataRow(150, 3UL, DisplayName = "15 % lost")]
    public void Twenty_at_once_against_eight_slots(int permille, ulong seed)
    {
        StackOptions clients = new StackOptions { Connections = 20, KeepAliveIdle = 10000, KeepAliveInterval = 5000 };
        Rig rig = new Rig(permille, clients, new StackOptions { Connections = 8 }, true, seed);
        Client[] all = new Client[20];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = new Client(i, 3000 + (i * 700));
            Assert.IsTrue(all[i].Open(rig.Stacks));
        }

        rig.Run(() => all.All(c => c.Served), all);
        rig.NothingIsLeft(20);
        Assert.AreEqual(8, rig.MostAtOnce, "the eight slots were all in use, and no more than they");
        TestContext.WriteLine(rig.ToString());
    }

    private sealed class Rig
    {
        private readonly List<Echo> _served = new List<Echo>();
        private readonly TcpListener _listener;
        private readonly bool _clientFirst;
        private int _complete;

        internal Rig(int permille, StackOptions a, StackOptions b, bool clientFirst, ulong seed = 1)
        {
            LosingDevice deviceA = new LosingDevice(permille, seed);
            LosingDevice deviceB = new LosingDevice(permille, seed + 1000);
            deviceA.Peer = deviceB;
            deviceB.Peer = deviceA;
            Stacks = new TwoStacks(a, b, deviceA, deviceB);
            _clientFirst = clientFirst;
            Stacks.Settle();
            _listener = Stacks.B.Tcp.Listen(EchoPort, 8);
        }

        internal TwoStacks Stacks { get; }

        internal int MostAtOnce { get; private set; }

        internal long OctetsEchoed { get; private set; }

        // An hour of virtual time is more than anything here may take.
        internal void Run(Func<bool> until, params Client[] clients)
        {
            for (int turn = 0; turn < 360000; turn++)
            {
                Stacks.Run(10);
                foreach (Client client in clients)
                {
                    client.Step(Stacks, _clientFirst);
                }

                TcpConnection accepted;
                while ((accepted = _listener.Accept()) != null)
                {
                    _served.Add(new Echo(accepted));
                }

                MostAtOnce = Math.Max(MostAtOnce, Stacks.B.Tcp.SlotCount - Stacks.B.Tcp.FreeSlots);
                for (int i = _served.Count - 1; i >= 0; i--)
                {
                    _served[i].Step(_clientFirst);
                    if (_served[i].Over)
                    {
                        OctetsEchoed += _served[i].Echoed;
                        _complete += _served[i].Complete ? 1 : 0;
                        _served.RemoveAt(i);
                    }
                }

                if (until() && _served.Count == 0)
                {
                    return;
                }
            }

            Assert.Fail($"not served: {string.Join(", ", clients.Where(c => !c.Served).Select(c => c.ToString()))}");
        }

        internal void NothingIsLeft(int connections)
        {
            Stacks.Run(400000);
            foreach (TcpEngine tcp in new[] { Stacks.A.Tcp, Stacks.B.Tcp })
            {
                Assert.AreEqual(tcp.SlotCount, tcp.FreeSlots);
                Assert.AreEqual(0, tcp.HalfOpen.Count);
                Assert.AreEqual(0, tcp.TimeWait.Count);
                Assert.IsNull(tcp.TakeReady());
            }

            Assert.AreEqual(connections, _complete);
        }

        public override string ToString()
        {
            return $"{OctetsEchoed} octets echoed in {Stacks.NowMs / 1000} s of virtual time, {Stacks.A.Counters.SegmentsOut}+{Stacks.B.Counters.SegmentsOut} segments, "
                + $"{Stacks.A.Counters.Retransmissions}+{Stacks.B.Counters.Retransmissions} again, {MostAtOnce} slots at most, "
                + $"{Stacks.B.Counters.HalfOpenExpired} half-open given up";
        }
    }

    /// <summary>Sends its octets, wants them back, and ends; a connection that is refused a slot for too long is opened again.</summary>
    private sealed class Client
    {
        private readonly int _number;
        private readonly byte[] _octets;
        private readonly byte[] _scratch = new byte[4096];
        private TcpConnection _c;
        private int _sent;
        private int _received;
        private bool _end;

        internal Client(int number, int octets)
        {
            _number = number;
            _octets = new byte[octets];
            new Random(number).NextBytes(_octets);
        }

        internal bool Served { get; private set; }

        internal bool Open(TwoStacks t)
        {
            _sent = 0;
            _received = 0;
            _end = false;
            _c = t.A.Tcp.Connect(TwoStacks.AddressB, EchoPort);
            if (_c != null)
            {
                _c.KeepAlive = true;
            }

            return _c != null;
        }

        internal void Step(TwoStacks t, bool closesFirst)
        {
            if (Served || (_c == null && !Open(t)))
            {
                return;
            }

            if (_sent < _octets.Length)
            {
                _sent += Math.Max(0, _c.Write(_octets, _sent, _octets.Length - _sent));
                if (_sent == _octets.Length && closesFirst)
                {
                    _c.Shutdown();
                }
            }

            int n;
            while ((n = _c.Read(_scratch, 0, _scratch.Length)) > 0)
            {
                Assert.IsTrue(_octets.AsSpan(_received, n).SequenceEqual(_scratch.AsSpan(0, n)), $"client {_number} got other octets back");
                _received += n;
            }

            _end |= n < 0 && _c.PeerClosed;
            if (_end && !closesFirst)
            {
                _c.Shutdown();
            }

            if (_c.EndReason == TcpEndReason.None)
            {
                return;
            }

            // Reset or timed out before it was served: the server had given its half-open entry up.
            Served = _end && _received == _octets.Length && _sent == _octets.Length;
            Assert.IsTrue(Served || _received == 0, $"cut off ({TcpEndReasonName.Of(_c.EndReason)}): {this}");
            _c.Close();
            _c = null;
        }

        public override string ToString()
        {
            return $"{_number} (sent {_sent}, received {_received} of {_octets.Length}, {(_c == null ? "no connection" : TcpStateName.Of(_c.State))})";
        }
    }

    /// <summary>Sends back what comes. In the cases where the server ends first, it does so when nothing has come for a minute.</summary>
    private sealed class Echo
    {
        private readonly TcpConnection _c;
        private readonly byte[] _scratch = new byte[1000];
        private int _quiet;
        private bool _shut;
        private bool _end;

        internal Echo(TcpConnection c)
        {
            _c = c;
        }

        internal int Echoed { get; private set; }

        internal bool Over { get; private set; }

        internal bool Complete { get; private set; }

        internal void Step(bool clientFirst)
        {
            _quiet++;
            int n = 0;
            int room;
            while ((room = _c.WriteSpace) > 0 && (n = _c.Read(_scratch, 0, Math.Min(room, _scratch.Length))) > 0)
            {
                Assert.AreEqual(n, _c.Write(_scratch, 0, n));
                Echoed += n;
                _quiet = 0;
            }

            if (_shut && !_end)
            {
                n = _c.Read(_scratch, 0, 1);
                Assert.IsLessThanOrEqualTo(0, n, "octets came after a minute of silence");
            }

            _end |= n < 0 && _c.PeerClosed;
            if (!_shut && (clientFirst ? _end : _quiet > 6000))
            {
                _shut = true;
                _c.Shutdown();
            }

            if (_c.EndReason != TcpEndReason.None)
            {
                Complete = _shut && _end;
                _c.Close();
                Over = true;
            }
        }
    }
}
