using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>The ladder as a drawing: two lifelines coloured by state, slanting segments, timers, and breaks where long nothing happens.</summary>
internal sealed class LadderSvg
{
    private const double Width = 860;
    private const double LeftX = 240;
    private const double RightX = 620;
    private const double Bar = 10;
    private const double LineHeight = 14;
    private const double ArrowPitch = 17;
    private const double Top = 64;
    private const double BreakHeight = 30;
    private const double Steep = 35;
    private const string Ink = "#222222";
    private const string Red = "#c62828";
    private const string Orange = "#b26a00";
    private const string Blue = "#1565c0";
    private const string Grey = "#8a8a8a";

    private static readonly string[] s_colours =
    [
        "#bdbdbd", "#90caf9", "#ffe082", "#ffb74d", "#81c784", "#ce93d8", "#ba68c8", "#80cbc4", "#f48fb1", "#4db6ac", "#9575cd",
    ];

    private readonly Svg _svg = new();
    private readonly LabStage _stage;
    private readonly bool _absolute;
    private readonly Dictionary<long, double> _y = [];
    private readonly Dictionary<(Flight, int), double> _arrow = [];
    private double _bottom;

    private LadderSvg(LabStage stage, bool absolute)
    {
        _stage = stage;
        _absolute = absolute;
    }

    internal static string Draw(Scenario scenario, LabStage stage, bool absolute)
    {
        var drawing = new LadderSvg(stage, absolute);
        drawing.Place();
        drawing.Lifelines();
        foreach (Flight flight in stage.Flights)
        {
            drawing.Arrow(flight);
        }

        drawing._svg.Text(Width / 2, 22, $"{scenario.Number}. {scenario.Title}", Ink, "middle", 15, " font-weight=\"bold\"");
        return drawing._svg.Document(Width, drawing._bottom + 24, scenario.Title);
    }

    // Every moment gets a height that has room for what happens then; the time between two is not to scale when it is long.
    private void Place()
    {
        double y = Top;
        long before = 0;
        foreach (IGrouping<long, LabEvent> moment in _stage.Events.Where(e => e is not NoteEvent).GroupBy(e => e.AtMs).OrderBy(g => g.Key))
        {
            long gap = moment.Key - before;
            if (gap > 20L * Math.Max(_stage.LatencyMs, 10))
            {
                _svg.Text(Width / 2, y + (BreakHeight / 2) + 4, "· · ·  " + Times.Span(gap) + "  · · ·", Grey, "middle");
                y += BreakHeight;
            }
            else if (gap > 0)
            {
                y += Math.Clamp(gap * 0.5, 6, 24);
            }

            before = moment.Key;
            _y[moment.Key] = y;
            y += Math.Max(Labels(moment, _stage.Client, LeftX - Bar, "end", y), Labels(moment, _stage.Server, RightX + Bar, "start", y));
        }

        _bottom = y + 10;
    }

    // What stands beside a lifeline at a moment, and the heights at which its segments leave and arrive.
    private double Labels(IEnumerable<LabEvent> moment, LabSide side, double x, string anchor, double y)
    {
        double text = y + 4;
        double arrows = y;
        foreach (LabEvent e in moment.Where(e => e.Side == side))
        {
            (string label, string colour, string more) = e switch
            {
                StateEvent s => (TcpStateName.Of(s.To), Ink, " font-weight=\"bold\""),
                ApplicationEvent a => (a.Text, Blue, " font-style=\"italic\""),
                TimerEvent t => ($"timer {TraceTimer.NameOf(t.Timer)}", Orange, ""),
                DropEvent d => (DropReasonName.Of(d.Reason), Red, ""),
                _ => ("", "", ""),
            };
            if (label.Length > 0)
            {
                _svg.Text(x + (anchor == "end" ? -4 : 4), text, label, colour, anchor, 11, more);
                text += LineHeight;
            }
            else if (e is SendEvent send)
            {
                _arrow[(send.Flight, -1)] = arrows;
                arrows += ArrowPitch;
            }
            else if (e is ArriveEvent arrive)
            {
                _arrow[(arrive.Flight, arrive.Copy)] = arrows;
                arrows += ArrowPitch;
            }
        }

        _svg.Text(side.IsClient ? 4 : Width - 4, y + 4, side.IsClient ? Seconds(moment.First().AtMs) : "", Grey, "start", 10);
        return Math.Max(LineHeight, Math.Max(text - y - 4, arrows - y));
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);

    private void Lifelines()
    {
        foreach (LabSide side in new[] { _stage.Client, _stage.Server })
        {
            double x = side.IsClient ? LeftX : RightX;
            double from = Top - 16;
            TcpState state = TcpState.Closed;
            foreach (StateEvent change in _stage.Events.OfType<StateEvent>().Where(e => e.Side == side))
            {
                Piece(x, from, _y[change.AtMs], state);
                (from, state) = (_y[change.AtMs], change.To);
            }

            Piece(x, from, _bottom, state);
            _svg.Text(x, Top - 24, side.Name, Ink, "middle", 13, " font-weight=\"bold\"");
        }
    }

    private void Piece(double x, double from, double to, TcpState state)
    {
        if (to > from)
        {
            _svg.Box(x - (Bar / 2), from, Bar, to - from, s_colours[(int)state], $" stroke=\"{Grey}\" stroke-width=\"0.5\"");
        }
    }

    private void Arrow(Flight flight)
    {
        double start = _arrow[(flight, -1)];
        double from = flight.FromClient ? LeftX + (Bar / 2) : RightX - (Bar / 2);
        double to = flight.FromClient ? RightX - (Bar / 2) : LeftX + (Bar / 2);
        string colour = flight.Lost || flight.Segment.Has(TcpFlags.Rst) ? Red : flight.Again || flight.Replayed ? Orange : Ink;
        if (flight.Lost)
        {
            double x = from + ((to - from) * 0.6);
            double y = start + 14;
            _svg.Line(from, start, x, y, colour, 1.4);
            _svg.Path($"M{Svg.N(x - 5)},{Svg.N(y - 5)} l10,10 m0,-10 l-10,10", Red, 2);
            Name(flight, from, start, x, y, colour);
            return;
        }

        for (int copy = 0; copy < flight.ArrivesMs.Count; copy++)
        {
            // One that had not arrived when the play ended leaves the picture.
            double end = _arrow.TryGetValue((flight, copy), out double y) ? y : _bottom;
            _svg.Line(from, start, to, end, colour, 1.4, copy > 0 ? " stroke-dasharray=\"4 3\"" : "");
            double angle = Math.Atan2(end - start, to - from) * 180 / Math.PI;
            _svg.Head(to, end, angle, colour);
            if (copy == 0)
            {
                Name(flight, from, start, to, end, colour);
            }
        }
    }

    private void Name(Flight flight, double x1, double y1, double x2, double y2, string colour)
    {
        double slope = Math.Atan2(y2 - y1, x2 - x1) * 180 / Math.PI;
        double angle = slope > 90 ? slope - 180 : slope < -90 ? slope + 180 : slope;

        // Beside its sender, so that the names of segments that cross do not.
        double at = Math.Abs(angle) > Steep ? 0.02 : 0.03;
        double x = x1 + ((x2 - x1) * at);
        double y = y1 + ((y2 - y1) * at) - 3;
        string label = (flight.Replayed ? "old: " : "") + Words(flight) + (flight.Again ? " (again)" : "");
        string turn = Math.Abs(angle) > Steep ? "" : $" transform=\"rotate({Svg.N(angle)} {Svg.N(x)} {Svg.N(y)})\"";
        _svg.Text(x, y, label, colour, flight.FromClient ? "start" : "end", 10, turn);
    }

    private string Words(Flight flight) => Label.Of(flight, _absolute, flight.Lost ? 36 : 58);
}
