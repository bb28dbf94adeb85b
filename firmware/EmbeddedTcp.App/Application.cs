using EmbeddedTcp.Http;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Services.Time;
using EmbeddedTcp.Sockets;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>
/// What is flashed, above the stack: the services, the console's shell and the turn of the poll loop. It names no pin and no
/// chip, owns no thread and no clock, and is the same on a device and on the virtual board.
/// </summary>
/// <remarks>
/// <para>All memory is allocated by the constructor and by <see cref="Add"/>. After <see cref="Open"/>, echo, discard and
/// character generator allocate nothing; pages and console commands allocate short-lived strings, at most a few
/// hundred bytes for each piece of a page or line of output.</para>
/// <para>Everything is called by one thread, but for what <see cref="Sockets"/> is for.</para>
/// </remarks>
public sealed class Application
{
    /// <summary>Characters of a name that count: escaped for HTML, so many still fit into one piece of a page.</summary>
    private const int MaxName = 48;

    private readonly HttpService _http;
    private BoardApp _app;
    private long _startedMs = -1;
    private bool _deviceFailed;
    private long _stopAtMs;
    private bool _stopBegun;
    private bool _gaveUp;

    /// <summary>Builds the application and allocates its memory.</summary>
    /// <param name="net">The interface, not open yet.</param>
    /// <param name="options">What the board decides.</param>
    /// <param name="output">The console.</param>
    public Application(NetworkInterface net, ApplicationOptions options, TextOutput output)
    {
        Net = net;
        Options = options;
        Output = output;
        BoardName = Cut(options.BoardName);
        ChipName = "unknown chip";
        if (options.TraceEntries > 0)
        {
            Trace = new TraceRing(net, options.TraceEntries, options.TraceSnapLength);
        }

        Dispatcher = new Dispatcher(net.Tcp, options, output);
        if (options.EchoPort != 0)
        {
            Add(new EchoService(options.EchoPort));
        }

        if (options.DiscardPort != 0)
        {
            Add(new DiscardService(options.DiscardPort));
        }

        if (options.DaytimePort != 0)
        {
            Add(new DaytimeService(options.DaytimePort, this));
        }

        if (options.ChargenPort != 0)
        {
            Add(new ChargenService(options.ChargenPort));
        }

        if (options.HttpPort != 0)
        {
            options.Http.Clock = new ApplicationClock(this);
            _http = new HttpService(net, options.HttpPort, options.Http);
            Http.Add(new StatusPage());
            Http.Add(new StatePage(this));
            Add(_http);
        }

        if (net.Udp != null)
        {
            Network = new NetworkServices(net, options, output);
        }

        Sockets = new SocketHost(net, Network == null ? null : Network.Dns);
        Shell = new Shell(this, output);
    }

    /// <summary>The interface with the stack on top of it.</summary>
    public NetworkInterface Net { get; }

    /// <summary>What TCP did last; null unless <see cref="ApplicationOptions.TraceEntries"/> asks for it.</summary>
    public TraceRing Trace { get; }

    /// <summary>What the board decided.</summary>
    public ApplicationOptions Options { get; }

    /// <summary>The console's output.</summary>
    public TextOutput Output { get; }

    /// <summary>The console's input and its commands.</summary>
    public Shell Shell { get; }

    /// <summary>The services and who owns which connection.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>DHCP, names and time; null without UDP.</summary>
    public NetworkServices Network { get; }

    /// <summary>The HTTP server, to which a board may add handlers of its own before <see cref="Open"/>; null without one.</summary>
    public HttpServer Http => _http == null ? null : _http.Server;
    /// <summary>Blocking sockets for other threads. Whoever polls does so between its BeginTurn and EndTurn, if there are such threads.</summary>
    public SocketHost Sockets { get; }

    /// <summary>The board's name, at most 48 characters.</summary>
    public string BoardName { get; }

    /// <summary>The first line of the device's description, as it was when it opened.</summary>
    public string ChipName { get; private set; }

    /// <summary>Milliseconds since the first poll.</summary>
    public long UptimeMs => _startedMs < 0 ? 0 : Net.NowMs - _startedMs;

    /// <summary>Seconds since 1970 in UTC, or a negative number while nobody knows.</summary>
    public long UnixSeconds
    {
        get
        {
            long seconds = Options.Clock == null ? -1 : Options.Clock.UnixSeconds;
            return seconds < 0 && Network != null && Network.Sntp.Synchronised ? Network.Sntp.UnixMilliseconds / 1000 : seconds;
        }
    }

    /// <summary>True once <see cref="Stop"/> was called.</summary>
    public bool Stopping { get; private set; }

    /// <summary>True once everything has ended after <see cref="Stop"/>: nothing is lost when polling ends now.</summary>
    public bool Idle => _stopBegun && (_gaveUp || (Net.Tcp.FreeSlots == Net.Tcp.SlotCount && Shell.Idle));

    /// <summary>Bytes of fixed memory the application itself takes, beside <see cref="NetworkInterface.Memory"/>.</summary>
    public int MemoryBytes
    {
        get
        {
            int bytes = Dispatcher.MemoryBytes + Shell.MemoryBytes;
            for (int i = 0; i < Dispatcher.ServiceCount; i++)
            {
                bytes += Dispatcher.ServiceAt(i).MemoryBytes;
            }

            return bytes;
        }
    }

    /// <summary>Adds a service of the board's own. Before <see cref="Open"/> only.</summary>
    /// <returns>False when there is no room for another.</returns>
    public bool Add(Service service)
    {
        return Dispatcher.Add(service);
    }

    /// <summary>Gives the board its own program. Once, and before <see cref="Open"/>.</summary>
    public void Install(BoardApp app)
    {
        _app = app;
        app.Attach(this);
    }

    /// <summary>Opens the interface, starts the services and says so on the console.</summary>
    /// <returns>False when the device did not open; the console says why.</returns>
    public bool Open()
    {
        Output.WriteLine("EmbeddedTcp on " + BoardName);
        if (!Net.Open())
        {
            Output.WriteLine("error: " + (Net.Error == null ? "the device did not open" : Net.Error));
            return false;
        }

        string description = Net.Device.Describe();
        int end = description.IndexOf('\n');
        string chip = end < 0 ? description : description.Substring(0, end);
        ChipName = Cut(chip);
        string gateway = Net.Gateway == 0 ? "none" : Ipv4Address.Format(Net.Gateway);
        int total = Net.Memory.Total + MemoryBytes;
        Output.WriteLine("chip      " + chip);
        Output.WriteLine("mac       " + MacAddress.Format(Net.MacAddress, 0));
        Output.WriteLine(Net.Address == 0
            ? "address   none yet"
            : "address   " + Ipv4Address.Format(Net.Address) + "/" + Net.PrefixLength.ToString() + ", gateway " + gateway);
        Output.WriteLine("memory    " + total.ToString() + " bytes fixed: stack " + Net.Memory.Total.ToString()
            + ", application " + MemoryBytes.ToString());
        StartServices();
        if (Network != null)
        {
            Network.Start();
        }

        if (_app != null)
        {
            Output.WriteLine("app       " + _app.Name);
            _app.Start(this);
        }

        Shell.Start();
        return true;
    }

    /// <summary>
    /// One turn of the loop: takes what arrived, fires what is due, lets services and shell work, sends what may be sent.
    /// </summary>
    /// <param name="nowMs">A clock in milliseconds that never goes back; not negative.</param>
    /// <returns>Milliseconds until the next turn is due if nothing arrives before, 0 for at once; at most 60,000.</returns>
    public int Poll(long nowMs)
    {
        if (_startedMs < 0)
        {
            _startedMs = nowMs;
        }

        Net.Poll(nowMs);
        if ((Net.Device.Error != null) != _deviceFailed)
        {
            ReportDevice();
        }

        bool more = Dispatcher.Run(nowMs);
        if (_http != null && _http.HasNews)
        {
            _http.Update();
        }

        int stopWait = Stopping && !Idle ? RunStop(nowMs) : Dispatcher.LongestWait;
        int shellWait = Shell.Run(nowMs);
        int wait = Least(Net.Flush(), Least(stopWait, shellWait));
        return more ? 0 : Least(wait, Dispatcher.WaitMs());
    }

    /// <summary>
    /// Asks for the end: from the next poll on nobody is accepted any more, and every connection is asked to end. Polling goes
    /// on until <see cref="Idle"/>.
    /// </summary>
    public void Stop()
    {
        Stopping = true;
    }

    /// <summary>Whose connection a slot holds: a service, a command, "sockets" for a thread's, "channel"; empty when it is nobody's.</summary>
    /// <param name="slot">0 to the number of slots − 1.</param>
    public string OwnerOf(int slot)
    {
        ConnectionHandler handler = Dispatcher.HandlerAt(slot);
        NetworkService service = Net.Tcp.SlotAt(slot).Service;
        return handler != null ? handler.Name : service != null ? service.OwnerName : "";
    }

    /// <summary>Whose listener it is, in the same words.</summary>
    public string OwnerOf(Tcp.TcpListener listener)
    {
        string owner = Dispatcher.OwnerOf(listener);
        return owner.Length == 0 && listener.Service != null ? listener.Service.OwnerName : owner;
    }

    // A driver tries again by itself, every second; the console hears of the first failure and of the end of them.
    private void ReportDevice()
    {
        _deviceFailed = !_deviceFailed;
        Output.WriteLine(_deviceFailed ? "error: " + Net.Device.Error : "chip      works again");
    }

    private void StartServices()
    {
        string listening = "";
        for (int i = 0; i < Dispatcher.ServiceCount; i++)
        {
            Service service = Dispatcher.ServiceAt(i);
            if (service.Listen(Net.Tcp))
            {
                listening += (listening.Length == 0 ? "" : ", ") + service.Name + " " + service.Port.ToString();
            }
            else
            {
                Output.WriteLine("warning: " + service.Name + " cannot listen on port " + service.Port.ToString()
                    + ": the port is taken or StackOptions.Listeners is too small");
            }
        }

        Output.WriteLine("services  " + (listening.Length == 0 ? "none" : listening));
    }

    // Returns the time left. What has not ended in time is aborted; then Idle is true whatever the peers do.
    private int RunStop(long nowMs)
    {
        if (!_stopBegun)
        {
            _stopBegun = true;
            _stopAtMs = nowMs + Options.StopLimit;
            Shell.Stop();
            if (_app != null)
            {
                _app.Stop();
            }

            Sockets.Stop();
            Dispatcher.Stop();
        }

        long left = _stopAtMs - nowMs;
        if (left > 0)
        {
            return (int)left;
        }

        Sockets.Abort();
        Dispatcher.AbortAll();
        if (Http != null)
        {
            Http.AbortAll();
        }

        _gaveUp = true;
        return 0;
    }

    // At the last comma that is early enough, if there is one: of a description the first parts matter most.
    private static string Cut(string name)
    {
        if (name.Length <= MaxName)
        {
            return name;
        }

        int comma = name.LastIndexOf(',', MaxName);
        return name.Substring(0, comma > 0 ? comma : MaxName);
    }

    private static int Least(int a, int b)
    {
        return a < b ? a : b;
    }

    private sealed class ApplicationClock : WallClock
    {
        private readonly Application _application;

        public ApplicationClock(Application application)
        {
            _application = application;
        }

        public override long UnixSeconds => _application.UnixSeconds;
    }
}
