using System;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.Drivers;
using EmbeddedTcp.Drivers.Enc28j60;
using EmbeddedTcp.Drivers.W5500;
using EmbeddedTcp.Link;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.Boards;

/// <summary>
/// The firmware of a board above its pins: driver, stack, application and the loop that keeps them going. It takes the chip as a
/// <see cref="SpiBus"/>, so that the same code runs with a modelled chip.
/// </summary>
public sealed class Firmware
{
    // Turns without a pause after which the loop sleeps for a moment all the same, so that no flood can starve the other threads
    // and the system's own tasks for long.
    private const int BusyTurns = 64;

    private readonly AutoResetEvent _wake = new AutoResetEvent(false);
    private readonly MirroredOutput _output;
    private int _busy;

    /// <summary>Puts the parts together and allocates all memory. Nothing is sent to the chip yet.</summary>
    /// <param name="board">The board; <see cref="Esp32Board.Check"/> found nothing wrong with it.</param>
    /// <param name="bus">The chip's pins.</param>
    /// <param name="macAddress">The station's Ethernet address, six bytes.</param>
    /// <param name="bootSecret">Sixteen bytes that nobody can know.</param>
    /// <param name="console">Where the console prints.</param>
    /// <param name="log">Where boot messages and faults are printed besides.</param>
    public Firmware(Esp32Board board, SpiBus bus, byte[] macAddress, byte[] bootSecret, TextOutput console, TextOutput log)
    {
        ApplicationOptions application = ApplicationOptionsOf(board);
        board.Stack.MacAddress = macAddress;
        board.Stack.BootSecret = bootSecret;
        if (board.Dhcp || board.HostName != null || board.App != null)
        {
            PrepareServices(board);
        }

        Net = new NetworkInterface(CreateDriver(board, bus), board.Stack);
        _output = new MirroredOutput(console, log);
        Application = new Application(Net, application, _output);
        Loop = new PollLoop(Application, new MirroredOutput(console, log)) { FallbackPoll = board.PollInterval };
        Application.Sockets.WakeLoop = Wake;
        SocketHost.Default = Application.Sockets;
        Application.Shell.Add(new RebootCommand(Loop));
        if (board.NetworkConsolePort != 0)
        {
            ConsoleService service = new ConsoleService(board.NetworkConsolePort, Application);
            service.Shell.Add(new RebootCommand(Loop));
            Application.Add(service);
            Loop.Add(service);
        }
    }

    /// <summary>The stack.</summary>
    public NetworkInterface Net { get; }

    /// <summary>The application.</summary>
    public Application Application { get; }

    /// <summary>The loop.</summary>
    public PollLoop Loop { get; }

    /// <summary>Ends the loop's sleep: a frame, a key. Any thread may call this.</summary>
    public void Wake()
    {
        _wake.Set();
    }

    /// <summary>Turns the loop until somebody asks for the end and everything has ended. Nothing else ends it.</summary>
    public void Run()
    {
        while (!Loop.Ended)
        {
            int wait = Turn(Environment.TickCount64);
            if (wait > 0)
            {
                _busy = 0;
                _wake.WaitOne(wait, false);
            }
            else if (++_busy == BusyTurns)
            {
                _busy = 0;
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>One turn, for whoever has a clock of their own.</summary>
    /// <returns>Milliseconds to sleep.</returns>
    public int Turn(long nowMs)
    {
        int wait;
        Application.Sockets.BeginTurn();
        try
        {
            wait = Loop.Turn(nowMs);
        }
        finally
        {
            Application.Sockets.EndTurn();
        }

        if (_output.Mirroring && Loop.Opened)
        {
            // From here on the console is a conversation, and only faults go to the log as well.
            _output.Mirroring = false;
        }

        return wait;
    }

    // Sockets for DHCP, DNS, SNTP and multicast DNS, and the group of the last.
    private static void PrepareServices(Esp32Board board)
    {
        StackOptions stack = board.Stack;
        if (board.Dhcp)
        {
            stack.Address = 0;
            stack.Gateway = 0;
        }

        if (stack.UdpSockets < 4)
        {
            stack.UdpSockets = 4;
        }

        if (stack.MulticastGroups < 1)
        {
            stack.MulticastGroups = 1;
        }
    }

    private static ApplicationOptions ApplicationOptionsOf(Esp32Board board)
    {
        return new ApplicationOptions
        {
            BoardName = board.Name,
            Dhcp = board.Dhcp,
            HostName = board.HostName,
            DetectConflicts = board.Dhcp,
            LinkLocalFallback = board.Dhcp && !board.StaticFallback,

            // Before the stack forgets it, since with DHCP it begins without an address.
            FallbackAddress = board.Dhcp && board.StaticFallback ? board.Stack.Address : 0,
            FallbackPrefixLength = board.Stack.PrefixLength,
            FallbackGateway = board.Stack.Gateway,
            TraceEntries = board.TraceEntries,
        };
    }

    private static EthernetDevice CreateDriver(Esp32Board board, SpiBus bus)
    {
        bool groups = board.HostName != null;
        return board.Chip == Esp32Board.Enc28j60
            ? new Enc28j60Driver(bus) { FullDuplex = board.FullDuplex, AcceptMulticast = groups }
            : new W5500Driver(bus) { AcceptMulticast = groups };
    }
}
