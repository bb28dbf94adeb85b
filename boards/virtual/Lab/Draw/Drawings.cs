using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using EmbeddedTcp.VirtualBoard.Wires;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>What a play can be saved as.</summary>
internal static class Drawings
{
    // 2026-01-01: a capture of the same play is the same file.
    private const long EpochMicroseconds = 1_767_225_600_000_000;

    internal static void Save(Scenario scenario, LabStage stage, LabRequest request)
    {
        bool absolute = request.Absolute || scenario.Absolute;
        Write(request.SvgPath, () => LadderSvg.Draw(scenario, stage, absolute));
        Write(request.MarkdownPath, () => ScenarioPage.Write(scenario, stage, absolute, request.Options.Faults));
        Write(request.PlotPath, () => Plot(scenario, stage));
        Write(request.StateMachinePath, () => StateMachineSvg.Draw(scenario.Title, Sum([stage])));
        if (request.PcapPath != null)
        {
            Capture(stage, request.PcapPath);
            Console.WriteLine("saved " + request.PcapPath);
        }
    }

    /// <summary>Transitions of several plays, both sides.</summary>
    internal static int[,] Sum(IEnumerable<LabStage> stages)
    {
        int[,] sum = new int[TraceRing.States, TraceRing.States];
        foreach (LabSide side in stages.SelectMany(s => new[] { s.Client, s.Server }))
        {
            for (int from = 0; from < TraceRing.States; from++)
            {
                for (int to = 0; to < TraceRing.States; to++)
                {
                    sum[from, to] += side.Transitions[from, to];
                }
            }
        }

        return sum;
    }

    /// <summary>The client's data as the client sees it.</summary>
    internal static string Plot(Scenario scenario, LabStage stage)
    {
        var points = new List<PlotPoint>();
        int scale = 0;
        foreach (Flight f in stage.Flights.Where(f => !f.Replayed))
        {
            WireSegment s = f.Segment;
            if (!f.FromClient && s.Kind == "syn-ack" && s.Options.FirstOrDefault(o => o.StartsWith("wscale ", StringComparison.Ordinal)) is { } option)
            {
                scale = int.Parse(option[7..], System.Globalization.CultureInfo.InvariantCulture);
            }

            if (f.FromClient && s.Text > 0)
            {
                points.Add(new PlotPoint(f.SentMs, f.Again ? PlotKind.Again : PlotKind.Data, f.RelativeSeq, f.RelativeSeq + s.Text, f.Lost));
            }
            else if (!f.FromClient && s.Kind is "ack" or "data" && !f.Lost)
            {
                points.Add(new PlotPoint(f.ArrivesMs[0], PlotKind.Acknowledgment, f.RelativeAck, f.RelativeAck + ((long)s.Window << scale)));
            }
        }

        points = [.. points.OrderBy(p => p.AtMs)];
        return points.Exists(p => p.Kind == PlotKind.Data)
            ? TimeSequencePlot.Draw($"{scenario.Number}. {scenario.Title}: the client's octets", points)
            : throw new LabException($"--plot: in {scenario.Name} the client sends no data");
    }

    // Each frame where it entered the wire; what the wire did to it is its comment.
    private static void Capture(LabStage stage, string path)
    {
        using PcapngWriter writer = PcapngWriter.Create(path);
        foreach (Flight f in stage.Flights)
        {
            string? comment = f.Lost ? "lost" : f.Replayed ? "an old duplicate" : f.ArrivesMs.Count > 1 ? "arrives twice" : null;
            writer.Write(EpochMicroseconds + (f.SentMs * 1000), !f.FromClient, f.Frame, comment);
        }
    }

    private static void Write(string? path, Func<string> draw)
    {
        if (path != null)
        {
            File.WriteAllText(path, draw());
            Console.WriteLine("saved " + path);
        }
    }
}
