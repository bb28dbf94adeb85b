using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Ip;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Link;

/// <summary>
/// One interface and the stack on top of it. Owns no thread and no clock: everything happens inside <see cref="Poll"/>,
/// <see cref="Flush"/> and the verbs of the connections, which must not be called by two threads at once.
/// </summary>
/// <remarks>
/// Verbs run at the time of the last poll. A loop that has slept therefore polls first and lets the application work then:
/// <c>Poll(now)</c>, the application's verbs, <c>Flush()</c>, sleep for what Flush returned.
/// </remarks>
public sealed partial class NetworkInterface
{
    /// <summary>What <see cref="Poll"/> returns when nothing is due, in milliseconds: about twelve days.</summary>
    public const int Never = 1 << 30;

    // While the device refuses frames it is asked again this often, in milliseconds.
    private const int DeviceRetryMs = 1;

    private readonly EthernetDevice _device;
    private readonly StackCounters _counters;
    private readonly Ipv4 _ipv4;
    private readonly ArpTable _arp;
    private readonly TcpEngine _tcp;
    private readonly byte[] _mac;
    private readonly int _budget;
    private readonly int _macHigh;
    private readonly int _macLow;
    private long _nowMs;
    private bool _moreToReceive;
    private bool _polled;

    /// <summary>Allocates everything the stack will ever need. Nothing is sent before <see cref="Open"/>.</summary>
    /// <param name="device">The driver.</param>
    /// <param name="options">Addresses, sizes and limits; not to be changed afterwards.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public NetworkInterface(EthernetDevice device, StackOptions options)
    {
        OptionsCheck.Validate(options);
        _device = device;
        Options = options;
        SetAddress(options.Address, options.PrefixLength, options.Gateway);
        _mac = options.MacAddress;
        _macHigh = (_mac[0] << 8) | _mac[1];
        _macLow = BigEndian.ReadInt32(_mac, 2);
        _budget = options.ReceiveBudget;
        _counters = new StackCounters();
        Memory = new MemoryMap();
        Memory.Add("driver buffers", device.MemoryBytes);
        _arp = new ArpTable(this, options);
        _ipv4 = new Ipv4(this);
        _tcp = new TcpEngine(this, _ipv4, options);
        _ipv4.Tcp = _tcp;
        if (options.UdpSockets > 0)
        {
            Udp = new UdpEngine(this, _ipv4, options);
            _ipv4.Udp = Udp;
        }
    }

    /// <summary>The driver.</summary>
    public EthernetDevice Device
    {
        get { return _device; }
    }

    /// <summary>The options it was made with.</summary>
    public StackOptions Options { get; }

    /// <summary>Our Ethernet address, six bytes; not to be written.</summary>
    public byte[] MacAddress
    {
        get { return _mac; }
    }

    /// <summary>The neighbours.</summary>
    public ArpTable Arp
    {
        get { return _arp; }
    }

    /// <summary>The TCP engine.</summary>
    public TcpEngine Tcp
    {
        get { return _tcp; }
    }

    internal Ipv4 Ipv4
    {
        get { return _ipv4; }
    }

    /// <summary>UDP; null when <see cref="StackOptions.UdpSockets"/> is 0.</summary>
    public UdpEngine Udp { get; }

    /// <summary>What was counted.</summary>
    public StackCounters Counters
    {
        get { return _counters; }
    }

    /// <summary>Who is told what TCP does, or null.</summary>
    public TraceSink Trace
    {
        get { return _counters.Trace; }
    }

    /// <summary>The fixed memory, item by item.</summary>
    public MemoryMap Memory { get; }

    /// <summary>Why <see cref="Open"/> failed, or null.</summary>
    public string Error { get; private set; }

    /// <summary>The time of the last <see cref="Poll"/>, in milliseconds.</summary>
    public long NowMs
    {
        get { return _nowMs; }
    }

    /// <summary>The time of the last poll modulo 2³²: compare by signed difference only.</summary>
    internal int Now;

    /// <summary>When the timers are looked at next, on the clock of <see cref="Now"/>.</summary>
    internal int WakeAt;

    /// <summary>Opens the device.</summary>
    /// <returns>False when the device failed; <see cref="Error"/> says why.</returns>
    public bool Open()
    {
        bool opened = _device.Open(_mac);
        Error = opened ? null : _device.Error;
        _linkUp = opened && _device.LinkUp;
        return opened;
    }

    /// <summary>
    /// Drains the device up to the receive budget, fires what is due, and sends what may be sent.
    /// </summary>
    /// <param name="nowMs">A clock in milliseconds that never goes back, such as Environment.TickCount64.</param>
    /// <returns>Milliseconds until it next has something to do if no frame arrives: 0 for at once, at most <see cref="Never"/>.</returns>
    public int Poll(long nowMs)
    {
        _nowMs = nowMs;
        int now = (int)nowMs;
        Now = now;
        if (!_polled)
        {
            // A clock that has run for 25 days starts in the upper half of 2³², where 0 is no time to wake at.
            _polled = true;
            WakeAt = now;
        }

        EthernetDevice device = _device;
        device.NowMs = now;
        TcpEngine tcp = _tcp;
        int budget = _budget;
        int length = device.Receive();
        if (length == 0 && device.LinkUp != _linkUp)
        {
            // While frames arrive there is a link.
            LinkHasChanged();
        }

        while (length != 0)
        {
            if (!tcp.ShortWayOpen || !tcp.ShortWay(device.RxBuffer, device.RxOffset, length))
            {
                Input(device.RxBuffer, device.RxOffset, length);
            }

            length = --budget == 0 ? 0 : device.Receive();
        }

        _moreToReceive = budget == 0;
        if (WakeAt - now <= 0)
        {
            WakeAt = now + Never;
            WakeIn(_arp.Tick());
            WakeIn(_tcp.Tick());
            WakeIn(_ipv4.Tick());
            TickServices();
        }

        if (_moreToReceive || tcp.FirstPending != null)
        {
            return Flush();
        }

        int wait = WakeAt - now;
        return wait < 0 ? 0 : wait;
    }

    /// <summary>
    /// Sends what may be sent, without receiving: to be called after the application has read and written.
    /// </summary>
    /// <returns>As <see cref="Poll"/>.</returns>
    public int Flush()
    {
        if (_tcp.FirstPending != null && !_tcp.SendPending())
        {
            WakeIn(DeviceRetryMs);
        }

        if (_moreToReceive)
        {
            return 0;
        }

        int wait = WakeAt - Now;
        return wait < 0 ? 0 : wait;
    }

    /// <summary>Makes sure that the timers are looked at in so many milliseconds, if not sooner.</summary>
    internal void WakeIn(int milliseconds)
    {
        int at = Now + milliseconds;
        if (at - WakeAt < 0)
        {
            WakeAt = at;
        }
    }

    /// <summary>Sends what stands in the device's transmit buffer.</summary>
    internal bool SendFrame(int length)
    {
        if (!_device.Send(length))
        {
            return false;
        }

        _counters.OtherFramesOut++;
        return true;
    }

    private void Input(byte[] b, int o, int length)
    {
        _counters.LongWayFrames++;
        if (length < EthernetHeader.Length)
        {
            _counters.Drop(DropReason.FrameTooShort);
            return;
        }

        // The chip filters too, but its filters are known to leak. Inline, since every frame passes here.
        int high = (b[o] << 8) | b[o + 1];
        int low = (b[o + 2] << 24) | (b[o + 3] << 16) | (b[o + 4] << 8) | b[o + 5];
        if ((high != _macHigh || low != _macLow) && (high != 0xFFFF || low != -1) && !_ipv4.IsGroup(high, low))
        {
            _counters.Drop(DropReason.NotOurMac);
            return;
        }

        int type = (b[o + 12] << 8) | b[o + 13];
        if (type == EthernetHeader.TypeIpv4)
        {
            _ipv4.Input(b, o, length, (high & 0x100) != 0);
        }
        else if (type == EthernetHeader.TypeArp)
        {
            _arp.Input(b, o, length);
        }
        else
        {
            _counters.Drop(DropReason.UnknownEtherType);
        }
    }
}
