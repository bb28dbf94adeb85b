namespace EmbeddedTcp.Http;

/// <content>What becomes of a request once its head is there.</content>
internal sealed partial class HttpConnection
{
    // Everything that the head alone can tell.
    private void Decide()
    {
        if (Request.Status != HttpStatus.Ok)
        {
            Refuse(Request.Status); // Where the next request would begin nobody knows.
            return;
        }

        _persist = Request.Persists;
        HttpHandler handler = Server.Find(Request, out int allowed);
        if (handler == null)
        {
            if (allowed != 0 && Request.Method == HttpMethods.Options)
            {
                Response.Status = HttpStatus.NoContent;
                Response.Allow = allowed | HttpMethods.Options;
                Answer();
                return;
            }

            Response.Allow = allowed;
            Deny(allowed == 0 ? HttpStatus.NotFound : HttpStatus.MethodNotAllowed);
            return;
        }

        int refusal = Objection(handler);
        if (refusal != 0)
        {
            Deny(refusal);
            return;
        }

        _handler = handler;
        handler.Begin(Request, Response);
        if (Response.Status == HttpStatus.Ok || Response.Status == HttpStatus.Created)
        {
            int status = HttpConditions.Evaluate(Request, Response);
            if (status == HttpStatus.NotModified)
            {
                Response.Status = status;
            }
            else if (status != 0)
            {
                Response.Refuse(status);
            }
        }

        if (Response.Status >= 300)
        {
            _persist &= !Request.HasBody;
            Answer();
        }
        else if (Request.HasBody)
        {
            StartBody();
        }
        else
        {
            Respond();
        }
    }

    // What the server itself has against a request that a handler would take.
    private int Objection(HttpHandler handler)
    {
        if (Request.ExpectsMore)
        {
            return HttpStatus.ExpectationFailed;
        }

        if (!Request.HasBody)
        {
            bool wanted = handler.Body == HttpHandler.AnyBody && (Request.Method & (HttpMethods.Post | HttpMethods.Put | HttpMethods.Patch)) != 0;
            return wanted && Request.LengthUnknown ? HttpStatus.LengthRequired : 0;
        }

        if (Request.IsEncoded || (handler.Body == HttpHandler.FormBody && !IsForm()))
        {
            return HttpStatus.UnsupportedMediaType;
        }

        _bodyLimit = handler.BodyBytes < 0 ? _options.BodyBytes : handler.BodyBytes;
        if (handler.Body == HttpHandler.FormBody && _bodyLimit > _options.FormBytes)
        {
            _bodyLimit = _options.FormBytes;
        }

        return Request.ContentLength > _bodyLimit ? HttpStatus.ContentTooLarge : 0;
    }

    private bool IsForm()
    {
        int start = Request.ValueStart(HttpFields.ContentType);
        if (start < 0)
        {
            return false;
        }

        int end = Request.ValueEnd(HttpFields.ContentType);
        int to = start;
        while (to < end && Request.Kept[to] != ';' && Request.Kept[to] != ' ')
        {
            to++;
        }

        return HttpText.IsIgnoringCase(Request.Kept, start, to, "application/x-www-form-urlencoded");
    }

    // An error that leaves no doubt about where the next request begins, unless a body is in the way.
    private void Deny(int status)
    {
        _persist &= !Request.HasBody;
        Response.Refuse(status);
        Answer();
    }

    // An error behind which nothing can be understood, or shall be.
    private void Refuse(int status)
    {
        Finish(false);
        _persist = false;
        int allow = Response.Allow;
        Response.Clear();
        Response.Allow = allow;
        Response.Refuse(status);
        Answer();
    }

    private void Respond()
    {
        _handler.Respond(Request, Response);
        Answer();
    }
}
