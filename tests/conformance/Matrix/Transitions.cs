using System.IO;
using System.Xml.Linq;
using EmbeddedTcp.Services.Tracing;

namespace EmbeddedTcp.ConformanceTests.Matrix;

/// <summary>Transitions between states: those that an engine took, and those that the drawing of the state machine has.</summary>
internal static class Transitions
{
    /// <summary>The arrows of docs/scenarios/state-machine.svg, such as "LISTEN SYN_RCVD".</summary>
    internal static IReadOnlyCollection<string> Drawn { get; } =
    [
        .. XDocument.Load(Path.Combine(MatrixTests.Folder(), "..", "..", "..", "docs", "scenarios", "state-machine.svg")).Descendants()
            .Where(e => e.Attribute("data-from") != null).Select(e => $"{e.Attribute("data-from")!.Value} {e.Attribute("data-to")!.Value}"),
    ];

    /// <summary>What a trace has counted.</summary>
    internal static IEnumerable<string> TakenBy(TraceRing trace)
        => from before in Enum.GetValues<TcpState>()
           from after in Enum.GetValues<TcpState>()
           where trace.TransitionsOf(before, after) > 0
           select $"{TcpStateName.Of(before)} {TcpStateName.Of(after)}";
}
