using System;
using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.Http;

/// <summary>
/// Answers requests for one path, or for all that begin alike. The answer is generated piece by piece, each when the send ring has room for it, so that
/// it may be larger than the ring and needs no memory of its own.
/// </summary>
/// <remarks>
/// <para>For each request are called, in this order: <see cref="Begin"/>; <see cref="Receive"/> as often as something of the body arrives;
/// <see cref="Respond"/>; <see cref="Render"/> for each piece; and <see cref="End"/> in any case. Several requests may be on their way at once.</para>
/// <para>Everything is called within the poll and returns at once. An exception costs the request: it is answered with 500, or the connection is reset when
/// the answer had begun.</para>
/// </remarks>
public abstract class HttpHandler
{
    /// <summary>Bodies are read and thrown away.</summary>
    public const int NoBody = 0;

    /// <summary>Bodies are forms (application/x-www-form-urlencoded); others are answered with 415.</summary>
    public const int FormBody = 1;

    /// <summary>Bodies go to <see cref="Receive"/>, of any type.</summary>
    public const int AnyBody = 2;

    /// <summary>Longest piece in bytes: with what frames a chunk (RFC 9112 §7.1) it fits the smallest send ring (see <see cref="StackOptions.SendBufferSize"/>).</summary>
    public const int MaxPiece = 504;

    /// <summary>A handler.</summary>
    /// <param name="path">Its path from the slash on, decoded; with '*' at the end all paths that begin so.</param>
    /// <param name="methods">What it takes, of <see cref="HttpMethods"/>. With GET goes HEAD; others are answered with 405, OPTIONS by the server.</param>
    /// <exception cref="ArgumentException">No path or no method.</exception>
    protected HttpHandler(string path, int methods)
    {
        if (path == null || path.Length == 0 || path[0] != '/' || methods == 0)
        {
            throw new ArgumentException("path, methods");
        }

        Path = path;
        Methods = (methods & HttpMethods.Get) != 0 ? methods | HttpMethods.Head : methods;
    }

    /// <summary>The path of the request targets it answers to.</summary>
    public string Path { get; }

    /// <summary>The methods it takes.</summary>
    public int Methods { get; }

    /// <summary>What it does with bodies: <see cref="NoBody"/>, <see cref="FormBody"/> or <see cref="AnyBody"/>. Never changes.</summary>
    public virtual int Body => NoBody;

    /// <summary>Largest body it takes, in bytes; negative for <see cref="HttpOptions.BodyBytes"/>.</summary>
    public virtual int BodyBytes => -1;

    /// <summary>
    /// The head of a request is there. Sets what the client's conditions are compared with (<see cref="HttpResponse.ETag"/>, <see cref="HttpResponse.LastModified"/>), or
    /// refuses the request before its body is sent (<see cref="HttpResponse.Refuse"/>).
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The answer, 200 so far.</param>
    public virtual void Begin(HttpRequest request, HttpResponse response)
    {
    }

    /// <summary>Takes the next bytes of the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The answer; once it is refused the rest of the body is not waited for.</param>
    /// <param name="buffer">Holds them.</param>
    /// <param name="offset">The first.</param>
    /// <param name="count">How many, 1 or more.</param>
    /// <returns>How many were taken. The rest stays in the connection's ring, which slows the client down, and is offered again after <see cref="HttpServer"/>'s <c>Wake</c>.</returns>
    public virtual int Receive(HttpRequest request, HttpResponse response, byte[] buffer, int offset, int count)
    {
        return count;
    }

    /// <summary>The request is complete and its conditions are met: does what it asks for, once, and says how the answer begins.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The answer, 200 so far.</param>
    public virtual void Respond(HttpRequest request, HttpResponse response)
    {
    }

    /// <summary>Appends the next piece of the body, or nothing. A piece that finds no room in the send ring is rendered again later, so this changes nothing else.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">The answer: <see cref="HttpResponse.Piece"/> counts the pieces.</param>
    /// <param name="text">A buffer with room for <see cref="MaxPiece"/> bytes.</param>
    /// <returns>False when this was the last piece.</returns>
    public abstract bool Render(HttpRequest request, HttpResponse response, TextBuffer text);

    /// <summary>The request is done with.</summary>
    /// <param name="request">The request.</param>
    /// <param name="complete">False when the request or its answer was cut short: a limit, a deadline, a mistake, or the client has gone.</param>
    public virtual void End(HttpRequest request, bool complete)
    {
    }
}
