using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Messaging;

/// <content>From one attempt to the next: connecting, greeting, heartbeats and verdicts, the end, and the wait after it.</content>
public sealed partial class MessageChannel
{
    private const int MostDoublings = 20;

    /// <summary>The connection of a peer that was accepted.</summary>
    internal void Accept(TcpConnection c)
    {
        Tag = null;
        Greet(c, (int)Net.NowMs);
    }

    private bool Begin()
    {
        _failures = 0;
        _state = ChannelState.Backoff;
        TryNow();
        return true;
    }

    // What made the wait necessary may be gone.
    private void TryNow()
    {
        if (_state == ChannelState.Backoff)
        {
            // A flag, since the clock of a first poll may be anywhere.
            _atOnce = true;
            Wake();
        }
    }

    private int TickAttempt(int now)
    {
        if (_state == ChannelState.Backoff)
        {
            if (!NetworkReady)
            {
                // LinkChanged and AddressChanged tell when to go on.
                return NetworkInterface.Never;
            }

            if (!_atOnce && _dueAt - now > 0)
            {
                return _dueAt - now;
            }

            _atOnce = false;
            ChannelEnd failed = _dialler.Begin(now, _options.ConnectTimeout);
            _state = ChannelState.Resolving;
            if (failed != ChannelEnd.None)
            {
                End(failed, -1);
                return 0;
            }
        }

        ChannelEnd end = _dialler.Poll(now);
        if (end != ChannelEnd.None)
        {
            End(end, -1);
            return 0;
        }

        if (!_dialler.Connected)
        {
            _state = _dialler.Resolving ? ChannelState.Resolving : ChannelState.Connecting;
            return _dialler.Wait(now);
        }

        Greet(_dialler.Take(), now);
        return TickConnection(now);
    }

    private void Greet(TcpConnection c, int now)
    {
        _connection = c;
        c.Service = this;
        c.NoDelay = true;
        _state = ChannelState.Greeting;
        _generation = (_generation + 1) & 0x7FFF;
        _dueAt = now + _options.HelloTimeout;
        _peerMaximum = 0;
        _stable = false;
        _interval = _options.HeartbeatInterval;
        PeerGoodbye = -1;
        ForgetTransfer(now);
        WriteHello(_out, _options, Goodbye.Done);
        c.Write(_out, 0, ChannelFormat.HelloLength);
        _sentAt = now;
        _progressAt = now;
    }

    internal static void WriteHello(byte[] b, ChannelOptions options, int refusal)
    {
        BigEndian.WriteInt32(b, 0, ChannelFormat.Magic);
        b[4] = ChannelFormat.Version;
        b[5] = (byte)refusal;
        BigEndian.WriteUInt16(b, 6, 0);
        BigEndian.WriteInt32(b, 8, options.MaximumMessage);
        BigEndian.WriteInt32(b, 12, options.HeartbeatInterval);
    }

    // The peer's hello is whole, and its magic is right.
    private ChannelEnd JudgeHello(int now)
    {
        byte[] b = _head;
        if (b[5] != 0)
        {
            PeerGoodbye = b[5];
            return Goodbye.EndOf(b[5]);
        }

        if (b[4] != ChannelFormat.Version)
        {
            return ChannelEnd.WrongVersion;
        }

        int maximum = BigEndian.ReadInt32(b, 8);
        int interval = BigEndian.ReadInt32(b, 12);
        if (maximum < ChannelFormat.SmallestMaximum || interval < ChannelFormat.ShortestHeartbeat || interval > ChannelFormat.LongestHeartbeat)
        {
            return ChannelEnd.BadHello;
        }

        _peerMaximum = maximum;
        _interval = interval < _options.HeartbeatInterval ? interval : _options.HeartbeatInterval;
        _state = ChannelState.Open;
        _openedAt = now;
        Counters.Opened++;
        _handler.OnOpen(this);
        return ChannelEnd.None;
    }

    private int TickConnection(int now)
    {
        TcpConnection c = _connection;
        _stable |= _state == ChannelState.Open && now - _openedAt >= _options.StableAfter;
        int events = c.TakeEvents();
        if ((events & TcpEvents.Writable) != 0)
        {
            _progressAt = now;
            MadeRoom();
        }

        bool more = _connection == c && Receive(c, now);
        if (_connection != c)
        {
            // A handler, or what was received, has ended it.
            return 0;
        }

        if (c.State == TcpState.Closed && !more)
        {
            End(Dialler.FromTcp(c.EndReason), -1);
            return 0;
        }

        int wait = _state == ChannelState.Greeting ? _dueAt - now : WatchOpen(c, now);
        if (wait <= 0 && _connection == c)
        {
            End(_state == ChannelState.Greeting ? ChannelEnd.HelloTimedOut : _verdict);
        }

        return more || _connection != c ? 0 : wait;
    }

    // Heartbeats, verdicts and requests of an open channel. Returns 0 with a verdict in _verdict, or how long it is good.
    private int WatchOpen(TcpConnection c, int now)
    {
        while (_requests.Count > 0)
        {
            int id = _requests.TakeOverdue(now, false);
            if (id == 0)
            {
                break;
            }

            Counters.RequestsTimedOut++;
            _handler.OnRequestFailed(this, id, RequestFailure.TimedOut, 0);
            if (_connection != c)
            {
                return 1;
            }
        }

        int wait = _requests.Count > 0 ? _requests.Wait(now) : NetworkInterface.Never;
        wait = wait < 1 ? 1 : wait;
        int left = HeartbeatWait(now);
        wait = left < wait ? left : wait;

        // What waits unread behind a message that our own application holds may well be heartbeats: TCP judges then.
        if (!_held)
        {
            left = _heardAt + _interval * _options.SilentIntervals - now;
            if (left <= 0)
            {
                _verdict = ChannelEnd.Silence;
                return 0;
            }

            wait = left < wait ? left : wait;
            left = _messageDueAt - now;
            if (InFrame && left <= 0)
            {
                _verdict = ChannelEnd.TooSlow;
                return 0;
            }

            wait = InFrame && left < wait ? left : wait;
        }

        if (c.SendQueued > 0)
        {
            left = _progressAt + _options.StallTimeout - now;
            if (left <= 0)
            {
                _verdict = ChannelEnd.Stalled;
                return 0;
            }

            wait = left < wait ? left : wait;
        }

        return wait;
    }

    // A verdict of ours.
    private void End(ChannelEnd end)
    {
        End(end, Goodbye.CodeOf(end));
    }

    /// <summary>The connection or the attempt is over: the peer is told if there is something to say, then the application.</summary>
    private void End(ChannelEnd end, int goodbye)
    {
        TcpConnection c = _connection;
        ChannelState state = _state;
        int now = (int)Net.NowMs;
        _connection = null;
        bool peerLeft = end >= ChannelEnd.PeerClosed && end <= ChannelEnd.HalfMessage;
        bool again = _client && end != ChannelEnd.Closed;
        if (c == null)
        {
            if (_client)
            {
                _dialler.Cancel();
            }
        }
        else if (goodbye >= 0 && !Sending && c.WriteSpace >= ChannelFormat.HeaderLength + 1)
        {
            WriteHeader(ChannelFormat.TypeGoodbye, 0, 1);
            _out[ChannelFormat.HeaderLength] = (byte)goodbye;
            c.Write(_out, 0, ChannelFormat.HeaderLength + 1);
            _parting.Begin(c, now, _options.CloseTimeout);
        }
        else if (peerLeft)
        {
            _parting.Begin(c, now, _options.CloseTimeout);
        }
        else
        {
            // Silence, a peer that does not read, one that speaks something else; or it has ended already.
            c.Abort();
        }

        LastEnd = end;
        Counters.Ended(end);
        _state = again ? ChannelState.Backoff : ChannelState.Closed;
        if (again)
        {
            PlanNext(now, end);
        }

        FailRequests();
        if (state == ChannelState.Open)
        {
            _handler.OnClosed(this, end);
        }
        else if (end != ChannelEnd.Closed)
        {
            _handler.OnFailed(this, end);
        }

        Wake();
    }

    private void FailRequests()
    {
        int id;
        while ((id = _requests.TakeOverdue(0, true)) != 0)
        {
            _handler.OnRequestFailed(this, id, RequestFailure.ChannelEnded, 0);
        }
    }

    private void PlanNext(int now, ChannelEnd end)
    {
        _failures = _stable ? 1 : _failures + 1;
        _stable = false;
        if (_options.Attempts != 0 && _failures >= _options.Attempts)
        {
            _state = ChannelState.Closed;
            return;
        }

        int wait = _options.BackoffFirst;
        for (int i = 1; i < _failures && i < MostDoublings && wait < _options.BackoffMost; i++)
        {
            wait *= 2;
        }

        wait = wait > _options.BackoffMost ? _options.BackoffMost : wait;

        // Half of it is drawn: peers that lost the same server do not come back all at once. A new address is news of our own.
        _atOnce = end == ChannelEnd.AddressChanged;
        _dueAt = now + wait / 2 + Net.NextRandom() % (wait / 2 + 1);
    }
}
