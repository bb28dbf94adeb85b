using System;
using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Services.Time;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// A small HTTP/1.1 server (RFC 9110, RFC 9112): GET and HEAD of a few pages, one request for each connection.
/// </summary>
/// <remarks>
/// Pages go out in chunks, to a client of HTTP/1.0 without. Whoever knows the end of the answer closes first, as a rule: the server leaves
/// it a moment for that, so that the TIME_WAIT is the client's and a page that is polled does not fill the board's table. A client that has sent its FIN behind the request still gets its answer. What comes after the request (a body, a second
/// request) is read and thrown away, so that no RST overtakes the answer.
/// </remarks>
public sealed class HttpService : Service
{
    /// <summary>Pages at most.</summary>
    public const int MaxPages = 8;

    /// <summary>Requests answered, errors included.</summary>
    public int Requests;

    /// <summary>Requests answered with an error.</summary>
    public int Errors;

    private const int ReadingRequest = -3;
    private const int AwaitingClose = -2; // Everything is written, and the client knows it.
    private const int WritingHead = -1; // From 0 on: the piece of the page to be written next.

    // Three hexadecimal digits, CR LF in front of a chunk, CR LF behind it.
    private const int ChunkHead = 5;
    private const int ChunkTail = 2;
    private const string Hexadecimal = "0123456789ABCDEF";

    private readonly Application _application;
    private readonly HttpPage[] _pages = new HttpPage[MaxPages];
    private readonly HttpErrorPage[] _errorPages =
    {
        new HttpErrorPage(HttpStatus.BadRequest), new HttpErrorPage(HttpStatus.NotFound), new HttpErrorPage(HttpStatus.MethodNotAllowed),
        new HttpErrorPage(HttpStatus.RequestTimeout), new HttpErrorPage(HttpStatus.UriTooLong), new HttpErrorPage(HttpStatus.HeaderFieldsTooLarge),
        new HttpErrorPage(HttpStatus.NotImplemented), new HttpErrorPage(HttpStatus.VersionNotSupported),
    };

    private readonly TextBuffer _text = new TextBuffer(ChunkHead + HttpPage.MaxPiece + ChunkTail);
    private readonly CivilTime _time = new CivilTime();
    private int _pageCount;

    // By slot.
    private HttpRequest[] _requests;
    private HttpPage[] _answers;
    private int[] _positions;
    private int[] _states; // What the page remembers.
    private long[] _ends;

    /// <summary>An HTTP server on a port.</summary>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="application">Knows the clock.</param>
    public HttpService(int port, Application application)
        : base("http", port)
    {
        _application = application;
    }

    /// <inheritdoc/>
    public override int MemoryBytes => base.MemoryBytes + _text.Bytes.Length
        + (_requests == null ? 0 : _requests.Length * (HttpRequest.MemoryBytes + 24));

    /// <summary>Adds a page.</summary>
    /// <returns>False when there is no room for another.</returns>
    public bool Add(HttpPage page)
    {
        if (_pageCount == MaxPages)
        {
            return false;
        }

        _pages[_pageCount++] = page;
        return true;
    }

    /// <inheritdoc/>
    public override void Attach(Dispatcher dispatcher)
    {
        base.Attach(dispatcher);
        int slots = dispatcher.SlotCount;
        _requests = new HttpRequest[slots];
        for (int i = 0; i < slots; i++)
        {
            _requests[i] = new HttpRequest();
        }

        _answers = new HttpPage[slots];
        _positions = new int[slots];
        _states = new int[slots];
        _ends = new long[slots];
    }

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        base.OnAccepted(connection);
        int slot = connection.Index;
        _requests[slot].Clear();
        _answers[slot] = null;
        _positions[slot] = ReadingRequest;
        Dispatcher.SetDeadline(connection, Dispatcher.Options.HttpRequestLimit);
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        int position = _positions[connection.Index];
        if (position == AwaitingClose)
        {
            AwaitClose(connection);
        }
        else if (position != ReadingRequest || ReadRequest(connection))
        {
            WriteAnswer(connection);
        }
    }

    /// <inheritdoc/>
    protected override void OnExpired(TcpConnection connection)
    {
        int slot = connection.Index;
        if (_positions[slot] == ReadingRequest && _requests[slot].Length != 0)
        {
            Expired++;
            Answer(connection, HttpStatus.RequestTimeout);
            WriteAnswer(connection);
        }
        else if (_positions[slot] == AwaitingClose)
        {
            End(connection);
        }
        else
        {
            base.OnExpired(connection);
        }
    }

    private bool ReadRequest(TcpConnection connection)
    {
        HttpRequest request = _requests[connection.Index];
        byte[] scratch = Dispatcher.Scratch;
        while (!request.Done)
        {
            int count = connection.Read(scratch, 0, scratch.Length);
            if (count < 0)
            {
                Dispatcher.Close(connection); // They left without a request, or in the middle of one.
                return false;
            }

            if (count == 0)
            {
                return false;
            }

            request.Feed(scratch, count);
        }

        Answer(connection, request.Status);
        return true;
    }

    // Decides what is answered; WriteAnswer then writes it.
    private void Answer(TcpConnection connection, int status)
    {
        int slot = connection.Index;
        HttpPage page = status == HttpStatus.Ok ? FindPage(_requests[slot]) : ErrorPage(status);
        Requests++;
        if (page is HttpErrorPage)
        {
            Errors++;
        }

        _answers[slot] = page;
        _positions[slot] = WritingHead;
        _ends[slot] = Dispatcher.NowMs + Dispatcher.Options.HttpResponseLimit;
        Dispatcher.SetDeadline(connection, Dispatcher.Options.HttpResponseLimit);
        _states[slot] = 0;
    }

    private void WriteAnswer(TcpConnection connection)
    {
        int slot = connection.Index;
        HttpPage page = _answers[slot];
        bool chunked = _requests[slot].TakesChunks && !(page is HttpErrorPage);
        int last = _requests[slot].IsHead ? 0 : chunked ? page.PieceCount + 1 : page.PieceCount;
        for (int piece = _positions[slot]; piece < last; piece++)
        {
            _positions[slot] = piece;
            int state = _states[slot];
            if (piece == WritingHead)
            {
                RenderHead(page, _requests[slot].TakesChunks);
            }
            else
            {
                RenderPiece(page, piece, chunked, ref state);
            }

            // A piece is written whole or later: generated again it may say something else.
            int length = _text.Length;
            if (length != 0 && (connection.WriteSpace < length || connection.Write(_text.Bytes, 0, length) != length))
            {
                return;
            }

            _states[slot] = state;
        }

        _positions[slot] = AwaitingClose;
        if (chunked || _requests[slot].IsHead)
        {
            Dispatcher.SetDeadline(connection, Dispatcher.Options.HttpCloseDelay);
            AwaitClose(connection);
        }
        else
        {
            End(connection); // Our FIN is the end of the page; and whoever made a mistake may not know where its answer ends.
        }
    }

    private void RenderPiece(HttpPage page, int piece, bool chunked, ref int state)
    {
        TextBuffer text = _text;
        text.Clear();
        if (!chunked)
        {
            page.Render(piece, text, ref state);
            return;
        }

        if (piece == page.PieceCount)
        {
            text.Append("0\r\n\r\n");
            return;
        }

        text.Length = ChunkHead;
        page.Render(piece, text, ref state);
        int length = text.Length - ChunkHead;
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

    // Until the client's FIN, or until the time for it is over. What it sends besides is thrown away.
    private void AwaitClose(TcpConnection connection)
    {
        byte[] scratch = Dispatcher.Scratch;
        int count;
        while ((count = connection.Read(scratch, 0, scratch.Length)) > 0)
        {
        }

        if (count < 0)
        {
            End(connection);
        }
    }

    private void End(TcpConnection connection)
    {
        long rest = _ends[connection.Index] - Dispatcher.NowMs;
        Finish(connection, rest < 0 ? 0 : (int)rest);
    }

    private HttpPage FindPage(HttpRequest request)
    {
        for (int i = 0; i < _pageCount; i++)
        {
            if (request.PathIs(_pages[i].Path))
            {
                return _pages[i];
            }
        }

        return ErrorPage(HttpStatus.NotFound);
    }

    private HttpErrorPage ErrorPage(int status)
    {
        for (int i = 0; i < _errorPages.Length; i++)
        {
            if (_errorPages[i].Status == status)
            {
                return _errorPages[i];
            }
        }

        return _errorPages[0];
    }

    private void RenderHead(HttpPage page, bool chunked)
    {
        HttpErrorPage error = page as HttpErrorPage;
        int status = error == null ? HttpStatus.Ok : error.Status;
        TextBuffer text = _text;
        text.Clear();
        text.Append("HTTP/1.1 ");
        text.Append(status);
        text.AppendByte(' ');
        text.Append(HttpStatus.Phrase(status));
        text.Append("\r\n");
        RenderDate(text);
        text.Append("Content-Type: ");
        text.Append(page.ContentType);
        if (error != null)
        {
            text.Append("\r\nContent-Length: ");
            text.Append(error.Length);
        }
        else if (chunked)
        {
            text.Append("\r\nTransfer-Encoding: chunked");
        }

        text.Append("\r\n");
        if (status == HttpStatus.MethodNotAllowed)
        {
            text.Append("Allow: GET, HEAD\r\n");
        }

        text.Append("Cache-Control: no-store\r\nConnection: close\r\n\r\n");
    }

    // RFC 9110 §6.6.1: a server with a clock sends Date, one without must not. The names of days and months are cut to three letters.
    private void RenderDate(TextBuffer text)
    {
        long now = _application.UnixSeconds;
        if (now < 0)
        {
            return;
        }

        _time.Set(now);
        text.Append("Date: ");
        text.Append(_time.WeekdayName.Substring(0, 3));
        text.Append(", ");
        text.AppendTwoDigits(_time.Day);
        text.AppendByte(' ');
        text.Append(_time.MonthName.Substring(0, 3));
        text.AppendByte(' ');
        text.Append(_time.Year);
        text.AppendByte(' ');
        text.AppendTwoDigits(_time.Hour);
        text.AppendByte(':');
        text.AppendTwoDigits(_time.Minute);
        text.AppendByte(':');
        text.AppendTwoDigits(_time.Second);
        text.Append(" GMT\r\n");
    }
}
