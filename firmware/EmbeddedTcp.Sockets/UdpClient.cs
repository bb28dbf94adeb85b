using System;

namespace EmbeddedTcp.Sockets;

/// <summary>A UDP port. Has the members of .NET's UdpClient and those that nanoFramework's has instead.</summary>
public class UdpClient : IDisposable
{
    private byte[] _whole;

    /// <summary>Makes a client of <see cref="SocketHost.Default"/> on any port.</summary>
    public UdpClient()
        : this(0)
    {
    }

    /// <summary>Makes a client on a port.</summary>
    /// <param name="port">1 to 65,535, or 0 for any.</param>
    public UdpClient(int port)
        : this(new IPEndPoint(IPAddress.Any, port))
    {
    }

    /// <summary>Makes a client on a port.</summary>
    public UdpClient(IPEndPoint localEP)
        : this(null, localEP)
    {
    }

    /// <summary>Makes a client with one peer.</summary>
    public UdpClient(string hostname, int port)
        : this(0)
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

    /// <summary>Makes a client on a port, of a host of the caller's choice.</summary>
    public UdpClient(SocketHost host, IPEndPoint localEP)
    {
        if (localEP == null)
        {
            throw new ArgumentNullException("localEP");
        }

        Client = new Socket(host, AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Client.Bind(localEP);
        }
        catch (SocketException)
        {
            Client.Close();
            throw;
        }
    }

    /// <summary>The socket.</summary>
    public Socket Client { get; }

    /// <summary>Bytes of the datagram that would be read next.</summary>
    public int Available
    {
        get { return Client.Available; }
    }

    /// <summary>Time to live of what is sent to one host, 1 to 255.</summary>
    public short Ttl
    {
        get { return Client.Ttl; }
        set { Client.Ttl = value; }
    }

    /// <summary>Always true: broadcasts are permitted.</summary>
    public bool EnableBroadcast
    {
        get { return true; }
        set { Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Broadcast, value); }
    }

    /// <summary>True once it has one peer.</summary>
    protected bool Active { get; private set; }

    /// <summary>From now on it has one peer.</summary>
    public void Connect(IPEndPoint endPoint)
    {
        Client.Connect(endPoint);
        Active = true;
    }

    /// <summary>From now on it has one peer.</summary>
    public void Connect(IPAddress addr, int port)
    {
        Connect(new IPEndPoint(addr, port));
    }

    /// <summary>From now on it has one peer.</summary>
    public void Connect(string hostname, int port)
    {
        Connect(Client.Host.GetHostEntry(hostname).AddressList[0], port);
    }

    /// <summary>Sends a datagram to the peer.</summary>
    public int Send(byte[] dgram)
    {
        return Send(dgram, 0, LengthOf(dgram), null);
    }

    /// <summary>Sends the beginning of an array to the peer.</summary>
    public int Send(byte[] dgram, int bytes)
    {
        return Send(dgram, 0, bytes, null);
    }

    /// <summary>Sends a part of an array to the peer.</summary>
    public int Send(byte[] dgram, int offset, int size)
    {
        return Send(dgram, offset, size, null);
    }

    /// <summary>Sends a datagram.</summary>
    public int Send(byte[] dgram, IPEndPoint endPoint)
    {
        return Send(dgram, 0, LengthOf(dgram), endPoint);
    }

    /// <summary>Sends the beginning of an array.</summary>
    public int Send(byte[] dgram, int bytes, IPEndPoint endPoint)
    {
        return Send(dgram, 0, bytes, endPoint);
    }

    /// <summary>Looks a name up and sends the beginning of an array there.</summary>
    public int Send(byte[] dgram, int bytes, string hostname, int port)
    {
        return Send(dgram, 0, bytes, new IPEndPoint(Client.Host.GetHostEntry(hostname).AddressList[0], port));
    }

    /// <summary>Sends a part of an array.</summary>
    /// <param name="dgram">Holds the data.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="size">How many.</param>
    /// <param name="endPoint">Whereto; null for the peer, and nothing else once there is one.</param>
    /// <returns>The size.</returns>
    /// <exception cref="InvalidOperationException">There is a peer and an end point, or neither.</exception>
    public int Send(byte[] dgram, int offset, int size, IPEndPoint endPoint)
    {
        if (Active == (endPoint != null))
        {
            throw new InvalidOperationException(Active ? "connected" : "not connected");
        }

        return endPoint == null
            ? Client.Send(dgram, offset, size, SocketFlags.None)
            : Client.SendTo(dgram, offset, size, SocketFlags.None, endPoint);
    }

    /// <summary>Waits for a datagram.</summary>
    /// <param name="remoteEP">Its sender.</param>
    /// <returns>Its data, in an array of its own.</returns>
    public byte[] Receive(ref IPEndPoint remoteEP)
    {
        if (_whole == null)
        {
            _whole = new byte[Client.Host.Net.Options.UdpReceiveBufferSize];
        }

        int n = Receive(_whole, 0, _whole.Length, ref remoteEP);
        byte[] data = new byte[n];
        Array.Copy(_whole, 0, data, 0, n);
        return data;
    }

    /// <summary>Waits for a datagram.</summary>
    public int Receive(byte[] buffer, ref IPEndPoint remoteEP)
    {
        return Receive(buffer, 0, LengthOf(buffer), ref remoteEP);
    }

    /// <summary>Waits for a datagram.</summary>
    /// <param name="buffer">Receives the data.</param>
    /// <param name="offset">Where the first byte goes.</param>
    /// <param name="size">At most so many; the rest is lost.</param>
    /// <param name="remoteEP">Its sender; an object that is right already is kept.</param>
    /// <returns>How many bytes.</returns>
    public int Receive(byte[] buffer, int offset, int size, ref IPEndPoint remoteEP)
    {
        EndPoint from = remoteEP;
        int n = Client.ReceiveFrom(buffer, offset, size, SocketFlags.None, ref from);
        remoteEP = (IPEndPoint)from;
        return n;
    }

    /// <summary>Receives what is sent to a group. The stack needs a multicast group and the driver must let such frames pass.</summary>
    public void JoinMulticastGroup(IPAddress multicastAddr)
    {
        SetMembership(SocketOptionName.AddMembership, multicastAddr);
    }

    /// <summary>As the other; there is one interface.</summary>
    public void JoinMulticastGroup(IPAddress multicastAddr, IPAddress localAddress)
    {
        JoinMulticastGroup(multicastAddr);
    }

    /// <summary>As the other, and sets the time to live of what is sent to groups.</summary>
    public void JoinMulticastGroup(IPAddress multicastAddr, int timeToLive)
    {
        JoinMulticastGroup(multicastAddr);
        Client.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, timeToLive);
    }

    /// <summary>Receives no more of what is sent to a group.</summary>
    public void DropMulticastGroup(IPAddress multicastAddr)
    {
        SetMembership(SocketOptionName.DropMembership, multicastAddr);
    }

    /// <summary>Gives the port back.</summary>
    public void Close()
    {
        Dispose();
    }

    /// <summary>Gives the port back.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the port back.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Client.Close();
        }
    }

    private void SetMembership(SocketOptionName option, IPAddress group)
    {
        if (group is null)
        {
            throw new ArgumentNullException("multicastAddr");
        }

        Client.SetSocketOption(SocketOptionLevel.IP, option, group.GetAddressBytes());
    }

    private static int LengthOf(byte[] buffer)
    {
        return buffer == null ? 0 : buffer.Length;
    }
}
