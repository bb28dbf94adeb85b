using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>
/// Plays in real time, or a multiple of it: the ladder grows above, below stand both state machines and the timers that count down. Where
/// the output is no terminal, the lines alone appear at their time.
/// </summary>
internal sealed class LiveScreen : Screen
{
    private const int FrameMs = 50;

    // Minutes in which nothing happens are not watched: a longer wait is shown as this many real milliseconds of time-lapse.
    private const int LongestWaitMs = 6000;
    private const int PanelLines = 14;
    private const int FewestLines = 6;

    private static readonly TcpState[][] s_machine =
    [
        [TcpState.Closed, TcpState.Listen, TcpState.SynSent],
        [TcpState.SynReceived, TcpState.Established],
        [TcpState.FinWait1, TcpState.FinWait2],
        [TcpState.Closing, TcpState.TimeWait],
        [TcpState.CloseWait, TcpState.LastAck],
    ];

    private readonly double _speed;
    private readonly List<Line> _lines = [];
    private readonly bool _terminal = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
    private LabStage? _stage;
    private long _ahead;
    private int _drawn;
    private bool _lapse;

    internal LiveScreen(Scenario scenario, LabRequest request)
        : base(scenario, request)
    {
        _speed = request.Speed;
    }

    public override void TimePasses(LabStage stage, long milliseconds)
    {
        _stage = stage;
        double real = Math.Min(milliseconds / _speed, LongestWaitMs);
        _lapse = milliseconds / _speed > LongestWaitMs;
        for (double passed = 0; passed < real; passed += FrameMs)
        {
            _ahead = (long)(milliseconds * passed / real);
            Draw();
            Thread.Sleep((int)Math.Min(FrameMs, Math.Ceiling(real - passed)));
        }

        _ahead = 0;
        Draw();
    }

    private protected override void BeforeSummary(LabStage stage)
    {
        _stage = stage;
        Draw();
    }

    private protected override void Print(Line line)
    {
        if (!_terminal)
        {
            base.Print(line);
            return;
        }

        _lines.Add(line);
    }

    // What has scrolled out of the window above stays in the terminal's history; the rest is drawn over itself.
    private void Draw()
    {
        if (!_terminal || _stage == null)
        {
            return;
        }

        Erase();
        int room = Math.Max(FewestLines, AnsiConsole.Profile.Height - PanelLines);
        while (_lines.Count > room)
        {
            AnsiConsole.MarkupLine(_lines[0].Markup);
            _lines.RemoveAt(0);
        }

        foreach (Line line in _lines)
        {
            AnsiConsole.MarkupLine(line.Markup);
        }

        var grid = new Columns(Panel(_stage.Client), Panel(_stage.Server)) { Expand = false };
        AnsiConsole.MarkupLine($"[grey]{(_stage.Elapsed + _ahead) / 1000.0,8:0.0} s, {(_lapse ? "time-lapse" : $"{_speed:0.##} times real time")}[/]");
        AnsiConsole.Write(grid);
        _drawn = _lines.Count + PanelLines - 2;
    }

    private void Erase()
    {
        if (_drawn > 0)
        {
            Console.Write($"\u001b[{_drawn}A\u001b[J");
        }

        _drawn = 0;
    }

    private Panel Panel(LabSide side)
    {
        var rows = new List<IRenderable>();
        foreach (TcpState[] row in s_machine)
        {
            rows.Add(new Markup(string.Join(" ", row.Select(s => Name(side, s)))));
        }

        (string Name, int LeftMs)[] timers = [.. side.Timers().Select(t => (t.Name, LeftMs: (int)Math.Max(0, t.LeftMs - _ahead))).OrderBy(t => t.LeftMs).Take(4)];
        for (int i = 0; i < 4; i++)
        {
            rows.Add(new Markup(i < timers.Length ? $"[orange1]{timers[i].Name.EscapeMarkup(),-10}{timers[i].LeftMs / 1000.0,9:0.0} s[/] {Bar(timers[i].LeftMs)}" : " "));
        }

        return new Panel(new Rows(rows)) { Header = new PanelHeader(side.Name), Width = 39 };
    }

    private static string Name(LabSide side, TcpState state)
    {
        string style = side.State == state ? "black on green" : side.States.Contains(state) ? "green" : "grey35";
        return $"[{style}]{TcpStateName.Of(state)}[/]";
    }

    // One mark for each doubling: seconds and hours can both be seen to shrink.
    private static string Bar(int leftMs) => new('#', leftMs <= 0 ? 0 : Math.Clamp((int)Math.Log2(leftMs / 50.0) + 1, 1, 14));
}
