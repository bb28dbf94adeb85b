using System;

namespace EmbeddedTcp.Sockets;

/// <summary>A TCP port that peers connect to.</summary>
public class TcpListener
{
    // A backlog holds slots, of which there are few.
    private const int DefaultBacklog = 4;

    private readonly SocketHost _host;
    private readonly IPEndPoint _local;

    /// <summary>Makes a listener of <see cref="SocketHost.Default"/>, which does not listen yet.</summary>
    /// <param name="localaddr">Our address or <see cref="IPAddress.Any"/>.</param>
    /// <param name="port">1 to 65,535, or 0 for any.</param>
    public TcpListener(IPAddress localaddr, int port)
        : this(new IPEndPoint(localaddr, port))
    {
    }

    /// <summary>As the other.</summary>
    public TcpListener(IPEndPoint localEP)
        : this(null, localEP)
    {
    }

    /// <summary>As the other, of a host of the caller's choice.</summary>
    public TcpListener(SocketHost host, IPEndPoint localEP)
    {
        if (localEP == null)
        {
            throw new ArgumentNullException("localEP");
        }

        _host = SocketHost.Required(host);
        _local = localEP;
        Server = NewSocket();
    }

    /// <summary>The socket.</summary>
    public Socket Server { get; private set; }

    /// <summary>Our address and port; while it listens, the port in use.</summary>
    public EndPoint LocalEndpoint
    {
        get { return Active ? Server.LocalEndPoint : _local; }
    }

    /// <summary>True while it listens.</summary>
    protected bool Active { get; private set; }

    /// <summary>Listens; up to four connections wait to be accepted, each in a slot.</summary>
    public void Start()
    {
        Start(DefaultBacklog);
    }

    /// <summary>Listens.</summary>
    /// <param name="backlog">Connections that may wait to be accepted.</param>
    public void Start(int backlog)
    {
        if (Active)
        {
            return;
        }

        try
        {
            Server.Bind(_local);
            Server.Listen(backlog);
        }
        catch (SocketException)
        {
            Renew();
            throw;
        }

        Active = true;
    }

    /// <summary>Listens no more. Connections that nobody accepted are reset; a thread that waits for one fails.</summary>
    public void Stop()
    {
        Active = false;
        Renew();
    }

    /// <summary>True when a connection waits to be accepted.</summary>
    public bool Pending()
    {
        return Listening().Poll(0, SelectMode.SelectRead);
    }

    /// <summary>Waits for a peer's connection.</summary>
    public Socket AcceptSocket()
    {
        return Listening().Accept();
    }

    /// <summary>Waits for a peer's connection.</summary>
    public TcpClient AcceptTcpClient()
    {
        return new TcpClient(AcceptSocket());
    }

    private Socket Listening()
    {
        if (!Active)
        {
            throw new InvalidOperationException("not listening");
        }

        return Server;
    }

    private void Renew()
    {
        Server.Close();
        Server = NewSocket();
    }

    private Socket NewSocket()
    {
        return new Socket(_host, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    }
}
