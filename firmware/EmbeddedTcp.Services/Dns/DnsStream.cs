using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dns;

/// <summary>The one question at a time that is asked over TCP, since its answer did not fit a datagram (RFC 1035 §4.2.2, RFC 7766).</summary>
internal sealed class DnsStream
{
    private const int Port = 53;

    private readonly NetworkService _service;
    private readonly byte[] _buffer;
    private TcpConnection _connection;
    private bool _asked;
    private int _count;

    internal DnsStream(NetworkService service, int bytes)
    {
        _service = service;
        _buffer = new byte[bytes];
    }

    /// <summary>Whose question it is, or null.</summary>
    internal DnsLookup Lookup { get; private set; }

    /// <summary>The answer, once <see cref="Poll"/> has returned true.</summary>
    internal byte[] Answer
    {
        get { return _buffer; }
    }

    /// <summary>Bytes of the answer that are there.</summary>
    internal int Length { get; private set; }

    /// <summary>False when the answer was longer than there is room for.</summary>
    internal bool Complete { get; private set; }

    internal bool Open(DnsLookup lookup)
    {
        _connection = _service.Net.Tcp.Connect(lookup.Server, Port);
        if (_connection == null)
        {
            return false;
        }

        _connection.Service = _service;
        _asked = false;
        _count = 0;
        Lookup = lookup;
        return true;
    }

    internal void Close()
    {
        if (_connection != null)
        {
            _connection.Abort();
            _connection = null;
        }

        Lookup = null;
    }

    /// <summary>Sends and receives what it can.</summary>
    /// <returns>True when the answer is there, or the connection has ended without one (<see cref="Length"/> is 0).</returns>
    internal bool Poll()
    {
        Length = 0;
        if (!_asked && _connection.State == TcpState.Established)
        {
            int length = DnsMessage.Compose(_buffer, 2, Lookup.Id, Lookup.Asked);
            BigEndian.WriteUInt16(_buffer, 0, length);
            _connection.Write(_buffer, 0, length + 2);
            _asked = true;
        }

        if (!_asked)
        {
            return _connection.EndReason != TcpEndReason.None;
        }

        int n = _connection.Read(_buffer, _count, _buffer.Length - _count);
        _count += n > 0 ? n : 0;
        int wanted = _count < 2 ? int.MaxValue : BigEndian.ReadUInt16(_buffer, 0) + 2;
        if (_count >= wanted || _count == _buffer.Length)
        {
            Complete = _count >= wanted;
            Length = (Complete ? wanted : _count) - 2;
            Array.Copy(_buffer, 2, _buffer, 0, Length);
            return true;
        }

        return n < 0;
    }
}
