using EmbeddedTcp.Services.Dns;

namespace EmbeddedTcp.Sockets.Engine;

/// <summary>A name that is being looked up.</summary>
internal sealed class LookupHandle : Handle
{
    internal IPAddress[] Addresses;

    private readonly DnsClient _client;
    private readonly string _name;
    private DnsLookup _lookup;

    internal LookupHandle(SocketHost host, DnsClient client, string name)
        : base(host)
    {
        _client = client;
        _name = name;
    }

    internal override int Attempt(int verb, byte[] buffer, int offset, int count, Peer peer)
    {
        if (_lookup == null || _lookup.State == DnsState.Pending)
        {
            // Begun by a poll, which knows the time.
            return Again;
        }

        if (_lookup.State == DnsState.Failed)
        {
            Fail(ErrorOf(_lookup.Error));
        }

        Addresses = new IPAddress[_lookup.AddressCount];
        for (int i = 0; i < Addresses.Length; i++)
        {
            Addresses[i] = IPAddress.FromBits(_lookup.AddressAt(i));
        }

        return 0;
    }

    internal override bool Ready(int verb)
    {
        return _lookup != null && _lookup.State != DnsState.Pending;
    }

    internal override bool Turn(int verb)
    {
        if (_lookup == null)
        {
            _lookup = _client.Start(_name);
            if (_lookup != null)
            {
                _lookup.Service = Host;
            }
        }

        // All lookups in use: one of them ends in its own time.
        return _lookup != null;
    }

    internal override void Release()
    {
        if (_lookup != null)
        {
            _lookup.Close();
            _lookup = null;
        }
    }

    private static SocketError ErrorOf(int error)
    {
        switch (error)
        {
            case DnsError.BadName:
            case DnsError.NoSuchName: return SocketError.HostNotFound;
            case DnsError.NoAddress: return SocketError.NoData;
            case DnsError.TimedOut: return SocketError.TryAgain;
            default: return SocketError.NoRecovery;
        }
    }
}
