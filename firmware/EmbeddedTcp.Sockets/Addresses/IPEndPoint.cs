using System;

namespace EmbeddedTcp.Sockets;

/// <summary>Where a connection or a datagram comes from or goes to.</summary>
public abstract class EndPoint
{
    /// <summary>The family of its address.</summary>
    public abstract AddressFamily AddressFamily { get; }
}

/// <summary>An address with a port; it does not change once made.</summary>
public class IPEndPoint : EndPoint
{
    /// <summary>The smallest port.</summary>
    public const int MinPort = 0;

    /// <summary>The largest port.</summary>
    public const int MaxPort = 65535;

    private readonly IPAddress _address;
    private readonly int _port;

    /// <summary>Makes an end point.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">0 to 65,535; 0 is any port.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    public IPEndPoint(IPAddress address, int port)
    {
        if (address is null)
        {
            throw new ArgumentNullException("address");
        }

        if (port < MinPort || port > MaxPort)
        {
            throw new ArgumentOutOfRangeException("port");
        }

        _address = address;
        _port = port;
    }

    /// <summary>As the other, with an address as <see cref="IPAddress(long)"/> takes it.</summary>
    public IPEndPoint(long address, int port)
        : this(new IPAddress(address), port)
    {
    }

    /// <summary>The address.</summary>
    public IPAddress Address
    {
        get { return _address; }
    }

    /// <summary>The port.</summary>
    public int Port
    {
        get { return _port; }
    }

    /// <inheritdoc />
    public override AddressFamily AddressFamily
    {
        get { return AddressFamily.InterNetwork; }
    }

    /// <inheritdoc />
    public override bool Equals(object comparand)
    {
        IPEndPoint other = comparand as IPEndPoint;
        return other != null && other._port == _port && other._address.Bits == _address.Bits;
    }

    /// <inheritdoc />
    public override int GetHashCode()
    {
        return _address.GetHashCode() ^ _port;
    }

    /// <summary>ADDRESS:PORT.</summary>
    public override string ToString()
    {
        return _address.ToString() + ":" + _port.ToString();
    }
}
