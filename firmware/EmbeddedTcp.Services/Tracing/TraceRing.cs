using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Tracing;

/// <summary>
/// What TCP did last: segments in and out with their frames, state changes, timers that fired, discards. Records after
/// <see cref="On"/> is set. A full ring forgets its oldest entry.
/// </summary>
/// <remarks>
/// Besides, and whether it records or not, it counts how often each transition between two states was taken. Everything is allocated
/// by the constructor; recording allocates nothing.
/// </remarks>
public sealed class TraceRing : TraceSink
{
    /// <summary>States there are, the side of the table of transitions.</summary>
    public const int States = 11;

    // Words of an entry: time; remote address; local and remote port; kind, two details and the frame's length.
    private const int Words = 4;
    private const int IpAt = EthernetHeader.Length;
    private const int OutgoingTcpAt = IpAt + Ipv4Header.MinLength;

    private readonly int[] _words;
    private readonly byte[] _frames;
    private readonly int[] _transitions = new int[States * States];
    private readonly int _capacity;
    private readonly int _snapLength;
    private bool _on;
    private int _next;
    private int _oldest;
    private int _filterPort;
    private int _filterRemote;
    private int _filterPorts;
    private int _segmentRemote;
    private int _segmentPorts;

    /// <summary>Makes a ring and ties it to an interface.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="entries">Entries it has room for, 1 to 4,096.</param>
    /// <param name="snapLength">Bytes of each frame that are kept at most, 54 to 1,514.</param>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public TraceRing(NetworkInterface net, int entries, int snapLength)
        : base(net)
    {
        if (entries < 1 || entries > 4096)
        {
            throw new ArgumentException("entries");
        }

        if (snapLength < OutgoingTcpAt + TcpHeader.MinLength || snapLength > EthernetDevice.MaxFrameLength)
        {
            throw new ArgumentException("snapLength");
        }

        _capacity = entries;
        _snapLength = snapLength;
        _words = new int[_capacity * Words];
        _frames = new byte[_capacity * _snapLength];
        net.Memory.Add(
            "trace, " + _capacity.ToString() + " entries", (_words.Length + _transitions.Length) * 4 + _frames.Length);
    }

    /// <summary>True while it records. False at first.</summary>
    public bool On
    {
        get
        {
            return _on;
        }

        set
        {
            _on = value;
            WatchSegments(value);
        }
    }

    /// <summary>Entries it has room for.</summary>
    public int Capacity
    {
        get { return _capacity; }
    }

    /// <summary>Bytes of each frame that are kept at most.</summary>
    public int SnapLength
    {
        get { return _snapLength; }
    }

    /// <summary>Number of the oldest entry that is still there. Entries are numbered from 0 as they are recorded.</summary>
    public int Oldest
    {
        get { return _oldest; }
    }

    /// <summary>Number that the next entry will get: there are entries from <see cref="Oldest"/> up to, not including, this one.</summary>
    public int Next
    {
        get { return _next; }
    }

    /// <summary>The port it is filtered by, ours if by a connection; 0 when it is not filtered.</summary>
    public int FilteredPort
    {
        get { return _filterPorts != 0 ? (_filterPorts >> 16) & 0xFFFF : _filterPort; }
    }

    /// <summary>The peer's port it is filtered by; 0 when it is not filtered by a connection.</summary>
    public int FilteredRemotePort
    {
        get { return _filterPorts & 0xFFFF; }
    }

    /// <summary>The peer's address it is filtered by, when it is filtered by a connection.</summary>
    public uint FilteredAddress
    {
        get { return (uint)_filterRemote; }
    }

    /// <summary>Forgets all entries. Counts of transitions and the filter stay.</summary>
    public void Clear()
    {
        _oldest = _next;
    }

    /// <summary>Records everything from now on.</summary>
    public void FilterNothing()
    {
        _filterPort = 0;
        _filterPorts = 0;
    }

    /// <summary>Records only what concerns a port from now on, ours or the peer's.</summary>
    /// <param name="port">1 to 65,535.</param>
    public void FilterPort(int port)
    {
        FilterNothing();
        _filterPort = port;
    }

    /// <summary>Records only what concerns one connection from now on.</summary>
    /// <param name="remoteAddress">The peer's address.</param>
    /// <param name="remotePort">The peer's port, 1 to 65,535.</param>
    /// <param name="localPort">Our port, 1 to 65,535.</param>
    public void FilterConnection(uint remoteAddress, int remotePort, int localPort)
    {
        FilterNothing();
        _filterRemote = (int)remoteAddress;
        _filterPorts = (localPort << 16) | remotePort;
    }

    /// <summary>Copies an entry out of the ring.</summary>
    /// <param name="number">From <see cref="Oldest"/> up to <see cref="Next"/>.</param>
    /// <param name="entry">Receives it; may be used again and again.</param>
    /// <returns>False when there is no such entry (any more).</returns>
    public bool Read(int number, TraceEntry entry)
    {
        if (number < _oldest || number >= _next)
        {
            return false;
        }

        int at = number % _capacity;
        int w = at * Words;
        int what = _words[w + 3];
        entry.Number = number;
        entry.AtMs = _words[w];
        entry.RemoteAddress = (uint)_words[w + 1];
        entry.LocalPort = (_words[w + 2] >> 16) & 0xFFFF;
        entry.RemotePort = _words[w + 2] & 0xFFFF;
        entry.Kind = (TraceKind)(what & 0xF);
        entry.Detail = (what >> 4) & 0xFF;
        entry.SecondDetail = (what >> 12) & 0xF;
        int length = (what >> 16) & 0xFFFF;
        entry.SetFrame(_frames, at * _snapLength, length < _snapLength ? length : _snapLength, length);
        return true;
    }

    /// <summary>How often connections went from one state to another since the interface was made.</summary>
    /// <param name="from">The state that was left.</param>
    /// <param name="to">The state that was entered.</param>
    public int TransitionsOf(TcpState from, TcpState to)
    {
        return _transitions[(int)from * States + (int)to];
    }

    /// <summary>A segment has been received; nothing about it has been checked but that it belongs to a datagram for us.</summary>
    protected override void SegmentIn(byte[] b, int t, int length, int source)
    {
        int ports = length < 4 ? 0 : (b[t + 2] << 24) | (b[t + 3] << 16) | (b[t] << 8) | b[t + 1];
        _segmentRemote = source;
        _segmentPorts = ports;
        if (Wanted(source, ports))
        {
            EthernetDevice device = Net.Device;
            if (b == device.RxBuffer)
            {
                Keep(TraceKind.SegmentIn, 0, 0, source, ports, b, device.RxOffset, t + length - device.RxOffset);
            }
            else
            {
                // Put together from fragments, so there is no one frame that brought it.
                KeepDatagram(source, ports, b, t, length);
            }
        }
    }

    /// <summary>A frame of ours with a segment was given to the device, or waits for its neighbour's address.</summary>
    protected override void SegmentOut(byte[] b, int o, int length)
    {
        int remote = BigEndian.ReadInt32(b, o + IpAt + Ipv4Header.Destination);
        int ports = BigEndian.ReadInt32(b, o + OutgoingTcpAt);
        if (Wanted(remote, ports))
        {
            Keep(TraceKind.SegmentOut, 0, 0, remote, ports, b, o, length);
        }
    }

    /// <summary>A connection, half-open entry, TIME_WAIT record or listener goes from one state to another.</summary>
    protected override void StateChanged(int remote, int remotePort, int localPort, TcpState from, TcpState to)
    {
        if (from == to)
        {
            return;
        }

        _transitions[(int)from * States + (int)to]++;
        int ports = (localPort << 16) | remotePort;
        if (Wanted(remote, ports))
        {
            Keep(TraceKind.StateChange, (int)from, (int)to, remote, ports, null, 0, 0);
        }
    }

    /// <summary>A timer is due and about to do what it is for.</summary>
    protected override void TimerFired(int timer, int remote, int remotePort, int localPort)
    {
        int ports = (localPort << 16) | remotePort;
        if (Wanted(remote, ports))
        {
            Keep(TraceKind.Timer, timer, 0, remote, ports, null, 0, 0);
        }
    }

    /// <summary>Something was discarded. Reasons that only a received segment can give are put down to the one in hand.</summary>
    protected override void Dropped(DropReason reason)
    {
        bool segment = reason >= DropReason.BadTcpHeader && reason <= DropReason.DataAfterClose
            && reason != DropReason.NoSlot && reason != DropReason.TcpNotUnicast;
        int remote = segment ? _segmentRemote : 0;
        int ports = segment ? _segmentPorts : 0;
        if (Wanted(remote, ports))
        {
            Keep(TraceKind.Drop, (int)reason, 0, remote, ports, null, 0, 0);
        }
    }

    // A frame as it would have come without fragmentation.
    private void KeepDatagram(int source, int ports, byte[] b, int t, int length)
    {
        int at = _next % _capacity * _snapLength;
        Keep(TraceKind.SegmentIn, 0, 0, source, ports, null, 0, OutgoingTcpAt + length);
        int room = _snapLength - OutgoingTcpAt;
        Array.Clear(_frames, at, OutgoingTcpAt);
        Array.Copy(Net.MacAddress, 0, _frames, at, 6);
        BigEndian.WriteUInt16(_frames, at + EthernetHeader.Type, EthernetHeader.TypeIpv4);
        int h = at + IpAt;
        _frames[h] = Ipv4Header.VersionAndMinLength;
        BigEndian.WriteUInt16(_frames, h + Ipv4Header.TotalLength, Ipv4Header.MinLength + length);
        _frames[h + Ipv4Header.TimeToLive] = Ipv4Header.DefaultTimeToLive;
        _frames[h + Ipv4Header.Protocol] = Ipv4Header.ProtocolTcp;
        BigEndian.WriteInt32(_frames, h + Ipv4Header.Source, source);
        BigEndian.WriteInt32(_frames, h + Ipv4Header.Destination, (int)Net.Address);
        BigEndian.WriteUInt16(_frames, h + Ipv4Header.HeaderChecksum, Checksum.Finish(Checksum.Sum(_frames, h, Ipv4Header.MinLength)));
        Array.Copy(b, t, _frames, at + OutgoingTcpAt, length < room ? length : room);
    }

    private bool Wanted(int remote, int ports)
    {
        if (!_on)
        {
            return false;
        }

        if (_filterPorts != 0)
        {
            return ports == _filterPorts && remote == _filterRemote;
        }

        return _filterPort == 0 || (ports & 0xFFFF) == _filterPort || ((ports >> 16) & 0xFFFF) == _filterPort;
    }

    private void Keep(TraceKind kind, int detail, int secondDetail, int remote, int ports, byte[] frame, int start, int length)
    {
        int at = _next % _capacity;
        int w = at * Words;
        _words[w] = Now;
        _words[w + 1] = remote;
        _words[w + 2] = ports;
        _words[w + 3] = (int)kind | (detail << 4) | (secondDetail << 12) | (length << 16);
        if (frame != null)
        {
            Array.Copy(frame, start, _frames, at * _snapLength, length < _snapLength ? length : _snapLength);
        }

        _next++;
        if (_next - _oldest > _capacity)
        {
            _oldest++;
        }
    }
}
