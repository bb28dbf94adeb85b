using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.IO;
using EmbeddedTcp.Samples;
using EmbeddedTcp.VirtualBoard.Wires;
using EmbeddedTcp.VirtualBoard.Wires.Tap;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>The options of the virtual board: their names, ranges, defaults and explanations.</summary>
public sealed partial class CommandLine
{
    private const string User = "user";
    private const string TapPrefix = "tap:";
    private const string NoForwards = "none";
    private const int MaxSeconds = 30 * 24 * 3600;

    private readonly RootCommand _root = new(
        "A virtual ESP32 with a W5500 or ENC28J60 Ethernet chip: boots the firmware and puts it on a network. "
        + "Its serial console is this terminal; type help there.");

    private readonly Option<string?> _net = Text<string?>("--net", "user|tap:NAME",
        "user: a network without privileges, reached through ports of 127.0.0.1. tap:NAME: the TAP interface NAME, "
        + "created if it does not exist (Linux, root or CAP_NET_ADMIN) [default: user]", ParseNet, null);

    private readonly Option<Ipv4Network> _host = Text("--host-ip", "ADDRESS/PREFIX",
        "the host's address on a TAP interface that is created, or the user-mode network's gateway",
        ParseNetwork, new BoardSettings().Host);

    private readonly Option<Ipv4Network> _board = Text("--ip", "ADDRESS/PREFIX|dhcp",
        "the board's address; dhcp: the board asks for one, and the user-mode network gives it 10.77.0.2", ParseBoard, new BoardSettings().Board);

    private readonly Option<string[]> _names = new("--host")
    {
        HelpName = "NAME=ADDRESS",
        Description = "user-mode network: a name that its name server, the gateway, knows; repeatable",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _forward = new("--forward")
    {
        HelpName = "HOST:BOARD",
        Description = "user-mode network: forward port HOST of 127.0.0.1 (0: any free one) to the board's port BOARD, "
            + "in place of the default for that port; repeatable; none drops the defaults "
            + "[default: 8080:80 8007:7 8009:9 8013:13 8019:19]",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _pcap = Text<string?>("--pcap", "FILE",
        "record the wire in FILE (pcapng, for Wireshark); frames are recorded as they were sent, and what the wire did "
        + "to one is its packet comment", (string text, out string? value) => (value = text).Length == 0 ? "is no file name" : null, null);

    private readonly Option<double> _loss = Probability("--loss", "probability that a frame is lost");

    private readonly Option<double> _duplicate = Probability("--duplicate", "probability that a frame arrives twice");

    private readonly Option<double> _reorder = Probability("--reorder", "probability that a frame is overtaken by the next");

    private readonly Option<double> _corrupt = Probability("--corrupt", "probability that one bit of a frame is flipped");

    private readonly Option<int> _delay = Integer("--delay", "MS", "time a frame spends in the wire, in milliseconds", 0, FaultSettings.MaxDelay, 0);

    private readonly Option<int> _seed = Integer("--seed", "N", "start of the pseudo-random sequence behind these faults", int.MinValue, int.MaxValue, 1);

    private readonly Option<double> _msl = Decimal("--msl", "SECONDS", "maximum segment lifetime; TIME_WAIT lasts twice as long", 0.01, 120, 30);

    private readonly Option<int> _minimumRto = Integer("--min-rto", "MS",
        "floor of the retransmission timeout; RFC 6298 wants a second, Linux uses 200 ms, and a lossy wire shows the difference", 10, 60000, 1000);

    private readonly Option<double> _for = Decimal("--for", "SECONDS", "end by itself after this time; 0: run until told to stop", 0, MaxSeconds, 0);

    private readonly Option<int> _speed = Integer("--speed", "N",
        "let the board's clock run N times as fast as this computer's: leases, TIME_WAIT and keep-alive pass before one's eyes, and every round trip looks longer", 1, 1000, 1);

    private readonly Option<int> _slots = Integer("--slots", "N", "connections the board can hold at once", 1, 64, 8);

    private readonly Option<int> _receiveBuffer = Integer("--rx-buffer", "BYTES", "receive ring of each connection", 512, StackOptions.MaxBufferSize, 4096);

    private readonly Option<int> _sendBuffer = Integer("--tx-buffer", "BYTES", "send ring of each connection", 512, StackOptions.MaxBufferSize, 4096);

    private readonly Option<int?> _tcp = Text<int?>("--tcp", "LIST",
        "TCP features to offer, by commas: sack, timestamps, window-scale, ecn; or none, or all "
        + "[default: what is worth it for the larger ring: none below 16384 bytes, then sack, above 65535 all but ecn]",
        FeatureNames.TryRead, null);

    private readonly Option<int> _console = Integer("--console", "PORT",
        "offer the console on this port of the board too, to one client at a time, without password or encryption; 0: do not", 0, 65535, 0);

    private readonly Option<string?> _app = Text<string?>("--app", "NAME",
        $"run a program of firmware/samples beside the standard services: {SampleList.Names} [default: none]", ParseApp, null);

    private readonly Option<SampleSettings> _server = Text("--server", "HOST[:PORT]",
        "the server that this program talks to, a name or an address; :PORT alone: where it listens, or the gateway's port "
        + "[default: the gateway, which is this computer, and the program's own port]", ParseServer, new SampleSettings());

    private readonly Option<ChipKind> _chip = Text("--chip", "CHIP", $"the Ethernet controller on the board: {ChipKind.Names}", ParseChip, ChipKind.W5500);

    /// <summary>Defines the options.</summary>
    public CommandLine()
    {
        _root.Options.Clear();
        Option[] options =
        [
            _net, _host, _board, _names, _forward, _pcap, _loss, _duplicate, _reorder, _corrupt, _delay, _seed,
            _msl, _minimumRto, _for, _speed, _slots, _receiveBuffer, _sendBuffer, _tcp, _console, _chip, _app, _server,
        ];
        foreach (Option option in options)
        {
            _root.Options.Add(option);
        }

        var help = new HelpOption { Description = "show this text and end" };
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        _root.Options.Add(help);
    }

    internal delegate string? Reader<T>(string text, out T value);

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As the program got them.</param>
    /// <param name="output">Receives the help text if it was asked for.</param>
    /// <param name="settings">What was decided, or null.</param>
    /// <returns>Null with settings, null without settings after the help text, or one line that says what is wrong.</returns>
    public string? Read(string[] arguments, TextWriter output, out BoardSettings? settings)
    {
        settings = null;
        ParseResult result = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is HelpWithExamples)
        {
            result.Invoke(new InvocationConfiguration { Output = output });
            return null;
        }

        if (result.Errors.Count > 0)
        {
            return result.Errors[0].Message.ReplaceLineEndings(" ");
        }

        string? error = ReadForwards(result.GetValue(_forward) ?? [], out List<PortForward> forwards);
        Ipv4Network host = result.GetValue(_host);
        Ipv4Network given = result.GetValue(_board);
        bool dhcp = given.Address == 0;
        Ipv4Network board = dhcp ? NextTo(host) : given;
        string? nameError = ReadNames(result.GetValue(_names) ?? [], out Dictionary<string, uint> names);
        error ??= nameError;
        error ??= CheckAddresses(host, board);
        string? tapName = result.GetValue(_net);
        if (tapName != null && result.GetResult(_forward) != null)
        {
            error ??= "--forward belongs to --net user; over a TAP interface the board is reached at its own address";
        }

        if (result.GetResult(_server) is { Implicit: false } && result.GetValue(_app) == null)
        {
            error ??= "--server belongs to --app";
        }

        if (error != null)
        {
            return error;
        }

        double runTime = result.GetValue(_for);
        settings = new BoardSettings
        {
            Chip = result.GetValue(_chip)!,
            TapName = tapName,
            Host = host,
            Board = board,
            Dhcp = dhcp,
            Names = names,
            Forwards = forwards,
            CapturePath = result.GetValue(_pcap),
            Faults = new FaultSettings
            {
                Loss = result.GetValue(_loss),
                Duplicate = result.GetValue(_duplicate),
                Reorder = result.GetValue(_reorder),
                Corrupt = result.GetValue(_corrupt),
                Delay = result.GetValue(_delay),
                Seed = result.GetValue(_seed),
            },
            MaximumSegmentLifetime = (int)Math.Round(result.GetValue(_msl) * 1000),
            MinimumRto = result.GetValue(_minimumRto),
            RunTime = runTime > 0 ? TimeSpan.FromSeconds(runTime) : null,
            Speed = result.GetValue(_speed),
            NetworkConsolePort = result.GetValue(_console),
            Slots = result.GetValue(_slots),
            ReceiveBufferSize = result.GetValue(_receiveBuffer),
            SendBufferSize = result.GetValue(_sendBuffer),
            Features = result.GetValue(_tcp),
            App = result.GetValue(_app),
            AppSettings = result.GetValue(_server)!,
        };
        return null;
    }

    internal static string? CheckAddresses(Ipv4Network host, Ipv4Network board)
    {
        if (host.Address == board.Address)
        {
            return $"--ip and --host-ip are the same address, {host}";
        }

        return host.Contains(board.Address) && board.Contains(host.Address)
            ? null
            : $"--ip {board} and --host-ip {host} do not lie in one network";
    }

    internal static string? ParseNet(string text, out string? tapName)
    {
        tapName = null;
        if (text == User)
        {
            return null;
        }

        if (!text.StartsWith(TapPrefix, StringComparison.Ordinal))
        {
            return "is neither user nor tap:NAME";
        }

        tapName = text[TapPrefix.Length..];
        if (tapName.Length is 0 or > TapDevice.MaxNameLength)
        {
            return $"needs an interface name of 1 to {TapDevice.MaxNameLength} characters";
        }

        foreach (char c in tapName)
        {
            // The kernel refuses these, and a percent sign would make it invent a number.
            if (c is '/' or ':' or '%' || c <= ' ' || c > '~')
            {
                return "has a character that no interface name may have";
            }
        }

        return tapName is "." or ".." ? "is no interface name" : null;
    }

    internal static string? ParseChip(string text, out ChipKind chip)
    {
        bool found = ChipKind.TryFind(text, out ChipKind? kind);
        chip = kind ?? ChipKind.W5500;
        return found ? null : $"is not available; there are {ChipKind.Names}";
    }

    private static string? ParseApp(string text, out string? app)
    {
        app = text;
        return SampleList.Has(text) ? null : $"is no sample; there are {SampleList.Names}";
    }

    private static string? ParseServer(string text, out SampleSettings settings)
    {
        settings = new SampleSettings();
        int colon = text.IndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        settings.Server = host.Length == 0 ? null : host;
        return (host.Length > 0 || colon == 0) && (colon < 0 || Numbers.TryInteger(text[(colon + 1)..], 1, 65535, out settings.Port))
            ? null
            : "is no server, such as 10.77.0.1:9000 or collector.example";
    }

    private static string? ParseNetwork(string text, out Ipv4Network network)
    {
        return Ipv4Network.Parse(text, out network);
    }

    private static Option<double> Probability(string name, string description)
    {
        return Decimal(name, "P", description + ", 0 to 1", 0, 1, 0);
    }

    internal static Option<double> Decimal(string name, string helpName, string description, double minimum, double maximum, double standard)
    {
        string? Read(string text, out double value)
        {
            return Numbers.TryDecimal(text, minimum, maximum, out value)
                ? null
                : FormattableString.Invariant($"is no number from {minimum} to {maximum}");
        }

        return Text(name, helpName, description, Read, standard);
    }

    internal static Option<int> Integer(string name, string helpName, string description, int minimum, int maximum, int standard)
    {
        string? Read(string text, out int value)
        {
            return Numbers.TryInteger(text, minimum, maximum, out value) ? null : $"is no whole number from {minimum} to {maximum}";
        }

        return Text(name, helpName, description, Read, standard);
    }

    internal static Option<T> Text<T>(string name, string helpName, string description, Reader<T> read, T standard)
    {
        return new Option<T>(name)
        {
            HelpName = helpName,
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                string? error = read(text, out T value);
                if (error != null)
                {
                    result.AddError($"{name}: '{text}' {error}");
                    return standard;
                }

                return value;
            },
            DefaultValueFactory = _ => standard,
        };
    }

    private sealed class HelpWithExamples(HelpAction plain) : SynchronousCommandLineAction
    {
        private const string Examples = """
            Examples (with dotnet run --project boards/virtual, options follow after --):
              dotnet run --project boards/virtual
                  then open http://127.0.0.1:8080, or: printf hello | nc -q1 127.0.0.1 8007
              dotnet run --project boards/virtual -- --forward 9090:80
                  the page at http://127.0.0.1:9090
              sudo dotnet run --project boards/virtual -- --net tap:t0
                  then: ping 10.77.0.2, curl http://10.77.0.2/, arping -I t0 10.77.0.2
              dotnet run --project boards/virtual -- --loss 0.05 --reorder 0.05 --delay 20 --seed 7 --pcap wire.pcapng
                  a bad wire, the same each time, recorded for Wireshark
              dotnet run --project boards/virtual -- --chip enc28j60
                  the same firmware on the other chip
              dotnet run --project boards/virtual -- chip --help
                  the pins of a modelled chip as a service, for other drivers
              printf 'netstat\nexit\n' | dotnet run --project boards/virtual
                  the console from a pipe
              dotnet run --project boards/virtual -- lab
                  the textbook's scenarios, played and drawn; lab --help explains more

            Ctrl+C closes the connections and ends. Exit code 0: ended as asked; 1: the board could not start;
            2: an option is wrong.
            """;

        public override int Invoke(ParseResult parseResult)
        {
            plain.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
            return 0;
        }
    }
}
