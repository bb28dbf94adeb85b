using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.Http;

/// <content>The answer: head and body go into the send ring piece by piece, each whole or later, as there is room.</content>
internal sealed partial class HttpConnection
{
    private const int Head = 0;
    private const int Body = 1;
    private const int LastChunk = 2;
    private const int Written = 3;

    // Three hexadecimal digits, CR LF in front of a chunk, CR LF behind it.
    internal const int ChunkHead = 5;
    internal const int ChunkTail = 2;
    private const string Hexadecimal = "0123456789ABCDEF";

    // Pieces without a byte in a row, after which others have their turn.
    private const int EmptyInTurn = 512;

    private int _part;
    private int _line;
    private bool _chunked;
    private bool _hasBody;
    private int _rest; // Of a body whose length is known.

    // From now on the answer is fixed, except for what the pieces say.
    private void Answer()
    {
        Response.CheckFields();
        Phase = Answering;
        Server.Requests++;
        if (Response.Status >= 400)
        {
            Server.Errors++;
        }

        _part = Head;
        _line = 0;
        _rest = Response.ContentLength;
        bool known = _rest >= 0 || Response.IsBodiless;
        _chunked = !known && Request.MinorVersion > 0;
        _hasBody = !Request.IsHead && !Response.IsBodiless && _rest != 0;

        // RFC 9112 §6.3: a body that is neither chunked nor of a known length ends with the connection.
        _persist &= (known || _chunked) && Served + 1 < _options.RequestsPerConnection && !Server.MustClose;
        StartProgress(_options.ProgressInterval);
    }

    // False while there is no room.
    private bool WriteAnswer()
    {
        TextBuffer text = Server.Text;
        int empty = 0;
        while (_part != Written)
        {
            text.Clear();
            int part = _part;
            int line = _line;
            int state = Response.State;
            Compose(text);
            int length = text.Length;
            if (length == 0)
            {
                if (++empty > EmptyInTurn)
                {
                    ToBeContinued = true;
                    Server.Wake();
                    return false;
                }

                continue;
            }

            empty = 0;
            if (Connection.WriteSpace < length)
            {
                // A piece is written whole or later: generated again it may say something else.
                bool wasPiece = part == Body;
                _part = part;
                _line = line;
                Response.State = state;
                if (wasPiece)
                {
                    Response.Piece--;
                    _rest = _restBefore;
                }

                return false;
            }

            _written += Connection.Write(text.Bytes, 0, length);
        }

        EndAnswer();
        return true;
    }

    private int _restBefore;

    private void Compose(TextBuffer text)
    {
        if (_part == Head)
        {
            if (!HttpHead.Render(text, _line++, this, _chunked, _persist))
            {
                _part = !_hasBody ? Written : Body;
            }
        }
        else if (_part == LastChunk)
        {
            text.Append("0\r\n\r\n");
            _part = Written;
        }
        else
        {
            ComposePiece(text);
        }
    }

    private void ComposePiece(TextBuffer text)
    {
        int start = _chunked ? ChunkHead : 0;
        text.Length = start;
        bool more = false;
        if (Response.IsPlain)
        {
            text.Append(Response.Status);
            text.AppendByte(' ');
            text.Append(HttpStatus.Phrase(Response.Status));
            text.AppendByte('\n');
        }
        else
        {
            more = _handler.Render(Request, Response, text);
        }

        Response.Piece++;
        int length = text.Length - start;
        _restBefore = _rest;
        if (_rest >= 0)
        {
            _rest -= length;
            if (_rest < 0 || (_rest > 0 && !more))
            {
                throw new System.InvalidOperationException("length of the body"); // The client would take the next answer for a part of this one.
            }
        }

        if (!more)
        {
            _part = _chunked ? LastChunk : Written;
        }

        if (!_chunked)
        {
            return;
        }

        if (length == 0)
        {
            text.Clear(); // An empty chunk would be the last one.
            return;
        }

        byte[] b = text.Bytes;
        b[0] = (byte)Hexadecimal[length >> 8];
        b[1] = (byte)Hexadecimal[(length >> 4) & 15];
        b[2] = (byte)Hexadecimal[length & 15];
        b[3] = (byte)'\r';
        b[4] = (byte)'\n';
        text.Append("\r\n");
    }

    private void EndAnswer()
    {
        Served++;
        Finish(true);
        if (_persist)
        {
            AwaitRequest(_options.IdleLimit);
        }
        else if ((_chunked || Response.ContentLength >= 0 || Response.IsBodiless) && Response.Status < 400 && Request.MinorVersion > 0)
        {
            Phase = AwaitingClose;
            _drained = 0;
            Deadline = Server.Now + _options.CloseDelay;
        }
        else
        {
            Linger(); // Our FIN is the end of the body, or an old client waits for it anyhow; and whoever made a mistake may not know where its answer ends.
        }
    }
}
