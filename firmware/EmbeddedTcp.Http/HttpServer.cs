using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Services.Time;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Http;

/// <summary>
/// A server of HTTP/1.1 (RFC 9110, RFC 9112) on one port of an interface: handlers by path and method, persistent connections, limits on everything.
/// </summary>
/// <remarks>
/// <para>It is ticked from within <see cref="NetworkInterface.Poll"/> and allocates nothing after <see cref="Listen"/>; what handlers ask for as a string is theirs.</para>
/// <para>Who gives way when there are fewer slots than clients: while <see cref="HttpOptions.Connections"/> are open, newcomers wait half-open. As soon as one has been
/// refused (or the engine has no slot left for one), the connection that has been idle between two requests for longest (half a second at least), or for five seconds before its first, is closed; where none is idle, the next answer says
/// that it is the last one on its connection. Nobody is interrupted in a request.</para>
/// </remarks>
public sealed partial class HttpServer : NetworkService
{
    // A connection that has not sent anything yet is given so much time before it counts as idle: if it had to wait for its place, its request was lost
    // and comes again in a retransmission that may take some seconds.
    private const int FirstRequestGrace = 5000;

    // One that was just answered may have its next request under way, which a RST would meet; its next answer is its last anyhow while somebody waits.
    private const int NextRequestGrace = 500;

    // Who was refused has come again within this time, or has given up.
    private const int RefusalMemory = 5000;

    /// <summary>Connections it has now.</summary>
    public int Open { get; internal set; }

    /// <summary>Connections it has ever had.</summary>
    public int Opened { get; private set; }

    /// <summary>Requests answered, errors included.</summary>
    public int Requests { get; internal set; }

    /// <summary>Requests answered with an error, 400 or more.</summary>
    public int Errors { get; internal set; }

    /// <summary>Connections that were too slow: without a request, in it, or in reading the answer.</summary>
    public int Expired { get; internal set; }

    /// <summary>Idle connections that were closed because somebody else wanted to come in.</summary>
    public int Evicted { get; private set; }

    /// <summary>Exceptions that left a handler.</summary>
    public int Faults { get; private set; }

    /// <summary>The last of them, or null.</summary>
    public Exception LastFault { get; private set; }

    internal readonly byte[] Scratch = new byte[1024];
    internal readonly TextBuffer Text = new TextBuffer(HttpConnection.ChunkHead + HttpHandler.MaxPiece + HttpConnection.ChunkTail);
    internal readonly CivilTime Time = new CivilTime();
    internal long Now;

    private readonly TcpEngine _tcp;
    private readonly HttpOptions _options;
    private readonly HttpFields _fields;
    private readonly HttpHandler[] _handlers;
    private HttpConnection[] _places;
    private int _handlerCount;
    private int _refusedSeen;
    private long _wantedUntil;
    private bool _stopping;

    /// <summary>A server of an interface. It does not listen yet.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="options">Its limits; not changed any more from <see cref="Listen"/> on.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public HttpServer(NetworkInterface net, int port, HttpOptions options)
        : base(net)
    {
        HttpLimits.Check(options);
        Port = port;
        _tcp = net.Tcp;
        _options = options;
        _fields = new HttpFields(options.Fields);
        _handlers = new HttpHandler[options.Handlers];
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The engine's listener; null while it does not listen.</summary>
    public TcpListener Listener { get; private set; }

    /// <summary>Connections at most.</summary>
    public int MaxConnections
    {
        get
        {
            int slots = _tcp.SlotCount;
            int most = _options.Connections > 0 ? _options.Connections : slots * 3 / 4;
            return most < 1 ? 1 : most > slots ? slots : most;
        }
    }

    /// <summary>The bytes of fixed memory it takes, without the headers of the objects.</summary>
    public int MemoryBytes => Scratch.Length + Text.Bytes.Length + (4 * _handlers.Length)
        + (MaxConnections * (HttpRequest.MemoryBytes(_options, _fields.Count, TakesForms) + HttpConnection.MemoryBytes));

    /// <summary>Adds a handler. Of several that match a request the first one is asked. Before <see cref="Listen"/> only.</summary>
    /// <returns>False when there is no room for another.</returns>
    public bool Add(HttpHandler handler)
    {
        if (_handlerCount == _handlers.Length || _places != null)
        {
            return false;
        }

        _handlers[_handlerCount++] = handler;
        return true;
    }

    /// <summary>Allocates what the connections need and starts to listen.</summary>
    /// <returns>False when the port is taken or the engine has no room for another listener.</returns>
    public bool Listen()
    {
        if (_places == null)
        {
            bool forms = TakesForms;
            HttpConnection[] places = new HttpConnection[MaxConnections];
            for (int i = 0; i < places.Length; i++)
            {
                places[i] = new HttpConnection(this, _options, _fields, forms ? new byte[_options.FormBytes] : null);
            }

            _places = places;
        }

        _stopping = false;
        Listener = _tcp.Listen(Port, _options.Backlog);
        if (Listener == null)
        {
            return false;
        }

        _refusedSeen = 0;
        Listener.Service = this;
        Wake();
        return true;
    }

    /// <summary>Stops listening; what was asked for is answered, and every connection ends then.</summary>
    public void Stop()
    {
        _stopping = true;
        Now = Net.NowMs;
        if (Listener != null)
        {
            Listener.Close();
            Listener = null;
        }

        for (int i = 0; _places != null && i < _places.Length; i++)
        {
            if (_places[i].Phase == HttpConnection.ReadingHead)
            {
                _places[i].Linger();
            }
        }
    }

    /// <summary>Ends every connection with a RST.</summary>
    public void AbortAll()
    {
        for (int i = 0; _places != null && i < _places.Length; i++)
        {
            if (_places[i].Phase != HttpConnection.Free)
            {
                _places[i].Release(true);
            }
        }
    }

    /// <summary>Whether a connection is in its hands.</summary>
    public bool Owns(TcpConnection connection)
    {
        HttpConnection place = connection.Tag as HttpConnection;
        return place != null && place.Server == this;
    }

    private bool TakesForms
    {
        get
        {
            for (int i = 0; i < _handlerCount; i++)
            {
                if (_handlers[i].Body == HttpHandler.FormBody)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Seconds since 1970, negative while nobody knows.</summary>
    internal long UnixSeconds => _options.Clock == null ? -1 : _options.Clock.UnixSeconds;

    /// <summary>Answers have to be the last on their connections.</summary>
    internal bool MustClose => _stopping || Now < _wantedUntil;

    /// <summary>The handler of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allowed">The methods that handlers of its path take, when there is one, but none that takes its method.</param>
    internal HttpHandler Find(HttpRequest request, out int allowed)
    {
        allowed = 0;
        bool any = request.TargetIsAsterisk;
        int method = request.Method;
        for (int i = 0; i < _handlerCount; i++)
        {
            HttpHandler handler = _handlers[i];
            if (any)
            {
                allowed |= handler.Methods;
            }
            else if (request.Matches(handler.Path))
            {
                if ((handler.Methods & method) != 0)
                {
                    return handler;
                }

                allowed |= handler.Methods;
            }
        }

        return null;
    }

    internal void Report(Exception fault)
    {
        Faults++;
        LastFault = fault;
    }
}
