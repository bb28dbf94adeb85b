using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.Http;

/// <summary>
/// A page that is generated piece by piece, each when the send ring has room for it, so that a page may be larger than the
/// ring, needs no memory of its own, and may change while it is sent: its length is not announced.
/// </summary>
public abstract class HttpPage
{
    /// <summary>Longest piece in bytes: with what frames a chunk (RFC 9112 §7.1) it fits the smallest send ring (see <see cref="StackOptions.SendBufferSize"/>).</summary>
    public const int MaxPiece = 504;

    /// <summary>A page.</summary>
    /// <param name="path">Its path, from the slash on.</param>
    /// <param name="contentType">Its media type.</param>
    protected HttpPage(string path, string contentType)
    {
        Path = path;
        ContentType = contentType;
    }

    /// <summary>The path of the request target it answers to.</summary>
    public string Path { get; }

    /// <summary>The media type of its body.</summary>
    public string ContentType { get; }

    /// <summary>How many pieces it has; never changes once the application is open.</summary>
    public abstract int PieceCount { get; }

    /// <summary>Appends a piece, or nothing.</summary>
    /// <param name="piece">0 to <see cref="PieceCount"/> − 1.</param>
    /// <param name="text">A buffer with room for <see cref="MaxPiece"/> bytes.</param>
    /// <param name="state">Whatever the page wants to remember from piece to piece of one answer; 0 at first.</param>
    public abstract void Render(int piece, TextBuffer text, ref int state);
}

/// <summary>The body of an error: its status in plain text.</summary>
public sealed class HttpErrorPage : HttpPage
{
    /// <summary>The page of one status.</summary>
    public HttpErrorPage(int status)
        : base(null, "text/plain")
    {
        Status = status;
    }

    /// <summary>The status.</summary>
    public int Status { get; }

    /// <summary>Bytes of the body: those who did not send a proper request may not understand chunks.</summary>
    public int Length => 3 + 1 + HttpStatus.Phrase(Status).Length + 1;

    /// <inheritdoc/>
    public override int PieceCount => 1;

    /// <inheritdoc/>
    public override void Render(int piece, TextBuffer text, ref int state)
    {
        text.Append(Status);
        text.AppendByte(' ');
        text.Append(HttpStatus.Phrase(Status));
        text.AppendByte('\n');
    }
}
