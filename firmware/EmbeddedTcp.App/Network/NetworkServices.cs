using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Services.Mdns;
using EmbeddedTcp.Services.Sntp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>What a board has besides TCP: an address by DHCP, names, the time, and a name of its own. There is none without UDP.</summary>
public sealed class NetworkServices : NetworkService
{
    private const int Lookups = 2;
    private const int CacheEntries = 8;

    private readonly ApplicationOptions _options;
    private readonly TextOutput _output;

    internal NetworkServices(NetworkInterface net, ApplicationOptions options, TextOutput output)
        : base(net)
    {
        _options = options;
        _output = output;
        if (options.DetectConflicts || options.LinkLocalFallback)
        {
            Guard = new AddressGuard(net);
        }

        Dhcp = new DhcpClient(net, Guard);
        Dhcp.HostName = options.HostName;
        if (options.LinkLocalFallback)
        {
            Dhcp.LinkLocal = new LinkLocalAddress(net, Guard);
        }

        if (options.FallbackAddress != 0)
        {
            if (!Ipv4Address.IsHost(options.FallbackAddress, options.FallbackPrefixLength))
            {
                throw new ArgumentException("FallbackAddress");
            }

            Dhcp.FallbackAddress = options.FallbackAddress;
            Dhcp.FallbackPrefixLength = options.FallbackPrefixLength;
            Dhcp.FallbackGateway = options.FallbackGateway;
        }

        Dns = new DnsClient(net, Lookups, CacheEntries);
        Dns.Dhcp = Dhcp;
        Sntp = new SntpClient(net);
        Sntp.Dhcp = Dhcp;
        if (options.HostName != null && net.Options.MulticastGroups > 0)
        {
            Mdns = new MdnsResponder(net, options.HostName, options.HttpPort == 0 ? null : "_http._tcp", options.HttpPort);
        }
    }

    /// <summary>Looks for other hosts with our address; null unless the options ask for it.</summary>
    public AddressGuard Guard { get; }

    /// <summary>The DHCP client, started or not.</summary>
    public DhcpClient Dhcp { get; }

    /// <summary>The resolver.</summary>
    public DnsClient Dns { get; }

    /// <summary>The time client.</summary>
    public SntpClient Sntp { get; }

    /// <summary>Our name on the link; null without a name or without a multicast group.</summary>
    public MdnsResponder Mdns { get; }

    /// <summary>Starts what the options ask for.</summary>
    internal void Start()
    {
        if (_options.Dhcp && !Dhcp.Start())
        {
            _output.WriteLine("warning: DHCP found no UDP socket");
        }

        if (Mdns != null && !Mdns.Start())
        {
            _output.WriteLine("warning: multicast DNS found no UDP socket");
        }

        Sntp.Start();
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        return NetworkInterface.Never;
    }

    /// <inheritdoc />
    protected override void AddressChanged()
    {
        if (Net.Address == 0)
        {
            _output.WriteLine("address   none");
            return;
        }

        string gateway = Net.Gateway == 0 ? "none" : Ipv4Address.Format(Net.Gateway);
        _output.WriteLine("address   " + Ipv4Address.Format(Net.Address) + "/" + Net.PrefixLength.ToString() + ", gateway " + gateway);
    }
}
