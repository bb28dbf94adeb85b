using System;

namespace EmbeddedTcp.Udp;

/// <summary>Datagrams that wait to be read: a fixed number at most, their bytes one behind the other in a fixed ring.</summary>
internal sealed class UdpQueue
{
    private readonly byte[] _ring;
    private readonly int[] _length;
    private readonly uint[] _source;
    private readonly uint[] _destination;
    private readonly int[] _port;
    private int _first;
    private int _start;
    private int _used;

    internal UdpQueue(int datagrams, int bytes)
    {
        _ring = new byte[bytes];
        _length = new int[datagrams];
        _source = new uint[datagrams];
        _destination = new uint[datagrams];
        _port = new int[datagrams];
    }

    /// <summary>Bytes of the arrays for so many datagrams and so large a ring.</summary>
    internal static int BytesFor(int datagrams, int bytes)
    {
        return bytes + datagrams * 16;
    }

    /// <summary>Datagrams that wait.</summary>
    internal int Count { get; private set; }

    /// <summary>Length of the first datagram in bytes; asked only when there is one.</summary>
    internal int FirstLength
    {
        get { return _length[_first]; }
    }

    internal uint FirstSource
    {
        get { return _source[_first]; }
    }

    internal uint FirstDestination
    {
        get { return _destination[_first]; }
    }

    internal int FirstPort
    {
        get { return _port[_first]; }
    }

    internal void Clear()
    {
        Count = 0;
        _used = 0;
    }

    /// <summary>Appends a datagram whole, or not at all.</summary>
    internal bool Add(byte[] b, int offset, int length, uint source, int port, uint destination)
    {
        int size = _ring.Length;
        if (Count == _length.Length || length > size - _used)
        {
            return false;
        }

        int at = _first + Count;
        at = at < _length.Length ? at : at - _length.Length;
        _length[at] = length;
        _source[at] = source;
        _destination[at] = destination;
        _port[at] = port;
        int to = _start + _used;
        to = to < size ? to : to - size;
        int part = size - to < length ? size - to : length;
        Array.Copy(b, offset, _ring, to, part);
        Array.Copy(b, offset + part, _ring, 0, length - part);
        _used += length;
        Count++;
        return true;
    }

    /// <summary>Copies the beginning of the first datagram and removes the whole of it.</summary>
    internal void Take(byte[] buffer, int offset, int count)
    {
        int size = _ring.Length;
        int part = size - _start < count ? size - _start : count;
        Array.Copy(_ring, _start, buffer, offset, part);
        Array.Copy(_ring, 0, buffer, offset + part, count - part);
        int length = _length[_first];
        _start += length;
        _start = _start < size ? _start : _start - size;
        _used -= length;
        _first = _first + 1 < _length.Length ? _first + 1 : 0;
        Count--;
    }
}
