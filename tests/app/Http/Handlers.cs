using System;
using System.Collections.Generic;
using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>A text with validators, of a known length.</summary>
internal sealed class NoteHandler() : HttpHandler("/note", HttpMethods.Get | HttpMethods.Delete)
{
    public string Text { get; set; } = "the note\n";

    public string? Tag { get; set; } = "\"v1\"";

    public long Modified { get; set; } = -1;

    public bool Exists { get; set; } = true;

    public int Deleted { get; private set; }

    public override void Begin(HttpRequest request, HttpResponse response)
    {
        response.ETag = Tag;
        response.LastModified = Modified;
        response.Exists = Exists;
    }

    public override void Respond(HttpRequest request, HttpResponse response)
    {
        if (request.Method == HttpMethods.Delete)
        {
            Deleted++;
            response.Status = HttpStatus.NoContent;
            return;
        }

        response.ContentType = "text/plain";
        response.ContentLength = Text.Length;
    }

    public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
    {
        text.Append(Text);
        return false;
    }
}

/// <summary>Takes a form or a query and says what it understood.</summary>
internal sealed class SwitchHandler() : HttpHandler("/switch", HttpMethods.Get | HttpMethods.Post)
{
    public int Posts { get; private set; }

    public string? State { get; private set; }

    public override int Body => FormBody;

    public override void Respond(HttpRequest request, HttpResponse response)
    {
        State = request.Method == HttpMethods.Post ? request.Form("state") : request.Query("state");
        if (request.Method == HttpMethods.Post)
        {
            Posts++;
        }

        if (request.Query("go") != null)
        {
            response.Redirect(HttpStatus.SeeOther, "/switch");
        }
    }

    public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
    {
        text.Append("state ");
        text.AppendJson(State is { Length: > 80 } ? State[..80] : State ?? "none");
        return false;
    }
}

/// <summary>Takes bodies of any size at a pace that the test sets, and keeps them.</summary>
internal sealed class UploadHandler() : HttpHandler("/up/*", HttpMethods.Post | HttpMethods.Put)
{
    public List<byte> Received { get; } = [];

    public int Complete { get; private set; }

    public int Ended { get; private set; }

    public int Broken { get; private set; }

    /// <summary>Bytes it takes at a time.</summary>
    public int Pace { get; set; } = int.MaxValue;

    public int RefuseWith { get; set; }

    public string? Tail { get; private set; }

    public override int Body => AnyBody;

    public override int BodyBytes => 200_000;

    public override void Begin(HttpRequest request, HttpResponse response)
    {
        Received.Clear();
        if (RefuseWith != 0)
        {
            response.Refuse(RefuseWith);
        }
    }

    public override int Receive(HttpRequest request, HttpResponse response, byte[] buffer, int offset, int count)
    {
        int taken = Math.Min(count, Pace);
        Received.AddRange(buffer.AsSpan(offset, taken));
        return taken;
    }

    public override void Respond(HttpRequest request, HttpResponse response)
    {
        Complete++;
        Tail = request.PathTail();
    }

    public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
    {
        text.Append(Received.Count);
        text.Append(" bytes");
        return false;
    }

    public override void End(HttpRequest request, bool complete)
    {
        Ended++;
        Broken += complete ? 0 : 1;
    }
}

/// <summary>Fails where it is told to.</summary>
internal sealed class FaultyHandler() : HttpHandler("/faulty", HttpMethods.Get | HttpMethods.Post)
{
    public override int Body => AnyBody;

    public override void Begin(HttpRequest request, HttpResponse response) => ThrowIf(request, "begin");

    public override int Receive(HttpRequest request, HttpResponse response, byte[] buffer, int offset, int count)
    {
        ThrowIf(request, "receive");
        return count;
    }

    public override void Respond(HttpRequest request, HttpResponse response)
    {
        ThrowIf(request, "respond");
        if (request.Query("at") == "field")
        {
            response.Location = "/\r\nSet-Cookie: stolen";
        }

        response.ContentLength = request.Query("at") is "short" or "long" ? 5 : -1;
    }

    public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
    {
        ThrowIf(request, "render");
        text.Append(request.Query("at") == "long" ? "more than five" : "four");
        return false;
    }

    public override void End(HttpRequest request, bool complete) => ThrowIf(request, "end");

    private static void ThrowIf(HttpRequest request, string place)
    {
        if (request.Query("at") == place)
        {
            throw new InvalidOperationException("on purpose");
        }
    }
}

/// <summary>Pieces without end or number, with header fields of its own.</summary>
internal sealed class LongHandler(int pieces) : HttpHandler("/long", HttpMethods.Get)
{
    public override void Respond(HttpRequest request, HttpResponse response)
    {
        response.ContentType = "text/plain";
        response.CacheControl = null;
        for (int i = 0; i < HttpResponse.MaxFields; i++)
        {
            response.Add("X-Field-" + i, new string((char)('a' + i), 400));
        }
    }

    public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
    {
        // Every third piece is empty, which must not become the last chunk.
        if (response.Piece % 3 != 2)
        {
            text.Append(response.Piece, MaxPiece);
        }

        return response.Piece + 1 < pieces;
    }
}
