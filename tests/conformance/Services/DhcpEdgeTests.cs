using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Services.Dhcp;
using static EmbeddedTcp.ConformanceTests.Services.DhcpServer;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>DHCP where things go wrong at the same time: RFC 2131's smaller print.</summary>
[TestClass]
public class DhcpEdgeTests
{
    [TestMethod]   // §3.1 (3): the request carries the seconds of the discover it follows, also when it is repeated
    public void Request_repeats_the_seconds_of_its_discover()
    {
        var d = new DhcpServer();
        d.Client.Start();
        Assert.AreEqual(0, d.Hears(Discover).Seconds);
        d.Hears(Discover);
        int seconds = d.Last!.Seconds;
        Assert.IsTrue(seconds is >= 3 and <= 6, $"{seconds}");
        d.T.Wait(2500);
        d.Answers(Offer, Offered, Lease(3600));
        Assert.AreEqual(seconds, d.Hears(Request).Seconds);
        Assert.AreEqual(seconds, d.Hears(Request).Seconds);
    }

    [TestMethod]   // §4.4.5: of T1 and T2 the one that is missing is a half or seven eighths of the lease; what contradicts itself counts as missing
    public void Missing_times_are_made_up()
    {
        foreach ((byte[] times, int renew, int rebind) in new[]
        {
            (Option(58, 100u), 100, 875),
            (Option(59, 600u), 500, 600),
            ([.. Option(58, 700u), .. Option(59, 600u)], 500, 875),
            ([.. Option(58, 100u), .. Option(59, 1000u)], 500, 875),
            ([.. Option(58, 0u), .. Option(59, 0u)], 500, 875),
            (Option(58, [0, 0, 0, 100, 0]), 500, 875),
            ([], 500, 875),
        })
        {
            var d = new DhcpServer();
            d.Client.Start();
            d.Hears(Discover);
            byte[] lease = [.. Lease(1000), .. times];
            d.Answers(Offer, Offered, lease);
            d.Hears(Request);
            d.Answers(Acknowledge, Offered, lease);
            long start = d.T.NowMs;
            DhcpAsked asked = d.Hears(Request, 1_000_000);
            Assert.AreEqual((Server, (double)renew), (asked.To, Math.Round((asked.AtMs - start) / 1000.0)));
            while (asked.To == Server)
            {
                asked = d.Hears(Request, 1_000_000);
            }

            Assert.AreEqual((0xFFFFFFFFu, (double)rebind), (asked.To, Math.Round((asked.AtMs - start) / 1000.0)));
        }
    }

    [TestMethod]   // a cable that moves while the address is being checked: the lease is asked for anew there, and checked there
    public void Link_that_returns_while_the_address_is_checked()
    {
        var d = new DhcpServer(guarded: true);
        d.Client.Start();
        d.Hears(Discover);
        d.Answers(Offer, Offered, Lease(3600));
        d.Hears(Request);
        d.Answers(Acknowledge, Offered, Lease(3600));
        d.T.Wait(1500);
        Assert.AreEqual(DhcpState.Checking, d.Client.State);
        d.T.Device.Link = false;
        d.T.Wait(30_000);
        d.Heard();
        Assert.AreEqual((DhcpState.Checking, GuardState.Probing, 0u), (d.Client.State, d.Guard!.State, d.T.Net.Address), "probes that nobody heard prove nothing");
        d.T.Device.Link = true;
        DhcpAsked asked = d.Hears(Request);
        Assert.AreEqual((Offered, 0u), (asked.Word(50), asked.Word(54)), "INIT-REBOOT");
        d.Answers(Nak, 0, Option(54, Server));
        Assert.AreEqual((DhcpState.Init, 0u), (d.Client.State, d.T.Net.Address));
        d.Hears(Discover);
    }

    [TestMethod]   // while renewing only the server of the lease can refuse it: the question went to it alone
    public void Another_server_cannot_refuse_a_renewal()
    {
        const uint Rival = 0x0A0000FC;
        var d = new DhcpServer();
        d.Binds(3600);
        DhcpAsked asked = d.Hears(Request, 2_000_000);
        d.Sends(Message(asked.Transaction, Nak, 0, Option(54, Rival)), Rival);
        Assert.AreEqual((DhcpState.Renewing, Offered), (d.Client.State, d.T.Net.Address));
    }

    [TestMethod]   // a lease that ends in the second of its release is not asked for again
    public void Release_at_the_end_of_the_lease()
    {
        var d = new DhcpServer();
        d.Binds(60);
        while (d.Client.LeaseRemainingMs > 500)
        {
            d.T.Wait(20);
        }

        d.Heard();
        d.Client.Release();
        d.Hears(Release, 500);
        d.T.Wait(2000);
        Assert.AreEqual((DhcpState.Stopped, 0u), (d.Client.State, d.T.Net.Address));
        d.T.Wait(100_000);
        Assert.HasCount(0, d.Heard());
    }

    [TestMethod]   // a lease that ends under load: connections end with the reason, the listener stays, and serves the address that comes
    public void Lease_that_ends_under_load()
    {
        var d = new DhcpServer();
        d.Binds(60);
        TcpListener listener = d.T.Tcp.Listen(7, 2)!;
        TcpConnection c = d.T.Tcp.Connect(Dialogue.Peer, 80)!;
        while (d.T.Net.Address != 0)
        {
            d.T.Wait(100);
        }

        Assert.AreEqual(TcpEndReason.AddressChanged, c.EndReason);
        d.Heard();
        d.Hears(Discover);
        d.Answers(Offer, Offered + 1, Lease(3600));
        d.Hears(Request);
        d.Answers(Acknowledge, Offered + 1, Lease(3600));
        Assert.AreEqual((DhcpState.Bound, Offered + 1), (d.Client.State, d.T.Net.Address));
        Assert.IsNull(d.T.Tcp.Listen(7, 2), "the port is listened on still");
        listener.Close();
        Assert.IsNotNull(d.T.Tcp.Listen(7, 2));
    }
}
