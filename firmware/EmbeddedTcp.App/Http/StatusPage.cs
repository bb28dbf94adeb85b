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

    private readonly int _length;
    private readonly string _tag;

    /// <summary>The page. Reads its text once, for its length and for the tag by which a browser finds out that it has it already.</summary>
    public StatusPage()
        : base("/", "text/html; charset=utf-8")
    {
        uint hash = 2166136261; // FNV-1a: it need not withstand anybody, only differ from that of the next version.
        for (int i = 0; i < LineCount; i++)
        {
            string line = i < ScriptStart ? MarkupAt(i) : ScriptAt(i);
            _length += line.Length + 1;
            for (int j = 0; j < line.Length; j++)
            {
                hash = (hash ^ line[j]) * 16777619;
            }
        }

        _tag = "\"" + hash.ToString("X8") + "\"";
    }

    /// <inheritdoc/>
    public override int PieceCount => (LineCount + LinesInPiece - 1) / LinesInPiece;

    /// <inheritdoc/>
    public override void Begin(HttpRequest request, HttpResponse response)
    {
        response.ETag = _tag;
        response.CacheControl = "no-cache";
    }

    /// <inheritdoc/>
    public override void Respond(HttpRequest request, HttpResponse response)
    {
        base.Respond(request, response);
        response.ContentLength = _length;
    }

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
