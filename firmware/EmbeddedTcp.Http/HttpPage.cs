using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.Http;

/// <summary>A page to be had by GET: a number of pieces that never changes, each of which may say what is true when it goes out.</summary>
public abstract class HttpPage : HttpHandler
{
    /// <summary>A page.</summary>
    /// <param name="path">Its path, from the slash on.</param>
    /// <param name="contentType">Its media type.</param>
    protected HttpPage(string path, string contentType)
        : base(path, HttpMethods.Get)
    {
        ContentType = contentType;
    }

    /// <summary>The media type of its body.</summary>
    public string ContentType { get; }

    /// <summary>How many pieces it has, one at least; never changes once the server listens.</summary>
    public abstract int PieceCount { get; }

    /// <summary>Appends a piece, or nothing.</summary>
    /// <param name="piece">0 to <see cref="PieceCount"/> − 1.</param>
    /// <param name="text">A buffer with room for <see cref="HttpHandler.MaxPiece"/> bytes.</param>
    /// <param name="state">Whatever the page wants to remember from piece to piece of one answer; 0 at first.</param>
    public abstract void Render(int piece, TextBuffer text, ref int state);

    /// <inheritdoc/>
    public override void Respond(HttpRequest request, HttpResponse response)
    {
        response.ContentType = ContentType;
    }

    /// <inheritdoc/>
    public sealed override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
    {
        Render(response.Piece, text, ref response.State);
        return response.Piece + 1 < PieceCount;
    }
}
