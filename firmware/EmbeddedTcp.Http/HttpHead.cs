using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.Http;

/// <summary>The head of an answer, in lines that each fit the smallest send ring.</summary>
internal static class HttpHead
{
    private const int FirstField = 3;

    /// <summary>Appends the lines of one step.</summary>
    /// <returns>False with the last.</returns>
    internal static bool Render(TextBuffer text, int step, HttpConnection c, bool chunked, bool persist)
    {
        HttpResponse r = c.Response;
        if (step == 0)
        {
            RenderFirst(text, c, chunked, persist);
        }
        else if (step == 1)
        {
            Field(text, "ETag", r.ETag);
            if (r.LastModified >= 0)
            {
                text.Append("Last-Modified: ");
                HttpDate.Append(text, c.Server.Time, r.LastModified);
                text.Append("\r\n");
            }

            if (r.Allow != 0)
            {
                RenderAllow(text, r.Allow);
            }
        }
        else if (step == 2)
        {
            Field(text, "Location", r.Location);
        }
        else if (step - FirstField < r.FieldCount)
        {
            Field(text, r.NameAt(step - FirstField), r.ValueAt(step - FirstField));
        }
        else
        {
            text.Append("\r\n");
            return false;
        }

        return true;
    }

    private static void RenderFirst(TextBuffer text, HttpConnection c, bool chunked, bool persist)
    {
        HttpResponse r = c.Response;
        text.Append("HTTP/1.1 ");
        text.Append(r.Status);
        text.AppendByte(' ');
        text.Append(HttpStatus.Phrase(r.Status));
        text.Append("\r\n");

        // RFC 9110 §6.6.1: a server with a clock sends Date, one without must not.
        long now = c.Server.UnixSeconds;
        if (now >= 0)
        {
            text.Append("Date: ");
            HttpDate.Append(text, c.Server.Time, now);
            text.Append("\r\n");
        }

        if (!r.IsBodiless)
        {
            Field(text, "Content-Type", r.ContentType);
            if (chunked)
            {
                text.Append("Transfer-Encoding: chunked\r\n");
            }
            else if (r.ContentLength >= 0)
            {
                text.Append("Content-Length: ");
                text.Append(r.ContentLength);
                text.Append("\r\n");
            }
        }

        Field(text, "Cache-Control", r.CacheControl);
        if (!persist)
        {
            text.Append("Connection: close\r\n");
        }
        else if (c.Request.KeepAliveIsNews)
        {
            text.Append("Connection: keep-alive\r\n");
        }
    }

    private static void RenderAllow(TextBuffer text, int methods)
    {
        text.Append("Allow: ");
        bool comma = false;
        for (int i = 0; i < HttpMethods.Count; i++)
        {
            if ((methods & (1 << i)) != 0)
            {
                text.Append(comma ? ", " : "");
                text.Append(HttpMethods.Name(1 << i));
                comma = true;
            }
        }

        text.Append("\r\n");
    }

    private static void Field(TextBuffer text, string name, string value)
    {
        if (value != null)
        {
            text.Append(name);
            text.Append(": ");
            text.Append(value);
            text.Append("\r\n");
        }
    }
}
