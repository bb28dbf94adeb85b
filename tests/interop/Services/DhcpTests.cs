using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Services;

/// <summary>The DHCP client against dnsmasq.</summary>
[TestClass]
public sealed class DhcpTests
{
    private static readonly BoardSettings Unconfigured = new() { Tune = o => (o.Address, o.UdpSockets) = (0, 2) };

    public required TestContext TestContext { get; init; }

    private static DhcpClient Start(TapLab lab, bool guarded)
    {
        return lab.Running.Ask(b =>
        {
            var client = new DhcpClient(b.Net, guarded ? new AddressGuard(b.Net) : null) { HostName = "board-7" };
            Assert.IsTrue(client.Start());
            return client;
        });
    }

    [TestMethod]
    public void Dnsmasq_gives_a_lease_renews_it_and_takes_it_back()
    {
        using TapLab lab = TapLab.Start(TestContext, Unconfigured);
        using var server = new Dnsmasq(
            lab, "--port=0", "--dhcp-range=10.77.0.100,10.77.0.120,255.255.255.0,2m", "--no-ping");
        DhcpClient client = Start(lab, guarded: false);
        lab.Running.WaitUntil(_ => client.State == DhcpState.Bound, "bound");
        uint address = lab.Running.Ask(b => b.Net.Address);
        Assert.IsTrue(address is >= 0x0A4D0064 and <= 0x0A4D0078, Ipv4Address.Format(address));
        Assert.AreEqual((24, 0x0A4D0001u), lab.Running.Ask(b => (b.Net.PrefixLength, b.Net.Gateway)));
        server.WaitForLeases(l => l.Contains("02:00:00:00:00:01 " + Ipv4Address.Format(address) + " board-7"), "the lease has our name");
        lab.Network.Exec("ping", "-c", "2", "-i", "0.1", "-W", "2", Ipv4Address.Format(address)).Succeeded();

        // dnsmasq knows no shorter lease than two minutes: half of it later it is renewed, and the address stays.
        server.WaitFor("DHCPACK", 2, 75);
        lab.Running.WaitUntil(_ => client.LeaseRemainingMs > 100_000, "renewed");
        Assert.AreEqual(address, lab.Running.Ask(b => b.Net.Address));
        lab.Running.Ask(_ =>
        {
            client.Release();
            return true;
        });
        server.WaitFor("DHCPRELEASE");
        server.WaitForLeases(l => !l.Contains("02:00:00:00:00:01"), "the lease is gone");
        lab.Running.WaitUntil(b => b.Net.Address == 0, "no address");
        Assert.AreEqual(0, client.BadMessages);
    }

    [TestMethod]
    public void Address_that_the_kernel_has_is_declined()
    {
        using TapLab lab = TapLab.Start(TestContext, Unconfigured);
        lab.Network.Exec("ip", "address", "add", "10.77.0.100/24", "dev", TapLab.Interface).Succeeded();
        using var server = new Dnsmasq(
            lab, "--port=0", "--dhcp-range=10.77.0.100,10.77.0.120,255.255.255.0,2m", "--dhcp-host=02:00:00:00:00:01,10.77.0.100", "--no-ping");
        DhcpClient client = Start(lab, guarded: true);
        server.WaitFor("DHCPDECLINE");
        lab.Running.WaitUntil(_ => client.State == DhcpState.Bound, "bound to another address", 40);
        Assert.AreEqual(1, client.Declined);
        uint address = lab.Running.Ask(b => b.Net.Address);
        Assert.AreNotEqual(0x0A4D0064u, address);
        lab.Network.Exec("ping", "-c", "2", "-i", "0.1", "-W", "2", Ipv4Address.Format(address)).Succeeded();
    }

    [TestMethod]
    public void Remembered_address_of_another_network_is_refused_and_replaced()
    {
        using TapLab lab = TapLab.Start(TestContext, Unconfigured);
        using var server = new Dnsmasq(lab, "--port=0", "--dhcp-range=10.77.0.100,10.77.0.120,255.255.255.0,2m", "--dhcp-authoritative", "--no-ping");
        DhcpClient client = lab.Running.Ask(b =>
        {
            var made = new DhcpClient(b.Net, null) { RememberedAddress = 0xC0A80105 };
            made.Start();
            return made;
        });
        lab.Running.WaitUntil(_ => client.State == DhcpState.Bound, "bound", 20);
        Assert.AreEqual(1, client.Refusals);
        StringAssert.Contains(server.Log, "DHCPNAK");
        Assert.AreEqual(0x0A4D00u, lab.Running.Ask(b => b.Net.Address) >> 8);
    }
}
