using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Messaging;

/// <summary>The way from a peer's name or address to an established connection, with a deadline.</summary>
internal sealed class Dialler
{
    // How often a lookup under way is looked at.
    private const int LookupInterval = 20;

    private readonly NetworkService _owner;
    private string _host;
    private DnsClient _dns;
    private DnsLookup _lookup;
    private TcpConnection _connection;
    private uint _address;
    private int _port;
    private int _dueAt;
    private int _turn;

    internal Dialler(NetworkService owner)
    {
        _owner = owner;
    }

    internal bool Resolving
    {
        get { return _connection == null; }
    }

    /// <summary>True once TCP's handshake is done; <see cref="Take"/> then hands the connection over.</summary>
    internal bool Connected
    {
        get { return _connection != null && _connection.State != TcpState.SynSent && _connection.State != TcpState.SynReceived; }
    }

    internal void To(uint address, int port)
    {
        Check(port);
        if (!CanBePeer(address))
        {
            throw new ArgumentException("address");
        }

        _host = null;
        _dns = null;
        _address = address;
        _port = port;
    }

    internal void To(string host, int port, DnsClient dns)
    {
        Check(port);
        if (host == null || dns == null)
        {
            throw new ArgumentNullException(host == null ? "host" : "dns");
        }

        _host = host;
        _dns = dns;
        _port = port;
    }

    /// <summary>Begins an attempt.</summary>
    /// <returns><see cref="ChannelEnd.None"/>, or why it failed at once.</returns>
    internal ChannelEnd Begin(int now, int timeout)
    {
        Cancel();
        _dueAt = now + timeout;
        return _host == null ? Connect(_address) : ChannelEnd.None;
    }

    /// <summary>Goes on with it.</summary>
    /// <returns><see cref="ChannelEnd.None"/>, or why it failed.</returns>
    internal ChannelEnd Poll(int now)
    {
        if (_connection == null)
        {
            ChannelEnd end = Resolve(now);
            if (end != ChannelEnd.None || _connection == null)
            {
                return end;
            }
        }

        if (_connection.State == TcpState.Closed)
        {
            return Fail(FromTcp(_connection.EndReason));
        }

        return !Connected && now - _dueAt >= 0 ? Fail(ChannelEnd.TimedOut) : ChannelEnd.None;
    }

    /// <summary>Milliseconds until <see cref="Poll"/> is to be called again.</summary>
    internal int Wait(int now)
    {
        int wait = _dueAt - now;
        wait = Resolving && wait > LookupInterval ? LookupInterval : wait;
        return wait < 0 ? 0 : wait;
    }

    internal TcpConnection Take()
    {
        TcpConnection c = _connection;
        _connection = null;
        return c;
    }

    internal void Cancel()
    {
        if (_lookup != null)
        {
            _lookup.Close();
            _lookup = null;
        }

        if (_connection != null)
        {
            _connection.Abort();
            _connection = null;
        }
    }

    internal static ChannelEnd FromTcp(TcpEndReason reason)
    {
        switch (reason)
        {
            case TcpEndReason.Closed: return ChannelEnd.EndOfStream;
            case TcpEndReason.Refused: return ChannelEnd.Refused;
            case TcpEndReason.Unreachable: return ChannelEnd.Unreachable;
            case TcpEndReason.AddressChanged: return ChannelEnd.AddressChanged;
            case TcpEndReason.TimedOut:
            case TcpEndReason.KeepAliveTimedOut: return ChannelEnd.TimedOut;
            default: return ChannelEnd.Reset;
        }
    }

    private ChannelEnd Resolve(int now)
    {
        if (_lookup == null)
        {
            // Null while others use all lookups: asked again.
            _lookup = _dns.Start(_host);
        }

        if (_lookup == null || _lookup.State == DnsState.Pending)
        {
            return now - _dueAt >= 0 ? Fail(ChannelEnd.NoName) : ChannelEnd.None;
        }

        if (_lookup.State == DnsState.Failed)
        {
            return Fail(ChannelEnd.NoName);
        }

        // Of several addresses each attempt takes the next.
        uint address = _lookup.AddressAt(_turn % _lookup.AddressCount);
        _turn = (_turn + 1) & 0xFF;
        _lookup.Close();
        _lookup = null;
        return Connect(address);
    }

    private ChannelEnd Connect(uint address)
    {
        NetworkInterface net = _owner.Net;
        if (!CanBePeer(address) || (address != 0 && net.Gateway == 0 && !net.IsOnLink(address)))
        {
            return ChannelEnd.Unreachable;
        }

        _connection = net.Tcp.Connect(address, _port);
        if (_connection == null)
        {
            return ChannelEnd.NoSlot;
        }

        _connection.Service = _owner;
        return ChannelEnd.None;
    }

    // What TcpEngine.Connect would throw on: a name server may answer anything.
    private bool CanBePeer(uint address)
    {
        NetworkInterface net = _owner.Net;
        return address >> 24 != 0 && address >> 24 < 224 && address >> 24 != 127 && address != net.Address
            && (net.Address == 0 || address != (net.Address | ~net.SubnetMask));
    }

    private ChannelEnd Fail(ChannelEnd end)
    {
        Cancel();
        return end;
    }

    private static void Check(int port)
    {
        if (port < 1 || port > 65535)
        {
            throw new ArgumentException("port");
        }
    }
}
