using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.App;

/// <summary>
/// The page for people at "/": a text that never changes, whose script asks <see cref="StatePage"/> once a second and shows what it says. It asks
/// for nothing else, so it works where there is no Internet.
/// </summary>
public sealed partial class StatusPage : HttpPage
{
    private const int LinesInPiece = 4;

    /// <summary>The page.</summary>
    public StatusPage()
        : base("/", "text/html; charset=utf-8")
    {
    }

    /// <inheritdoc/>
    public override int PieceCount => (LineCount + LinesInPiece - 1) / LinesInPiece;

    /// <inheritdoc/>
    public override void Render(int piece, TextBuffer text, ref int state)
    {
        int first = piece * LinesInPiece;
        for (int i = first; i < first + LinesInPiece && i < LineCount; i++)
        {
            text.Append(i < ScriptStart ? MarkupAt(i) : ScriptAt(i));
            text.AppendByte('\n');
        }
    }
}
