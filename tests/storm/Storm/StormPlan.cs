using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>Everything that a seed decides before the first frame.</summary>
internal sealed class StormPlan
{
    internal const int Port = 7;
    internal const int DeafPort = 9;

    private const long HalfOfTime = 1L << 31;

    internal StormPlan(ulong seed)
    {
        Seed = seed;
        Dice d = new Dice(seed);
        Pressure = d.Chance(200);
        bool calm = !Pressure && d.Chance(80);
        Faults = new[] { Storm.Faults.Draw(d, calm), Storm.Faults.Draw(d, calm) };
        int lanes = Pressure ? d.Between(2, 10) : 1 + d.Skewed(5);
        int largest = d.Of(0, 200, 3000, 20000, 200000, 200000);
        int perLane = largest > 50000 ? d.Between(1, 2) : d.Between(1, 6);
        Lanes = new Script[lanes][];
        int number = 0;

        // Were both sides short of slots, each could fill its own with clients that wait for the other's.
        int clients = d.Below(2);
        for (int lane = 0; lane < lanes; lane++)
        {
            int side = Pressure ? clients : d.Below(2);
            Lanes[lane] = new Script[perLane];
            for (int i = 0; i < perLane; i++)
            {
                Lanes[lane][i] = Script.Draw(d, number++, side, Pressure, largest);
            }
        }

        Options = new[] { DrawOptions(d, lanes), DrawOptions(d, lanes) };
        if (calm)
        {
            foreach (StackOptions o in Options)
            {
                // A delay as long as the smallest RTO would rightly be taken for loss.
                o.DelayedAck = Math.Min(o.DelayedAck, 20);
            }

            if (d.Chance(600))
            {
                Array.ForEach(Lanes, l => Array.ForEach(l, s => s.MakeBrisk()));
            }
        }

        Backlog = Pressure ? d.Between(1, 3) : 16;
        AcceptEvery = !calm && d.Chance(200) ? d.Between(1, 500) : 0;
        Late = !calm && d.Chance(300) ? d.Between(1, 40) : 0;
        Refuse = !calm && d.Chance(200) ? d.Skewed(100) : 0;
        ByEvents = d.Chance(700);
        Options[0].Address = TwoStacks.AddressA;
        Options[1].Address = TwoStacks.AddressB;
        Options[0].MacAddress = new byte[] { 2, 0, 0, 0, 0, 0xA };
        Options[1].MacAddress = new byte[] { 2, 0, 0, 0, 0, 0xB };
        Secrets(d);
        if (!Pressure && d.Chance(150))
        {
            OpenBothAtOnce(d);
        }

        // Where both open, the SYN,ACK counts as the SYN sent again.
        Calm = calm && !Lanes[0][0].Simultaneous;
        ReadsAtOnce = Lanes.All(l => l.All(s => s.ReadsAtOnce));
        Start = d.Below(4) switch
        {
            0 => BeforeSequenceWraps(d),
            1 => HalfOfTime - d.Between(1, 20000),
            2 => d.Between(0, int.MaxValue),
            _ => HalfOfTime + d.Between(0, int.MaxValue),
        };
    }

    internal ulong Seed { get; }

    /// <summary>More connections than slots, small backlogs and tables: an attempt may fail and is then repeated.</summary>
    internal bool Pressure { get; }

    /// <summary>Nothing is lost, late or refused, and no acknowledgment is delayed for long: nothing may be sent twice.</summary>
    internal bool Calm { get; }

    /// <summary>Every application reads what is there as soon as it is there: no window needs probing.</summary>
    internal bool ReadsAtOnce { get; }

    internal Faults[] Faults { get; }

    /// <summary>Lanes run beside each other; the connections of one lane follow each other.</summary>
    internal Script[][] Lanes { get; }

    internal StackOptions[] Options { get; }

    internal int Backlog { get; }

    internal int AcceptEvery { get; }

    /// <summary>Polls come up to this many milliseconds after the announced deadline.</summary>
    internal int Late { get; }

    /// <summary>How often a device refuses a frame, in thousandths.</summary>
    internal int Refuse { get; }

    /// <summary>Applications act on events only, as real ones do; else they look at everything after each poll.</summary>
    internal bool ByEvents { get; }

    internal long Start { get; }

    public override string ToString()
    {
        return $"seed {Seed}: {(Pressure ? "under pressure, " : string.Empty)}backlog {Backlog}, accepts each {AcceptEvery} ms, polls late by {Late} ms, "
            + $"refuses {Refuse}‰, by events {ByEvents}, start {Start}\n"
            + $"A -> B {Faults[0]}\nA <- B {Faults[1]}\nA: {Text(Options[0])}\nB: {Text(Options[1])}\n"
            + string.Join('\n', Lanes.SelectMany((l, i) => l.Select(s => $"lane {i} {s}")));
    }

    private static string Text(StackOptions o)
    {
        return $"MTU {o.Mtu}, rings {o.ReceiveBufferSize}+{o.SendBufferSize}, slots {o.Connections}, SYN table {o.SynTableSize}, "
            + $"TIME_WAIT {o.TimeWaitTableSize}, budget {o.ReceiveBudget}, MSL {o.MaximumSegmentLifetime}, delayed ACK {o.DelayedAck}, RTO {o.InitialRto}/{o.MinimumRto}, "
            + $"SACK {o.SelectiveAcknowledgment}, timestamps {o.Timestamps}, window scale {o.WindowScale}, ECN {o.ExplicitCongestionNotification}";
    }

    private StackOptions DrawOptions(Dice d, int lanes)
    {
        const int Day = 86400000;
        int flight = Faults[0].LongestFlight + Faults[1].LongestFlight;
        int rto = d.Of(200, 500, 1000, 1000);
        return new StackOptions
        {
            Mtu = d.Of(576, 700, 1006, 1280, 1500, 1500),
            Connections = Pressure ? d.Between(1, 4) : Math.Min(64, (lanes * 4) + 8),
            ReceiveBufferSize = DrawBuffer(d),
            SendBufferSize = DrawBuffer(d),
            SynTableSize = Pressure ? d.Between(1, 4) : 64,
            TimeWaitTableSize = d.Of(1, 2, 8, 64),
            ReceiveBudget = d.Of(1, 2, 32, 32),
            MaximumSegmentLifetime = Math.Max(flight, d.Of(500, 5000, 30000)),
            InitialRto = rto,
            MinimumRto = d.Of(rto, Math.Min(rto, 200)),
            DelayedAck = d.Of(0, 20, 200, 200),

            // In a storm nobody may lose patience; the time limits have their own tests.
            R2Timeout = Day,
            R2SynTimeout = Pressure ? 180000 : Day,
            SynAckRetransmissions = Pressure ? 3 : 10,
            FinWait2Timeout = Day / 24,
            OrphanTimeout = Day / 24,
            KeepAliveIdle = 8000,
            KeepAliveInterval = 8000,
            KeepAliveProbes = 20,
            SelectiveAcknowledgment = d.Chance(600),
            Timestamps = d.Chance(500),
            WindowScale = d.Chance(500),
            ExplicitCongestionNotification = d.Chance(400),
        };
    }

    private static int DrawBuffer(Dice d)
    {
        return d.Chance(300) ? d.Between(512, 9000) : d.Of(512, 1024, 2048, 4096, 8192, 16384, 32768);
    }

    private void Secrets(Dice d)
    {
        foreach (StackOptions o in Options)
        {
            byte[] secret = new byte[16];
            BitConverter.TryWriteBytes(secret.AsSpan(0), d.Next());
            BitConverter.TryWriteBytes(secret.AsSpan(8), d.Next());
            o.BootSecret = secret;
        }
    }

    // Ephemeral ports follow from the secrets. Looks for secrets with which the first connection of each side goes exactly to the
    // port that the first connection of the other side comes from.
    private void OpenBothAtOnce(Dice d)
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            InitialSequence a = new InitialSequence(Options[0].BootSecret);
            InitialSequence b = new InitialSequence(Options[1].BootSecret);
            for (int portB = 49152; portB < 65536; portB++)
            {
                int portA = Ephemeral(a, TwoStacks.AddressB, portB, TwoStacks.AddressA);
                if (Ephemeral(b, TwoStacks.AddressA, portA, TwoStacks.AddressB) == portB)
                {
                    Script s = Lanes[0][0];
                    s.ClientSide = 0;
                    s.Simultaneous = true;
                    s.StartAfter = 0;
                    if (s.Ending is Ending.Refused or Ending.ClientAborts or Ending.ServerAborts or Ending.ClientClosesEarly)
                    {
                        s.Ending = Ending.Both;
                    }

                    SimultaneousPorts = (portA, portB);
                    return;
                }
            }

            Secrets(d);
        }
    }

    /// <summary>The ports of the connection that both sides open.</summary>
    internal (int A, int B) SimultaneousPorts { get; private set; }

    private static int Ephemeral(InitialSequence sequence, uint remote, int remotePort, uint local)
    {
        int offset = sequence.Hash((int)remote, remotePort, (int)local, 2) & int.MaxValue;
        return 49152 + (((offset + 1) & int.MaxValue) % 16384);
    }

    // The first connection's numbers pass 2³² (or the change of sign) while it carries data.
    private long BeforeSequenceWraps(Dice d)
    {
        Script first = Lanes[0][0];
        NetworkInterface probe = new NetworkInterface(new MemoryDevice(1), Options[first.ClientSide]);
        TcpConnection c = probe.Tcp.Connect(
            first.ClientSide == 0 ? TwoStacks.AddressB : TwoStacks.AddressA,
            first.Simultaneous ? SimultaneousPorts.B : first.Ending == Ending.Refused ? DeafPort : Port);
        int iss = c.Iss;
        if (d.Chance(500))
        {
            NetworkInterface other = new NetworkInterface(new MemoryDevice(1), Options[1 - first.ClientSide]);
            iss = other.Tcp.NextIss((int)probe.Address, c.LocalPort, c.RemotePort);
        }

        uint before = (uint)d.Below(1 + Math.Max(first.Up, first.Down));
        uint goal = (d.Chance(500) ? 0u : 0x80000000u) - before - 1;
        return (goal - (uint)iss) / 250 + (d.Chance(500) ? HalfOfTime : 0);
    }
}
