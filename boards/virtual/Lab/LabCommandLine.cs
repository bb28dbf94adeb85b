using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using EmbeddedTcp.VirtualBoard.Lab.Scenarios;

namespace EmbeddedTcp.VirtualBoard.Lab;

/// <summary>The options of the lab: their names, ranges and explanations.</summary>
public sealed class LabCommandLine
{
    private readonly RootCommand _root = new(
        "The textbook's scenarios, played between two stacks in virtual time and drawn as they happen. Without a name: the list.");

    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "the scenario's name or number",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _all = Flag("--all", "play all scenarios");

    private readonly Option<bool> _check = Flag("--check", "compare states, segments and what the applications see with what must be; exit code 1 if they differ");

    private readonly Option<bool> _absolute = Flag("--absolute", "show sequence numbers as they are on the wire, not relative to the initial ones");

    private readonly Option<double> _speed = new("--speed")
    {
        HelpName = "FACTOR",
        Description = "play in real time with a screen that shows states and timers; 1 is real time, 100 is a hundred times as fast",
    };

    private readonly Option<string[]> _drop = Segment("--drop", "lose a segment: [client.|server.]KIND:N, where KIND is syn, syn-ack, ack, data, fin, rst or any, and N "
        + "counts them as they are sent, from 1, or is * for all; repeatable");

    private readonly Option<string[]> _delay = Segment("--delay", "deliver a segment later: KIND:N=MS [default: 500 ms]; repeatable");

    private readonly Option<string[]> _duplicate = Segment("--duplicate", "deliver a segment twice: KIND:N=MS, so much later [default: 1 ms]; repeatable");

    private readonly Option<int?> _latency = Number("--latency", "MS", "time a frame takes from one side to the other [default: 20]");

    private readonly Option<int?> _receiveBuffer = Number("--rx-buffer", "BYTES", "receive ring of each connection");

    private readonly Option<int?> _sendBuffer = Number("--tx-buffer", "BYTES", "send ring of each connection");

    private readonly Option<int?> _mtu = Number("--mtu", "BYTES", "maximum transmission unit of both sides");

    private readonly Option<int?> _msl = Number("--msl", "SECONDS", "maximum segment lifetime; TIME_WAIT lasts twice as long");

    private readonly Option<int?> _rto = Number("--rto", "MS", "initial and smallest retransmission timeout");

    private readonly Option<string?> _svg = Path("--svg", "draw the ladder in FILE");

    private readonly Option<string?> _markdown = Path("--markdown", "write the page with a mermaid sequence diagram in FILE");

    private readonly Option<string?> _pcap = Path("--pcap", "record the wire in FILE (pcapng, for Wireshark)");

    private readonly Option<string?> _plot = Path("--plot", "draw a time-sequence plot of the client's data in FILE (SVG)");

    private readonly Option<string?> _fsm = Path("--fsm", "draw the state machine with the transitions taken in FILE (SVG)");

    private readonly Option<string?> _docs = Path("--docs", "write the pages of all scenarios anew in folder FILE");

    /// <summary>Defines the options.</summary>
    public LabCommandLine()
    {
        _root.Options.Clear();
        _root.Arguments.Add(_name);
        Option[] options =
        [
            _all, _check, _speed, _absolute, _drop, _delay, _duplicate, _latency, _rto, _msl, _mtu, _receiveBuffer, _sendBuffer,
            _svg, _markdown, _pcap, _plot, _fsm, _docs,
        ];
        foreach (Option option in options)
        {
            _root.Options.Add(option);
        }

        _root.Options.Add(new HelpOption { Description = "show this text and end" });
    }

    /// <summary>Reads the arguments after <c>lab</c>.</summary>
    /// <returns>Null with a request, null without one after the help text, or one line that says what is wrong.</returns>
    public string? Read(string[] arguments, TextWriter output, out LabRequest? request)
    {
        request = null;
        ParseResult result = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is HelpAction)
        {
            result.Invoke(new InvocationConfiguration { Output = output });
            return null;
        }

        if (result.Errors.Count > 0)
        {
            return result.Errors[0].Message.ReplaceLineEndings(" ");
        }

        List<SegmentFault> faults = [];
        string? error = ReadFaults(faults, FaultKind.Drop, result.GetValue(_drop))
            ?? ReadFaults(faults, FaultKind.Delay, result.GetValue(_delay))
            ?? ReadFaults(faults, FaultKind.Duplicate, result.GetValue(_duplicate));
        string? name = result.GetValue(_name);
        bool all = result.GetValue(_all);
        Scenario? scenario = name == null ? null : Catalogue.Find(name);
        if (name != null && scenario == null)
        {
            error ??= $"there is no scenario '{name}'; lab lists them";
        }

        if (name != null && all)
        {
            error ??= "a name and --all exclude each other";
        }

        double speed = result.GetValue(_speed);
        if (speed < 0 || !double.IsFinite(speed))
        {
            error ??= "--speed: a positive factor, such as 1 or 10";
        }

        string?[] files = [result.GetValue(_svg), result.GetValue(_markdown), result.GetValue(_pcap), result.GetValue(_plot), result.GetValue(_fsm)];
        if (scenario == null && files.Any(f => f != null))
        {
            error ??= "files are written for one scenario: name it";
        }

        int? msl = result.GetValue(_msl);
        var changed = new LabOptions
        {
            Faults = faults,
            Latency = result.GetValue(_latency),
            ReceiveBuffer = result.GetValue(_receiveBuffer),
            SendBuffer = result.GetValue(_sendBuffer),
            Mtu = result.GetValue(_mtu),
            MaximumSegmentLifetime = msl * 1000,
            Rto = result.GetValue(_rto),
        };
        bool check = result.GetValue(_check);
        if (check && !changed.AsWritten)
        {
            error ??= "--check compares with what must be when nothing is changed; leave out what changes it";
        }

        if (changed.Latency is < 0 or > 60_000 || msl is < 1 or > 120)
        {
            error ??= changed.Latency is < 0 or > 60_000 ? "--latency: 0 to 60000 ms" : "--msl: 1 to 120 seconds";
        }

        request = new LabRequest
        {
            Scenarios = all ? Catalogue.All : scenario == null ? [] : [scenario],
            Options = changed,
            Check = check,
            Quiet = all && check,
            Speed = speed,
            Absolute = result.GetValue(_absolute),
            SvgPath = files[0],
            MarkdownPath = files[1],
            PcapPath = files[2],
            PlotPath = files[3],
            StateMachinePath = files[4],
            DocumentFolder = result.GetValue(_docs),
        };
        return error;
    }

    private static string? ReadFaults(List<SegmentFault> faults, FaultKind what, string[]? texts)
    {
        foreach (string text in texts ?? [])
        {
            string? error = SegmentFault.Parse(what, text, out SegmentFault fault);
            if (error != null)
            {
                return $"--{what.ToString().ToLowerInvariant()}: '{text}' {error}";
            }

            faults.Add(fault);
        }

        return null;
    }

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Option<string?> Path(string name, string description) => new(name) { HelpName = "FILE", Description = description };

    private static Option<int?> Number(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };

    private static Option<string[]> Segment(string name, string description)
        => new(name) { HelpName = "SEGMENT", Description = description, Arity = ArgumentArity.OneOrMore };
}
