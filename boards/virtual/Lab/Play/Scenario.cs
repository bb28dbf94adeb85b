using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>A scenario of the textbook: a question, its answer, what both applications do, and what must come of it.</summary>
public sealed class Scenario
{
    /// <summary>Its number in the list.</summary>
    public required int Number { get; init; }

    /// <summary>Its name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>What the textbook asks.</summary>
    public required string Question { get; init; }

    /// <summary>What the textbook answers, in Markdown.</summary>
    public required string Answer { get; init; }

    /// <summary>The clauses behind it.</summary>
    public required string Source { get; init; }

    /// <summary>What to try next from the command line.</summary>
    public string TryThis { get; init; } = "";

    /// <summary>What both sides' states, the wire and the applications must show.</summary>
    public required Expectation Expected { get; init; }

    /// <summary>Plays it. Whatever the wire does, it ends.</summary>
    public required Action<LabStage> Play { get; init; }

    /// <summary>The clock's first value.</summary>
    public Func<long> StartMs { get; init; } = () => 1000;

    /// <summary>The client's options.</summary>
    public Action<StackOptions>? Client { get; init; }

    /// <summary>The server's options.</summary>
    public Action<StackOptions>? Server { get; init; }

    /// <summary>More that must be so: sentences about what is not.</summary>
    public Func<LabStage, IEnumerable<string>> Complaints { get; init; } = _ => [];

    /// <summary>True when its ladder is better read with the numbers as they are on the wire.</summary>
    public bool Absolute { get; init; }

    /// <summary>True when its time-sequence plot tells something.</summary>
    public bool Plotted { get; init; }

    /// <summary>Sets a stage up and plays the scenario on it.</summary>
    public LabStage Run(LabOptions options, ILabObserver? observer = null)
    {
        var stage = new LabStage(options, Client, Server, StartMs(), observer);
        try
        {
            Play(stage);
        }
        catch (LabException e) when (!options.AsWritten)
        {
            // A wire that lets nothing through ends a play before its time.
            stage.Say("Here the play ends: " + e.Message + ".");
        }

        stage.Client.CountTransitions();
        stage.Server.CountTransitions();
        return stage;
    }

    /// <summary>What is not as it must be; empty when all is well.</summary>
    public IReadOnlyList<string> Check(LabStage stage)
    {
        var wrong = new List<string>();
        Compare("client's states", Expected.ClientStates, string.Join(' ', stage.Client.States.Select(TcpStateName.Of)));
        Compare("server's states", Expected.ServerStates, string.Join(' ', stage.Server.States.Select(TcpStateName.Of)));
        Compare("segments", Expected.Segments, string.Join("; ", stage.Flights.Select(Describe)));
        Compare("client's story", Expected.ClientStory?.Replace("{port}", $"{stage.Client.Sockets[0].LocalPort}", StringComparison.Ordinal), string.Join("; ", stage.Client.Story));
        Compare("server's story", Expected.ServerStory, string.Join("; ", stage.Server.Story));
        wrong.AddRange(stage.Client.Sockets.Concat(stage.Server.Sockets).Where(s => !s.Intact).Select(s => $"the {s.Side.Name} read octets that nobody wrote"));
        wrong.AddRange(Complaints(stage));
        return wrong;

        void Compare(string what, string? expected, string actual)
        {
            if (expected != null && expected != actual)
            {
                wrong.Add($"{what}:{Environment.NewLine}    expected {expected}{Environment.NewLine}    but were {actual}");
            }
        }
    }

    /// <summary>A segment in the words of <see cref="Expectation.Segments"/>.</summary>
    public static string Describe(Flight flight)
    {
        string text = flight.Segment.Text > 0 ? $" {flight.Segment.Text}" : "";
        return (flight.FromClient ? "> " : "< ") + flight.Segment.Name + text
            + (flight.Replayed ? " old" : flight.Again ? " again" : "") + (flight.Lost ? " lost" : "");
    }
}

/// <summary>What a scenario must show; null leaves a part to <see cref="Scenario.Complaints"/>.</summary>
/// <param name="ClientStates">The client's states, separated by blanks.</param>
/// <param name="ServerStates">The server's states.</param>
/// <param name="Segments">The segments in the order in which they were sent, as <see cref="Scenario.Describe"/> has them, separated by "; ".</param>
/// <param name="ClientStory">What the client's application did and learned, separated by "; ".</param>
/// <param name="ServerStory">What the server's application did and learned.</param>
public sealed record Expectation(string? ClientStates, string? ServerStates, string? Segments, string? ClientStory, string? ServerStory);
