using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.IO;
using System.Net;
using EmbeddedTcp.ChipModels.Enc28j60;
using EmbeddedTcp.VirtualBoard.ChipService;
using EmbeddedTcp.VirtualBoard.Wires;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>The options of the command <c>chip</c>: a modelled chip offered as a service.</summary>
public sealed class ChipCommandLine
{
    /// <summary>The command's name.</summary>
    public const string Name = "chip";

    private readonly Command _command = new(Name,
        "Offers the SPI pins of a modelled Ethernet controller over TCP, for drivers of other projects and languages; "
        + "boards/virtual/ChipService/README.md has the protocol.");

    private readonly Option<string> _model = CommandLine.Text<string>("--model", "w5500|enc28j60", "the chip", ParseModel, "w5500");

    private readonly Option<int> _revision = CommandLine.Text<int>("--revision", "B1|B4|B5|B7",
        "the ENC28J60's silicon revision, with the errata that belong to it", ParseRevision, Enc28j60Errata.B7);

    private readonly Option<IPEndPoint> _listen = CommandLine.Text<IPEndPoint>("--listen", "tcp:ADDRESS:PORT",
        "where to listen, for one client at a time, without password or encryption; port 0: any free one", ParseListen,
        new IPEndPoint(IPAddress.Loopback, 0));

    private readonly Option<string?> _net = CommandLine.Text<string?>("--net", "user|tap:NAME",
        "where the chip's cable leads: user, a network without privileges; tap:NAME, the TAP interface NAME [default: user]",
        CommandLine.ParseNet, null);

    private readonly Option<Ipv4Network> _host = CommandLine.Text<Ipv4Network>("--host-ip", "ADDRESS/PREFIX",
        "the host's address on a TAP interface that is created, or the user-mode network's gateway", Ipv4Network.Parse,
        new Ipv4Network(0x0A4D0001, 24));

    private readonly Option<Ipv4Network> _board = CommandLine.Text<Ipv4Network>("--ip", "ADDRESS/PREFIX",
        "the address that the client's stack uses: forwarded ports lead there", Ipv4Network.Parse, new Ipv4Network(0x0A4D0002, 24));

    private readonly Option<string[]> _forward = new("--forward")
    {
        HelpName = "HOST:BOARD",
        Description = "user-mode network: forward port HOST of 127.0.0.1 (0: any free one) to port BOARD of the client's stack; repeatable",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _pcap = CommandLine.Text<string?>("--pcap", "FILE", "record the wire in FILE (pcapng, for Wireshark)",
        (string text, out string? value) => (value = text).Length == 0 ? "is no file name" : null, null);

    private readonly Option<string[]> _fault = new("--fault")
    {
        HelpName = "NAME=VALUE",
        Description = "something that goes wrong in the chip or on its pins; repeatable; an unknown NAME gets the list of all",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> _seed = CommandLine.Integer("--seed", "N", "start of the pseudo-random sequence behind the faults",
        int.MinValue, int.MaxValue, 1);

    private readonly Option<int> _clock = CommandLine.Integer("--spi-clock", "HZ", "the SPI clock that is modelled", 1000, 100_000_000, 20_000_000);

    private readonly Option<double> _for = CommandLine.Decimal("--for", "SECONDS", "end by itself after this time; 0: run until told to stop",
        0, 30 * 24 * 3600, 0);

    private readonly HelpOption _help = new() { Description = "show this text and end" };

    /// <summary>Defines the options.</summary>
    public ChipCommandLine()
    {
        Option[] options = [_model, _revision, _listen, _net, _host, _board, _forward, _pcap, _fault, _seed, _clock, _for, _help];
        foreach (Option option in options)
        {
            _command.Options.Add(option);
        }
    }

    /// <summary>Reads the arguments behind <see cref="Name"/>.</summary>
    /// <param name="arguments">As the program got them, without the command.</param>
    /// <param name="output">Receives the help text if it was asked for.</param>
    /// <param name="settings">What was decided, or null.</param>
    /// <returns>Null with settings, null without settings after the help text, or one line that says what is wrong.</returns>
    public string? Read(string[] arguments, TextWriter output, out ChipSettings? settings)
    {
        settings = null;
        ParseResult result = _command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is HelpAction)
        {
            result.Invoke(new InvocationConfiguration { Output = output });
            return null;
        }

        if (result.Errors.Count > 0)
        {
            return result.Errors[0].Message.ReplaceLineEndings(" ");
        }

        Ipv4Network host = result.GetValue(_host);
        Ipv4Network board = result.GetValue(_board);
        string? tapName = result.GetValue(_net);
        List<PortForward> forwards = [];
        string? error = ReadFaults(result.GetValue(_fault) ?? [], out List<KeyValuePair<string, int>> faults);
        error ??= CommandLine.CheckAddresses(host, board);
        error ??= CommandLine.ReadForwardList(result.GetValue(_forward) ?? [], forwards);
        if (tapName != null && forwards.Count > 0)
        {
            error ??= "--forward belongs to --net user; over a TAP interface the client's stack is reached at its own address";
        }

        if (error != null)
        {
            return error;
        }

        double runTime = result.GetValue(_for);
        settings = new ChipSettings
        {
            Model = result.GetValue(_model)!,
            Revision = result.GetValue(_revision),
            Listen = result.GetValue(_listen)!,
            TapName = tapName,
            Host = host,
            Board = board,
            Forwards = forwards,
            CapturePath = result.GetValue(_pcap),
            Faults = faults,
            Seed = result.GetValue(_seed),
            ClockHz = result.GetValue(_clock),
            RunTime = runTime > 0 ? TimeSpan.FromSeconds(runTime) : null,
        };
        return null;
    }

    private static string? ParseModel(string text, out string model)
    {
        model = text;
        return text is "w5500" or "enc28j60" ? null : "is neither w5500 nor enc28j60";
    }

    private static string? ParseRevision(string text, out int revision)
    {
        revision = text switch
        {
            "B1" => Enc28j60Errata.B1,
            "B4" => Enc28j60Errata.B4,
            "B5" => Enc28j60Errata.B5,
            "B7" => Enc28j60Errata.B7,
            _ => -1,
        };
        return revision < 0 ? "is none of B1, B4, B5, B7" : null;
    }

    private static string? ParseListen(string text, out IPEndPoint endPoint)
    {
        const string prefix = "tcp:";
        bool good = text.StartsWith(prefix, StringComparison.Ordinal) && text.LastIndexOf(':') > prefix.Length;
        if (!good || !IPEndPoint.TryParse(text[prefix.Length..], out IPEndPoint? parsed))
        {
            endPoint = new IPEndPoint(IPAddress.Loopback, 0);
            return "is not tcp:ADDRESS:PORT, such as tcp:127.0.0.1:7028";
        }

        endPoint = parsed;
        return null;
    }

    private static string? ReadFaults(string[] texts, out List<KeyValuePair<string, int>> faults)
    {
        faults = [];
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=');
            if (equals < 1 || !Numbers.TryInteger(text[(equals + 1)..], -1, int.MaxValue, out int value))
            {
                return $"--fault: '{text}' is not NAME=VALUE with a whole number, such as miso-flips=1000";
            }

            faults.Add(new(text[..equals], value));
        }

        return null;
    }
}
