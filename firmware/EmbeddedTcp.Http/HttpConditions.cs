namespace EmbeddedTcp.Http;

/// <summary>The conditions of a request (RFC 9110 §13), in the order of §13.2.2.</summary>
internal static class HttpConditions
{
    /// <summary>Compares the conditions with what is there.</summary>
    /// <returns>0 when they are met, else the status: 304 or 412.</returns>
    internal static int Evaluate(HttpRequest request, HttpResponse response)
    {
        if (request.ValueStart(HttpFields.IfMatch) >= 0)
        {
            if (!Matches(request, HttpFields.IfMatch, response, true))
            {
                return HttpStatus.PreconditionFailed;
            }
        }
        else if (response.LastModified >= 0 && DateOf(request, HttpFields.IfUnmodifiedSince, out long unmodified) && response.LastModified > unmodified)
        {
            return HttpStatus.PreconditionFailed;
        }

        bool reads = request.Method == HttpMethods.Get;
        if (request.ValueStart(HttpFields.IfNoneMatch) >= 0)
        {
            // If-Modified-Since is ignored then (§13.1.3).
            return !Matches(request, HttpFields.IfNoneMatch, response, false) ? 0 : reads ? HttpStatus.NotModified : HttpStatus.PreconditionFailed;
        }

        return reads && response.LastModified >= 0 && DateOf(request, HttpFields.IfModifiedSince, out long modified) && response.LastModified <= modified
            ? HttpStatus.NotModified : 0;
    }

    private static bool DateOf(HttpRequest request, int field, out long seconds)
    {
        int start = request.ValueStart(field);
        seconds = start < 0 ? -1 : HttpDate.Parse(request.Kept, start, request.ValueEnd(field));
        return seconds >= 0; // A date that is none is ignored (§13.1.3).
    }

    private static bool Matches(HttpRequest request, int field, HttpResponse response, bool strong)
    {
        byte[] b = request.Kept;
        int at = request.ValueStart(field);
        int end = request.ValueEnd(field);
        if (end - at == 1 && b[at] == '*')
        {
            return response.Exists;
        }

        string tag = response.ETag;
        if (tag == null)
        {
            return false;
        }

        // Weak tags never compare as strong, and by their opaque part otherwise (§8.8.3.2).
        bool weak = tag[0] == 'W';
        while (at < end)
        {
            bool theirsIsWeak = b[at] == 'W' && at + 1 < end && b[at + 1] == '/';
            int from = theirsIsWeak ? at + 2 : at;
            if (from == end || b[from] != '"')
            {
                at++; // Between two elements.
                continue;
            }

            int to = from + 1;
            while (to < end && b[to] != '"')
            {
                to++;
            }

            at = to + 1;
            if (to < end && (!strong || (!weak && !theirsIsWeak)) && SameTag(b, from, to + 1, tag, weak ? 2 : 0))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SameTag(byte[] b, int from, int to, string tag, int skip)
    {
        if (to - from != tag.Length - skip)
        {
            return false;
        }

        for (int i = from; i < to; i++)
        {
            if (b[i] != tag[i - from + skip])
            {
                return false;
            }
        }

        return true;
    }
}
