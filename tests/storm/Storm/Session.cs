using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>One application at one end of one connection: it reads, writes, checks every octet, and ends as its script says.</summary>
internal sealed class Session
{
    private const int Longest = 1 << 18;
    private static readonly byte[] Pattern = MakePattern();

    private readonly Script _script;
    private readonly Manner _manner;
    private readonly bool _client;
    private readonly byte[] _scratch;
    private readonly int _toSend;
    private readonly int _toReceive;
    private readonly int _sendSalt;
    private readonly int _receiveSalt;
    private int _sent;
    private int _received;
    private bool _endOfStream;
    private bool _shut;
    private bool _readRested;
    private bool _writeRested;
    private long _readAt;
    private long _writeAt;

    internal Session(Script script, bool client, TcpConnection connection, byte[] scratch)
    {
        _script = script;
        _client = client;
        _manner = client ? script.Client : script.Server;
        _toSend = client ? script.Up : script.Down;
        _toReceive = client ? script.Down : script.Up;
        _sendSalt = (script.Number * 2) + (client ? 0 : 1);
        _receiveSalt = (script.Number * 2) + (client ? 1 : 0);
        _scratch = scratch;
        Connection = connection;
        connection.Tag = this;
        connection.NoDelay = _manner.NoDelay;
        connection.KeepAlive = _manner.KeepAlive;
    }

    internal TcpConnection Connection { get; private set; }

    internal Script Script
    {
        get { return _script; }
    }

    internal bool Client
    {
        get { return _client; }
    }

    /// <summary>The application is through with it and has given the connection back.</summary>
    internal bool Over { get; private set; }

    /// <summary>How it ended: Closed for a script that was followed to its end, Aborted when this side aborted.</summary>
    internal TcpEndReason Outcome { get; private set; }

    /// <summary>Everything the script asked for was sent, received and ended.</summary>
    internal bool Complete { get; private set; }

    /// <summary>Something has happened on the connection, by its events.</summary>
    internal bool Woken { get; set; } = true;

    /// <summary>When it wants to act by itself, or long.MaxValue.</summary>
    internal long NextTimer
    {
        get { return Over ? long.MaxValue : Math.Min(_readAt == 0 ? long.MaxValue : _readAt, _writeAt == 0 ? long.MaxValue : _writeAt); }
    }

    private bool Victim
    {
        get { return _client ? _script.ClientIsVictim : _script.ServerIsVictim; }
    }

    internal void Step(long now)
    {
        Woken = false;
        Read(now);
        Write(now);
        TcpEndReason reason = Connection.EndReason;
        if (reason != TcpEndReason.None && reason != TcpEndReason.Closed)
        {
            ReadWhatIsLeft();
            Complete |= !Victim && _shut && Connection.PeerClosed && _sent == _toSend && _received == _toReceive;
            Finish(reason);
            return;
        }

        if (EndsInTheMiddle())
        {
            return;
        }

        EndInOrder(reason);
    }

    public override string ToString()
    {
        return $"#{_script.Number} {(_client ? "client" : "server")}: sent {_sent} of {_toSend}, received {_received} of {_toReceive}, "
            + $"end of stream {_endOfStream}, shut {_shut}, "
            + (Over ? $"over ({TcpEndReasonName.Of(Outcome)})" : $"{TcpStateName.Of(Connection.State)} ({TcpEndReasonName.Of(Connection.EndReason)})");
    }

    private void Read(long now)
    {
        if (_readAt > now)
        {
            return;
        }

        _readAt = 0;
        while (!_endOfStream)
        {
            if (!_readRested && _received >= _manner.ReadPauseAt)
            {
                _readRested = true;
                _readAt = now + _manner.ReadPause;
                return;
            }

            int most = Math.Min(_manner.Chunk, _scratch.Length);
            if (_client && _script.Ending == Ending.ClientClosesEarly)
            {
                // It must leave something unread.
                most = Math.Min(most, _script.EndAfterReceived - _received);
                if (most == 0)
                {
                    return;
                }
            }

            int n = Connection.Read(_scratch, 0, most);
            if (n == 0)
            {
                return;
            }

            if (n < 0)
            {
                if (!Connection.PeerClosed)
                {
                    return;
                }

                _endOfStream = true;
                if (_received != _toReceive && !Victim)
                {
                    throw new StormFailure($"end of stream after {_received} of {_toReceive} octets: {this}");
                }

                return;
            }

            Verify(n);
            if (_manner.ReadEvery > 0)
            {
                _readAt = now + _manner.ReadEvery;
                return;
            }
        }
    }

    // What had arrived in order before a reset stays readable.
    private void ReadWhatIsLeft()
    {
        int n;
        while ((n = Connection.Read(_scratch, 0, _scratch.Length)) > 0)
        {
            Verify(n);
        }
    }

    private void Verify(int n)
    {
        if (_received + n > _toReceive)
        {
            throw new StormFailure($"{_received + n} octets received, only {_toReceive} were sent: {this}");
        }

        ReadOnlySpan<byte> expected = Pattern.AsSpan(Salt(_receiveSalt) + _received, n);
        if (!expected.SequenceEqual(_scratch.AsSpan(0, n)))
        {
            int at = 0;
            while (_scratch[at] == expected[at])
            {
                at++;
            }

            throw new StormFailure($"octet {_received + at} is {_scratch[at]:X2}, {expected[at]:X2} was sent: {this}");
        }

        _received += n;
    }

    private void Write(long now)
    {
        if (_writeAt > now)
        {
            return;
        }

        _writeAt = 0;
        while (_sent < _toSend && !_shut)
        {
            int most = _toSend - _sent;
            if (!_writeRested && _manner.WritePauseAt != int.MaxValue)
            {
                most = Math.Min(most, _manner.WritePauseAt - _sent);
                if (most <= 0)
                {
                    _writeRested = true;
                    _writeAt = now + _manner.WritePause;
                    return;
                }
            }

            int n = Connection.Write(Pattern, Salt(_sendSalt) + _sent, Math.Min(most, _manner.Chunk));
            if (n <= 0)
            {
                return;
            }

            _sent += n;
        }
    }

    private bool EndsInTheMiddle()
    {
        bool mine = _client
            ? _script.Ending is Ending.ClientAborts or Ending.ClientClosesEarly
            : _script.Ending == Ending.ServerAborts;
        if (!mine)
        {
            return false;
        }

        if (_received >= _script.EndAfterReceived && _sent >= _script.EndAfterSent)
        {
            if (_script.Ending == Ending.ClientClosesEarly)
            {
                if (Connection.State == TcpState.SynSent)
                {
                    return true;
                }

                Connection.Close();
            }
            else
            {
                Connection.Abort();
            }

            Over = true;
            Complete = true;
            Outcome = TcpEndReason.Aborted;
        }

        return true;
    }

    private void EndInOrder(TcpEndReason reason)
    {
        if (_client ? _script.Ending == Ending.ClientCloses : _script.Ending == Ending.ServerCloses)
        {
            if (_sent == _toSend && _received == _toReceive)
            {
                if (Connection.State is TcpState.SynSent or TcpState.SynReceived)
                {
                    return;
                }

                Connection.Close();
                Over = true;
                Complete = true;
                Outcome = TcpEndReason.Closed;
            }

            return;
        }

        bool waits = _client
            ? _script.Ending is Ending.ServerFirst or Ending.ServerCloses or Ending.ServerAborts
            : _script.Ending is Ending.ClientFirst or Ending.ClientCloses or Ending.ClientAborts or Ending.ClientClosesEarly;
        if (!_shut && _sent == _toSend && (_endOfStream || !waits))
        {
            _shut = true;
            Connection.Shutdown();
        }

        if (_shut && _endOfStream)
        {
            Complete = !Victim;
            if (!_manner.Hold || reason == TcpEndReason.Closed)
            {
                Finish(TcpEndReason.Closed);
            }
        }
        else if (reason == TcpEndReason.Closed && _endOfStream)
        {
            throw new StormFailure($"reported as closed before both directions had ended: {this}");
        }
    }

    private void Finish(TcpEndReason reason)
    {
        Outcome = reason;
        Over = true;
        Connection.Close();
    }

    private static int Salt(int stream)
    {
        return (int)((uint)(stream * 7919) % 65521);
    }

    private static byte[] MakePattern()
    {
        byte[] pattern = new byte[Longest + 65536];
        Dice d = new Dice(20260101);
        for (int i = 0; i < pattern.Length; i++)
        {
            pattern[i] = (byte)d.Next();
        }

        return pattern;
    }
}
