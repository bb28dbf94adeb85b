using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Sntp;

/// <summary>
/// SNTP client (RFC 4330, the client's part of RFC 5905): asks one server at a time for the time of day and keeps it between answers by the poll's
/// clock. Takes a UDP socket only while it waits for an answer.
/// </summary>
public sealed class SntpClient : NetworkService
{
    private const int Port = 123;
    private const int MessageLength = 48;

    // From 1900 to 1970, and half of the 136 years after which the seconds begin anew (RFC 4330 §3).
    private const long EpochSeconds = 2208988800;
    private const uint EraHalf = 0x80000000;

    // RFC 4330 §10: never more often than every 15 s, and much less often when all is well.
    private const int AnswerWait = 4000;
    private const int ShortestRetry = 16000;
    private const int LongestRetry = 1024000;
    private const int MostServers = 3;

    // Kiss codes of RFC 5905 §7.4: "DENY", "RSTR" and "RATE".
    private const int Deny = 0x44454E59;
    private const int Restrict = 0x52535452;
    private const int Rate = 0x52415445;

    private readonly byte[] _buffer = new byte[MessageLength];
    private readonly uint[] _servers = new uint[MostServers];
    private readonly uint[] _denied = new uint[MostServers];
    private UdpSocket _socket;
    private uint _asked;
    private int _next;
    private int _failures;
    private int _cookieHigh;
    private int _cookieLow;
    private long _askedAt;
    private long _dueAt;
    private bool _started;
    private bool _slow;
    private long _offsetMs;

    /// <summary>Makes a client; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="net">The interface; its <see cref="StackOptions.UdpSockets"/> must leave one.</param>
    public SntpClient(NetworkInterface net)
        : base(net)
    {
    }

    /// <summary>Whose time servers are asked while none is set here; null for nobody's.</summary>
    public DhcpClient Dhcp { get; set; }

    /// <summary>Time between questions when all is well, in milliseconds, 16,000 or more. A server that finds it too often (kiss code RATE) doubles it.</summary>
    public int Interval { get; set; } = 1024000;

    /// <summary>True once a server has told the time.</summary>
    public bool Synchronised { get; private set; }

    /// <summary>Milliseconds since 1970 in UTC; of no meaning before <see cref="Synchronised"/>.</summary>
    public long UnixMilliseconds
    {
        get { return Net.NowMs + _offsetMs; }
    }

    /// <summary>Who told the time last, or 0.</summary>
    public uint Server { get; private set; }

    /// <summary>How far that server is from its reference clock, 1 to 15.</summary>
    public int Stratum { get; private set; }

    /// <summary>Time from the last good question to its answer, in milliseconds: half of it bounds the error.</summary>
    public int RoundTripMs { get; private set; }

    /// <summary>Answers used.</summary>
    public int Answers { get; private set; }

    /// <summary>Messages that were no answer to us, and answers of servers that do not know the time.</summary>
    public int Refused { get; private set; }

    /// <summary>Sets a server to be asked instead of those of <see cref="Dhcp"/>.</summary>
    /// <param name="index">0 to 2, in the order in which they are asked.</param>
    /// <param name="address">Its address, or 0 for none.</param>
    public void SetServer(int index, uint address)
    {
        _servers[index] = address;
    }

    /// <summary>
    /// Asks as soon as there is a server, and from then on at each interval. Called again, it asks at once, servers that had sent us away included.
    /// </summary>
    public void Start()
    {
        Array.Clear(_denied, 0, MostServers);
        _started = true;
        _dueAt = Net.NowMs;
        Wake();
    }

    /// <summary>Asks no more; the time goes on by the poll's clock.</summary>
    public void Stop()
    {
        _started = false;
        CloseSocket();
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        if (!_started)
        {
            return NetworkInterface.Never;
        }

        if (_socket != null)
        {
            Receive();
        }

        if (Net.NowMs >= _dueAt)
        {
            if (_socket != null)
            {
                // No answer: the next server, less and less often (RFC 4330 §10).
                CloseSocket();
                Failed();
            }
            else
            {
                Ask();
            }
        }

        long left = _dueAt - Net.NowMs;
        return left < 0 ? 0 : (int)left;
    }

    /// <inheritdoc />
    protected override void AddressChanged()
    {
        if (_started && Net.Address != 0 && _socket == null && !Synchronised)
        {
            _dueAt = Net.NowMs;
        }
    }

    private uint ServerAt(int index)
    {
        bool own = _servers[0] != 0 || _servers[1] != 0 || _servers[2] != 0;
        return own || Dhcp == null ? _servers[index] : Dhcp.NtpServerAt(index);
    }

    private void Ask()
    {
        _asked = 0;
        for (int i = 0; i < MostServers && _asked == 0; i++)
        {
            uint server = ServerAt((_next + i) % MostServers);
            if (server != 0 && !IsDenied(server))
            {
                _asked = server;
                _next = (_next + i) % MostServers;
            }
        }

        _socket = _asked == 0 ? null : Net.Udp.Bind(0);
        if (_socket == null)
        {
            _dueAt = Net.NowMs + ShortestRetry;
            return;
        }

        _socket.Service = this;
        _socket.Connect(_asked, Port);

        // RFC 5905 §7.3 would have our time here; a random number serves as well to know the answer by, and tells nobody what our clock says.
        _cookieHigh = Net.NextRandom() | 1;
        _cookieLow = Net.NextRandom();
        Array.Clear(_buffer, 0, MessageLength);

        // Version 4, mode client.
        _buffer[0] = 0x23;
        BigEndian.WriteInt32(_buffer, 40, _cookieHigh);
        BigEndian.WriteInt32(_buffer, 44, _cookieLow);
        _askedAt = Net.NowMs;
        _dueAt = Net.NowMs + AnswerWait;
        _socket.Send(_buffer, 0, MessageLength);
    }

    private void Receive()
    {
        int length;
        while (_socket != null && (length = _socket.ReceiveFrom(_buffer, 0, MessageLength)) >= 0)
        {
            // RFC 4330 §5: an answer of a server, to our question.
            if (length < MessageLength || (_buffer[0] & 7) != 4 || BigEndian.ReadInt32(_buffer, 24) != _cookieHigh
                || BigEndian.ReadInt32(_buffer, 28) != _cookieLow)
            {
                Refused++;
                continue;
            }

            CloseSocket();
            int stratum = _buffer[1];
            uint seconds = (uint)BigEndian.ReadInt32(_buffer, 40);
            if (_buffer[0] >> 6 == 3 || stratum == 0 || stratum > 15 || seconds == 0)
            {
                // Its clock is not set, or it sends the kiss of death: another server then.
                Refused++;
                if (stratum == 0)
                {
                    Kissed(BigEndian.ReadInt32(_buffer, 12));
                }

                Failed();
                return;
            }

            Use(seconds, (uint)BigEndian.ReadInt32(_buffer, 44), stratum);
        }

        if (_socket != null && (_socket.TakeEvents() & UdpEvents.Error) != 0)
        {
            CloseSocket();
            Failed();
        }
    }

    private void Use(uint seconds, uint fraction, int stratum)
    {
        // RFC 4330 §3: with the highest bit clear it is the era that begins in 2036.
        long unix = seconds - EpochSeconds + (seconds < EraHalf ? 0x100000000L : 0);
        RoundTripMs = (int)(Net.NowMs - _askedAt);
        _offsetMs = unix * 1000 + (long)(((ulong)fraction * 1000) >> 32) + RoundTripMs / 2 - Net.NowMs;
        Server = _asked;
        Stratum = stratum;
        Synchronised = true;
        Answers++;
        _failures = 0;
        _dueAt = Net.NowMs + (Interval < ShortestRetry ? ShortestRetry : Interval);
    }

    // RFC 5905 §7.4: a server that sends us away is asked no more, one to which we talk too often is from now on asked less often.
    private void Kissed(int code)
    {
        if (code == Rate)
        {
            Interval = Interval < ShortestRetry ? ShortestRetry : Interval;
            Interval = Interval > LongestRetry / 2 ? (Interval > LongestRetry ? Interval : LongestRetry) : Interval * 2;
            _slow = true;
        }
        else if (code == Deny || code == Restrict)
        {
            _denied[_next] = _asked;
        }
    }

    private bool IsDenied(uint server)
    {
        return _denied[0] == server || _denied[1] == server || _denied[2] == server;
    }

    private void Failed()
    {
        _next = _next + 1 < MostServers ? _next + 1 : 0;
        int wait = _failures > 5 ? LongestRetry : ShortestRetry << _failures;
        wait = _slow && wait < Interval ? Interval : wait;
        _slow = false;
        _failures++;
        _dueAt = Net.NowMs + wait + Net.NextRandom() % 1000;
    }

    private void CloseSocket()
    {
        if (_socket != null)
        {
            _socket.Close();
            _socket = null;
        }
    }
}
