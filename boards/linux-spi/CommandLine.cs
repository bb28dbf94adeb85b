using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.Wire;
using Iot.Device.Ft232H;
using Shared = EmbeddedTcp.VirtualBoard.CommandLine;

namespace EmbeddedTcp.LinuxSpi;

/// <summary>The options: their names, ranges, defaults and explanations.</summary>
internal sealed class CommandLine
{
    private const int Ft232h = 1;
    private const int Ft4222 = 2;

    private static readonly string[] s_adapters = ["spidev", "ft232h", "ft4222", StationSettings.Model];

    private readonly RootCommand _root = new(
        "The firmware's application on a real W5500 or ENC28J60 that is connected to this computer: to a Raspberry Pi's SPI bus, or to a "
        + "USB adapter. Its serial console is this terminal; type help there.");

    private readonly Option<string> _adapter = Shared.Text<string>("--adapter", "ADAPTER",
        "spidev (a bus of this computer), ft232h, ft4222 (FTDI's USB adapters), or model (no hardware, to see what it should look like)", ParseAdapter, "spidev");

    private readonly Option<int> _bus = Shared.Integer("--bus", "N", "spidev: the first number of /dev/spidevN.M; USB: which one of several adapters, from 0", 0, 255, 0);

    private readonly Option<string> _chipSelect = Pin("--cs", "chip select: the second number of /dev/spidevN.M; D3 to D7 or C0 to C7 of an FT232H; 0 to 3 of an FT4222 "
        + "[default: 0, D3 on an FT232H]");

    private readonly Option<int> _clock = Shared.Integer("--clock", "HERTZ",
        "SPI clock; the adapter takes the next lower one it can make, and the driver halves it if the chip's self-test fails", 100_000, 80_000_000, 20_000_000);

    private readonly Option<ChipKind> _chip = Shared.Text("--chip", "CHIP", $"the Ethernet controller: {ChipKind.Names}", Shared.ParseChip, ChipKind.W5500);

    private readonly Option<string> _interrupt = Pin("--interrupt", "the chip's interrupt line: a GPIO by its BCM number; D4 to D7, C0 to C7 of an FT232H; 0 to 3 of an FT4222");

    private readonly Option<string> _reset = Pin("--reset", "the chip's reset line, numbered as --interrupt");

    private readonly Option<Ipv4Network?> _address = Shared.Text<Ipv4Network?>("--ip", "ADDRESS/PREFIX", "the station's address, such as 192.168.1.50/24", ParseNetwork, null);

    private readonly Option<uint?> _gateway = Shared.Text<uint?>("--gateway", "ADDRESS", "the way out of its network [default: none]", ParseAddress, null);

    private readonly Option<bool> _dhcp = new("--dhcp") { Description = "ask the network's server for an address" };

    private readonly Option<string> _name = Shared.Text<string>("--name", "NAME", "the name for DHCP and multicast DNS", ParseName, "linux-spi");

    private readonly Option<byte[]?> _mac = Shared.Text<byte[]?>("--mac", "XX:XX:XX:XX:XX:XX",
        "the Ethernet address [default: made of this computer's name and the adapter, the same at every start]", ParseMac, null);

    private readonly Option<int> _poll = Shared.Integer("--poll", "MS", "the longest time between two looks at the chip; 0: 50 when its interrupt line wakes the loop, else 1", 0, 1000, 0);

    private readonly Option<int> _tries = Shared.Integer("--tries", "N", "look for a chip that does not answer so many times, after 1, 2, 4 … 30 s; 0: until it does", 0, 1000, 0);

    private readonly Option<double> _for = Shared.Decimal("--for", "SECONDS", "end by itself after this time; 0: run until told to stop", 0, 30 * 24 * 3600, 0);

    private readonly Option<int> _console = Shared.Integer("--console", "PORT",
        "offer the console on this port of the station too, to one client at a time, without password or encryption; 0: do not", 0, 65535, 0);

    private readonly Option<string?> _net = Shared.Text<string?>("--net", "user|tap:NAME", "what the model's cable leads to, as on the virtual board [default: user]", Shared.ParseNet, null);

    /// <summary>Defines the options.</summary>
    public CommandLine()
    {
        _root.Options.Clear();
        Option[] options =
        [
            _adapter, _bus, _chipSelect, _clock, _chip, _interrupt, _reset, _address, _gateway, _dhcp, _name, _mac, _poll, _tries, _for, _console, _net,
        ];
        foreach (Option option in options)
        {
            _root.Options.Add(option);
        }

        var help = new HelpOption { Description = "show this text and end" };
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        _root.Options.Add(help);
    }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As the program got them.</param>
    /// <param name="output">Receives the help text if it was asked for.</param>
    /// <param name="settings">What was decided, or null.</param>
    /// <returns>Null with settings, null without settings after the help text, or one line that says what is wrong.</returns>
    public string? Read(string[] arguments, TextWriter output, out StationSettings? settings)
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

        string adapter = result.GetValue(_adapter)!;
        int kind = Array.IndexOf(s_adapters, adapter);
        bool model = adapter == StationSettings.Model;
        string? error = FirstOf(
            ReadPin(kind, "--cs", result.GetValue(_chipSelect)!, out int? given),
            ReadPin(kind, "--interrupt", result.GetValue(_interrupt)!, out int? interrupt),
            ReadPin(kind, "--reset", result.GetValue(_reset)!, out int? reset),
            ReadAddresses(result, model, out Ipv4Network board, out Ipv4Network gateway),
            !model && result.GetResult(_net) is { Implicit: false } ? "--net belongs to --adapter model; a real chip has a cable" : null);
        int chipSelect = given ?? (kind == Ft232h ? 3 : 0);
        error ??= CheckPins(kind, chipSelect, interrupt, reset);
        if (error != null)
        {
            return error;
        }

        double runTime = result.GetValue(_for);
        int bus = result.GetValue(_bus);
        settings = new StationSettings
        {
            Adapter = adapter,
            Bus = bus,
            ChipSelect = chipSelect,
            ClockHz = result.GetValue(_clock),
            Interrupt = interrupt,
            Reset = reset,
            MacAddress = result.GetValue(_mac) is { Length: 6 } mac ? mac : Derive(string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {adapter} {bus} {chipSelect}")),
            Poll = result.GetValue(_poll),
            Tries = result.GetValue(_tries),
            Board = new BoardSettings
            {
                Chip = result.GetValue(_chip)!,
                TapName = result.GetValue(_net),
                Host = gateway,
                Board = board,
                Dhcp = result.GetValue(_dhcp),
                HostName = result.GetValue(_name)!,
                RunTime = runTime > 0 ? TimeSpan.FromSeconds(runTime) : null,
                NetworkConsolePort = result.GetValue(_console),
            },
        };
        return null;
    }

    private static string? FirstOf(params string?[] errors)
    {
        return Array.Find(errors, error => error != null);
    }

    // Every adapter has its own names for its pins.
    private static string? ReadPin(int adapter, string option, string text, out int? pin)
    {
        pin = null;
        if (text.Length == 0)
        {
            return null;
        }

        if (!Numbers.TryInteger(text, 0, 1023, out int number))
        {
            try
            {
                number = adapter == Ft232h ? Ft232HDevice.GetPinNumberFromString(text) : -1;
            }
            catch (ArgumentException)
            {
                number = -1;
            }
        }

        pin = number;
        return adapter switch
        {
            Ft232h when number is < 3 or > 15 => $"{option}: '{text}' is not D3 to D7 (3 to 7) nor C0 to C7 (8 to 15); D0, D1 and D2 are clock, MOSI and MISO",
            Ft4222 when number is < 0 or > 3 => $"{option}: '{text}' is not 0 to 3",
            _ when number < 0 => $"{option}: '{text}' is no pin's number",
            _ => null,
        };
    }

    private static string? CheckPins(int adapter, int chipSelect, int? interrupt, int? reset)
    {
        if (interrupt != null && interrupt == reset)
        {
            return "--interrupt and --reset are the same pin";
        }

        return adapter == Ft232h && (chipSelect == interrupt || chipSelect == reset) ? "--cs is also --interrupt or --reset" : null;
    }

    // For the model: what the virtual board has. For a chip: what the network has, which only its owner knows.
    private string? ReadAddresses(ParseResult result, bool model, out Ipv4Network board, out Ipv4Network gateway)
    {
        bool dhcp = result.GetValue(_dhcp);
        bool given = result.GetValue(_address) != null;
        board = result.GetValue(_address) ?? new Ipv4Network(0, 24);
        gateway = default;
        if (dhcp && given)
        {
            return "--ip and --dhcp: one of them";
        }

        if (!given && model)
        {
            board = new BoardSettings().Board;
        }
        else if (!given && !dhcp)
        {
            return "the station needs an address: --ip ADDRESS/PREFIX, with --gateway ADDRESS; or --dhcp";
        }

        uint way = result.GetValue(_gateway) ?? (model ? new BoardSettings().Host.Address : 0);
        gateway = new Ipv4Network(way, board.PrefixLength);
        return way == 0 || dhcp || (way != board.Address && board.Contains(way)) ? null : $"--gateway {Ipv4Address.Format(way)} is no neighbour of --ip {board}";
    }

    private static string? ParseAdapter(string text, out string adapter)
    {
        adapter = text;
        return Array.IndexOf(s_adapters, text) >= 0 ? null : "is none of " + string.Join(", ", s_adapters);
    }

    private static string? ParseNetwork(string text, out Ipv4Network? network)
    {
        string? error = Ipv4Network.Parse(text, out Ipv4Network parsed);
        network = parsed;
        return error;
    }

    private static string? ParseAddress(string text, out uint? address)
    {
        bool parsed = Ipv4Address.TryParse(text, out uint value);
        address = value;
        return parsed ? null : "is no address, such as 192.168.1.1";
    }

    private static string? ParseName(string text, out string name)
    {
        name = text;
        return text.Length is > 0 and <= 32 && Array.TrueForAll(text.ToCharArray(), c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? null
            : "is not 1 to 32 letters, digits and hyphens";
    }

    private static string? ParseMac(string text, out byte[]? mac)
    {
        mac = null;
        try
        {
            mac = Convert.FromHexString(text.Replace(":", string.Empty).Replace("-", string.Empty));
        }
        catch (FormatException)
        {
            // Told below.
        }

        return mac is { Length: 6 } && (mac[0] & 1) == 0 ? null : "is no station's address: six bytes in hexadecimal, the first one even";
    }

    // IEEE 802-2014 §8.2.2: the second bit of the first octet marks an address that nobody assigned.
    private static byte[] Derive(string identity)
    {
        byte[] mac = SHA256.HashData(Encoding.UTF8.GetBytes(identity))[..6];
        mac[0] = (byte)((mac[0] & 0xFC) | 2);
        return mac;
    }

    private static Option<string> Pin(string name, string description)
    {
        return Shared.Text<string>(name, "PIN", description, (string text, out string value) => (value = text).Length == 0 ? "is empty" : null, string.Empty);
    }

    private sealed class HelpWithExamples(HelpAction plain) : SynchronousCommandLineAction
    {
        private const string Examples = """
            Examples (options follow after --):
              dotnet run --project boards/linux-spi -- --chip w5500 --ip 192.168.1.50/24 --gateway 192.168.1.1 --interrupt 25 --reset 24
                  a Raspberry Pi with a W5500 on SPI0, CE0
              dotnet run --project boards/linux-spi -- --adapter ft232h --chip enc28j60 --clock 15000000 --dhcp --reset C0
                  a PC with an FT232H and an ENC28J60
              dotnet run --project boards/linux-spi -- --adapter model
                  no hardware: the same program on a modelled chip, its page at http://127.0.0.1:8080

            boards/linux-spi/README.md has the wiring. Ctrl+C closes the connections and ends. Exit code 0: ended as asked;
            1: no adapter, no permission, or no chip; 2: an option is wrong.
            """;

        public override int Invoke(ParseResult parseResult)
        {
            plain.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
            return 0;
        }
    }
}
