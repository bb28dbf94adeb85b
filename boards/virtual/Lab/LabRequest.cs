using System.Collections.Generic;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab;

/// <summary>What the command line asks of the lab.</summary>
public sealed record LabRequest
{
    /// <summary>The scenarios to play; none: list them.</summary>
    public IReadOnlyList<Scenario> Scenarios { get; init; } = [];

    /// <summary>What is changed about them.</summary>
    public LabOptions Options { get; init; } = new();

    /// <summary>True when the exit code is to say whether all is as it must be.</summary>
    public bool Check { get; init; }

    /// <summary>True when only the verdicts are printed.</summary>
    public bool Quiet { get; init; }

    /// <summary>Virtual milliseconds in each real one; 0: as fast as it goes.</summary>
    public double Speed { get; init; }

    /// <summary>True when sequence numbers are shown as they are on the wire.</summary>
    public bool Absolute { get; init; }

    /// <summary>Where to draw the ladder, or null.</summary>
    public string? SvgPath { get; init; }

    /// <summary>Where to write the page with its mermaid diagram, or null.</summary>
    public string? MarkdownPath { get; init; }

    /// <summary>Where to record the wire, or null.</summary>
    public string? PcapPath { get; init; }

    /// <summary>Where to draw the time-sequence plot, or null.</summary>
    public string? PlotPath { get; init; }

    /// <summary>Where to draw the state machine with this play's transitions, or null.</summary>
    public string? StateMachinePath { get; init; }

    /// <summary>The folder whose pages are to be written anew, or null.</summary>
    public string? DocumentFolder { get; init; }
}
