namespace EmbeddedTcp.App;

/// <summary>
/// A page that is generated piece by piece, each when the send ring has room for it, so that a page may be larger than the
/// ring and needs no memory of its own.
/// </summary>
/// <remarks>
/// The Content-Length goes out before the pieces are generated, so a piece has the same length every time, whatever it
/// says: fields are padded with spaces, which both HTML and JSON allow, and what has nothing to say is blank.
/// Pieces of one response are generated at different times: each is true by itself, the page is no snapshot.
/// </remarks>
public abstract class HttpPage
{
    /// <summary>Longest piece in bytes, which is also the smallest send ring (see <see cref="StackOptions.SendBufferSize"/>).</summary>
    public const int MaxPiece = 512;

    private int _length;

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

    /// <summary>Appends a piece.</summary>
    /// <param name="piece">0 to <see cref="PieceCount"/> − 1.</param>
    /// <param name="text">An empty buffer of <see cref="MaxPiece"/> bytes.</param>
    public abstract void Render(int piece, TextBuffer text);

    /// <summary>The body's length in bytes, found once by generating every piece.</summary>
    /// <param name="text">A buffer of <see cref="MaxPiece"/> bytes to work in.</param>
    public int Length(TextBuffer text)
    {
        if (_length == 0)
        {
            int length = 0;
            for (int i = 0; i < PieceCount; i++)
            {
                text.Clear();
                Render(i, text);
                length += text.Length;
            }

            _length = length;
        }

        return _length;
    }
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
    public override void Render(int piece, TextBuffer text)
    {
        text.Append(Status);
        text.AppendByte(' ');
        text.Append(HttpStatus.Phrase(Status));
        text.AppendByte('\n');
    }
}
