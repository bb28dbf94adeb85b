using System;
using System.Diagnostics;
using EmbeddedTcp.App;
using EmbeddedTcp.Link;
using EmbeddedTcp.LinuxSpi.Adapters;
using EmbeddedTcp.VirtualBoard;

namespace EmbeddedTcp.LinuxSpi;

/// <summary>The firmware on this computer: driver, stack, application, and the one loop that keeps them going.</summary>
internal sealed class Station : IDisposable
{
    // As on a board: an edge that was missed is noticed after this time.
    private const int PollWithInterrupt = 50;
    private const int PollWithout = 1;
    private const int TraceEntries = 256;

    private readonly StationSettings _settings;
    private readonly LoopSignal _signal;
    private readonly TextOutput _output;
    private readonly LinuxSpiBus _bus;
    private volatile bool _stopRequested;

    /// <summary>Opens the pins and allocates all memory. Nothing is sent to the chip yet.</summary>
    /// <param name="settings">What the command line decided.</param>
    /// <param name="adapter">What the chip is connected to; its owner disposes it, after the station.</param>
    /// <param name="signal">Wakes the loop; its owner's to dispose.</param>
    /// <param name="output">The console.</param>
    /// <exception cref="AdapterException">Says in one line what is missing.</exception>
    public Station(StationSettings settings, SpiAdapter adapter, LoopSignal signal, TextOutput output)
    {
        _settings = settings;
        _signal = signal;
        _output = output;
        _bus = new LinuxSpiBus(adapter, settings.ClockHz, settings.Interrupt, settings.Reset);
        output.WriteLine("adapter   " + adapter.Name);
        BoardSettings board = settings.Board with { Tune = options => options.MacAddress = settings.MacAddress };
        Net = new NetworkInterface(board.Chip.CreateDriver(_bus, adapter.LongestTransfer), board.ToStackOptions());
        Application = new Application(Net, new ApplicationOptions
        {
            BoardName = "linux-spi", Clock = new HostClock(), Dhcp = board.Dhcp, HostName = board.HostName,
            DetectConflicts = board.Dhcp, LinkLocalFallback = board.Dhcp, TraceEntries = TraceEntries,
        }, output);
        Loop = new PollLoop(Application, output)
        {
            FallbackPoll = settings.Poll > 0 ? settings.Poll : _bus.WakesLoop ? PollWithInterrupt : PollWithout,
        };
        Console = new SerialConsole(signal);
        _bus.WakeOnInterrupt(signal.Set);
        if (board.NetworkConsolePort != 0)
        {
            var service = new ConsoleService(board.NetworkConsolePort, Application);
            Application.Add(service);
            Loop.Add(service);
        }

        if (adapter is ILoopWork cable)
        {
            Loop.Add(cable);
        }
    }

    /// <summary>The stack.</summary>
    public NetworkInterface Net { get; }

    /// <summary>The application.</summary>
    public Application Application { get; }

    /// <summary>The loop.</summary>
    public PollLoop Loop { get; }

    /// <summary>Where one types.</summary>
    public SerialConsole Console { get; }

    /// <summary>Asks <see cref="Run"/> to close the connections and return. Any thread, and a signal handler, may call this.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _signal.Set();
    }

    /// <summary>One turn, for whoever has a clock of their own.</summary>
    /// <returns>Milliseconds to sleep unless the signal comes before, 0 for none.</returns>
    public int Turn(long nowMs)
    {
        if (_stopRequested)
        {
            Loop.RequestStop();
        }

        bool fed = Loop.Opened && Console.Feed(Application.Shell);
        int wait = Loop.Turn(nowMs);
        return fed ? 0 : wait;
    }

    /// <summary>
    /// Turns the loop until the console's <c>exit</c>, the end of the time in the settings, or <see cref="RequestStop"/>; then closes the connections, within a
    /// few seconds at most.
    /// </summary>
    /// <param name="opened">Called once, when the chip answered.</param>
    /// <returns>False when no chip ever answered.</returns>
    public bool Run(Action opened)
    {
        long start = Stopwatch.GetTimestamp();
        long end = _settings.Board.RunTime is { } time ? (long)time.TotalMilliseconds : long.MaxValue;
        long giveUp = long.MaxValue;
        bool told = false;
        while (!Loop.Ended)
        {
            long now = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (now >= end)
            {
                _stopRequested = true;
            }

            if (giveUp == long.MaxValue && (_stopRequested || Application.Stopping))
            {
                // The application bounds its end itself; this bounds it if the chip is what fails meanwhile.
                giveUp = now + (2L * Application.Options.StopLimit);
            }

            int wait = Turn(now);
            if (Loop.Opened && !told)
            {
                told = true;
                opened();
            }

            if (now >= giveUp || (!Loop.Opened && _settings.Tries != 0 && Loop.FailedOpens + Loop.Faults >= _settings.Tries))
            {
                break;
            }

            if (wait > 0)
            {
                _signal.Wait(Math.Min(wait, Math.Max(end - now, 1)) * 1000);
            }
        }

        if (!told)
        {
            _output.WriteLine("no chip answered");
        }

        return told;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bus.Dispose();
    }
}
