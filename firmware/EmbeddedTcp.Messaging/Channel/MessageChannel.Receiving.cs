using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Messaging;

/// <content>Octets to frames, and frames to the handler.</content>
public sealed partial class MessageChannel
{
    // So that one channel's backlog does not keep the others waiting.
    private const int FramesAtOnce = 16;

    // What is there of the hello or header, and of the message.
    private int _headCount;
    private int _messageCount;
    private int _length;
    private int _type;
    private int _id;
    private int _messageDueAt;

    // A message the handler did not take, since when, and whether it is time to ask again.
    private bool _held;
    private bool _again;
    private int _heldAt;

    private int _allowance;
    private int _allowedAt;

    /// <summary>True while the handler has not taken a message that is there.</summary>
    public bool Holding
    {
        get { return _held; }
    }

    private bool InFrame
    {
        get { return _headCount > 0 && !_held; }
    }

    private void ForgetTransfer(int now)
    {
        _headCount = 0;
        _messageCount = 0;
        _held = false;
        _again = false;
        _wanted = 0;
        _largeLeft = 0;
        _large = null;
        _heardAt = now;
        _allowance = _options.FloodLimit;
        _allowedAt = now;
    }

    /// <returns>True when more may be there than was looked at.</returns>
    private bool Receive(TcpConnection c, int now)
    {
        for (int frames = 0; frames < FramesAtOnce; frames++)
        {
            if (_held)
            {
                if (!_again)
                {
                    return false;
                }

                _again = false;
                if (!Deliver(c, now))
                {
                    return false;
                }

                continue;
            }

            int size = _state == ChannelState.Greeting ? ChannelFormat.HelloLength : ChannelFormat.HeaderLength;
            if (_headCount < size)
            {
                int n = c.Read(_head, _headCount, size - _headCount);
                if (n <= 0)
                {
                    Ended(n);
                    return false;
                }

                if (_headCount == 0)
                {
                    _messageDueAt = now + _options.MessageTimeout;
                }

                _headCount += n;
                _heardAt = now;
                if (_state == ChannelState.Greeting ? !TakeHello(c, now) : _headCount == size && !TakeHeader())
                {
                    return false;
                }

                if (_headCount < size)
                {
                    continue;
                }
            }

            if (_messageCount < _length)
            {
                int n = c.Read(_message, _messageCount, _length - _messageCount);
                if (n <= 0)
                {
                    Ended(n);
                    return false;
                }

                _messageCount += n;
                _heardAt = now;
            }

            if (_messageCount == _length && !Deliver(c, now))
            {
                return false;
            }
        }

        return c.Available > 0;
    }

    private void Ended(int read)
    {
        // The end of the stream; a reset is seen by the state of the connection.
        if (read < 0 && _connection.PeerClosed)
        {
            End(_headCount > 0 ? ChannelEnd.HalfMessage : ChannelEnd.EndOfStream, -1);
        }
    }

    // Greeting: the magic is looked at byte by byte, so that whoever speaks something else hears of it at once.
    private bool TakeHello(TcpConnection c, int now)
    {
        for (int i = 0; i < _headCount && i < 4; i++)
        {
            if (_head[i] != (byte)(ChannelFormat.Magic >> (24 - i * 8)))
            {
                End(ChannelEnd.NotAChannel);
                return false;
            }
        }

        if (_headCount == ChannelFormat.HelloLength)
        {
            ChannelEnd end = JudgeHello(now);
            _headCount = 0;
            if (end != ChannelEnd.None)
            {
                End(end);
            }
        }

        return _connection == c;
    }

    private bool TakeHeader()
    {
        byte[] b = _head;
        int length = (b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3];
        int type = b[4];
        int id = (b[6] << 8) | b[7];
        if (length < 0 || length > _message.Length)
        {
            End(ChannelEnd.TooLarge);
            return false;
        }

        bool correlated = type >= ChannelFormat.TypeRequest && type <= ChannelFormat.TypeError;
        bool known = type >= ChannelFormat.TypeMessage && type <= ChannelFormat.TypeGoodbye;
        if (b[5] != 0 || (!known && type < ChannelFormat.FirstOptionalType) || (known && correlated != (id != 0))
            || (type == ChannelFormat.TypeHeartbeat && length != 0) || (type == ChannelFormat.TypeError && length < 2)
            || (type == ChannelFormat.TypeGoodbye && (length < 1 || length > ChannelFormat.LongestGoodbye)))
        {
            End(ChannelEnd.ProtocolError);
            return false;
        }

        _type = type;
        _id = id;
        _length = length;
        _messageCount = 0;
        _messageDueAt += length / ChannelFormat.SlowestRate * 1000;
        return true;
    }

    // A whole frame.
    private bool Deliver(TcpConnection c, int now)
    {
        bool taken = true;
        int type = _type;
        if (type == ChannelFormat.TypeMessage)
        {
            taken = _handler.OnMessage(this, _message, _length);
        }
        else if (type == ChannelFormat.TypeRequest)
        {
            taken = _handler.OnRequest(this, (_generation << 16) | _id, _message, _length);
        }
        else
        {
            DeliverOther(type, now);
        }

        if (_connection != c)
        {
            return false;
        }

        if (!taken)
        {
            Hold(now);
            return false;
        }

        if (type == ChannelFormat.TypeMessage)
        {
            Counters.MessagesIn++;
        }
        else if (type == ChannelFormat.TypeRequest)
        {
            Counters.RequestsIn++;
        }

        if (_held)
        {
            // As many heartbeats may have gathered as the pause was long.
            _held = false;
            _heardAt = now;
            _allowance += (now - _heldAt) / _interval * 2;
        }

        _headCount = 0;
        return true;
    }

    private void Hold(int now)
    {
        if (!_held)
        {
            _held = true;
            _heldAt = now;
            _again = false;
            Counters.Held++;
        }
    }

    private void DeliverOther(int type, int now)
    {
        if (type == ChannelFormat.TypeGoodbye)
        {
            PeerGoodbye = _message[0];
            End(Goodbye.EndOf(_message[0]), -1);
        }
        else if ((type == ChannelFormat.TypeReply || type == ChannelFormat.TypeError) && _requests.Remove(_id))
        {
            Counters.RepliesIn++;
            if (type == ChannelFormat.TypeReply)
            {
                _handler.OnReply(this, _id, _message, _length);
            }
            else
            {
                _handler.OnRequestFailed(this, _id, RequestFailure.Error, BigEndian.ReadUInt16(_message, 0));
            }
        }
        else
        {
            CarriesNothing(type, now);
        }
    }

    // Heartbeats, late replies, unknown types: a bounded number in a time, since no window holds them back.
    private void CarriesNothing(int type, int now)
    {
        if (type == ChannelFormat.TypeHeartbeat)
        {
            Counters.HeartbeatsIn++;
        }
        else if (type < ChannelFormat.FirstOptionalType)
        {
            Counters.LateReplies++;
        }
        else
        {
            Counters.Skipped++;
        }

        int most = _options.FloodLimit;
        int intervals = (now - _allowedAt) / _interval;
        if (now - _allowedAt < 0 || intervals > most)
        {
            // Negative after 25 days without any.
            intervals = most;
            _allowedAt = now;
        }
        else
        {
            _allowedAt += intervals * _interval;
        }

        if (_allowance < most)
        {
            _allowance = _allowance + intervals * 2 > most ? most : _allowance + intervals * 2;
        }

        _allowance--;
        if (_allowance < 0)
        {
            End(ChannelEnd.Flood);
        }
    }
}
