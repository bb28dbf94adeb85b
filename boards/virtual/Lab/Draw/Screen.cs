using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using Spectre.Console;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>Prints a scenario as it is played, line by line, and the verdict.</summary>
internal class Screen : ILabObserver
{
    private const int Width = 79;

    private readonly Scenario _scenario;
    private readonly LadderText _ladder;

    protected Screen(Scenario scenario, LabRequest request)
    {
        _scenario = scenario;
        _ladder = new LadderText(request.Absolute || scenario.Absolute, true);
        foreach (SegmentFault fault in request.Options.Faults)
        {
            Changed.Add(fault.ToString());
        }
    }

    protected List<string> Changed { get; } = [];

    protected Scenario Scenario => _scenario;

    internal static Screen For(Scenario scenario, LabRequest request)
    {
        Console.OutputEncoding = new System.Text.UTF8Encoding(false);
        if (Console.IsOutputRedirected)
        {
            // A pipe has no width of its own, and no line of ours is to be broken.
            AnsiConsole.Profile.Width = 200;
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }

        Screen screen = request.Speed > 0 ? new LiveScreen(scenario, request) : new Screen(scenario, request);
        screen.Begin();
        return screen;
    }

    public virtual void Happened(LabStage stage, LabEvent happening)
    {
        foreach (Line line in _ladder.Feed(stage, happening))
        {
            Print(line);
        }
    }

    public virtual void TimePasses(LabStage stage, long milliseconds)
    {
    }

    internal virtual void End(LabStage stage, IReadOnlyList<string>? complaints)
    {
        foreach (Line line in _ladder.End())
        {
            Print(line);
        }

        BeforeSummary(stage);
        Summary(stage, complaints);
    }

    private protected virtual void BeforeSummary(LabStage stage)
    {
    }

    private protected virtual void Print(Line line) => AnsiConsole.MarkupLine(line.Markup);

    protected void Summary(LabStage stage, IReadOnlyList<string>? complaints)
    {
        AnsiConsole.WriteLine();
        foreach (LabSide side in new[] { stage.Client, stage.Server })
        {
            Paragraph($"{side.Name}: ", string.Join(" -> ", side.States.Select(TcpStateName.Of)), "green");
        }

        int lost = stage.Flights.Count(f => f.Lost);
        int again = stage.Flights.Count(f => f.Again);
        Paragraph("segments: ", $"{stage.Flights.Count} in {Times.Span(stage.Elapsed)}, {lost} lost, {again} sent again", "");
        if (complaints == null)
        {
            Paragraph("", "Played with changes, so nothing is compared.", "yellow");
        }
        else if (complaints.Count == 0)
        {
            Paragraph("", "As it must be: states, segments and what the applications saw.", "green");
        }

        foreach (string complaint in complaints ?? [])
        {
            Paragraph("WRONG ", complaint, "red");
        }

        if (_scenario.TryThis.Length > 0)
        {
            Paragraph("try: ", $"lab {_scenario.Name} {_scenario.TryThis}", "");
        }
    }

    private protected virtual void Begin()
    {
        AnsiConsole.MarkupLine($"[bold]{_scenario.Number}. {_scenario.Title.EscapeMarkup()}[/]  ({_scenario.Source.EscapeMarkup()})");
        AnsiConsole.MarkupLine($"[italic]{_scenario.Question.EscapeMarkup()}[/]");
        if (Changed.Count > 0)
        {
            AnsiConsole.MarkupLine($"[red]the wire: {string.Join(", ", Changed).EscapeMarkup()}[/]");
        }

        AnsiConsole.WriteLine();
        Print(LadderText.Head());
    }

    private static void Paragraph(string head, string text, string style)
    {
        string line = head;
        foreach (string word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width && line.Length > head.Length)
            {
                Write(line, style);
                line = new string(' ', head.Length);
            }

            line += (line.EndsWith(' ') || line.Length == 0 ? "" : " ") + word;
        }

        Write(line, style);
    }

    private static void Write(string line, string style)
        => AnsiConsole.MarkupLine(style.Length == 0 ? line.EscapeMarkup() : $"[{style}]{line.EscapeMarkup()}[/]");
}
