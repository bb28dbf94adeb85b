using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Link;

/// <content>What can change while the interface is open: its address, its link, and the services that live with it.</content>
public sealed partial class NetworkInterface
{
    private NetworkService _services;
    private bool _linkUp;
    private int _randomCount;

    /// <summary>Our IPv4 address; 0 while there is none.</summary>
    public uint Address { get; private set; }

    /// <summary>Length of the network prefix in bits.</summary>
    public int PrefixLength { get; private set; }

    /// <summary>The network mask, from <see cref="PrefixLength"/>.</summary>
    public uint SubnetMask { get; private set; }

    /// <summary>The default router, or 0.</summary>
    public uint Gateway { get; private set; }

    /// <summary>The link as it was at the last poll.</summary>
    public bool LinkUp
    {
        get { return _linkUp; }
    }

    /// <summary>True when a connection may have something to send, so that a poll or a flush is worth its time.</summary>
    public bool OutputPending
    {
        get { return _tcp.FirstPending != null; }
    }

    /// <summary>The directed broadcast address of our network.</summary>
    internal uint SubnetBroadcast { get; private set; }

    /// <summary>
    /// Gives the interface another address, or none. With a new address the neighbours are forgotten, and what was bound to the old one ends
    /// without a word on the wire, since that address may be another host's by now: connections with <see cref="Tcp.TcpEndReason.AddressChanged"/>,
    /// half-open peers and TIME_WAIT records silently. Listeners and UDP sockets stay. Services are told.
    /// </summary>
    /// <param name="address">A host address, or 0 for none.</param>
    /// <param name="prefixLength">1 to 30; of no meaning without an address.</param>
    /// <param name="gateway">The default router, or 0 for none.</param>
    /// <exception cref="ArgumentException">The address is no host address of its network.</exception>
    public void Configure(uint address, int prefixLength, uint gateway)
    {
        if (address != 0 && !Ipv4Address.IsHost(address, prefixLength))
        {
            throw new ArgumentException("address");
        }

        bool moved = address != Address;
        SetAddress(address, prefixLength, gateway);
        _ipv4.AddressChanged();
        if (moved)
        {
            _arp.Flush();
            _tcp.AddressChanged();
        }

        for (NetworkService s = _services; s != null; s = s.Next)
        {
            s.AddressChanged();
        }

        WakeIn(0);
    }

    /// <summary>The next number of an unpredictable sequence, 0 to 2³¹ − 1: a keyed hash of a counter and the time, the key being the boot secret.</summary>
    public int NextRandom()
    {
        _randomCount++;
        return _tcp.Hash(_randomCount, Now) & int.MaxValue;
    }

    /// <summary>True when an address belongs to our network and is no broadcast.</summary>
    public bool IsOnLink(uint address)
    {
        return ((address ^ Address) & SubnetMask) == 0 && address != SubnetBroadcast;
    }

    internal void Attach(NetworkService service)
    {
        service.Next = _services;
        _services = service;
        WakeIn(0);
    }

    internal void ArpSeen(uint sender, uint target)
    {
        for (NetworkService s = _services; s != null; s = s.Next)
        {
            s.ArpSeen(sender, target);
        }
    }

    private void SetAddress(uint address, int prefixLength, uint gateway)
    {
        // Without an address no other one is on our network.
        Address = address;
        PrefixLength = prefixLength;
        SubnetMask = address == 0 ? 0xFFFFFFFF : 0xFFFFFFFF << (32 - prefixLength);
        SubnetBroadcast = address == 0 ? 0xFFFFFFFF : address | ~SubnetMask;
        Gateway = address == 0 ? 0 : gateway;
    }

    private void LinkHasChanged()
    {
        // The cable may end in another network now. TCP is kept: its own deadlines decide.
        _linkUp = !_linkUp;
        _arp.Flush();
        for (NetworkService s = _services; s != null; s = s.Next)
        {
            s.LinkChanged(_linkUp);
        }

        WakeIn(0);
    }

    private void TickServices()
    {
        for (NetworkService s = _services; s != null; s = s.Next)
        {
            WakeIn(s.Tick());
        }
    }
}
