using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Messaging;

/// <content>The course of an exchange: attempts, request, answer, close.</content>
public sealed partial class ShortExchange
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Connecting = 2;
    private const int Exchanging = 3;
    private const int Starting = 4;

    private readonly byte[] _probe = new byte[1];
    private int _phase;
    private TcpConnection _connection;
    private byte[] _request;
    private int _requestAt;
    private int _requestCount;
    private int _sent;

    // The next attempt's time, or the end of this one's.
    private int _dueAt;
    private int _deadlineAt;

    /// <inheritdoc />
    protected override int Tick()
    {
        int now = (int)Net.NowMs;
        int wait = _parting.Tick(now);
        if (_phase == Idle)
        {
            return wait;
        }

        if (_phase == Starting)
        {
            _deadlineAt = now + Deadline;
            _dueAt = now;
            _phase = Waiting;
        }

        int own = _deadlineAt - now;
        if (own <= 0)
        {
            Drop();
            Finish(ExchangeResult.DeadlinePassed);
            return 0;
        }

        int step = Step(now);
        own = step < own ? step : own;
        return own < wait ? own : wait;
    }

    private bool Begin(byte[] request, int offset, int count)
    {
        _request = request;
        _requestAt = offset;
        _requestCount = count;
        Result = ExchangeResult.None;
        AnswerLength = 0;
        Attempts = 0;

        // The clock begins with the next poll: before the first there is none.
        _phase = Starting;
        Wake();
        return true;
    }

    // Goes on as far as it can. Returns milliseconds until it is to be called again.
    private int Step(int now)
    {
        if (_phase == Waiting)
        {
            if (_dueAt - now > 0)
            {
                return _dueAt - now;
            }

            Attempts++;
            AnswerLength = 0;
            _sent = 0;
            _phase = Connecting;
            _dueAt = now + AttemptTimeout;
            ChannelEnd failed = _dialler.Begin(now, AttemptTimeout);
            if (failed != ChannelEnd.None)
            {
                return Fail((ExchangeResult)failed, now);
            }
        }

        if (_phase == Connecting)
        {
            ChannelEnd end = _dialler.Poll(now);
            if (end != ChannelEnd.None)
            {
                return Fail((ExchangeResult)end, now);
            }

            if (!_dialler.Connected)
            {
                return _dialler.Wait(now);
            }

            _connection = _dialler.Take();
            _connection.NoDelay = true;
            _phase = Exchanging;
        }

        return Exchange(_connection, now);
    }

    private int Exchange(TcpConnection c, int now)
    {
        c.TakeEvents();
        if (_sent < _requestCount)
        {
            int n = c.Write(_request, _requestAt + _sent, _requestCount - _sent);
            _sent += n > 0 ? n : 0;
        }

        if (_sent == _requestCount && HalfClose)
        {
            c.Shutdown();
        }

        int wanted = Wanted();
        while (wanted <= _answer.Length && AnswerLength < wanted)
        {
            int n = c.Read(_answer, AnswerLength, wanted - AnswerLength);
            if (n < 0)
            {
                return AtEnd(c, now);
            }

            if (n == 0)
            {
                return Rest(now);
            }

            AnswerLength += n;
            wanted = Wanted();
        }

        if (Ends == AnswerEnd.AtClose)
        {
            // The room is full: it was enough if the end comes next.
            int n = c.Peek(_probe, 0, 1);
            return n > 0 ? FinishWith(ExchangeResult.TooLong) : n < 0 ? AtEnd(c, now) : Rest(now);
        }

        if (wanted > _answer.Length)
        {
            return FinishWith(ExchangeResult.TooLong);
        }

        if (wanted == 0 && c.State == TcpState.Closed)
        {
            return AtEnd(c, now);
        }

        // An answer may come before all of the request is sent; a request without one is done when the peer has it.
        return wanted > 0 || (_sent == _requestCount && c.SendQueued == 0) ? FinishWith(ExchangeResult.Answered) : Rest(now);
    }

    private int Wanted()
    {
        int prefix = Ends;
        if (prefix == AnswerEnd.AtClose)
        {
            return _answer.Length;
        }

        if (prefix == AnswerEnd.AtCount)
        {
            return AnswerBytes;
        }

        if (AnswerLength < prefix)
        {
            return prefix;
        }

        int length = prefix == AnswerEnd.AtPrefix16 ? BigEndian.ReadUInt16(_answer, 0) : BigEndian.ReadInt32(_answer, 0);
        return length < 0 || length > _answer.Length - prefix ? int.MaxValue : prefix + length;
    }

    // Nothing more to read: the peer's FIN, or a reset.
    private int AtEnd(TcpConnection c, int now)
    {
        if (!c.PeerClosed)
        {
            return Fail((ExchangeResult)Dialler.FromTcp(c.EndReason), now);
        }

        return Ends == AnswerEnd.AtClose ? FinishWith(ExchangeResult.Answered) : Fail(ExchangeResult.CutShort, now);
    }

    private int Rest(int now)
    {
        int wait = _dueAt - now;
        return wait > 0 ? wait : Fail(ExchangeResult.TimedOut, now);
    }

    private int Fail(ExchangeResult result, int now)
    {
        Drop();
        int wait = RetryWait;
        for (int i = 1; i < Attempts && wait < Deadline; i++)
        {
            wait *= 2;
        }

        wait = wait / 2 + Net.NextRandom() % (wait / 2 + 1);
        if (Attempts > Retries || _deadlineAt - now <= wait)
        {
            Finish(result);
            return 0;
        }

        _phase = Waiting;
        _dueAt = now + wait;
        return wait;
    }

    private int FinishWith(ExchangeResult result)
    {
        TcpConnection c = _connection;
        _connection = null;
        if (result == ExchangeResult.Answered)
        {
            _parting.Await(c, (int)Net.NowMs, CloseTimeout);
        }
        else
        {
            c.Abort();
        }

        Finish(result);
        return 0;
    }

    private void Finish(ExchangeResult result)
    {
        _phase = Idle;
        _request = null;
        Result = result;
        if (result == ExchangeResult.Answered)
        {
            Answered++;
        }
        else
        {
            Failed++;
        }

        if (_handler != null)
        {
            _handler.OnDone(this);
        }
    }

    private void Drop()
    {
        _dialler.Cancel();
        if (_connection != null)
        {
            _connection.Abort();
            _connection = null;
        }
    }
}
