using System;

namespace EmbeddedTcp.Http;

/// <content>The request's body: taken from the receive ring as the handler takes it, so that a slow handler slows the client down.</content>
internal sealed partial class HttpConnection
{
    private static readonly byte[] s_continue =
    {
        (byte)'H', (byte)'T', (byte)'T', (byte)'P', (byte)'/', (byte)'1', (byte)'.', (byte)'1', (byte)' ', (byte)'1', (byte)'0', (byte)'0', (byte)' ',
        (byte)'C', (byte)'o', (byte)'n', (byte)'t', (byte)'i', (byte)'n', (byte)'u', (byte)'e', 13, 10, 13, 10,
    };

    private readonly HttpChunks _chunks = new HttpChunks();
    private int _bodyLimit;
    private int _bodyLength; // Bytes taken.
    private int _bodyRest; // Bytes to come, when the length was announced.
    private bool _continueDue;

    private void StartBody()
    {
        Phase = ReadingBody;
        _bodyLength = 0;
        _bodyRest = Request.ContentLength;
        _chunks.Clear();

        // RFC 9110 §10.1.1: may be left away when some of the body is there already.
        _continueDue = Request.ExpectsContinue && Connection.Available == 0;
        StartProgress(_options.ProgressInterval);
    }

    // True when the body is complete, or the answer is clear without the rest of it.
    private bool ReadBody()
    {
        if (_continueDue)
        {
            if (Connection.Available == 0)
            {
                if (Connection.WriteSpace < s_continue.Length)
                {
                    return false;
                }

                _written += Connection.Write(s_continue, 0, s_continue.Length);
            }

            _continueDue = false;
        }

        bool chunked = Request.Chunked;
        while (chunked ? !_chunks.Done : _bodyRest > 0)
        {
            byte[] scratch = Server.Scratch;
            int due = !chunked ? _bodyRest : _chunks.Data;
            int count = Connection.Peek(scratch, 0, due > 0 && due < scratch.Length ? due : scratch.Length);
            if (count < 0)
            {
                Release(false); // They left in the middle: the request is incomplete and nothing is done about it (RFC 9112 §8).
                return false;
            }

            if (count == 0)
            {
                return false;
            }

            if (due == 0)
            {
                Connection.Read(scratch, 0, _chunks.Feed(scratch, count, _options.HeadBytes));
                int error = _chunks.Error != 0 ? _chunks.Error : _chunks.Data > _bodyLimit - _bodyLength ? HttpStatus.ContentTooLarge : 0;
                if (error != 0)
                {
                    Refuse(error);
                    return true;
                }

                continue;
            }

            if (!TakeBody(scratch, count))
            {
                return false;
            }

            if (Response.Status >= 300)
            {
                _persist = false;
                Answer();
                return true;
            }
        }

        Respond();
        return true;
    }

    // False when the handler takes no more for now.
    private bool TakeBody(byte[] scratch, int count)
    {
        int taken = count;
        if (_handler.Body == HttpHandler.AnyBody)
        {
            taken = _handler.Receive(Request, Response, scratch, 0, count);
        }
        else if (_handler.Body == HttpHandler.FormBody)
        {
            Array.Copy(scratch, 0, Request.FormBuffer, Request.FormLength, count);
            Request.FormLength += count;
        }

        if (taken > 0)
        {
            Connection.Read(scratch, 0, taken);
            _bodyLength += taken;
            _bodyRest -= taken;
            _chunks.Data -= taken;
        }

        ToBeContinued = taken < count; // At every turn the handler is asked again, and after its Wake there is one.
        return taken > 0 || Response.Status >= 300;
    }
}
