using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Sockets;

/// <summary>An IPv4 address; it does not change once made.</summary>
public class IPAddress
{
    /// <summary>0.0.0.0: whatever address we have.</summary>
    public static readonly IPAddress Any = FromBits(0);

    /// <summary>127.0.0.1. There is no loopback interface: nothing can be sent there.</summary>
    public static readonly IPAddress Loopback = FromBits(0x7F000001);

    /// <summary>255.255.255.255.</summary>
    public static readonly IPAddress Broadcast = FromBits(Ipv4Address.Broadcast);

    /// <summary>255.255.255.255 by another name.</summary>
    public static readonly IPAddress None = Broadcast;

    /// <summary>Most significant octet first, as the stack has it.</summary>
    internal readonly uint Bits;

    /// <summary>Makes an address of a number in network byte order read on a little-endian machine: 0x0100007F is 127.0.0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or more than 32 bits.</exception>
    public IPAddress(long newAddress)
    {
        if (newAddress < 0 || newAddress > 0xFFFFFFFF)
        {
            throw new ArgumentOutOfRangeException("newAddress");
        }

        uint a = (uint)newAddress;
        Bits = (a << 24) | ((a & 0xFF00) << 8) | ((a >> 8) & 0xFF00) | (a >> 24);
    }

    /// <summary>Makes an address of its four octets.</summary>
    /// <exception cref="ArgumentException">Not four octets.</exception>
    public IPAddress(byte[] address)
    {
        if (address == null)
        {
            throw new ArgumentNullException("address");
        }

        if (address.Length != 4)
        {
            throw new ArgumentException("address");
        }

        Bits = (uint)BigEndian.ReadInt32(address, 0);
    }

    private IPAddress(uint bits, bool asTheStackHasIt)
    {
        Bits = bits;
    }

    /// <summary>Always <see cref="AddressFamily.InterNetwork"/>.</summary>
    public AddressFamily AddressFamily
    {
        get { return AddressFamily.InterNetwork; }
    }

    /// <summary>Reads dotted decimal text.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static IPAddress Parse(string ipString)
    {
        if (ipString == null)
        {
            throw new ArgumentNullException("ipString");
        }

        IPAddress address;
        if (!TryParse(ipString, out address))
        {
            throw new FormatException("address");
        }

        return address;
    }

    /// <summary>Reads dotted decimal text.</summary>
    /// <returns>False when the text is no address.</returns>
    public static bool TryParse(string ipString, out IPAddress address)
    {
        uint bits;
        bool read = Ipv4Address.TryParse(ipString, out bits);
        address = read ? FromBits(bits) : null;
        return read;
    }

    /// <summary>True for equal addresses.</summary>
    public static bool operator ==(IPAddress a, IPAddress b)
    {
        return a is null ? b is null : a.Equals(b);
    }

    /// <summary>False for equal addresses.</summary>
    public static bool operator !=(IPAddress a, IPAddress b)
    {
        return !(a == b);
    }

    /// <summary>The four octets, in an array of the caller's own.</summary>
    public byte[] GetAddressBytes()
    {
        byte[] bytes = new byte[4];
        BigEndian.WriteInt32(bytes, 0, (int)Bits);
        return bytes;
    }

    /// <inheritdoc />
    public override bool Equals(object comparand)
    {
        IPAddress other = comparand as IPAddress;
        return !(other is null) && other.Bits == Bits;
    }

    /// <inheritdoc />
    public override int GetHashCode()
    {
        return (int)Bits;
    }

    /// <summary>Dotted decimal text.</summary>
    public override string ToString()
    {
        return Ipv4Address.Format(Bits);
    }

    internal static IPAddress FromBits(uint bits)
    {
        return new IPAddress(bits, true);
    }
}
