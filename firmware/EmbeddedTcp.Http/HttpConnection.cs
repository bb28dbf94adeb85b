using System;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Http;

/// <summary>One place of the server: a connection, the request on it and how far its answer is. Reused for the next connection.</summary>
internal sealed partial class HttpConnection
{
    internal const int Free = 0;
    internal const int ReadingHead = 1; // Or waiting for its first byte.
    internal const int ReadingBody = 2;
    internal const int Answering = 3;
    internal const int AwaitingClose = 4; // The last answer is written, and the client knows where it ends.
    internal const int Lingering = 5; // Our FIN is queued or sent.

    /// <summary>What a place takes besides its request, on the device: a field is 12 bytes.</summary>
    internal const int MemoryBytes = 600;

    // Requests answered in one turn, so that a pipeline does not keep the other connections waiting.
    private const int RequestsInTurn = 4;

    internal readonly HttpServer Server;
    internal readonly HttpRequest Request;
    internal readonly HttpResponse Response = new HttpResponse();
    internal TcpConnection Connection;
    internal int Phase;
    internal long Deadline;

    /// <summary>Since when nothing of a request was there.</summary>
    internal long IdleSince;

    /// <summary>Something was left over for another turn, or the handler may want to go on.</summary>
    internal bool ToBeContinued;

    /// <summary>Requests answered on this connection.</summary>
    internal int Served;

    private readonly HttpOptions _options;
    private HttpHandler _handler; // Not null from Begin to End.
    private bool _persist;
    private int _moved; // Bytes of the body, or of the answer that the client has acknowledged, when the interval began.
    private int _written;
    private int _drained;

    internal HttpConnection(HttpServer server, HttpOptions options, HttpFields fields, byte[] form)
    {
        Server = server;
        _options = options;
        Request = new HttpRequest(options, fields, form);
    }

    /// <summary>Between two requests, or before the first.</summary>
    internal bool IsIdle => Phase == ReadingHead && Request.Length == 0;

    internal void Start(TcpConnection connection)
    {
        Connection = connection;
        Request.Connection = connection;
        connection.NoDelay = true; // Nothing is sent before the poll ends: what was written by then is whole.
        Served = 0;
        _written = 0;
        AwaitRequest(_options.HeadLimit);
    }

    /// <summary>Goes on until nothing moves.</summary>
    internal void Serve()
    {
        ToBeContinued = false;
        for (int answers = 0; answers < RequestsInTurn; answers++)
        {
            if (Phase == ReadingHead && !ReadHead())
            {
                return;
            }

            if (Phase == ReadingBody && !ReadBody())
            {
                return;
            }

            if (Phase == Answering && !WriteAnswer())
            {
                return;
            }

            if (Phase != ReadingHead)
            {
                if (Phase != Free)
                {
                    Drain();
                }

                return;
            }
        }

        ToBeContinued = true;
        Server.Wake();
    }

    /// <summary>The deadline has passed.</summary>
    internal void Expire()
    {
        switch (Phase)
        {
            case ReadingHead:
                if (Request.Length != 0)
                {
                    Server.Expired++;
                    Refuse(HttpStatus.RequestTimeout);
                    Serve();
                }
                else if (Connection.SendQueued > 0)
                {
                    Server.Expired++; // It has not taken the answer before.
                    Release(true);
                }
                else
                {
                    // RFC 9112 §9.5: to close an idle connection is no error; one that never sent anything is.
                    Server.Expired += Served == 0 ? 1 : 0;
                    Linger();
                }

                break;
            case ReadingBody:
                if (!Progresses())
                {
                    Server.Expired++;
                    Refuse(HttpStatus.RequestTimeout);
                    Serve();
                }

                break;
            case Answering:
                if (!Progresses())
                {
                    Server.Expired++;
                    Release(true);
                }

                break;
            case AwaitingClose:
                Linger();
                break;
            default:
                if (Connection.SendQueued == 0)
                {
                    Release(false); // The peer has everything and keeps its side open: the engine's FIN_WAIT_2 limit does the rest.
                }
                else if (!Progresses())
                {
                    Server.Expired++;
                    Release(true);
                }

                break;
        }
    }

    /// <summary>Our FIN behind what is queued, then reading on and throwing away until the peer's: a RST for unread data may destroy the answer at the client (RFC 9112 §9.6).</summary>
    internal void Linger()
    {
        Phase = Lingering;
        _drained = 0;
        StartProgress(Connection.SendQueued == 0 ? _options.LingerLimit : _options.ProgressInterval);
        Connection.Shutdown();
        Drain();
    }

    /// <summary>Gives the connection back to the engine, which sends what is queued and a FIN in the background, or a RST.</summary>
    internal void Release(bool abort)
    {
        Phase = Free;
        Finish(false);
        TcpConnection connection = Connection;
        Connection = null;
        Request.Connection = null;
        connection.Tag = null;
        Server.Open--;
        if (abort)
        {
            connection.Abort();
        }
        else
        {
            connection.Close();
        }
    }

    /// <summary>An exception left the handler: the client is told, if nothing else was said yet.</summary>
    internal void Fail()
    {
        if (Phase != ReadingHead && Phase != ReadingBody && (Phase != Answering || _part != Head || _line != 0))
        {
            Release(true);
            return;
        }

        Refuse(HttpStatus.InternalServerError);
        Serve();
    }

    private void AwaitRequest(int limit)
    {
        Request.Clear();
        Response.Clear();
        Phase = ReadingHead;
        IdleSince = Server.Now;
        Deadline = Server.Now + limit;
    }

    private bool ReadHead()
    {
        byte[] scratch = Server.Scratch;
        while (!Request.Done)
        {
            int count = Connection.Peek(scratch, 0, scratch.Length);
            if (count < 0)
            {
                Release(false); // They left without a request, or in the middle of one.
                return false;
            }

            if (count == 0)
            {
                return false;
            }

            if (Request.Length == 0 && Served > 0)
            {
                Deadline = Server.Now + _options.HeadLimit;
            }

            Connection.Read(scratch, 0, Request.Feed(scratch, count));
        }

        Decide();
        return true;
    }

    private void Finish(bool complete)
    {
        HttpHandler handler = _handler;
        _handler = null;
        if (handler != null)
        {
            try
            {
                handler.End(Request, complete);
            }
            catch (Exception e)
            {
                Server.Report(e);
            }
        }
    }

    private int Moved => Phase == ReadingBody ? _bodyLength : _written - Connection.SendQueued;

    private void StartProgress(int limit)
    {
        _moved = Moved;
        Deadline = Server.Now + limit;
    }

    private bool Progresses()
    {
        if (Moved - _moved < _options.ProgressBytes)
        {
            return false;
        }

        StartProgress(_options.ProgressInterval);
        return true;
    }

    private void Drain()
    {
        byte[] scratch = Server.Scratch;
        int count;
        while ((count = Connection.Read(scratch, 0, scratch.Length)) > 0)
        {
            _drained += count;
        }

        if (_drained > _options.DrainBytes)
        {
            Release(true);
        }
        else if (count < 0 && Phase == AwaitingClose)
        {
            Linger();
        }
    }
}
