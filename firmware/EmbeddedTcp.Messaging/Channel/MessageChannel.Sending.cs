using System;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Messaging;

/// <content>Messages, requests and replies of ours: whole into TCP's send ring, or, large ones, piece by piece from the caller's buffer.</content>
public sealed partial class MessageChannel
{
    // Room for a goodbye is always kept.
    private const int Reserve = ChannelFormat.HeaderLength + 1;

    private byte[] _large;
    private int _largeAt;
    private int _largeLeft;

    // The room that the smallest of the refused sends wants; 0 when none was refused.
    private int _wanted;

    /// <summary>True while a large message is under way: its buffer is in use and nothing else can be sent.</summary>
    public bool Sending
    {
        get { return _largeLeft > 0; }
    }

    /// <summary>Largest message that <see cref="Send"/> takes now or later: what the peer takes and TCP's send ring holds; 0 while not open.</summary>
    public int LargestSend
    {
        get
        {
            int ring = Net.Options.SendBufferSize - ChannelFormat.HeaderLength - Reserve;
            return _state != ChannelState.Open ? 0 : _peerMaximum < ring ? _peerMaximum : ring;
        }
    }

    /// <summary>Queues a message, whole or not at all.</summary>
    /// <param name="buffer">Holds it; may be reused after the call.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <returns>One of <see cref="SendResult"/>.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int Send(byte[] buffer, int offset, int count)
    {
        int result = Queue(ChannelFormat.TypeMessage, 0, buffer, offset, count, false);
        Counters.MessagesOut += result == SendResult.Queued ? 1 : 0;
        return result;
    }

    /// <summary>
    /// Sends a message that may be larger than TCP's send ring, up to <see cref="PeerMaximum"/>, from the caller's buffer, which must not be touched
    /// until <see cref="Sending"/> is false; <see cref="ChannelHandler.OnSent"/> tells.
    /// </summary>
    /// <param name="buffer">Holds it.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <returns>One of <see cref="SendResult"/>.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int SendLarge(byte[] buffer, int offset, int count)
    {
        int result = Queue(ChannelFormat.TypeMessage, 0, buffer, offset, count, true);
        Counters.MessagesOut += result == SendResult.Queued ? 1 : 0;
        return result;
    }

    /// <summary>Queues a request. <see cref="ChannelHandler.OnReply"/> or <see cref="ChannelHandler.OnRequestFailed"/> follows, once.</summary>
    /// <param name="buffer">Holds it; may be reused after the call.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <param name="timeoutMs">How long the reply may take, 1 to a day.</param>
    /// <returns>The request's number, 1 to 65,535; or one of <see cref="SendResult"/>, which are negative.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer, or the time outside its range.</exception>
    public int Request(byte[] buffer, int offset, int count, int timeoutMs)
    {
        return Request(buffer, offset, count, timeoutMs, false);
    }

    /// <summary>As <see cref="Request(byte[], int, int, int)"/>, from the caller's buffer as <see cref="SendLarge"/>.</summary>
    /// <param name="buffer">Holds it.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <param name="timeoutMs">How long sending it and the reply may take, 1 to a day.</param>
    /// <returns>As <see cref="Request(byte[], int, int, int)"/>.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer, or the time outside its range.</exception>
    public int RequestLarge(byte[] buffer, int offset, int count, int timeoutMs)
    {
        return Request(buffer, offset, count, timeoutMs, true);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">As <see cref="ChannelHandler.OnRequest"/> named it.</param>
    /// <param name="buffer">Holds the reply; may be reused after the call.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <returns>One of <see cref="SendResult"/>.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int Reply(int request, byte[] buffer, int offset, int count)
    {
        return Reply(request, ChannelFormat.TypeReply, buffer, offset, count, false);
    }

    /// <summary>As <see cref="Reply(int, byte[], int, int)"/>, from the caller's buffer as <see cref="SendLarge"/>.</summary>
    /// <param name="request">As <see cref="ChannelHandler.OnRequest"/> named it.</param>
    /// <param name="buffer">Holds the reply.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <returns>One of <see cref="SendResult"/>.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int ReplyLarge(int request, byte[] buffer, int offset, int count)
    {
        return Reply(request, ChannelFormat.TypeReply, buffer, offset, count, true);
    }

    /// <summary>Answers a request with an error.</summary>
    /// <param name="request">As <see cref="ChannelHandler.OnRequest"/> named it.</param>
    /// <param name="error">One of <see cref="RequestError"/>, or a number of the application's, 256 to 65,535.</param>
    /// <returns>One of <see cref="SendResult"/>.</returns>
    public int ReplyError(int request, int error)
    {
        BigEndian.WriteUInt16(_error, 0, error);
        return Reply(request, ChannelFormat.TypeError, _error, 0, 2, false);
    }

    private readonly byte[] _error = new byte[2];

    private int Request(byte[] buffer, int offset, int count, int timeoutMs, bool large)
    {
        if (timeoutMs < 1 || timeoutMs > 86400000)
        {
            throw new ArgumentException("timeoutMs");
        }

        if (_requests.Full)
        {
            return _state == ChannelState.Open ? SendResult.TooManyRequests : SendResult.NotOpen;
        }

        int id = _requests.NextId();
        int result = Queue(ChannelFormat.TypeRequest, id, buffer, offset, count, large);
        if (result != SendResult.Queued)
        {
            return result;
        }

        Counters.RequestsOut++;
        _requests.Add(id, (int)Net.NowMs + timeoutMs);
        Wake();
        return id;
    }

    private int Reply(int request, int type, byte[] buffer, int offset, int count, bool large)
    {
        if (request >> 16 != _generation && _state == ChannelState.Open)
        {
            return SendResult.Outdated;
        }

        int result = Queue(type, request & 0xFFFF, buffer, offset, count, large);
        Counters.RepliesOut += result == SendResult.Queued ? 1 : 0;
        return result;
    }

    private int Queue(int type, int id, byte[] buffer, int offset, int count, bool large)
    {
        if (buffer == null || (offset | count | (buffer.Length - count - offset)) < 0)
        {
            throw new ArgumentException("buffer");
        }

        if (_state != ChannelState.Open)
        {
            return SendResult.NotOpen;
        }

        if (count > _peerMaximum || (!large && count > Net.Options.SendBufferSize - ChannelFormat.HeaderLength - Reserve))
        {
            return SendResult.TooLarge;
        }

        TcpConnection c = _connection;
        int room = c.WriteSpace - ChannelFormat.HeaderLength - Reserve;
        if (_largeLeft > 0 || room < 0 || (!large && room < count))
        {
            int wanted = (large ? 0 : count) + ChannelFormat.HeaderLength + Reserve;
            _wanted = _wanted == 0 || wanted < _wanted ? wanted : _wanted;
            Counters.SendsRefused++;
            return SendResult.NoRoom;
        }

        WriteHeader(type, id, count);
        Put(c, _out, 0, ChannelFormat.HeaderLength);
        int now = count < room ? count : room;
        if (now > 0)
        {
            Put(c, buffer, offset, now);
        }

        if (now < count)
        {
            _large = buffer;
            _largeAt = offset + now;
            _largeLeft = count - now;
        }

        return SendResult.Queued;
    }

    private void WriteHeader(int type, int id, int length)
    {
        byte[] b = _out;
        b[0] = (byte)(length >> 24);
        b[1] = (byte)(length >> 16);
        b[2] = (byte)(length >> 8);
        b[3] = (byte)length;
        b[4] = (byte)type;
        b[5] = 0;
        b[6] = (byte)(id >> 8);
        b[7] = (byte)id;
    }

    private void Put(TcpConnection c, byte[] buffer, int offset, int count)
    {
        int now = (int)Net.NowMs;
        if (c.SendQueued == 0)
        {
            _progressAt = now;
        }

        c.Write(buffer, offset, count);
        _sentAt = now;
    }

    // Octets of ours were acknowledged: the large message goes on, then whoever was refused is told.
    private void MadeRoom()
    {
        TcpConnection c = _connection;
        _again |= _held;
        if (_largeLeft > 0)
        {
            int room = c.WriteSpace - Reserve;
            int count = room < _largeLeft ? room : _largeLeft;
            if (count > 0)
            {
                Put(c, _large, _largeAt, count);
                _largeAt += count;
                _largeLeft -= count;
            }

            if (_largeLeft > 0)
            {
                return;
            }

            _large = null;
            _handler.OnSent(this);
        }

        if (_wanted > 0 && _connection == c && c.WriteSpace >= _wanted)
        {
            _wanted = 0;
            _handler.OnRoom(this);
        }
    }

    // Something is sent at least once in an interval; while a large message or a full ring is in the way, that is what is being sent.
    private int HeartbeatWait(int now)
    {
        int left = _sentAt + _interval - now;
        if (left > 0)
        {
            return left;
        }

        if (_largeLeft == 0 && _connection.WriteSpace >= ChannelFormat.HeaderLength + Reserve)
        {
            WriteHeader(ChannelFormat.TypeHeartbeat, 0, 0);
            Put(_connection, _out, 0, ChannelFormat.HeaderLength);
            Counters.HeartbeatsOut++;
        }

        _sentAt = now;
        return _interval;
    }
}
