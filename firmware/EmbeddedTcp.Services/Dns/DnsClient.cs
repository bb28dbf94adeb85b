using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dns;

/// <summary>
/// A stub resolver (RFC 1035, RFC 5452): IPv4 addresses of names, aliases followed, several servers, answers remembered for their time to live.
/// Each lookup under way takes one UDP socket. Allocates nothing after it is made.
/// </summary>
public sealed class DnsClient : NetworkService
{
    /// <summary>Servers that can be set.</summary>
    public const int MaximumServers = 3;

    private const int Port = 53;

    // RFC 1035 §4.2.1: messages over UDP are of 512 bytes at most.
    private const int MessageLength = 512;
    private const int StreamLength = 2048;

    // RFC 1035 §4.2.1 recommends two to five seconds; each round of the servers doubles it.
    private const int FirstWait = 2000;
    private const int LeastAttempts = 3;
    private const int StreamWait = 8000;
    private const int BusyWait = 50;

    private readonly DnsLookup[] _lookups;
    private readonly DnsCache _cache;
    private readonly DnsMessage _message = new DnsMessage();
    private readonly DnsStream _stream;
    private readonly byte[] _buffer = new byte[MessageLength];
    private readonly uint[] _servers = new uint[MaximumServers];

    /// <summary>Makes a resolver.</summary>
    /// <param name="net">The interface; its <see cref="StackOptions.UdpSockets"/> must leave one for each lookup under way.</param>
    /// <param name="lookups">Lookups under way at once, 1 to 16.</param>
    /// <param name="cacheEntries">Answers that are remembered, 0 to 256.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or the interface has no UDP.</exception>
    public DnsClient(NetworkInterface net, int lookups, int cacheEntries)
        : base(net)
    {
        if (lookups < 1 || lookups > 16 || cacheEntries < 0 || cacheEntries > 256 || net.Udp == null)
        {
            throw new ArgumentException("lookups, cacheEntries or UdpSockets");
        }

        _lookups = new DnsLookup[lookups];
        for (int i = 0; i < lookups; i++)
        {
            _lookups[i] = new DnsLookup();
        }

        _cache = new DnsCache(cacheEntries);
        _stream = new DnsStream(this, StreamLength);
    }

    /// <summary>Whose servers are asked while none is set here; null for nobody's.</summary>
    public DhcpClient Dhcp { get; set; }

    /// <summary>Answers that did not fit a question of ours, and were ignored.</summary>
    public int Spoofed { get; private set; }

    /// <summary>Questions sent.</summary>
    public int Queries { get; private set; }

    /// <summary>Questions that were asked again over TCP.</summary>
    public int Truncated { get; private set; }

    /// <summary>Sets a server to be asked instead of those of <see cref="Dhcp"/>.</summary>
    /// <param name="index">0 to 2, in the order in which they are asked.</param>
    /// <param name="address">Its address, or 0 for none.</param>
    public void SetServer(int index, uint address)
    {
        _servers[index] = address;
    }

    /// <summary>A server in use, by hand or by DHCP; 0 when there are not so many.</summary>
    /// <param name="index">0 to 2.</param>
    public uint ServerAt(int index)
    {
        bool own = _servers[0] != 0 || _servers[1] != 0 || _servers[2] != 0;
        return own || Dhcp == null ? _servers[index] : Dhcp.DnsServerAt(index);
    }

    /// <summary>Begins to look a name up. Dotted decimal text is its own answer.</summary>
    /// <param name="name">Letters, digits and so on in labels, with or without a dot at the end.</param>
    /// <returns>The lookup, which the caller must close; its state may be final already. Null when all lookups are in use.</returns>
    public DnsLookup Start(string name)
    {
        DnsLookup lookup = null;
        for (int i = 0; i < _lookups.Length && lookup == null; i++)
        {
            lookup = _lookups[i].State == DnsState.Free ? _lookups[i] : null;
        }

        if (lookup == null)
        {
            return null;
        }

        lookup.State = DnsState.Pending;
        lookup.Error = DnsError.None;
        lookup.AddressCount = 0;
        lookup.FromCache = false;
        lookup.Attempts = 0;
        lookup.Aliases = 0;
        lookup.Refusals = 0;
        lookup.OverTcp = false;
        lookup.Ttl = int.MaxValue;
        lookup.DueAt = Net.NowMs;
        uint literal;
        if (Ipv4Address.TryParse(name, out literal))
        {
            lookup.AddAddress(literal);
            lookup.State = DnsState.Done;
        }
        else if (DnsName.Encode(name, lookup.Name) < 0)
        {
            lookup.Fail(DnsError.BadName);
        }
        else if (_cache.Find(lookup, Net.NowMs))
        {
            lookup.FromCache = true;
            lookup.State = DnsState.Done;
        }
        else
        {
            Array.Copy(lookup.Name, 0, lookup.Asked, 0, DnsName.MaximumLength);
            Wake();
        }

        return lookup;
    }

    /// <inheritdoc/>
    public override string OwnerName
    {
        get { return "dns"; }
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        long next = Net.NowMs + NetworkInterface.Never;
        if (_stream.Lookup != null && (_stream.Lookup.State != DnsState.Pending || !_stream.Lookup.OverTcp))
        {
            _stream.Close();
        }

        for (int i = 0; i < _lookups.Length; i++)
        {
            DnsLookup lookup = _lookups[i];
            if (lookup.State != DnsState.Pending)
            {
                continue;
            }

            if (lookup.Socket != null)
            {
                Receive(lookup);
            }
            else if (_stream.Lookup == lookup && _stream.Poll())
            {
                int length = _stream.Length;
                int result = length == 0 ? DnsMessage.Refused : _message.Parse(_stream.Answer, length, _stream.Complete, lookup);
                _stream.Close();
                lookup.OverTcp = false;
                Judge(lookup, result == DnsMessage.Spoofed || result == DnsMessage.Truncated ? DnsMessage.Refused : result);
            }

            if (lookup.State == DnsState.Pending && Net.NowMs >= lookup.DueAt)
            {
                Ask(lookup);
            }

            if (lookup.State == DnsState.Pending)
            {
                next = lookup.DueAt < next ? lookup.DueAt : next;
            }
        }

        return next <= Net.NowMs ? 0 : (int)(next - Net.NowMs);
    }

    /// <inheritdoc />
    protected override void AddressChanged()
    {
        // Another network may know other addresses.
        _cache.Clear();
    }

    private void Receive(DnsLookup lookup)
    {
        UdpSocket socket = lookup.Socket;
        int length;
        while (lookup.Socket == socket && (length = socket.ReceiveFrom(_buffer, 0, MessageLength)) >= 0)
        {
            int result = _message.Parse(_buffer, length, true, lookup);
            if (result == DnsMessage.Spoofed)
            {
                // RFC 5452 §9.1: not the answer; the true one may still come.
                Spoofed++;
                continue;
            }

            Judge(lookup, result);
        }

        if (lookup.Socket == socket && (socket.TakeEvents() & UdpEvents.Error) != 0)
        {
            // Nobody listens there: the next server, without waiting.
            Judge(lookup, DnsMessage.Refused);
        }
    }

    private void Judge(DnsLookup lookup, int result)
    {
        lookup.CloseSocket();
        switch (result)
        {
            case DnsMessage.Addresses:
                lookup.State = DnsState.Done;
                _cache.Add(lookup, Net.NowMs);
                break;
            case DnsMessage.Alias:
                // The answer leads to a name it says nothing of.
                lookup.Attempts = 0;
                lookup.DueAt = Net.NowMs;
                break;
            case DnsMessage.Nothing:
                lookup.Fail(DnsError.NoAddress);
                break;
            case DnsMessage.NoSuchName:
                lookup.Fail(DnsError.NoSuchName);
                break;
            case DnsMessage.Truncated:
                Truncated++;
                lookup.OverTcp = true;
                lookup.DueAt = Net.NowMs;
                break;
            default:
                // An ill-formed answer may have been believed in part.
                lookup.AddressCount = 0;
                Array.Copy(lookup.Name, 0, lookup.Asked, 0, DnsName.MaximumLength);
                lookup.Refusals++;
                lookup.DueAt = Net.NowMs;
                break;
        }
    }

    // The next server in turn, each time from another port and with another identifier (RFC 5452 §9.2).
    private void Ask(DnsLookup lookup)
    {
        if (lookup.OverTcp)
        {
            AskOverTcp(lookup);
            return;
        }

        int servers = 0;
        while (servers < MaximumServers && ServerAt(servers) != 0)
        {
            servers++;
        }

        int most = servers * 2 < LeastAttempts ? LeastAttempts : servers * 2;
        lookup.CloseSocket();
        if (servers == 0 || lookup.Attempts >= most)
        {
            lookup.Fail(servers == 0 ? DnsError.NoServer : lookup.Refusals > 0 ? DnsError.Refused : DnsError.TimedOut);
            return;
        }

        UdpSocket socket = Net.Udp.Bind(0);
        lookup.Server = ServerAt(lookup.Attempts % servers);
        lookup.DueAt = Net.NowMs + (socket == null ? BusyWait : FirstWait << (lookup.Attempts / servers));
        lookup.Attempts++;
        if (socket == null)
        {
            return;
        }

        socket.Service = this;
        socket.Connect(lookup.Server, Port);
        lookup.Socket = socket;
        lookup.Id = Net.NextRandom() & 0xFFFF;
        int length = DnsMessage.Compose(_buffer, 0, lookup.Id, lookup.Asked);
        socket.Send(_buffer, 0, length);
        Queries++;
    }

    private void AskOverTcp(DnsLookup lookup)
    {
        if (_stream.Lookup == lookup)
        {
            // Its time is over: the next server.
            _stream.Close();
            lookup.OverTcp = false;
            lookup.DueAt = Net.NowMs;
        }
        else if (_stream.Lookup == null && _stream.Open(lookup))
        {
            lookup.Id = Net.NextRandom() & 0xFFFF;
            lookup.DueAt = Net.NowMs + StreamWait;
        }
        else if (lookup.Attempts < MaximumServers * 2)
        {
            // Another one is being asked over TCP, or no slot is free.
            lookup.DueAt = Net.NowMs + FirstWait;
            lookup.Attempts++;
        }
        else
        {
            lookup.Fail(DnsError.Refused);
        }
    }
}
