using System;
using System.Collections.Generic;
using System.Linq;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>What a point of a time-sequence plot is.</summary>
public enum PlotKind
{
    /// <summary>Octets were sent for the first time.</summary>
    Data,

    /// <summary>Octets were sent again.</summary>
    Again,

    /// <summary>An acknowledgment came in; its window ends at <see cref="PlotPoint.To"/>.</summary>
    Acknowledgment,
}

/// <summary>A point of a time-sequence plot.</summary>
/// <param name="AtMs">When, in milliseconds.</param>
/// <param name="Kind">What it is.</param>
/// <param name="From">The first octet's number, or SEG.ACK, relative to the initial number.</param>
/// <param name="To">The number behind the last octet, or SEG.ACK+SEG.WND.</param>
/// <param name="Lost">True for octets that are known not to have arrived.</param>
public readonly record struct PlotPoint(double AtMs, PlotKind Kind, long From, long To, bool Lost = false);

/// <summary>
/// One direction of a transfer as its sender sees it, after tcptrace's time-sequence graph: what was sent, what was acknowledged, and the
/// edge of the receiver's window.
/// </summary>
public static class TimeSequencePlot
{
    private const double Width = 900;
    private const double Height = 480;
    private const double Left = 80;
    private const double Right = 20;
    private const double Top = 50;
    private const double Bottom = 50;
    private const int Ticks = 8;
    private const string Ink = "#222222";
    private const string Grid = "#e4e4e4";
    private const string Green = "#2e7d32";
    private const string Blue = "#1565c0";
    private const string Red = "#c62828";

    /// <summary>Draws it.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="points">In the order of time; at least one.</param>
    /// <returns>An SVG document.</returns>
    public static string Draw(string title, IReadOnlyList<PlotPoint> points)
    {
        if (points.Count == 0)
        {
            throw new ArgumentException("nothing to draw: no data was sent");
        }

        var svg = new Svg();
        double start = points[0].AtMs;
        double span = Math.Max(1e-3, points[^1].AtMs - start);
        long low = points.Min(p => p.From);
        long high = Math.Max(low + 1, points.Max(p => p.To));
        double X(double ms) => Left + ((ms - start) / span * (Width - Left - Right));
        double Y(long seq) => Height - Bottom - ((double)(seq - low) / (high - low) * (Height - Top - Bottom));

        svg.Text(Width / 2, 20, title, Ink, "middle", 14, " font-weight=\"bold\"");
        Legend(svg);
        double timeStep = Step(span);
        for (double t = 0; t <= span; t += timeStep)
        {
            svg.Line(X(start + t), Top, X(start + t), Height - Bottom, Grid);
            svg.Text(X(start + t), Height - Bottom + 16, Svg.N(t), Ink, "middle", 10);
        }

        long octetStep = Math.Max(1, (long)Step(high - low));
        for (long s = ((low + octetStep - 1) / octetStep) * octetStep; s <= high; s += octetStep)
        {
            svg.Line(Left, Y(s), Width - Right, Y(s), Grid);
            svg.Text(Left - 6, Y(s) + 4, $"{s}", Ink, "end", 10);
        }

        svg.Text(Width / 2, Height - 12, "milliseconds", Ink, "middle", 11);
        svg.Text(16, Height / 2, "sequence number", Ink, "middle", 11, $" transform=\"rotate(-90 16 {Svg.N(Height / 2)})\"");
        Staircase(svg, points, p => (X(p.AtMs), Y(p.To)), X(points[^1].AtMs), Blue);
        Staircase(svg, points, p => (X(p.AtMs), Y(p.From)), X(points[^1].AtMs), Green);
        foreach (PlotPoint p in points.Where(p => p.Kind != PlotKind.Acknowledgment))
        {
            string colour = p.Kind == PlotKind.Again ? Red : Ink;
            double x = X(p.AtMs);
            svg.Line(x, Y(p.From), x, Y(p.To), colour, p.Kind == PlotKind.Again ? 2.5 : 1.5);
            svg.Path($"M{Svg.N(x - 2.5)},{Svg.N(Y(p.From))} h5 M{Svg.N(x - 2.5)},{Svg.N(Y(p.To))} h5", colour);
            if (p.Lost)
            {
                double y = (Y(p.From) + Y(p.To)) / 2;
                svg.Path($"M{Svg.N(x - 5)},{Svg.N(y - 5)} l10,10 m0,-10 l-10,10", Red, 2);
            }
        }

        return svg.Document(Width, Height, title);
    }

    private static void Staircase(Svg svg, IEnumerable<PlotPoint> points, Func<PlotPoint, (double X, double Y)> place, double end, string colour)
    {
        string path = "";
        foreach (PlotPoint p in points.Where(p => p.Kind == PlotKind.Acknowledgment))
        {
            (double x, double y) = place(p);
            path += path.Length == 0 ? $"M{Svg.N(x)},{Svg.N(y)}" : $" H{Svg.N(x)} V{Svg.N(y)}";
        }

        if (path.Length > 0)
        {
            svg.Path($"{path} H{Svg.N(end)}", colour, 1.3);
        }
    }

    private static void Legend(Svg svg)
    {
        double x = Left;
        foreach ((string text, string colour) in new[] { ("sent", Ink), ("sent again", Red), ("acknowledged", Green), ("edge of the window", Blue) })
        {
            svg.Line(x, 36, x + 18, 36, colour, 2.5);
            svg.Text(x + 24, 40, text, Ink);
            x += 50 + (text.Length * 7);
        }
    }

    // 1, 2 or 5 times a power of ten.
    private static double Step(double span)
    {
        double raw = span / Ticks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }
}
