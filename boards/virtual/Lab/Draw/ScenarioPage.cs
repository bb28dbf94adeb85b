using System.Collections.Generic;
using System.Linq;
using System.Text;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>A scenario's page: question, answer, drawing, the transcript with a sentence for each step, and how to play it.</summary>
internal static class ScenarioPage
{
    // A ladder of more lines is told by its drawing alone.
    private const int MostLines = 120;

    internal static string FileName(Scenario scenario) => $"{scenario.Number:00}-{scenario.Name}";

    /// <summary>The page for a file of its own, with a mermaid diagram in it.</summary>
    internal static string Write(Scenario scenario, LabStage stage, bool absolute, IReadOnlyList<SegmentFault> faults)
    {
        StringBuilder page = Head(scenario);
        if (faults.Count > 0)
        {
            page.Append("The wire: ").Append(string.Join(", ", faults.Select(f => $"`{f}`"))).Append(".\n\n");
        }

        page.Append("```mermaid\n").Append(Mermaid.Draw(stage, absolute)).Append("```\n\n");
        States(page, stage);
        return page.ToString();
    }

    /// <summary>The page for docs/, beside its drawing.</summary>
    internal static string WriteBesideDrawing(Scenario scenario, LabStage stage)
    {
        StringBuilder page = Head(scenario);
        page.Append($"![{scenario.Title}]({FileName(scenario)}.svg)\n\n");
        if (scenario.Plotted)
        {
            page.Append($"![Time-sequence plot of the client's octets]({FileName(scenario)}-plot.svg)\n\n");
        }

        States(page, stage);
        page.Append("Play it:\n\n```\ndotnet run --project boards/virtual -- lab ").Append(scenario.Name).Append('\n');
        if (scenario.TryThis.Length > 0)
        {
            page.Append("dotnet run --project boards/virtual -- lab ").Append(scenario.Name).Append(' ').Append(scenario.TryThis).Append('\n');
        }

        page.Append("```\n\n");
        var ladder = new LadderText(scenario.Absolute, true);
        List<string> lines = [.. stage.Events.SelectMany(e => ladder.Feed(stage, e)).Concat(ladder.End()).Select(l => l.Plain)];
        if (lines.Count <= MostLines)
        {
            page.Append("Step by step, as the command prints it:\n\n```\n").Append(LadderText.Head().Plain).Append('\n');
            page.AppendJoin('\n', lines.SkipWhile(l => l.Length == 0)).Append("\n```\n\n");
        }

        page.Append("[All scenarios](README.md)\n");
        return page.ToString();
    }

    private static StringBuilder Head(Scenario scenario)
        => new StringBuilder($"# {scenario.Number}. {scenario.Title}\n\n*{scenario.Question}*\n\n")
            .Append(scenario.Answer.ReplaceLineEndings("\n")).Append($"\n\nSource: {scenario.Source}.\n\n");

    private static void States(StringBuilder page, LabStage stage)
    {
        page.Append("| side | states | its application |\n|---|---|---|\n");
        foreach (LabSide side in new[] { stage.Client, stage.Server })
        {
            page.Append($"| {side.Name} | {string.Join(" → ", side.States.Select(TcpStateName.Of))} | {string.Join("; ", side.Story)} |\n");
        }

        page.Append('\n');
    }
}
