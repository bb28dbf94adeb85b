using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// Connections in TIME_WAIT (RFC 9293 §3.3.2, §3.10.7.4): a few words each instead of a slot with its buffers. A full table gives up
/// its oldest record.
/// </summary>
public sealed class TimeWaitTable
{
    private readonly NetworkInterface _net;
    private readonly TcpEngine _engine;
    private readonly int _lifetime;
    private readonly bool[] _used;
    private readonly int[] _remote;
    private readonly int[] _ports;
    private readonly int[] _sndNxt;
    private readonly int[] _rcvNxt;
    private readonly int[] _window;
    private readonly int[] _expiresAt;
    private int _count;

    internal TimeWaitTable(NetworkInterface net, TcpEngine engine, StackOptions options)
    {
        _net = net;
        _engine = engine;
        _lifetime = options.MaximumSegmentLifetime * 2;
        int capacity = options.TimeWaitTableSize;
        _used = new bool[capacity];
        _remote = new int[capacity];
        _ports = new int[capacity];
        _sndNxt = new int[capacity];
        _rcvNxt = new int[capacity];
        _window = new int[capacity];
        _expiresAt = new int[capacity];
        net.Memory.Add("TIME_WAIT table, " + capacity.ToString() + " records", capacity * BytesPerRecord);
    }

    /// <summary>Bytes one record takes.</summary>
    public const int BytesPerRecord = 6 * 4 + 1;

    /// <summary>Records the table has room for.</summary>
    public int Capacity
    {
        get { return _used.Length; }
    }

    /// <summary>Records in use.</summary>
    public int Count
    {
        get { return _count; }
    }

    /// <summary>True when a record is in use.</summary>
    public bool InUseAt(int index)
    {
        return _used[index];
    }

    /// <summary>The peer's IPv4 address.</summary>
    public uint RemoteAddressAt(int index)
    {
        return (uint)_remote[index];
    }

    /// <summary>The peer's port.</summary>
    public int RemotePortAt(int index)
    {
        return _ports[index] & 0xFFFF;
    }

    /// <summary>Our port.</summary>
    public int LocalPortAt(int index)
    {
        return (_ports[index] >> 16) & 0xFFFF;
    }

    /// <summary>Milliseconds until the record expires.</summary>
    public int RemainingMsAt(int index)
    {
        int left = _expiresAt[index] - _net.Now;
        return left < 0 ? 0 : left;
    }

    /// <summary>Remembers a connection that enters TIME_WAIT, for 2MSL.</summary>
    internal void Add(TcpConnection c)
    {
        int at = -1;
        for (int i = 0; i < _used.Length && at < 0; i++)
        {
            if (!_used[i])
            {
                at = i;
            }
        }

        if (at < 0)
        {
            at = 0;
            for (int i = 1; i < _used.Length; i++)
            {
                if (_expiresAt[i] - _expiresAt[at] < 0)
                {
                    at = i;
                }
            }

            _engine.Counters.TimeWaitEvicted++;
            Remove(at);
        }

        _used[at] = true;
        _count++;
        _remote[at] = c.RemoteAddressBits;
        _ports[at] = (c.LocalPortNumber << 16) | c.RemotePortNumber;
        _sndNxt[at] = c.SndNxt;
        _rcvNxt[at] = c.RcvNxt;
        _window[at] = c.RcvAdv - c.RcvNxt;
        Restart(at);
    }

    internal int Find(int remote, int remotePort, int localPort)
    {
        if (_count == 0)
        {
            return -1;
        }

        int ports = (localPort << 16) | remotePort;
        for (int i = 0; i < _used.Length; i++)
        {
            if (_ports[i] == ports && _remote[i] == remote && _used[i])
            {
                return i;
            }
        }

        return -1;
    }

    internal int RcvNxtAt(int index)
    {
        return _rcvNxt[index];
    }

    internal int SndNxtAt(int index)
    {
        return _sndNxt[index];
    }

    internal int WindowAt(int index)
    {
        return _window[index];
    }

    /// <summary>The peer's FIN came again: our last ACK was lost, and 2MSL begins anew.</summary>
    internal void Restart(int index)
    {
        _expiresAt[index] = _net.Now + _lifetime;
        _net.WakeIn(_lifetime);
    }

    internal void Remove(int index)
    {
        _used[index] = false;
        _count--;
        _engine.TimeWaitEnded(_remote[index], _ports[index] & 0xFFFF, (_ports[index] >> 16) & 0xFFFF);
    }

    /// <summary>Forgets what has waited long enough.</summary>
    /// <returns>Milliseconds until the next record expires, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int next = NetworkInterface.Never;
        if (_count == 0)
        {
            return next;
        }

        for (int i = 0; i < _used.Length; i++)
        {
            if (!_used[i])
            {
                continue;
            }

            int left = _expiresAt[i] - _net.Now;
            if (left <= 0)
            {
                Remove(i);
            }
            else if (left < next)
            {
                next = left;
            }
        }

        return next;
    }
}
