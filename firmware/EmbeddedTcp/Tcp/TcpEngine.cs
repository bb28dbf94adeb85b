using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Ip;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// TCP (RFC 9293): the slots and tables, the way of a segment to its connection, and the user calls that open one. The calls of an open
/// connection are on <see cref="TcpConnection"/>.
/// </summary>
public sealed partial class TcpEngine
{
    internal readonly StackCounters Counters;
    internal readonly SegmentSender Sender;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;
    private readonly StackOptions _options;
    private readonly InitialSequence _sequence;
    private readonly SegmentArrives _arrives;
    private readonly TcpSegment _segment = new TcpSegment();
    private readonly TcpConnection[] _slots;
    private readonly TcpConnection[] _buckets;
    private readonly int _bucketMask;
    private readonly TcpListener[] _listeners;
    private int _portOffset;

    internal TcpEngine(NetworkInterface net, Ipv4 ipv4, StackOptions options)
    {
        _net = net;
        _ipv4 = ipv4;
        _options = options;
        Counters = net.Counters;
        Sender = new SegmentSender(net, ipv4, options);
        _sequence = new InitialSequence(options.BootSecret);
        _arrives = new SegmentArrives(this, net, Sender, new ChallengeAcks(_sequence), new SynCookies(net, Sender, _sequence, options));
        int slots = options.Connections;
        _slots = new TcpConnection[slots];
        for (int i = 0; i < slots; i++)
        {
            _slots[i] = new TcpConnection(this, net, options, i);
        }

        int buckets = 4;
        while (buckets < slots)
        {
            buckets *= 2;
        }

        _buckets = new TcpConnection[buckets];
        _bucketMask = buckets - 1;
        _listeners = new TcpListener[options.Listeners];
        SetLocalSum();
        OpenShortWay();
        net.Memory.Add("receive rings", slots, slots * options.ReceiveBufferSize);
        net.Memory.Add("send rings", slots, slots * options.SendBufferSize);
        net.Memory.Add("header templates", slots, slots * SegmentSender.HeadersLength);
        net.Memory.Add("demultiplexing", (buckets + slots + options.Listeners) * 4);
        HalfOpen = new SynTable(net, this, options);
        TimeWait = new TimeWaitTable(net, this, options);
    }

    /// <summary>Half-open peers: SYN_RECEIVED after a passive open.</summary>
    public SynTable HalfOpen { get; }

    /// <summary>Connections in TIME_WAIT.</summary>
    public TimeWaitTable TimeWait { get; }

    /// <summary>Number of connection slots.</summary>
    public int SlotCount
    {
        get { return _slots.Length; }
    }

    /// <summary>Slots that a new connection could take at once.</summary>
    public int FreeSlots
    {
        get
        {
            int free = 0;
            for (int i = 0; i < _slots.Length; i++)
            {
                if (!_slots[i].InUse)
                {
                    free++;
                }
            }

            return free;
        }
    }

    /// <summary>Listeners the engine has room for; some may be null.</summary>
    public int ListenerCount
    {
        get { return _listeners.Length; }
    }

    internal NetworkInterface Net
    {
        get { return _net; }
    }

    /// <summary>A connection slot, in use or not.</summary>
    /// <param name="index">0 to <see cref="SlotCount"/> − 1.</param>
    public TcpConnection SlotAt(int index)
    {
        return _slots[index];
    }

    /// <summary>A listener, or null.</summary>
    /// <param name="index">0 to <see cref="ListenerCount"/> − 1.</param>
    public TcpListener ListenerAt(int index)
    {
        return _listeners[index];
    }

    /// <summary>Passive OPEN (RFC 9293 §3.9.1.1).</summary>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="backlog">Established connections that may wait to be accepted, 1 or more.</param>
    /// <returns>The listener; null when the port is listened on already or no listener is free.</returns>
    public TcpListener Listen(int port, int backlog)
    {
        CheckPort(port);
        if (backlog < 1)
        {
            throw new System.ArgumentException("backlog");
        }

        if (FindListener(port) != null)
        {
            return null;
        }

        for (int i = 0; i < _listeners.Length; i++)
        {
            if (_listeners[i] == null)
            {
                _listeners[i] = new TcpListener(this, port, backlog);
                StateChanged(0, 0, port, TcpState.Closed, TcpState.Listen);
                return _listeners[i];
            }
        }

        return null;
    }

    /// <summary>
    /// Active OPEN (RFC 9293 §3.9.1.1): sends a SYN from an ephemeral port. <see cref="TcpEvents.Connected"/> or
    /// <see cref="TcpEvents.Ended"/> follows. To be called after the first poll, which tells the time.
    /// </summary>
    /// <param name="address">A unicast address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <returns>The connection in SYN_SENT, owned by the caller; null when no slot or port is free or there is no route.</returns>
    public TcpConnection Connect(uint address, int port)
    {
        return Connect(address, port, 0);
    }

    /// <summary>As <see cref="Connect(uint, int)"/>, from a port of the caller's choice (RFC 9293 §3.9.1.1, "local port").</summary>
    /// <param name="address">A unicast address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="localPort">1 to 65,535, or 0 for an ephemeral one.</param>
    /// <returns>As the other; null also when this connection exists already, if only in TIME_WAIT.</returns>
    public TcpConnection Connect(uint address, int port, int localPort)
    {
        CheckPort(port);
        if (localPort != 0)
        {
            CheckPort(localPort);
        }

        if (address == 0 || address == _net.Address || address >> 24 >= 224 || address >> 24 == 127 || address == _net.SubnetBroadcast)
        {
            throw new System.ArgumentException("address");
        }

        if (_ipv4.NextHop(address) == 0)
        {
            Counters.Drop(DropReason.NoRoute);
            return null;
        }

        int remote = (int)address;
        if (localPort == 0)
        {
            localPort = EphemeralPort(remote, port);
        }
        else if (Exists(remote, port, localPort))
        {
            localPort = 0;
        }

        TcpConnection c = localPort == 0 ? null : TakeSlot();
        if (c == null)
        {
            Counters.Drop(DropReason.NoSlot);
            return null;
        }

        Counters.ActiveOpens++;
        c.Initialise(remote, port, localPort, NextIss(remote, port, localPort), 536, _net.Now);
        c.OwnedByApplication = true;
        c.MoveTo(TcpState.SynSent);
        AddToHash(c);
        Sender.PrepareTemplate(c);
        Sender.SendSyn(c);
        c.Timers.Arm(ConnectionTimers.Retransmission, c.Rtt.Rto);
        return c;
    }

    /// <summary>A state is left for another, by a slot, a half-open entry, a TIME_WAIT record or a listener.</summary>
    internal void StateChanged(int remote, int remotePort, int localPort, TcpState from, TcpState to)
    {
        if (Counters.Trace != null)
        {
            Counters.Trace.StateChanged(remote, remotePort, localPort, from, to);
        }
    }

    internal int NextIss(int remote, int remotePort, int localPort)
    {
        return _sequence.Next((int)_net.Address, localPort, remote, remotePort, _net.NowMs);
    }

    /// <summary>What is added to the clock in the timestamps of a connection: the same each time the two ends meet (RFC 7323 §7.1).</summary>
    private int TimestampOffset(int remote, int remotePort, int localPort)
    {
        return _sequence.Hash((int)_net.Address, remote, (localPort << 16) | remotePort, 3);
    }

    internal int TimestampOffset(TcpConnection c)
    {
        return TimestampOffset(c.RemoteAddressBits, c.RemotePortNumber, c.LocalPortNumber);
    }

    /// <summary>TSval for a peer without a slot.</summary>
    internal int TimestampValue(int remote, int remotePort, int localPort)
    {
        return TimestampOffset(remote, remotePort, localPort) + _net.Now;
    }

    internal uint NextHopOf(TcpConnection c)
    {
        return _ipv4.NextHop((uint)c.RemoteAddressBits);
    }

    internal TcpListener FindListener(int port)
    {
        for (int i = 0; i < _listeners.Length; i++)
        {
            if (_listeners[i] != null && _listeners[i].Port == port)
            {
                return _listeners[i];
            }
        }

        return null;
    }

    internal void Remove(TcpListener listener)
    {
        for (int i = 0; i < _listeners.Length; i++)
        {
            if (_listeners[i] == listener)
            {
                _listeners[i] = null;
                StateChanged(0, 0, listener.Port, TcpState.Listen, TcpState.Closed);
                HalfOpen.RemovePort(listener.Port);
            }
        }
    }

    private bool Exists(int remote, int remotePort, int localPort)
    {
        return TimeWait.Find(remote, remotePort, localPort) >= 0 || HalfOpen.Find(remote, remotePort, localPort) >= 0
            || FindSlot(remote, remotePort, localPort) != null;
    }

    private static void CheckPort(int port)
    {
        if (port < 1 || port > 65535)
        {
            throw new System.ArgumentException("port");
        }
    }

    // RFC 6056 §3.3.3: a hash of the destination with a secret gives the offset, a counter the next port.
    private int EphemeralPort(int remote, int remotePort)
    {
        const int First = 49152;
        const int Number = 65536 - First;
        int offset = _sequence.Hash(remote, remotePort, (int)_net.Address, 2) & int.MaxValue;
        for (int i = 0; i < Number; i++)
        {
            _portOffset++;
            int port = First + ((offset + _portOffset) & int.MaxValue) % Number;
            if (FindListener(port) == null && !Exists(remote, remotePort, port))
            {
                return port;
            }
        }

        return 0;
    }
}
