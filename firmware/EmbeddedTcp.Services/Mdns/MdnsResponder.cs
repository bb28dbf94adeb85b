using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Udp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Mdns;

/// <summary>
/// Multicast DNS responder (RFC 6762, RFC 6763): NAME.local leads to our address, and a service such as _http._tcp is found by browsers. Probes for its
/// name, announces it, answers, says goodbye. Needs a UDP socket and a multicast group, and a device that lets multicast frames pass.
/// </summary>
public sealed partial class MdnsResponder : NetworkService
{
    /// <summary>224.0.0.251.</summary>
    public const uint Group = 0xE00000FB;

    private const int Port = 5353;

    // RFC 6762 §8.1: three probes, 250 ms apart, after a random delay of up to that; §8.3: announcements at least a second apart.
    private const int ProbeInterval = 250;
    private const int Probes = 3;
    private const int AnnounceInterval = 1000;
    private const int Announcements = 2;
    private const int BufferLength = 512;

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _read = new byte[DnsName.MaximumLength];
    private readonly byte[] _host = new byte[DnsName.MaximumLength];
    private readonly byte[] _instance = new byte[DnsName.MaximumLength];
    private readonly byte[] _type = new byte[DnsName.MaximumLength];
    private readonly byte[] _enumeration = new byte[DnsName.MaximumLength];
    private readonly string _wanted;
    private readonly int _servicePort;
    private UdpSocket _socket;
    private int _sent;
    private int _suffix;
    private long _dueAt;

    // When each record went to the group last, in the order of their bits; 0 for never.
    private readonly long[] _sentAt = new long[5];
    private int _waiting;
    private int _waitingInterval;
    private long _waitingAt;

    // The record that was read last.
    private int _recordType;
    private int _recordIs;
    private int _recordOwner;
    private int _recordOrder;
    private int _recordTtl;
    private int _recordEnd;

    /// <summary>Makes a responder; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="name">Our name without ".local": letters, digits, hyphens, at most 40.</param>
    /// <param name="serviceType">What we offer, as "_http._tcp"; null for nothing.</param>
    /// <param name="servicePort">Its port.</param>
    /// <exception cref="ArgumentException">The name or the type cannot be one, or the interface has no UDP.</exception>
    public MdnsResponder(NetworkInterface net, string name, string serviceType, int servicePort)
        : base(net)
    {
        if (net.Udp == null || name == null || name.Length > 40 || name.IndexOf('.') >= 0 || DnsName.Encode(name, _read) < 0
            || (serviceType != null && serviceType.Length > 40) || (serviceType != null && DnsName.Encode(serviceType + ".local", _type) < 0) || servicePort < 0 || servicePort > 65535)
        {
            throw new ArgumentException("name, serviceType or UdpSockets");
        }

        _wanted = name;
        _servicePort = serviceType == null ? 0 : servicePort;
        DnsName.Encode("_services._dns-sd._udp.local", _enumeration);
        SetName(0);
    }

    /// <summary>One of <see cref="MdnsState"/>.</summary>
    public int State { get; private set; }

    /// <summary>The name in use, without ".local": the wanted one, or that with a number where another host had it.</summary>
    public string Name { get; private set; }

    /// <summary>Questions answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Answers that were not sent because the group had heard them within the second (RFC 6762 §6).</summary>
    public int Throttled { get; private set; }

    /// <summary>Names given up because another host had them.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Begins to probe for the name and then to answer.</summary>
    /// <returns>False when no socket or group is free, or port 5353 is taken.</returns>
    public bool Start()
    {
        if (State != MdnsState.Stopped)
        {
            return true;
        }

        _socket = Net.Udp.Bind(Port);
        if (_socket == null || !Net.Udp.Join(Group))
        {
            Close();
            return false;
        }

        // RFC 6762 §11: 255, so that a receiver can tell that it has come over no router.
        _socket.MulticastTimeToLive = 255;
        _socket.TimeToLive = 255;
        _socket.Service = this;
        Probe();
        return true;
    }

    /// <summary>Says goodbye (RFC 6762 §10.1) and stops.</summary>
    public void Stop()
    {
        if (State == MdnsState.Announcing || State == MdnsState.Running)
        {
            SendRecords(0);
        }

        Net.Udp.Leave(Group);
        Close();
        State = MdnsState.Stopped;
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        if (State == MdnsState.Stopped)
        {
            return NetworkInterface.Never;
        }

        int length;
        while ((length = _socket.ReceiveFrom(_buffer, 0, BufferLength)) >= 0)
        {
            Receive(length);
        }

        _socket.TakeEvents();
        if (Net.Address == 0)
        {
            return NetworkInterface.Never;
        }

        if (_waiting != 0 && Net.NowMs >= _waitingAt)
        {
            SendWaiting();
        }

        if (State != MdnsState.Running && Net.NowMs >= _dueAt)
        {
            Due();
        }

        long next = State == MdnsState.Running ? Net.NowMs + NetworkInterface.Never : _dueAt;
        next = _waiting != 0 && _waitingAt < next ? _waitingAt : next;
        return next <= Net.NowMs ? 0 : (int)(next - Net.NowMs);
    }

    /// <inheritdoc />
    protected override void AddressChanged()
    {
        if (State != MdnsState.Stopped)
        {
            Probe();
        }
    }

    /// <inheritdoc />
    protected override void LinkChanged(bool up)
    {
        // RFC 6762 §8: a link that has come up may lead to another network.
        if (up && State != MdnsState.Stopped)
        {
            Probe();
        }
    }

    private void Probe()
    {
        State = MdnsState.Probing;
        _sent = 0;
        _waiting = 0;
        _dueAt = Net.NowMs + Net.NextRandom() % ProbeInterval;
        Wake();
    }

    private void Due()
    {
        if (State == MdnsState.Probing && _sent < Probes)
        {
            SendProbe();
            _sent++;
            _dueAt = Net.NowMs + ProbeInterval;
        }
        else
        {
            _sent = State == MdnsState.Probing ? 0 : _sent;
            State = MdnsState.Announcing;
            SendRecords(HostTtl);
            _sent++;
            _dueAt = Net.NowMs + AnnounceInterval;
            State = _sent < Announcements ? MdnsState.Announcing : MdnsState.Running;
        }
    }

    // RFC 6762 §9: another host has the name: the next number is tried.
    private void Conflict()
    {
        Conflicts++;
        _suffix++;
        SetName(_suffix + 1);
        Probe();
        if (Conflicts > 15)
        {
            // §8.1: after fifteen conflicts at least five seconds between attempts.
            _dueAt = Net.NowMs + 5000;
        }
    }

    private void SetName(int number)
    {
        Name = number < 2 ? _wanted : _wanted + "-" + number.ToString();
        DnsName.Encode(Name + ".local", _host);
        if (_servicePort != 0)
        {
            // The instance has our name too: its label in front of the type.
            int label = _host[0] + 1;
            Array.Copy(_host, 0, _instance, 0, label);
            Array.Copy(_type, 0, _instance, label, DnsName.LengthOf(_type));
        }
    }

    private void Close()
    {
        if (_socket != null)
        {
            _socket.Close();
            _socket = null;
        }
    }
}
