using System.Text;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>The ladder as a mermaid sequence diagram, which GitHub and many editors draw.</summary>
internal static class Mermaid
{
    internal static string Draw(LabStage stage, bool absolute)
    {
        var text = new StringBuilder("sequenceDiagram\n    participant C as client\n    participant S as server\n");
        foreach (LabEvent happening in stage.Events)
        {
            string? line = happening switch
            {
                NoteEvent e => $"Note over C,S: {Safe(e.Text)}",
                StateEvent e => Note(e, TcpStateName.Of(e.To)),
                TimerEvent e => Note(e, $"{Times.Span(e.AtMs)}: timer {TraceTimer.NameOf(e.Timer)}"),
                DropEvent e => Note(e, $"discarded: {DropReasonName.Of(e.Reason)}"),
                ApplicationEvent e => Note(e, $"application: {e.Text}"),
                SendEvent { Flight: var f } => Arrow(f, absolute),
                ArriveEvent { Copy: > 0, Flight: var f } => Note(happening, $"{f.Segment.Name} once more"),
                _ => null,
            };
            if (line != null)
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Note(LabEvent e, string text) => $"Note {(e.Side!.IsClient ? "left of C" : "right of S")}: {Safe(text)}";

    private static string Arrow(Flight f, bool absolute)
    {
        string arrow = f.Lost ? "-x" : f.Again || f.Replayed ? "-->>" : "->>";
        string label = Label.Of(f, absolute, 60) + (f.Lost ? " (lost)" : "") + (f.Again ? " (again)" : f.Replayed ? " (old)" : "");
        return (f.FromClient ? $"C{arrow}S: " : $"S{arrow}C: ") + Safe(label);
    }

    // These end a statement or begin an element in mermaid's grammar.
    private static string Safe(string text)
        => text.Replace(";", ",", System.StringComparison.Ordinal).Replace("<", "(", System.StringComparison.Ordinal)
            .Replace(">", ")", System.StringComparison.Ordinal).Replace("#", "", System.StringComparison.Ordinal);
}
