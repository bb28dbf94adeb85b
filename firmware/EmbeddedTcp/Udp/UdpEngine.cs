using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Ip;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Udp;

/// <summary>
/// UDP (RFC 768, RFC 1122 §4.1): a fixed number of sockets with fixed queues. There is none unless <see cref="StackOptions.UdpSockets"/> asks for it.
/// </summary>
public sealed class UdpEngine
{
    /// <summary>Datagrams received for a socket, dropped ones not included.</summary>
    public int DatagramsIn;

    /// <summary>Datagrams sent.</summary>
    public int DatagramsOut;

    private const int FirstEphemeralPort = 49152;
    private const int EphemeralPorts = 65536 - FirstEphemeralPort;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;
    private readonly StackCounters _counters;
    private readonly UdpSocket[] _sockets;
    private readonly uint[] _groups;
    private int _lookNext;

    internal UdpEngine(NetworkInterface net, Ipv4 ipv4, StackOptions options)
    {
        _net = net;
        _ipv4 = ipv4;
        _counters = net.Counters;
        int sockets = options.UdpSockets;
        _sockets = new UdpSocket[sockets];
        for (int i = 0; i < sockets; i++)
        {
            _sockets[i] = new UdpSocket(this, options.UdpQueueLength, options.UdpReceiveBufferSize, i);
        }

        _groups = new uint[options.MulticastGroups];
        MaximumPayload = options.Mtu - Ipv4Header.MinLength - UdpHeader.Length;
        net.Memory.Add("UDP queues", sockets, sockets * UdpQueue.BytesFor(options.UdpQueueLength, options.UdpReceiveBufferSize));
    }

    /// <summary>The most data a datagram of ours can carry, in bytes: the MTU less both headers.</summary>
    public int MaximumPayload { get; }

    /// <summary>Number of sockets.</summary>
    public int SocketCount
    {
        get { return _sockets.Length; }
    }

    /// <summary>A socket, in use (its <see cref="UdpSocket.LocalPort"/> is not 0) or free.</summary>
    /// <param name="index">0 to <see cref="SocketCount"/> − 1.</param>
    public UdpSocket SocketAt(int index)
    {
        return _sockets[index];
    }

    /// <summary>Takes a free socket for a port.</summary>
    /// <param name="port">1 to 65,535, or 0 for an unpredictable free port (RFC 6056 §3.3.1).</param>
    /// <returns>The socket, which the caller now owns and must close; null when the port is taken or no socket is free.</returns>
    /// <exception cref="ArgumentException">The port is out of range.</exception>
    public UdpSocket Bind(int port)
    {
        if (port < 0 || port > 65535)
        {
            throw new ArgumentException("port");
        }

        if (port != 0 && Find(port) != null)
        {
            return null;
        }

        for (int i = 0; i < _sockets.Length; i++)
        {
            UdpSocket s = _sockets[i];
            if (s.LocalPort == 0)
            {
                s.Open(port != 0 ? port : EphemeralPort());
                return s;
            }
        }

        return null;
    }

    /// <summary>The next socket with events to be taken by <see cref="UdpSocket.TakeEvents"/>, or null. Sockets of services are left out.</summary>
    public UdpSocket TakeReady()
    {
        for (int i = 0; i < _sockets.Length; i++)
        {
            UdpSocket s = _sockets[_lookNext];
            _lookNext = _lookNext + 1 < _sockets.Length ? _lookNext + 1 : 0;
            if (s.HasEvents && s.LocalPort != 0 && s.Service == null)
            {
                return s;
            }
        }

        return null;
    }

    /// <summary>
    /// Receives what is sent to a group (RFC 1112, level 2 without IGMP: groups of the link-local block need no report, others reach us only
    /// where the switch floods them). The device must let multicast frames pass.
    /// </summary>
    /// <param name="group">224.0.0.0 to 239.255.255.255.</param>
    /// <returns>False when <see cref="StackOptions.MulticastGroups"/> are in use.</returns>
    /// <exception cref="ArgumentException">The address is no group.</exception>
    public bool Join(uint group)
    {
        if (!Ipv4Address.IsMulticast(group))
        {
            throw new ArgumentException("group");
        }

        int free = -1;
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group)
            {
                return true;
            }

            if (_groups[i] == 0)
            {
                free = i;
            }
        }

        if (free < 0)
        {
            return false;
        }

        _groups[free] = group;
        return true;
    }

    /// <summary>Receives no more of what is sent to a group.</summary>
    public void Leave(uint group)
    {
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group)
            {
                _groups[i] = 0;
            }
        }
    }

    /// <summary>True after <see cref="Join"/>.</summary>
    public bool IsMember(uint group)
    {
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group && group != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Handles the UDP part of a datagram.</summary>
    /// <param name="b">Holds the datagram.</param>
    /// <param name="h">First byte of the IP header.</param>
    /// <param name="headerLength">Bytes of IP header.</param>
    /// <param name="totalLength">Bytes of header and data.</param>
    /// <param name="source">The sender.</param>
    /// <param name="toMany">It was addressed to more hosts than us.</param>
    internal void Input(byte[] b, int h, int headerLength, int totalLength, uint source, bool toMany)
    {
        int p = h + headerLength;
        int room = totalLength - headerLength;
        int length = room < UdpHeader.Length ? 0 : BigEndian.ReadUInt16(b, p + UdpHeader.DatagramLength);
        if (length < UdpHeader.Length || length > room || BigEndian.ReadUInt16(b, p + UdpHeader.DestinationPort) == 0)
        {
            _counters.Drop(DropReason.BadUdpHeader);
            return;
        }

        // RFC 768: a checksum of zero says that the sender made none; RFC 1122 §4.1.3.4 lets us take it.
        if (BigEndian.ReadUInt16(b, p + UdpHeader.Checksum) != 0
            && Checksum.Finish(Checksum.Sum(b, p, length) + Checksum.Sum(b, h + Ipv4Header.Source, 8) + Ipv4Header.ProtocolUdp + length) != 0)
        {
            _counters.Drop(DropReason.BadUdpChecksum);
            return;
        }

        int port = BigEndian.ReadUInt16(b, p + UdpHeader.SourcePort);
        UdpSocket s = Find(BigEndian.ReadUInt16(b, p + UdpHeader.DestinationPort));
        uint destination = (uint)BigEndian.ReadInt32(b, h + Ipv4Header.Destination);
        if (s == null || (toMany && destination == _net.Address) || (s.RemotePort != 0 && (s.RemotePort != port || s.RemoteAddress != source)))
        {
            // RFC 1122 §4.1.3.1: port unreachable, but never to a datagram that others got too (§3.2.2). What Ethernet brought to all and IP
            // means for us alone is dropped as well (§3.3.6).
            _counters.Drop(DropReason.NoUdpSocket);
            _ipv4.Error(IcmpHeader.DestinationUnreachable, IcmpHeader.CodePortUnreachable, 0, b, h, totalLength, toMany);
            return;
        }

        if (!s.Queue.Add(b, p + UdpHeader.Length, length - UdpHeader.Length, source, port, destination))
        {
            s.Overruns++;
            _counters.Drop(DropReason.UdpQueueFull);
            return;
        }

        DatagramsIn++;
        s.Raise(UdpEvents.Readable);
    }

    /// <summary>An ICMP error about a datagram of ours is passed on to its socket (RFC 1122 §4.1.3.3).</summary>
    internal void IcmpError(int type, int code, uint remote, int localPort, int remotePort)
    {
        UdpSocket s = Find(localPort);
        if (s == null || (s.RemotePort != 0 && (s.RemotePort != remotePort || s.RemoteAddress != remote)))
        {
            _counters.Drop(DropReason.IcmpNotInFlight);
            return;
        }

        _counters.IcmpErrorsIn++;
        s.ErrorType = type;
        s.ErrorCode = code;
        s.ErrorAddress = remote;
        s.ErrorPort = remotePort;
        s.Raise(UdpEvents.Error);
    }

    internal bool Send(UdpSocket s, uint address, int port, byte[] buffer, int offset, int count)
    {
        // Resolving may send an ARP request through the same buffer, so it comes first.
        bool resolved = _ipv4.ResolveMany(address, _ipv4.HardwareAddress);
        bool toMany = resolved;
        if (!resolved)
        {
            uint hop = _ipv4.NextHop(address);
            if (hop == 0)
            {
                _counters.Drop(DropReason.NoRoute);
                return false;
            }

            resolved = _net.Arp.Resolve(hop, _ipv4.HardwareAddress, 0);
        }

        byte[] b = _net.Device.TxBuffer;
        int p = _ipv4.PayloadOffset;
        int length = UdpHeader.Length + count;
        BigEndian.WriteUInt16(b, p + UdpHeader.SourcePort, s.LocalPort);
        BigEndian.WriteUInt16(b, p + UdpHeader.DestinationPort, port);
        BigEndian.WriteUInt16(b, p + UdpHeader.DatagramLength, length);
        BigEndian.WriteUInt16(b, p + UdpHeader.Checksum, 0);
        Array.Copy(buffer, offset, b, p + UdpHeader.Length, count);
        uint own = _net.Address;
        int sum = Checksum.Finish(Checksum.Sum(b, p, length) + Ipv4Header.ProtocolUdp + length
            + (int)(own >> 16) + (int)(own & 0xFFFF) + (int)(address >> 16) + (int)(address & 0xFFFF));

        // RFC 768: a computed zero goes out as all ones, which is the same number in one's complement.
        BigEndian.WriteUInt16(b, p + UdpHeader.Checksum, sum == 0 ? 0xFFFF : sum);
        int timeToLive = toMany && Ipv4Address.IsMulticast(address) ? s.MulticastTimeToLive : s.TimeToLive;
        if (!_ipv4.Send(address, Ipv4Header.ProtocolUdp, length, resolved, _ipv4.HardwareAddress, timeToLive))
        {
            _counters.Drop(DropReason.DeviceBusy);
            return false;
        }

        DatagramsOut++;
        return true;
    }

    private UdpSocket Find(int port)
    {
        for (int i = 0; i < _sockets.Length; i++)
        {
            if (_sockets[i].LocalPort == port)
            {
                return _sockets[i];
            }
        }

        return null;
    }

    private int EphemeralPort()
    {
        int start = _net.NextRandom() % EphemeralPorts;
        int port = FirstEphemeralPort + start;
        while (Find(port) != null)
        {
            // Fewer sockets than ports: a free one comes soon.
            port = port == 65535 ? FirstEphemeralPort : port + 1;
        }

        return port;
    }
}
