using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.Link;
using EmbeddedTcp.Samples;
using EmbeddedTcp.Sockets;
using EmbeddedTcp.VirtualBoard.Wires;
using EmbeddedTcp.VirtualBoard.Wires.Tap;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>
/// The PC board: the firmware's application on a driver, on its modelled chip, on a virtual wire.
/// </summary>
/// <remarks>
/// One thread calls <see cref="Step"/>, or <see cref="Run"/>, which does so by the computer's clock and sleeps in between.
/// A test may call <see cref="Step"/> with a clock of its own.
/// </remarks>
public sealed class Board : IDisposable
{
    // As the firmware's loop on a device: an interrupt that was missed and a changed link are noticed after this time.
    private const long LongestSleep = 1_000_000;

    // A PC has memory: the console's trace and fsm are there without being asked for.
    private const int TraceEntries = 256;

    // Stopping is bounded by the application; this bounds it even if the application is what hangs.
    private const long StopMargin = 2_000_000;

    private readonly LoopSignal _signal;
    private readonly WireEnd _farEnd;
    private readonly PcapngWriter? _capture;
    private readonly ModelSpiBus _bus;
    private readonly ChipKind _kind;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly TimeSpan? _runTime;
    private readonly int _speed;
    private readonly ConsoleService? _networkConsole;
    private long _lastStep;
    private bool _captureFailed;
    private volatile bool _stopRequested;

    /// <summary>Builds the board and plugs its cable in. Nothing is sent before <see cref="Open"/>.</summary>
    /// <param name="settings">Addresses, sizes, faults.</param>
    /// <param name="farEnd">What the cable leads to; disposed with the board.</param>
    /// <param name="signal">Wakes the loop; shared with the far end, and its owner's to dispose.</param>
    /// <param name="output">The serial console's output.</param>
    /// <param name="capture">Records the wire, or null; disposed with the board.</param>
    public Board(BoardSettings settings, WireEnd farEnd, LoopSignal signal, TextOutput output, PcapngWriter? capture)
    {
        _signal = signal;
        _farEnd = farEnd;
        _capture = capture;
        _runTime = settings.RunTime;
        _speed = settings.Speed;
        Output = output;
        Console = new SerialConsole(signal);
        _kind = settings.Chip;
        Chip = _kind.CreateModel();
        _bus = new ModelSpiBus(Chip);
        Wire = new VirtualWire(Chip, farEnd, settings.Faults, capture, signal)
        {
            EpochMicroseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000,
            FramesPerTurn = _kind.FramesPerTurn,
        };
        Net = new NetworkInterface(_kind.CreateDriver(_bus), settings.ToStackOptions());
        Application = new Application(Net, new ApplicationOptions
        {
            BoardName = "virtual board", Clock = new HostClock(), Dhcp = settings.Dhcp, HostName = settings.HostName,
            TraceEntries = TraceEntries,
        }, output);
        Application.Sockets.WakeLoop = signal.Set;
        if (settings.NetworkConsolePort != 0)
        {
            _networkConsole = new ConsoleService(settings.NetworkConsolePort, Application);
            if (!Application.Add(_networkConsole))
            {
                throw new InvalidOperationException("the application has no room for the console's port");
            }
        }

        if (settings.App != null)
        {
            SocketHost.Default = Application.Sockets;
            Application.Install(SampleList.Create(settings.App, settings.AppSettings)
                ?? throw new ArgumentException($"no sample '{settings.App}'", nameof(settings)));
        }
    }

    /// <summary>The modelled chip.</summary>
    public ChipModel Chip { get; }

    /// <summary>What the cable leads to.</summary>
    public WireEnd FarEnd => _farEnd;

    /// <summary>The cable.</summary>
    public VirtualWire Wire { get; }

    /// <summary>The stack.</summary>
    public NetworkInterface Net { get; }

    /// <summary>The firmware.</summary>
    public Application Application { get; }

    /// <summary>Where one types.</summary>
    public SerialConsole Console { get; }

    /// <summary>Where the firmware prints.</summary>
    public TextOutput Output { get; }

    /// <summary>Builds the board that the settings describe, with its network, and says on the console what there is.</summary>
    /// <param name="settings">What the command line decided.</param>
    /// <param name="signal">Wakes the loop; the caller's to dispose.</param>
    /// <param name="output">The serial console's output.</param>
    /// <param name="warn">Told in one line what does not work although the board goes on.</param>
    /// <returns>The board, not open yet.</returns>
    /// <exception cref="WireException">The network cannot be had.</exception>
    public static Board Create(BoardSettings settings, LoopSignal signal, TextOutput output, Action<string> warn)
    {
        PcapngWriter? capture = null;
        WireEnd? farEnd = null;
        try
        {
            capture = settings.CapturePath == null ? null : PcapngWriter.Create(settings.CapturePath);
            farEnd = CreateFarEnd(settings, signal, output, warn);
            FaultSettings faults = settings.Faults;
            if (faults.Any)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"wire      loss {faults.Loss}, duplicate {faults.Duplicate}, reorder {faults.Reorder}, corrupt {faults.Corrupt}, delay {faults.Delay} ms, seed {faults.Seed}"));
            }

            if (capture != null)
            {
                output.WriteLine("capture   " + settings.CapturePath);
            }

            return new Board(settings, farEnd, signal, output, capture);
        }
        catch
        {
            farEnd?.Dispose();
            capture?.Dispose();
            throw;
        }
    }

    /// <summary>Makes what the cable leads to, and says what it is.</summary>
    /// <exception cref="WireException">The network cannot be had.</exception>
    internal static WireEnd CreateFarEnd(BoardSettings settings, LoopSignal signal, TextOutput output, Action<string> warn)
    {
        if (settings.TapName != null)
        {
            TapDevice tap = TapDevice.Open(settings.TapName, settings.Host.Address, settings.Host.PrefixLength);
            output.WriteLine("network   " + tap.Description);
            return tap;
        }

        var user = new UserNet(settings.Host.Address, settings.Host.PrefixLength, settings.Board.Address, settings.Names, signal);
        output.WriteLine("network   " + user.Description);
        StartForwards(settings, user, output, warn);
        return user;
    }

    /// <summary>Boots: opens the chip, starts the services, prints the banner.</summary>
    /// <returns>False when the chip did not open; the console says why.</returns>
    public bool Open()
    {
        return Application.Open();
    }

    /// <summary>Has something done on the loop's thread. Any thread may call this.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        _signal.Set();
    }

    /// <summary>Asks <see cref="Run"/> to close the connections and return. Any thread, and a signal handler, may call this.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _signal.Set();
    }

    /// <summary>One turn of everything: the wire, the far end, the firmware.</summary>
    /// <param name="nowMicroseconds">A clock that never goes back; not negative.</param>
    /// <returns>The moment in microseconds when the next turn is due if no signal comes before; not later than now means at once.</returns>
    public long Step(long nowMicroseconds)
    {
        // Threads that use sockets keep out of the stack meanwhile.
        Application.Sockets.BeginTurn();
        try
        {
            return Turn(nowMicroseconds);
        }
        finally
        {
            Application.Sockets.EndTurn();
        }
    }

    private long Turn(long nowMicroseconds)
    {
        // The chip's clock also moves by the time its SPI traffic takes, which costs nothing here. So it runs ahead of ours,
        // and is given the time that has passed instead of the time it is.
        Chip.Spend((nowMicroseconds - _lastStep) * 1000);
        _lastStep = nowMicroseconds;
        while (_posted.TryDequeue(out Action? action))
        {
            action();
        }

        bool moved = Console.Feed(Application.Shell);
        long next = _farEnd.Poll(nowMicroseconds);
        moved |= Wire.PumpFromBoard(nowMicroseconds);
        moved |= Wire.PumpToBoard(nowMicroseconds);

        long transactions = _bus.Transactions;
        long nowMs = nowMicroseconds / 1000;
        int wait = Application.Poll(nowMs);
        if (_networkConsole != null)
        {
            wait = Math.Min(wait, _networkConsole.Run(nowMs));
        }

        if (_bus.Transactions != transactions)
        {
            // The frame that the chip may be sending leaves now: a real loop would find it gone in a moment, or be woken by the
            // interrupt line's edge.
            bool quiet = !Chip.InterruptAsserted;
            Chip.Spend(_kind.FrameNanoseconds);
            moved |= quiet && Chip.InterruptAsserted;
        }

        moved |= Wire.PumpFromBoard(nowMicroseconds);
        if (moved)
        {
            return nowMicroseconds;
        }

        next = Math.Min(next, Math.Min(Wire.NextDue, (nowMs + wait) * 1000));
        return Math.Min(next, nowMicroseconds + LongestSleep);
    }

    /// <summary>
    /// Turns the loop by the computer's clock, sleeping when there is nothing to do, until the console's <c>exit</c>, the end of
    /// the time in the settings, or <see cref="RequestStop"/>; then closes the connections, within a few seconds at most.
    /// </summary>
    public void Run()
    {
        long start = Stopwatch.GetTimestamp();
        long end = _runTime is { } time ? (long)(time.TotalMicroseconds * _speed) : long.MaxValue;
        long giveUp = long.MaxValue;
        while (true)
        {
            long now = Elapsed(start);
            bool stopping = Application.Stopping;
            if (!stopping && (_stopRequested || Application.Shell.ExitRequested || now >= end))
            {
                Application.Stop();
                stopping = true;
                giveUp = now + (Application.Options.StopLimit * 1000L) + StopMargin;
            }

            long next = Step(now);
            if (stopping && (Application.Idle || now >= giveUp))
            {
                break;
            }

            if (next > now)
            {
                FlushCapture();
                _signal.Wait((Math.Min(next, stopping ? giveUp : end) - Elapsed(start)) / _speed);
            }
        }

        // The last acknowledgements and resets are on their way.
        for (int i = 0; i < 3; i++)
        {
            Step(Elapsed(start));
        }
    }

    /// <summary>Pulls the cable, gives back what the host lent, completes the capture.</summary>
    public void Dispose()
    {
        _farEnd.Dispose();
        _capture?.Dispose();
    }

    private long Elapsed(long start)
    {
        return (long)(Stopwatch.GetElapsedTime(start).TotalMicroseconds * _speed);
    }

    private static void StartForwards(BoardSettings settings, UserNet user, TextOutput output, Action<string> warn)
    {
        string page = string.Empty;
        foreach (PortForward ports in settings.Forwards)
        {
            string? error = user.Forward(ports, out int hostPort);
            if (error != null)
            {
                warn(error);
                continue;
            }

            output.WriteLine($"forward   127.0.0.1:{hostPort} -> {Ipv4Address.Format(settings.Board.Address)}:{ports.BoardPort}");
            if (ports.BoardPort == 80)
            {
                page = $"page      http://127.0.0.1:{hostPort}/";
            }
        }

        if (page.Length > 0)
        {
            output.WriteLine(page);
        }
    }

    private void FlushCapture()
    {
        _capture?.Flush();
        if (_capture?.Failure is { } failure && !_captureFailed)
        {
            _captureFailed = true;
            Output.WriteLine("warning: the capture ends here: " + failure);
        }
    }
}
