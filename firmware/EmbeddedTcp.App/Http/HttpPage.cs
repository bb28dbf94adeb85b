namespace EmbeddedTcp.App;

/// <summary>
/// A page that is generated piece by piece, each when the send ring has room for it, so that a page may be larger than the
/// ring and needs no memory of its own.
/// </summary>
/// <remarks>
/// Every piece is generated twice: when the request has come, to find the Content-Length and which pieces are shown, and again when
/// it is sent. Both times it must have the same length whatever it says by then: fields are padded with spaces, which HTML
/// and JSON allow. Each piece is true by itself, the page is no snapshot.
/// </remarks>
public abstract class HttpPage
{
    /// <summary>Longest piece in bytes, which is also the smallest send ring (see <see cref="StackOptions.SendBufferSize"/>).</summary>
    public const int MaxPiece = 512;

    /// <summary>Pieces at most.</summary>
    public const int MaxPieces = 256;

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

    /// <summary>How many pieces it has, at most <see cref="MaxPieces"/>; never changes once the application is open.</summary>
    public abstract int PieceCount { get; }

    /// <summary>Appends a piece.</summary>
    /// <param name="piece">0 to <see cref="PieceCount"/> − 1.</param>
    /// <param name="text">An empty buffer of <see cref="MaxPiece"/> bytes.</param>
    /// <returns>False when the piece has nothing to say and may be left out. It is appended all the same.</returns>
    public abstract bool Render(int piece, TextBuffer text);
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

    /// <inheritdoc/>
    public override int PieceCount => 1;

    /// <inheritdoc/>
    public override bool Render(int piece, TextBuffer text)
    {
        text.Append(Status);
        text.AppendByte(' ');
        text.Append(HttpStatus.Phrase(Status));
        text.AppendByte('\n');
        return true;
    }
}
