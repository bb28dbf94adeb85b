using System.Text;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.DriverTests.AtLarge;

/// <summary>
/// One seed: an echo and a stream the other way run for three seconds of virtual time through a chip with a mixture of faults, then
/// the faults end, and the rest has to arrive.
/// </summary>
internal sealed class FaultRun
{
    // The driver's bounds, as far as they show from outside.
    private const long LongestPollNanoseconds = 500_000_000;
    private const int FaultMs = 1500;
    private const int LinkBackMs = 3000;
    private const int DoneMs = 90_000;
    private const int DeathNoticedMs = 1500;

    private const int StepNanoseconds = 400_000;
    private const int Octets = 30_000;

    private readonly Specimen _specimen;
    private readonly ChipModel _chip;
    private readonly EthernetDevice _driver;
    private readonly NetworkInterface _board;
    private readonly NetworkInterface _host;
    private readonly Stream _echo;
    private readonly Stream _call;
    private readonly StringBuilder _story = new();
    private readonly bool _dies;
    private readonly long _epochMs;
    private int _turns;
    private int _violations;

    public FaultRun(string chip, int seed)
    {
        var dice = new Random(seed * 7919 + chip.Length);
        _specimen = Specimen.Create(chip, dice);
        _chip = _specimen.Chip;
        _driver = _specimen.Driver;
        _chip.Faults.Seed(seed);
        _epochMs = dice.NextInt64(0, 1L << 33);
        _board = new NetworkInterface(_driver, Options(2, dice));
        _host = new NetworkInterface(new HostEnd(_chip), Options(1, dice));
        _echo = new Stream(seed, true);
        _call = new Stream(seed + 1000, false);
        _dies = seed % 10 == 0;
        Start();
        DrawFaults(dice);
    }

    public string Story => _story.ToString() + "\n" + _driver.Describe() + "\n" + (_driver.Error ?? "no error");

    public long VirtualMs => Now - _epochMs;

    private long Now => _chip.NowNanoseconds / 1_000_000 + _epochMs;

    public void Play()
    {
        TcpListener boardListener = _board.Tcp.Listen(7, 2);
        TcpListener hostListener = _host.Tcp.Listen(9, 2);
        _echo.Client = _host.Tcp.Connect(_board.Address, 7);
        _call.Client = _board.Tcp.Connect(_host.Address, 9);
        long start = Now;
        long calm = start + FaultMs;
        while (Now < calm)
        {
            Turn();
            Applications(boardListener, hostListener, (int)(Now - start));
        }

        if (_dies)
        {
            Die();
            return;
        }

        EndFaults();
        while (!(_echo.Done && _call.Done))
        {
            Turn();
            Applications(boardListener, hostListener, FaultMs);
            long since = Now - calm;
            Check(since < LinkBackMs || _driver.LinkUp, $"no link {since} ms after the last fault");
            Check(since < DoneMs, $"not done {since} ms after the last fault: {_echo} {_call}");
        }

        Check(_driver.Error == null, "an error is left");
        Check(_echo.ChecksumsAgree && _call.ChecksumsAgree, "octets differ that the checksum should have told");
        JudgeCounters();
    }

    private static StackOptions Options(byte number, Random dice)
    {
        byte[] secret = new byte[16];
        dice.NextBytes(secret);
        return new StackOptions
        {
            Address = 0x0A000000u + number,
            MacAddress = [2, 0, 0, 0, 0, number],
            Connections = 3,
            MinimumRto = 200,
            BootSecret = secret,
        };
    }

    private void Start()
    {
        Check(_board.Open(), "does not open: " + _board.Error);
        _host.Open();
        for (int i = 0; i < 400 && !_driver.LinkUp; i++)
        {
            _chip.Spend(5_000_000);
            Turn();
        }

        Check(_driver.LinkUp, "no link at the start");
    }

    // Three to six faults, each between its worst and its best.
    private void DrawFaults(Random dice)
    {
        (string Name, int Worst, int Best)[] all =
        [
            ("miso-flips", 3000, 50_000), ("mosi-flips", 5000, 50_000), ("lost-clocks", 20_000, 100_000), ("extra-clocks", 20_000, 100_000),
            ("brown-outs", 300, 1500), ("link-flaps", 300, 1500), ("send-flaps", 20, 300), ("flood", 150, 3000),
            ("missed-int", 1, 20), ("slow-reset", 30, 1),
            .. _specimen.OwnFaults,
        ];
        int count = dice.Next(3, 7);
        for (int i = 0; i < count; i++)
        {
            (string name, int worst, int best) = all[dice.Next(all.Length)];
            int value = dice.Next(Math.Min(worst, best), Math.Max(worst, best) + 1);
            Set(name, value);
            if (name.EndsWith("flaps", StringComparison.Ordinal))
            {
                Set("flap-time", dice.Next(10, 700));
            }
        }

        if (dice.Next(5) == 0)
        {
            Set("stuck-int", dice.Next(2));
        }

        _specimen.Bus.InterruptWired = dice.Next(5) != 0;

        // What arrives garbled at the chip may well be what its data sheet forbids. What leaves the driver may not.
        ChipFaults f = _chip.Faults;
        _chip.Strict = (f.MosiFlipEvery | f.MisoFlipEvery | f.LoseClockEvery | f.ExtraClockEvery | f.BrownOutEveryMilliseconds | f.SlowResetMilliseconds) == 0;
        _echo.BitsFlip = _call.BitsFlip = (f.MosiFlipEvery | f.MisoFlipEvery | f.LoseClockEvery | f.ExtraClockEvery) != 0;
        _violations = _chip.Violations;
        Check(_violations == 0, "violation at the start: " + _chip.FirstViolation);
    }

    private void Set(string name, int value)
    {
        Check(_chip.Faults.Set(name, value), "no fault of the name " + name);
        _story.Append(name).Append(' ').Append(value).Append(", ");
    }

    private void EndFaults()
    {
        foreach (string name in _chip.Faults.Names.Split(' '))
        {
            bool level = name is "absent" or "revision" or "flip-register" or "stuck-int";
            if (name is not ("flap-time" or "sendok-delay" or "no-fixed-length"))
            {
                _chip.Faults.Set(name, level ? -1 : 0);
            }
        }

        _chip.SetCable(true);
    }

    private void Turn()
    {
        long before = _chip.NowNanoseconds;
        long now = Now;
        _board.Poll(now);
        Check(_chip.NowNanoseconds - before < LongestPollNanoseconds, $"a poll took {(_chip.NowNanoseconds - before) / 1_000_000} ms");
        _host.Poll(now);
        _chip.Spend(StepNanoseconds);
        Check(++_turns < 3_000_000, "runs away");
        Check(_chip.Violations == _violations, "violation: " + _chip.FirstViolation);
    }

    // The octets of either stream are handed out at a pace that makes them last as long as the faults.
    private void Applications(TcpListener boardListener, TcpListener hostListener, int elapsedMs)
    {
        _echo.Server ??= boardListener.Accept();
        _call.Server ??= hostListener.Accept();
        int allowed = (int)((long)Octets * Math.Min(elapsedMs, FaultMs) / FaultMs);
        _echo.Step(allowed);
        _call.Step(allowed);
        _board.Flush();
        _host.Flush();
        Check(_echo.Complaint == null, "echo: " + _echo.Complaint);
        Check(_call.Complaint == null, "call: " + _call.Complaint);
    }

    private void Die()
    {
        _chip.Faults.AbsentLevel = _turns % 2 == 0 ? 0x00 : 0xFF;
        long death = Now;
        while (Now < death + 4000)
        {
            Turn();
            _board.Flush();
            Check(Now < death + DeathNoticedMs || !_driver.LinkUp, "a dead chip has a link");
        }

        Check(!string.IsNullOrEmpty(_driver.Error), "a dead chip is no error");
        Check(_specimen.FailedResets > 0, "nobody tried to bring it back");
    }

    private void JudgeCounters()
    {
        ChipFaults f = _chip.Faults;
        int resets = _specimen.Resets;
        Check(resets == _driver.Recoveries + _specimen.FailedResets, "resets, recoveries and failures do not add up");
        Check(resets - _specimen.FailedResets <= _specimen.Causes, $"{resets} resets for {_specimen.Causes} causes");
        Check(f.BrownOuts == 0 || (_specimen.Causes > 0 && resets > 0), "brown-outs without a count");
        Check(f.BrownOuts > 0 || f.SlowResetMilliseconds > 0 || _specimen.Causes > 0 || resets == 0, "resets without a cause");
    }

    private void Check(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{complaint} (at {VirtualMs} ms)");
        }
    }

    /// <summary>Octets from the client to the server; an echo brings them back, otherwise the server only counts them.</summary>
    private sealed class Stream(int salt, bool echoes)
    {
        private readonly byte[] _buffer = new byte[4096];
        private int _sent;
        private int _at;
        private int _back;
        private int _difference;

        /// <summary>Bits flip on their way: then, and only then, two of them may cancel in the checksum of one segment.</summary>
        public bool BitsFlip;

        public TcpConnection? Client;
        public TcpConnection? Server;

        public string? Complaint { get; private set; }

        /// <summary>
        /// No octet differs, or those that do leave the Internet checksum as it was (RFC 1071): that is beyond TCP, and beyond any driver.
        /// The weight of an octet by its place in the segment or in the stream differs by a factor that cannot make another sum zero.
        /// </summary>
        public bool ChecksumsAgree => _difference % 65535 == 0;

        public bool Done => (echoes ? _back : _at) == Octets;

        public void Step(int allowed)
        {
            int n = Math.Min(allowed - _sent, _buffer.Length);
            if (n > 0)
            {
                for (int i = 0; i < n; i++)
                {
                    _buffer[i] = Octet(_sent + i);
                }

                int taken = Client!.Write(_buffer, 0, n);
                Complain(taken < 0, $"the client cannot write at {_sent}: {Client.State} {Client.EndReason}");
                _sent += Math.Max(taken, 0);
            }

            if (Server != null)
            {
                n = echoes ? Math.Min(Server.WriteSpace, _buffer.Length) : _buffer.Length;
                int got = n > 0 ? Server.Read(_buffer, 0, n) : 0;
                Complain(got < 0, $"the server cannot read at {_at}: {Server.State} {Server.EndReason}");
                Compare(got, _at);
                _at += Math.Max(got, 0);
                if (echoes && got > 0)
                {
                    Complain(Server.Write(_buffer, 0, got) != got, "the server cannot write");
                }
            }

            if (echoes)
            {
                int got = Client!.Read(_buffer, 0, _buffer.Length);
                Complain(got < 0, $"the client cannot read at {_back}: {Client.State} {Client.EndReason}");
                Compare(got, _back);
                _back += Math.Max(got, 0);
            }
        }

        public override string ToString() => $"sent {_sent}, there {_at}, back {_back} of {Octets}.";

        private void Compare(int count, int at)
        {
            for (int i = 0; i < count; i++)
            {
                int difference = _buffer[i] - Octet(at + i);
                Complain(difference != 0 && !BitsFlip, $"octet {at + i} is wrong");
                _difference += ((at + i) & 1) == 0 ? difference * 256 : difference;
            }
        }

        private void Complain(bool condition, string what)
        {
            if (condition && Complaint == null)
            {
                Complaint = what;
            }
        }

        private byte Octet(int i) => (byte)((i * 31 + salt) ^ (i >> 8));
    }
}
