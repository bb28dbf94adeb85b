using System;

namespace EmbeddedTcp.Sockets;

/// <summary>One end of a TCP connection.</summary>
public class TcpClient : IDisposable
{
    private NetworkStream _stream;
    private bool _disposed;

    /// <summary>Makes a client of <see cref="SocketHost.Default"/>, not connected yet.</summary>
    public TcpClient()
        : this(SocketHost.Required(null))
    {
    }

    /// <summary>Makes a client of a host of the caller's choice, not connected yet.</summary>
    public TcpClient(SocketHost host)
    {
        Client = new Socket(host, AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    }

    /// <summary>Makes a client that will use a port of the caller's choice.</summary>
    public TcpClient(IPEndPoint localEP)
        : this()
    {
        Client.Bind(localEP);
    }

    /// <summary>Makes a client, and connects it as <see cref="Connect(string, int)"/>.</summary>
    public TcpClient(string hostname, int port)
        : this()
    {
        try
        {
            Connect(hostname, port);
        }
        catch (Exception)
        {
            Dispose();
            throw;
        }
    }

    internal TcpClient(Socket accepted)
    {
        Client = accepted;
        Active = true;
    }

    /// <summary>The socket.</summary>
    public Socket Client { get; private set; }

    /// <summary>Bytes that can be read at once.</summary>
    public int Available
    {
        get { return Open().Available; }
    }

    /// <summary>True from the handshake to the connection's end on both sides.</summary>
    public bool Connected
    {
        get { return !_disposed && Client.Connected; }
    }

    /// <summary>As <see cref="Socket.ReceiveTimeout"/>.</summary>
    public int ReceiveTimeout
    {
        get { return Open().ReceiveTimeout; }
        set { Open().ReceiveTimeout = value; }
    }

    /// <summary>As <see cref="Socket.SendTimeout"/>.</summary>
    public int SendTimeout
    {
        get { return Open().SendTimeout; }
        set { Open().SendTimeout = value; }
    }

    /// <summary>As <see cref="Socket.LingerState"/>.</summary>
    public LingerOption LingerState
    {
        get { return Open().LingerState; }
        set { Open().LingerState = value; }
    }

    /// <summary>True switches the Nagle algorithm off.</summary>
    public bool NoDelay
    {
        get { return Open().NoDelay; }
        set { Open().NoDelay = value; }
    }

    /// <summary>True once it is connected.</summary>
    protected bool Active { get; private set; }

    /// <summary>Connects to a peer.</summary>
    public void Connect(IPEndPoint remoteEP)
    {
        Open().Connect(remoteEP);
        Active = true;
    }

    /// <summary>Connects to a peer.</summary>
    public void Connect(IPAddress address, int port)
    {
        Connect(new IPEndPoint(address, port));
    }

    /// <summary>Connects to the first of several addresses that answers.</summary>
    /// <exception cref="SocketException">None did; the error is that of the last.</exception>
    public void Connect(IPAddress[] ipAddresses, int port)
    {
        if (ipAddresses == null)
        {
            throw new ArgumentNullException("ipAddresses");
        }

        for (int i = 0; i < ipAddresses.Length; i++)
        {
            try
            {
                Connect(ipAddresses[i], port);
                return;
            }
            catch (SocketException)
            {
                if (i == ipAddresses.Length - 1 || Active)
                {
                    throw;
                }
            }
        }

        throw new SocketException(SocketError.NotConnected);
    }

    /// <summary>Looks a name up and connects to the first of its addresses that answers.</summary>
    public void Connect(string hostname, int port)
    {
        Connect(Open().Host.GetHostEntry(hostname).AddressList, port);
    }

    /// <summary>The connection as a stream; closing that closes the client's socket.</summary>
    /// <exception cref="InvalidOperationException">Not connected.</exception>
    public NetworkStream GetStream()
    {
        if (!Open().IsStream)
        {
            throw new InvalidOperationException("not connected");
        }

        if (_stream == null)
        {
            _stream = new NetworkStream(Client, true);
        }

        return _stream;
    }

    /// <summary>Closes stream and socket, as <see cref="Socket.Close()"/>.</summary>
    public void Close()
    {
        Dispose();
    }

    /// <summary>As <see cref="Close"/>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes stream and socket.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            if (_stream != null)
            {
                _stream.Dispose();
            }

            Client.Close();
        }
    }

    private Socket Open()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException("TcpClient");
        }

        return Client;
    }
}
