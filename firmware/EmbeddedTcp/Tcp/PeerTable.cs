using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// A bounded table of peers that own no slot, found by the two addresses' variable part: remote address and both ports. Each entry has a
/// deadline.
/// </summary>
public abstract class PeerTable
{
    internal readonly TcpEngine Engine;

    /// <summary>When an entry is due, modulo 2³² ms.</summary>
    internal readonly int[] DueAt;

    private readonly bool[] _used;
    private readonly int[] _remote;
    private readonly int[] _ports;
    private int _count;

    internal PeerTable(TcpEngine engine, int capacity)
    {
        DueAt = new int[capacity];
        Engine = engine;
        _used = new bool[capacity];
        _remote = new int[capacity];
        _ports = new int[capacity];
    }

    /// <summary>Entries the table has room for.</summary>
    public int Capacity
    {
        get { return _used.Length; }
    }

    /// <summary>Entries in use.</summary>
    public int Count
    {
        get { return _count; }
    }

    /// <summary>True when an entry is in use.</summary>
    /// <param name="index">0 to <see cref="Capacity"/> − 1, here and below.</param>
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

    /// <summary>Milliseconds until the entry is due.</summary>
    public int RemainingMsAt(int index)
    {
        int left = DueAt[index] - Engine.Net.Now;
        return left < 0 ? 0 : left;
    }

    /// <summary>Does what is due.</summary>
    /// <returns>Milliseconds until this is to be called again, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int next = NetworkInterface.Never;
        int now = Engine.Net.Now;
        for (int i = 0; i < _used.Length && _count != 0; i++)
        {
            if (_used[i] && DueAt[i] - now <= 0)
            {
                Due(i);
            }

            // What was due may have a new deadline, or be gone.
            if (_used[i] && DueAt[i] - now < next)
            {
                next = DueAt[i] - now;
            }
        }

        return next;
    }

    /// <summary>Gives an entry a deadline so many milliseconds from now.</summary>
    internal void DueIn(int index, int milliseconds)
    {
        DueAt[index] = Engine.Net.Now + milliseconds;
        Engine.Net.WakeIn(milliseconds);
    }

    /// <summary>The deadline of an entry has come: it gets a new one, or is removed.</summary>
    internal abstract void Due(int index);

    /// <summary>The entry of a peer, or −1.</summary>
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

    /// <summary>Gives a free entry to a peer.</summary>
    internal void Occupy(int index, int remote, int remotePort, int localPort)
    {
        _used[index] = true;
        _remote[index] = remote;
        _ports[index] = (localPort << 16) | remotePort;
        _count++;
    }

    internal void StateChanged(int index, TcpState from, TcpState to)
    {
        Engine.StateChanged(_remote[index], RemotePortAt(index), LocalPortAt(index), from, to);
    }

    internal void TimerFired(int index, int timer)
    {
        if (Engine.Counters.Trace != null)
        {
            Engine.Counters.Trace.TimerFired(timer, _remote[index], RemotePortAt(index), LocalPortAt(index));
        }
    }

    /// <summary>Forgets an entry.</summary>
    internal virtual void Remove(int index)
    {
        _used[index] = false;
        _count--;
    }
}
