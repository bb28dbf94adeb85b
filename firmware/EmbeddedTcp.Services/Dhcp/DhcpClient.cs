using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dhcp;

/// <summary>
/// DHCP client (RFC 2131, RFC 2132): gives the interface an address and keeps its lease. Needs one UDP socket while it runs; allocates nothing
/// after it is made.
/// </summary>
public sealed partial class DhcpClient : NetworkService
{
    private const int ServerPort = 67;
    private const int ClientPort = 68;

    // RFC 2131 §2: what every client must be able to receive, less the headers of IP and UDP.
    private const int BufferLength = 576 - 28;
    private const int MaximumHostName = 63;

    private readonly AddressGuard _guard;
    private readonly DhcpReply _reply = new DhcpReply();
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly uint[] _dnsServers = new uint[DhcpReply.MaximumServers];
    private readonly uint[] _ntpServers = new uint[DhcpReply.MaximumServers];
    private UdpSocket _socket;
    private string _hostName;
    private int _seconds;

    /// <summary>Makes a client; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="net">The interface; its <see cref="StackOptions.UdpSockets"/> must leave one for this.</param>
    /// <param name="guard">Probes for each address before it is used (RFC 2131 §2.2), so that a conflict is declined; null uses addresses as they are given.</param>
    public DhcpClient(NetworkInterface net, AddressGuard guard)
        : base(net)
    {
        _guard = guard;
    }

    /// <summary>The name we give to the server, up to 63 letters, digits and hyphens; null for none.</summary>
    /// <exception cref="ArgumentException">The name is too long or has other characters.</exception>
    public string HostName
    {
        get
        {
            return _hostName;
        }

        set
        {
            for (int i = 0; value != null && i < value.Length; i++)
            {
                char c = value[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                if (i >= MaximumHostName || (!letter && (c != '-' || i == 0 || i == value.Length - 1)))
                {
                    throw new ArgumentException("HostName");
                }
            }

            _hostName = value == null || value.Length == 0 ? null : value;
        }
    }

    /// <summary>An address we had before, asked for first (INIT-REBOOT, RFC 2131 §4.3.2); 0 for none. Follows what we get.</summary>
    public uint RememberedAddress { get; set; }

    /// <summary>Used when no server has answered for half a minute, while we go on asking; null to go without.</summary>
    public LinkLocalAddress LinkLocal { get; set; }

    /// <summary>As <see cref="LinkLocal"/>, a fixed address; 0 for none.</summary>
    public uint FallbackAddress { get; set; }

    /// <summary>The prefix of <see cref="FallbackAddress"/>, 1 to 30.</summary>
    public int FallbackPrefixLength { get; set; } = 24;

    /// <summary>The default router with <see cref="FallbackAddress"/>, or 0.</summary>
    public uint FallbackGateway { get; set; }

    /// <summary>One of <see cref="DhcpState"/>.</summary>
    public int State { get; private set; }

    /// <summary>True while the fallback is in use.</summary>
    public bool FellBack { get; private set; }

    /// <summary>The server that gave the lease, or 0.</summary>
    public uint Server { get; private set; }

    /// <summary>The lease in seconds, 0xFFFFFFFF for ever.</summary>
    public uint LeaseSeconds { get; private set; }

    /// <summary>Messages that were no answer to us: bad form, another transaction, an impossible address.</summary>
    public int BadMessages { get; private set; }

    /// <summary>Addresses that were declined because another host had them.</summary>
    public int Declined { get; private set; }

    /// <summary>DHCPNAKs received.</summary>
    public int Refusals { get; private set; }

    /// <summary>Milliseconds until the lease ends; −1 without a lease, or with one for ever.</summary>
    public long LeaseRemainingMs
    {
        get { return _hasLease && LeaseSeconds != Forever ? _expiresAt - Net.NowMs : -1; }
    }

    /// <summary>A name server of the lease.</summary>
    /// <param name="index">0 to 2.</param>
    /// <returns>0 when there are not so many.</returns>
    public uint DnsServerAt(int index)
    {
        return _dnsServers[index];
    }

    /// <summary>A time server of the lease.</summary>
    /// <param name="index">0 to 2.</param>
    /// <returns>0 when there are not so many.</returns>
    public uint NtpServerAt(int index)
    {
        return _ntpServers[index];
    }

    /// <summary>Begins to ask for an address. The interface keeps the one it has until it gets another.</summary>
    /// <returns>False when no UDP socket is free, or port 68 is taken.</returns>
    public bool Start()
    {
        if (State != DhcpState.Stopped)
        {
            return true;
        }

        _socket = Net.Udp == null ? null : Net.Udp.Bind(ClientPort);
        if (_socket == null)
        {
            return false;
        }

        _socket.Service = this;
        _reboot = true;
        Begin();
        return true;
    }

    /// <summary>Gives the address back to the server (RFC 2131 §4.4.6) and stops a second later; the interface then has none.</summary>
    public void Release()
    {
        if (!_hasLease)
        {
            Stop();
            return;
        }

        _transaction = Net.NextRandom();
        Send(DhcpOption.Release, Server);
        Enter(DhcpState.Releasing, ReleaseWait);
    }

    /// <summary>Stops without a word, as before a restart; the interface then has no address of ours.</summary>
    public void Stop()
    {
        if (State == DhcpState.Stopped)
        {
            return;
        }

        State = DhcpState.Stopped;
        _socket.Close();
        _socket = null;
        DropLease();
        EndFallback();
    }

    // Composes a message and sends it. Fields and options follow RFC 2131 §4.4.1, table 5.
    private void Send(int type, uint to)
    {
        byte[] b = _buffer;
        bool bound = type == DhcpOption.Release || State == DhcpState.Renewing || State == DhcpState.Rebinding;
        Array.Clear(b, 0, b.Length);
        b[0] = 1;
        b[1] = 1;
        b[2] = 6;
        BigEndian.WriteInt32(b, 4, _transaction);
        if (State != DhcpState.Requesting)
        {
            // RFC 2131 §3.1 (3): a request repeats the seconds of the discover that it follows, lest relays treat the two differently.
            long seconds = (Net.NowMs - _begunAt) / 1000;
            _seconds = seconds > 0xFFFF ? 0xFFFF : (int)seconds;
        }

        BigEndian.WriteUInt16(b, 8, _seconds);

        // RFC 2131 §4.1: without an address we can be reached by broadcast only.
        BigEndian.WriteUInt16(b, 10, bound ? 0 : 0x8000);
        BigEndian.WriteInt32(b, 12, bound ? (int)_leased : 0);
        Array.Copy(Net.MacAddress, 0, b, 28, 6);
        BigEndian.WriteInt32(b, 236, 0x63825363);
        int at = 240;
        at = Byte(at, DhcpOption.MessageType, type);
        b[at] = DhcpOption.ClientIdentifier;
        b[at + 1] = 7;
        b[at + 2] = 1;
        Array.Copy(Net.MacAddress, 0, b, at + 3, 6);
        at += 9;
        if (!bound && type != DhcpOption.Discover)
        {
            at = Word(at, DhcpOption.RequestedAddress, _offered);
        }
        else if (type == DhcpOption.Discover && RememberedAddress != 0)
        {
            at = Word(at, DhcpOption.RequestedAddress, RememberedAddress);
        }

        if (type == DhcpOption.Decline || type == DhcpOption.Release || State == DhcpState.Requesting)
        {
            at = Word(at, DhcpOption.ServerIdentifier, type == DhcpOption.Release ? Server : _offeredBy);
        }

        if (type == DhcpOption.Discover || type == DhcpOption.Request)
        {
            at = Wishes(at);
        }

        b[at] = DhcpOption.End;

        // RFC 1542 §2.1: relays and old servers expect 300 bytes.
        _socket.SendTo(to, ServerPort, b, 0, at + 1 < 300 ? 300 : at + 1);
    }

    private int Wishes(int at)
    {
        byte[] b = _buffer;
        b[at] = DhcpOption.MaximumMessageSize;
        b[at + 1] = 2;
        BigEndian.WriteUInt16(b, at + 2, BufferLength + 28);
        at += 4;
        if (_hostName != null)
        {
            b[at] = DhcpOption.HostName;
            b[at + 1] = (byte)_hostName.Length;
            for (int i = 0; i < _hostName.Length; i++)
            {
                b[at + 2 + i] = (byte)_hostName[i];
            }

            at += 2 + _hostName.Length;
        }

        b[at] = DhcpOption.ParameterList;
        b[at + 1] = 7;
        b[at + 2] = DhcpOption.SubnetMask;
        b[at + 3] = DhcpOption.Router;
        b[at + 4] = DhcpOption.DomainNameServer;
        b[at + 5] = DhcpOption.NtpServers;
        b[at + 6] = DhcpOption.LeaseTime;
        b[at + 7] = DhcpOption.RenewalTime;
        b[at + 8] = DhcpOption.RebindingTime;
        return at + 9;
    }

    private int Byte(int at, int code, int value)
    {
        _buffer[at] = (byte)code;
        _buffer[at + 1] = 1;
        _buffer[at + 2] = (byte)value;
        return at + 3;
    }

    private int Word(int at, int code, uint value)
    {
        _buffer[at] = (byte)code;
        _buffer[at + 1] = 4;
        BigEndian.WriteInt32(_buffer, at + 2, (int)value);
        return at + 6;
    }
}
