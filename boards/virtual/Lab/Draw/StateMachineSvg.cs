using System;
using System.Collections.Generic;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>
/// The eleven states with every transition that was taken and how often, as the engine's trace counted them. Only the places of the boxes
/// are drawn by hand: an arrow is there because the engine went that way.
/// </summary>
internal static class StateMachineSvg
{
    private const double Width = 980;
    private const double Height = 800;
    private const double BoxWidth = 118;
    private const double BoxHeight = 34;
    private const string Ink = "#222222";
    private const string Grey = "#9a9a9a";

    // CLOSED stands twice, as in figure 5 of RFC 9293: where connections begin, and where they end.
    private static readonly (double X, double Y) s_end = (490, 745);

    private static readonly Dictionary<TcpState, (double X, double Y)> s_places = new()
    {
        [TcpState.Closed] = (490, 70),
        [TcpState.Listen] = (190, 170),
        [TcpState.SynSent] = (790, 170),
        [TcpState.SynReceived] = (190, 305),
        [TcpState.Established] = (790, 305),
        [TcpState.FinWait1] = (300, 440),
        [TcpState.CloseWait] = (790, 440),
        [TcpState.FinWait2] = (130, 570),
        [TcpState.Closing] = (440, 570),
        [TcpState.TimeWait] = (190, 690),
        [TcpState.LastAck] = (790, 590),
    };

    private static readonly Dictionary<(TcpState, TcpState), string> s_causes = new()
    {
        [(TcpState.Closed, TcpState.Listen)] = "passive OPEN",
        [(TcpState.Listen, TcpState.Closed)] = "CLOSE",
        [(TcpState.Closed, TcpState.SynSent)] = "active OPEN / SYN",
        [(TcpState.SynSent, TcpState.Closed)] = "CLOSE, RST",
        [(TcpState.Listen, TcpState.SynReceived)] = "SYN / SYN,ACK",
        [(TcpState.SynReceived, TcpState.Listen)] = "RST",
        [(TcpState.SynReceived, TcpState.Closed)] = "time, RST",
        [(TcpState.SynSent, TcpState.SynReceived)] = "SYN / SYN,ACK",
        [(TcpState.SynSent, TcpState.Established)] = "SYN,ACK / ACK",
        [(TcpState.SynReceived, TcpState.Established)] = "ACK of SYN",
        [(TcpState.Established, TcpState.FinWait1)] = "CLOSE / FIN",
        [(TcpState.Established, TcpState.CloseWait)] = "FIN / ACK",
        [(TcpState.CloseWait, TcpState.LastAck)] = "CLOSE / FIN",
        [(TcpState.FinWait1, TcpState.FinWait2)] = "ACK of FIN",
        [(TcpState.FinWait1, TcpState.Closing)] = "FIN / ACK",
        [(TcpState.FinWait2, TcpState.TimeWait)] = "FIN / ACK",
        [(TcpState.Closing, TcpState.TimeWait)] = "ACK of FIN",
        [(TcpState.LastAck, TcpState.Closed)] = "ACK of FIN",
        [(TcpState.TimeWait, TcpState.Closed)] = "2MSL",
    };

    /// <summary>Draws it.</summary>
    /// <param name="title">What was counted.</param>
    /// <param name="counts">How often each transition was taken, by the state left and the state entered.</param>
    internal static string Draw(string title, int[,] counts)
    {
        var svg = new Svg();
        svg.Text(Width / 2, 26, title, Ink, "middle", 15, " font-weight=\"bold\"");
        for (int from = 0; from < TraceRing.States; from++)
        {
            for (int to = 0; to < TraceRing.States; to++)
            {
                if (counts[from, to] > 0)
                {
                    Edge(svg, (TcpState)from, (TcpState)to, counts[from, to]);
                }
            }
        }

        foreach ((TcpState state, (double X, double Y) place) in s_places)
        {
            State(svg, state, place);
        }

        State(svg, TcpState.Closed, s_end);
        return svg.Document(Width, Height, title);
    }

    private static void State(Svg svg, TcpState state, (double X, double Y) place)
    {
        svg.Box(place.X - (BoxWidth / 2), place.Y - (BoxHeight / 2), BoxWidth, BoxHeight, "#fff8e1", $" rx=\"6\" stroke=\"{Ink}\"");
        svg.Text(place.X, place.Y + 4, TcpStateName.Of(state), Ink, "middle", 12, " font-weight=\"bold\"");
    }

    private static void Edge(Svg svg, TcpState from, TcpState to, int count)
    {
        (double X, double Y) a = s_places[from];
        (double X, double Y) b = to == TcpState.Closed && from > TcpState.SynReceived ? s_end : s_places[to];

        // What only a RST, an abort or a deadline does is drawn lighter, or the picture would be hard to read.
        bool abnormal = !s_causes.ContainsKey((from, to));
        string cause = abnormal ? "RST, ABORT" : s_causes[(from, to)];
        string colour = abnormal ? Grey : Ink;

        // Both directions between two states bend away from each other.
        double dx = b.X - a.X;
        double dy = b.Y - a.Y;
        double length = Math.Sqrt((dx * dx) + (dy * dy));
        double bend = s_places.ContainsKey(to) && to < TcpState.Established && from < TcpState.Established ? 18 : abnormal ? 26 : 0;
        double mx = ((a.X + b.X) / 2) - (dy / length * bend);
        double my = ((a.Y + b.Y) / 2) + (dx / length * bend);
        (double X, double Y) start = Border(a, (mx, my));
        (double X, double Y) end = Border(b, (mx, my));
        svg.Path($"M{Svg.N(start.X)},{Svg.N(start.Y)} Q{Svg.N(mx)},{Svg.N(my)} {Svg.N(end.X)},{Svg.N(end.Y)}", colour, 1.3,
            $" data-from=\"{TcpStateName.Of(from)}\" data-to=\"{TcpStateName.Of(to)}\"" + (abnormal ? " stroke-dasharray=\"4 3\"" : ""));
        svg.Head(end.X, end.Y, Math.Atan2(end.Y - my, end.X - mx) * 180 / Math.PI, colour);
        double lx = (start.X + (2 * mx) + end.X) / 4;
        double ly = (start.Y + (2 * my) + end.Y) / 4;
        string label = $"{cause} ×{count}";
        if (Math.Abs(dx) < BoxWidth / 2 && bend > 0)
        {
            // Two arrows side by side: each has its name on its own side.
            lx -= Math.Sign(dy) * label.Length * 3.1;
        }

        svg.Box(lx - (label.Length * 3.1), ly - 9, label.Length * 6.2, 13, "#ffffff", " fill-opacity=\"0.85\"");
        svg.Text(lx, ly + 1, label, colour, "middle", 10);
    }

    // Where the line from a box's middle to a point leaves the box.
    private static (double X, double Y) Border((double X, double Y) box, (double X, double Y) towards)
    {
        double dx = towards.X - box.X;
        double dy = towards.Y - box.Y;
        double scale = Math.Min(
            dx == 0 ? double.MaxValue : BoxWidth / 2 / Math.Abs(dx), dy == 0 ? double.MaxValue : BoxHeight / 2 / Math.Abs(dy));
        return (box.X + (dx * scale), box.Y + (dy * scale));
    }
}
