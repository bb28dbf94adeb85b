using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>
/// The ladder as text in 79 columns, event by event: time, the client's state, the wire, the server's state. A segment takes two lines,
/// one where it leaves and one where it arrives, so that segments that cross can be seen to cross.
/// </summary>
internal sealed class LadderText(bool absolute, bool withSentences)
{
    private const int StateWidth = 11;
    private const int Middle = 43;
    private const int Bend = 33;
    private const string TimeStyle = "grey";
    private const string NoteStyle = "bold yellow";
    private const string SentenceStyle = "grey";
    private const string ApplicationStyle = "deepskyblue1";
    private const string TimerStyle = "orange1";
    private const string TroubleStyle = "red";
    private const string StateStyle = "bold green";

    private readonly HashSet<string> _said = [];
    private readonly List<string> _sentences = [];
    private LabEvent? _pending;

    /// <summary>The lines that an event completes.</summary>
    internal IEnumerable<Line> Feed(LabStage stage, LabEvent happening)
    {
        var lines = new List<Line>();

        // A state and the segment that leaves with it, or that brought it, share a line.
        bool shared = _pending != null && happening.Side == _pending.Side && happening.AtMs == _pending.AtMs
            && ((_pending is StateEvent && happening is SendEvent) || (_pending is ArriveEvent && happening is StateEvent));
        LabEvent? first = shared ? _pending : null;
        if (!shared)
        {
            lines.AddRange(End());
        }

        Say(stage, happening);
        _pending = null;
        switch (happening)
        {
            case NoteEvent e:
                lines.Add(new Line());
                lines.AddRange(Wrapped(e.Text, 0).Select(t => new Line().Add(t, NoteStyle)));
                break;
            case StateEvent when !shared:
            case ArriveEvent:
                _pending = happening;
                return lines;
            case StateEvent e:
                lines.Add(Arrived((ArriveEvent)first!, e));
                break;
            case ApplicationEvent e:
                lines.Add(Remark(e, e.Text, ApplicationStyle));
                break;
            case TimerEvent e:
                lines.Add(Remark(e, $"timer {TraceTimer.NameOf(e.Timer)} fires", TimerStyle));
                break;
            case DropEvent e:
                lines.Add(Remark(e, $"({DropReasonName.Of(e.Reason)})", TroubleStyle));
                break;
            case SendEvent e:
                lines.Add(Row(e.AtMs, first as StateEvent, Departure(e.Flight), Style(e.Flight)));
                break;
        }

        return lines.Concat(Said());
    }

    /// <summary>The line that is still to come.</summary>
    internal IEnumerable<Line> End()
    {
        LabEvent? last = _pending;
        _pending = null;
        return last switch
        {
            StateEvent state => [Row(state.AtMs, state, ""), .. Said()],
            ArriveEvent arrival => [Arrived(arrival, null), .. Said()],
            _ => [],
        };
    }

    internal static Line Head() => new Line().Add($"{"seconds",8} {"client",StateWidth}  {"",Middle}  server", TimeStyle);

    private Line Arrived(ArriveEvent arrival, StateEvent? state) => Row(arrival.AtMs, state, Arrival(arrival.Flight), Style(arrival.Flight));

    // Each sentence once: what is asked for does not change when it is asked again.
    private void Say(LabStage stage, LabEvent happening)
    {
        if (withSentences && Sentences.For(stage, happening) is { } sentence && _said.Add(sentence))
        {
            _sentences.Add(sentence);
        }
    }

    private IEnumerable<Line> Said()
    {
        List<Line> lines = [.. _sentences.SelectMany(s => Wrapped(s, 10)).Select(t => new Line().Add(t, SentenceStyle))];
        _sentences.Clear();
        return lines;
    }

    private static IEnumerable<string> Wrapped(string text, int indent)
    {
        string line = new(' ', indent);
        foreach (string word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Line.Width && line.Length > indent)
            {
                yield return line;
                line = new string(' ', indent);
            }

            line += (line.Length > indent ? " " : "") + word;
        }

        yield return line;
    }

    private static Line Row(long atMs, StateEvent? state, string middle, string style = "")
    {
        string left = state is { Side.IsClient: true } ? TcpStateName.Of(state.To) : "";
        string right = state is { Side.IsClient: false } ? TcpStateName.Of(state.To) : "";
        return new Line()
            .Add($"{atMs / 1000.0,8:0.000}", TimeStyle)
            .Add($" {left,StateWidth} ", StateStyle)
            .Add("|")
            .Add(middle.Length > Middle ? middle[..Middle] : middle.PadRight(Middle), style)
            .Add("|")
            .Add(right.Length > 0 ? " " + right : "", StateStyle);
    }

    private static Line Remark(LabEvent e, string text, string style)
        => Row(e.AtMs, null, e.Side!.IsClient ? " " + text : (text + " ").PadLeft(Middle), style);

    private static string Style(Flight f) => f.Lost || f.Segment.Has(TcpFlags.Rst) ? TroubleStyle : f.Again || f.Replayed ? TimerStyle : "";

    // Leaves its sender's line, and bends down where the arrival's line takes over.
    private string Departure(Flight flight)
    {
        string extra = flight.Lost ? " LOST" : flight.Again ? " again" : flight.Replayed ? " old" : "";
        string label = Label.Of(flight, absolute, Bend - 4 - extra.Length) + extra;
        string line = ("--" + label + " ").PadRight(Bend, '-');
        string end = flight.Lost ? "X" : ".";
        return flight.FromClient ? line + end : Mirror(label, end);
    }

    private string Arrival(Flight flight)
    {
        // Its number says which of several it is: an ACK's is what it acknowledges.
        string[] parts = Label.Of(flight, absolute, Middle).Split(' ');
        string? number = flight.Segment.Kind switch
        {
            "data" => parts.FirstOrDefault(p => p.StartsWith("seq=", StringComparison.Ordinal)),
            "ack" => parts.FirstOrDefault(p => p.StartsWith("ack=", StringComparison.Ordinal)),
            _ => null,
        };
        string label = number == null ? flight.Segment.Name : flight.Segment.Name + " " + number;
        int room = Middle - 2;
        label = label.Length > room - 8 ? label[..(room - 8)] : label;
        return flight.FromClient
            ? new string(' ', 3) + "'" + ("-- " + label + " ").PadRight(Middle - 5, '-') + ">"
            : "<" + (" " + label + " --").PadLeft(Middle - 5, '-') + "'" + new string(' ', 3);
    }

    private static string Mirror(string label, string end) => (end + (" " + label + "--").PadLeft(Bend, '-')).PadLeft(Middle);
}
