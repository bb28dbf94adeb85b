using EmbeddedTcp.Http;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>The HTTP server's place among the services: it is listed, started and stopped with them, but owns its connections itself.</summary>
public sealed class HttpService : Service
{
    /// <summary>An HTTP server of an interface.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="options">Its limits.</param>
    public HttpService(NetworkInterface net, int port, HttpOptions options)
        : base("http", port)
    {
        Server = new HttpServer(net, port, options);
    }

    /// <summary>The server.</summary>
    public HttpServer Server { get; }

    /// <inheritdoc/>
    public override TcpListener Listener => Server.Listener;

    /// <inheritdoc/>
    public override int MemoryBytes => Server.MemoryBytes;

    /// <summary>True while it has faults that nobody has heard of.</summary>
    public bool HasNews => Server.Faults != Faults;

    /// <inheritdoc/>
    public override bool Listen(TcpEngine tcp)
    {
        return Server.Listen();
    }

    /// <inheritdoc/>
    public override void StopListening()
    {
        Server.Stop();
    }

    /// <inheritdoc/>
    public override bool Owns(TcpConnection connection)
    {
        return Server.Owns(connection);
    }

    /// <inheritdoc/>
    public override void Update()
    {
        Open = Server.Open;
        Opened = Server.Opened;
        Expired = Server.Expired;
        while (HasNews)
        {
            Dispatcher.Report(this, Server.LastFault);
        }
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        // The dispatcher has none of its connections.
    }
}
