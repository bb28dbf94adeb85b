using EmbeddedTcp.Services.Conflicts;
using EmbeddedTcp.Services.Dhcp;
using static EmbeddedTcp.ConformanceTests.Services.DhcpServer;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>DHCP client in virtual time: RFC 2131, RFC 2132, RFC 3927.</summary>
[TestClass]
public class DhcpTests
{
    [TestMethod]   // RFC 2131 §3.1: DISCOVER, OFFER, REQUEST, ACK, and what each of ours carries (§4.4.1, table 5)
    public void Four_messages_give_a_lease()
    {
        var d = new DhcpServer { Client = { HostName = "board-7" } };
        Assert.IsTrue(d.Client.Start());
        DhcpAsked discover = d.Hears(Discover, 1000);
        Assert.AreEqual((0xFFFFFFFFu, true, 0u), (discover.To, discover.Broadcast, discover.ClientAddress));
        CollectionAssert.AreEqual(Dialogue.OwnMac, discover.Hardware);
        CollectionAssert.AreEqual("board-7"u8.ToArray(), discover.Options[12]);
        CollectionAssert.AreEqual(new byte[] { 2, 64 }, discover.Options[57]);
        foreach (byte wanted in new byte[] { 1, 3, 6, 51 })
        {
            CollectionAssert.Contains(discover.Options[55], wanted);
        }

        Assert.IsFalse(discover.Options.ContainsKey(50) || discover.Options.ContainsKey(54));
        d.Answers(Offer, Offered, Lease(3600));
        DhcpAsked request = d.Hears(Request, 10);
        Assert.AreEqual((discover.Transaction, Offered, Server), (request.Transaction, request.Word(50), request.Word(54)));
        Assert.AreEqual((0xFFFFFFFFu, 0u), (request.To, request.ClientAddress));
        d.Answers(Acknowledge, Offered, Lease(3600));
        Assert.AreEqual((DhcpState.Bound, Offered, 24, Dialogue.Gateway), (d.Client.State, d.T.Net.Address, d.T.Net.PrefixLength, d.T.Net.Gateway));
        Assert.AreEqual((Server, 0x08080808u, 0u), (d.Client.DnsServerAt(0), d.Client.DnsServerAt(1), d.Client.DnsServerAt(2)));
        Assert.AreEqual((3600u, Server), (d.Client.LeaseSeconds, d.Client.Server));
        Assert.IsTrue(d.Client.LeaseRemainingMs is > 3_590_000 and <= 3_600_000);
    }

    [TestMethod]   // §4.1: lost messages are repeated after 4, 8, 16, 32, 64 s, each ± 1 s; one transaction; the seconds count
    public void Lost_messages_are_repeated_with_back_off()
    {
        var d = new DhcpServer();
        d.Client.Start();
        DhcpAsked first = d.Hears(Discover);
        long last = first.AtMs;
        foreach (int expected in new[] { 4000, 8000, 16_000, 32_000, 64_000, 64_000, 64_000 })
        {
            DhcpAsked next = d.Hears(Discover);
            Assert.IsTrue(Math.Abs(next.AtMs - last - expected) <= 1040, $"{next.AtMs - last} for {expected}");
            Assert.AreEqual(first.Transaction, next.Transaction);
            last = next.AtMs;
        }
    }

    [TestMethod]   // §3.1 (5): a request that nobody acknowledges is repeated four times, then everything begins anew
    public void Unanswered_request_begins_anew()
    {
        var d = new DhcpServer();
        d.Client.Start();
        DhcpAsked discover = d.Hears(Discover);
        d.Answers(Offer, Offered, Lease(3600));
        for (int i = 0; i < 5; i++)
        {
            d.Hears(Request);
        }

        Assert.AreNotEqual(discover.Transaction, d.Hears(Discover).Transaction);
    }

    [TestMethod]   // several servers: the first good offer is taken, its server is named, and another's late answers mean nothing
    public void Several_servers()
    {
        const uint Rival = 0x0A0000FC;
        var d = new DhcpServer();
        d.Client.Start();
        d.Hears(Discover);
        d.Answers(Offer, 0x0A0000FF, Lease(3600, Rival), Rival);
        d.Answers(Offer, Offered, Lease(3600));
        d.Answers(Offer, Offered + 1, Lease(3600, Rival), Rival);
        Assert.AreEqual(Server, d.Hears(Request).Word(54));
        d.Answers(Nak, 0, Option(54, Rival), Rival);
        d.Answers(Acknowledge, Offered + 1, Lease(3600, Rival), Rival);
        Assert.AreEqual(DhcpState.Requesting, d.Client.State);
        d.Answers(Acknowledge, Offered, Lease(3600));
        Assert.AreEqual((DhcpState.Bound, Offered, 0), (d.Client.State, d.T.Net.Address, d.Client.Refusals));
        Assert.AreEqual(1, d.Client.BadMessages, "the broadcast address was offered");
    }

    [TestMethod]   // §3.1 (4): a refused request begins anew
    public void Refusal_begins_anew()
    {
        var d = new DhcpServer();
        d.Client.Start();
        d.Hears(Discover);
        d.Answers(Offer, Offered, Lease(3600));
        d.Hears(Request);
        d.Answers(Nak, 0, Option(54, Server));
        Assert.AreEqual((DhcpState.Init, 1, 0u), (d.Client.State, d.Client.Refusals, d.T.Net.Address));
        d.Hears(Discover);
    }

    [TestMethod]   // §4.4.5: at T1 by unicast to the server, and the lease begins anew with the request, connections untouched
    public void Lease_is_renewed()
    {
        var d = new DhcpServer();
        d.Binds(3600);
        long start = d.T.NowMs;
        d.T.Tcp.Listen(7, 1);
        DhcpAsked request = d.Hears(Request, 1_900_000);
        Assert.IsTrue(Math.Abs(request.AtMs - start - 1_800_000) < 2000, $"{request.AtMs - start}");
        Assert.AreEqual((Server, Offered, false), (request.To, request.ClientAddress, request.Broadcast));
        Assert.IsFalse(request.Options.ContainsKey(50) || request.Options.ContainsKey(54), "table 5");
        Assert.AreEqual(DhcpState.Renewing, d.Client.State);
        TcpConnection? c = d.T.Tcp.Connect(Dialogue.Peer, 80);
        d.Sends(Message(request.Transaction, Acknowledge, Offered, Lease(3600)), to: Offered);
        Assert.AreEqual(DhcpState.Bound, d.Client.State);
        Assert.AreNotEqual(TcpState.Closed, c!.State);
        Assert.IsTrue(d.Client.LeaseRemainingMs > 3_590_000);
    }

    [TestMethod]   // §4.4.5: repeated at half of what is left until T2, no sooner than a minute; at T2 by broadcast; at the end silence
    public void Silent_server_costs_the_lease()
    {
        var d = new DhcpServer();
        d.Binds(3600);
        TcpConnection? c = null;
        long start = d.T.NowMs;
        var unicast = new List<long>();
        var broadcast = new List<long>();
        while (d.T.Net.Address != 0)
        {
            foreach (DhcpAsked asked in d.Heard())
            {
                Assert.AreEqual((Request, Offered), (asked.Type, asked.ClientAddress));
                (asked.To == Server ? unicast : broadcast).Add((asked.AtMs - start) / 1000);
            }

            d.T.Wait(100);
            Assert.IsTrue(d.T.NowMs - start < 3_700_000);
            if (c == null && d.Client.LeaseRemainingMs < 5000)
            {
                c = d.T.Tcp.Connect(Dialogue.Peer, 80);
            }
        }

        Assert.IsTrue(Math.Abs(d.T.NowMs - start - 3_600_000) < 2000, "the address is used to the end of the lease and no longer");

        // T1 is 1800 s and T2 3150 s; half of what is left is waited each time, and at least a minute.
        double at = 1800;
        foreach (long asked in unicast)
        {
            Assert.IsTrue(Math.Abs(asked - at) <= 1, $"{asked} for {at}");
            at += Math.Max((3150 - at) / 2, 60);
        }

        Assert.IsTrue(at > 3150, "asked to T2");
        at = 3150;
        foreach (long asked in broadcast)
        {
            Assert.IsTrue(Math.Abs(asked - at) <= 1, $"{asked} for {at}");
            at += Math.Max((3600 - at) / 2, 60);
        }

        Assert.IsTrue(at > 3600, "asked to the end of the lease");
        Assert.AreEqual(TcpEndReason.AddressChanged, c!.EndReason);
        d.Hears(Discover);
    }

    [TestMethod]   // §4.4.5: another server extends the lease while we are rebinding
    public void Another_server_rebinds()
    {
        const uint Rival = 0x0A0000FC;
        var d = new DhcpServer();
        d.Binds(3600);
        DhcpAsked asked;
        do
        {
            asked = d.Hears(Request, 2_000_000);
        }
        while (asked.To == Server);
        Assert.AreEqual(DhcpState.Rebinding, d.Client.State);
        d.Sends(Message(asked.Transaction, Acknowledge, Offered, Lease(3600, Rival)), Rival);
        Assert.AreEqual((DhcpState.Bound, Rival, Offered), (d.Client.State, d.Client.Server, d.T.Net.Address));
    }

    [TestMethod]   // a refusal while renewing takes the address away at once
    public void Refused_renewal_takes_the_address()
    {
        var d = new DhcpServer();
        d.Binds(3600);
        DhcpAsked asked = d.Hears(Request, 2_000_000);
        d.Sends(Message(asked.Transaction, Nak, 0, Option(54, Server)));
        Assert.AreEqual((DhcpState.Init, 0u), (d.Client.State, d.T.Net.Address));
        Assert.IsFalse(d.Hears(Discover).Options.ContainsKey(50));
    }

    [TestMethod]   // the server's own times count; a lease for ever is never renewed
    public void Times_of_the_server()
    {
        var d = new DhcpServer();
        d.Client.Start();
        d.Hears(Discover);
        byte[] lease = [.. Lease(1000), .. Option(58, 100u), .. Option(59, 900u)];
        d.Answers(Offer, Offered, lease);
        d.Hears(Request);
        d.Answers(Acknowledge, Offered, lease);
        long start = d.T.NowMs;
        Assert.IsTrue(Math.Abs(d.Hears(Request).AtMs - start - 100_000) < 1000);

        d = new DhcpServer();
        d.Binds(0xFFFFFFFF);
        d.T.Wait(int.MaxValue / 2);
        Assert.HasCount(0, d.Heard());
        Assert.AreEqual((DhcpState.Bound, -1L), (d.Client.State, d.Client.LeaseRemainingMs));
    }

    [TestMethod]   // §4.3.2 INIT-REBOOT: a remembered address is asked for first, without server identifier
    public void Remembered_address_is_asked_for()
    {
        var d = new DhcpServer { Client = { RememberedAddress = Offered } };
        d.Client.Start();
        DhcpAsked asked = d.Hears(Request);
        Assert.AreEqual((Offered, 0u, 0u), (asked.Word(50), asked.Word(54), asked.ClientAddress));
        d.Answers(Acknowledge, Offered, Lease(600));
        Assert.AreEqual((DhcpState.Bound, Offered), (d.Client.State, d.T.Net.Address));

        d = new DhcpServer { Client = { RememberedAddress = Offered } };
        d.Client.Start();
        d.Hears(Request);
        d.Answers(Nak, 0, Option(54, Server));
        d.Hears(Discover);

        d = new DhcpServer { Client = { RememberedAddress = Offered } };
        d.Client.Start();
        for (int i = 0; i < 3; i++)
        {
            d.Hears(Request);
        }

        d.Hears(Discover);
    }

    [TestMethod]   // §2.2, §4.4.1: the address is probed before it is used; if a host has it: DECLINE, ten seconds, and from the beginning
    public void Taken_address_is_declined()
    {
        var d = new DhcpServer(guarded: true);
        d.Client.Start();
        d.Hears(Discover);
        d.Answers(Offer, Offered, Lease(3600));
        d.Hears(Request);
        d.Answers(Acknowledge, Offered, Lease(3600));
        Assert.AreEqual((DhcpState.Checking, 0u), (d.Client.State, d.T.Net.Address));
        d.T.Wait(1500);
        d.Heard();
        byte[] other = [2, 9, 9, 9, 9, 9];
        d.T.Receives(Frames.Ethernet(Dialogue.OwnMac, other, 0x0806, Frames.Arp(2, other, Offered, Dialogue.OwnMac, 0)));
        DhcpAsked decline = d.Hears(Decline, 100);
        Assert.AreEqual((Offered, Server, 0xFFFFFFFFu, 0u), (decline.Word(50), decline.Word(54), decline.To, decline.ClientAddress));
        DhcpAsked discover = d.Hears(Discover);
        Assert.IsTrue(discover.AtMs - decline.AtMs >= 10_000);
        Assert.AreEqual((0u, 1), (discover.Word(50), d.Client.Declined));
        d.Answers(Offer, Offered + 1, Lease(3600));
        d.Hears(Request);
        d.Answers(Acknowledge, Offered + 1, Lease(3600));
        d.T.Wait(8000);
        Assert.AreEqual((DhcpState.Bound, Offered + 1), (d.Client.State, d.T.Net.Address));
    }

    [TestMethod]   // RFC 5227 §2.4: an address that is lost to another host in the middle of its lease is declined too
    public void Lost_address_is_declined()
    {
        var d = new DhcpServer(guarded: true);
        d.Binds();
        byte[] other = [2, 9, 9, 9, 9, 9];
        d.T.Wait(10_000);
        d.Heard();
        for (int i = 0; i < 2; i++)
        {
            d.T.Receives(Frames.Ethernet(Dialogue.OwnMac, other, 0x0806, Frames.Arp(1, other, Offered, Dialogue.OwnMac, Dialogue.Peer)));
        }

        Assert.AreEqual(Offered, d.Hears(Decline, 100).Word(50));
        Assert.AreEqual(0u, d.T.Net.Address);
        d.Hears(Discover);
    }

    [TestMethod]   // §4.4.6: RELEASE by unicast from our address, then the address is gone and nothing is sent any more
    public void Release_gives_the_address_back()
    {
        var d = new DhcpServer();
        d.Binds();
        d.Client.Release();
        DhcpAsked release = d.Hears(Release, 500);
        Assert.AreEqual((Server, Offered, Server), (release.To, release.ClientAddress, release.Word(54)));
        Assert.IsFalse(release.Options.ContainsKey(50));
        d.T.Wait(2000);
        Assert.AreEqual((DhcpState.Stopped, 0u), (d.Client.State, d.T.Net.Address));
        d.T.Wait(1_000_000);
        Assert.HasCount(0, d.Heard());
        Assert.AreEqual(0, d.T.Net.Udp.SocketAt(0).LocalPort);
        Assert.IsTrue(d.Client.Start());
        d.Hears(Request);
    }

    [TestMethod]   // RFC 2132 §9.3: options in the file and sname fields, if the message says so
    public void Options_are_overloaded()
    {
        foreach (int overload in new[] { 1, 2, 3, 0 })
        {
            var d = new DhcpServer();
            d.Client.Start();
            d.Hears(Discover);
            d.Answers(Offer, Offered, Lease(600));
            d.Hears(Request);
            byte[] file = [.. Option(1, 0xFFFF0000), 0, 0, .. Option(3, 0x0A000A0A), 255];
            byte[] name = [.. Option(6, 0x0A000B0B), 255];
            byte[] options = [.. Option(52, (byte)overload), .. Option(54, Server), .. Option(51, 600u)];
            d.Sends(Message(d.Last!.Transaction, Acknowledge, Offered, options, file: file, serverName: name));
            Assert.AreEqual(DhcpState.Bound, d.Client.State);
            Assert.AreEqual((overload & 1) != 0 ? 16 : 8, d.T.Net.PrefixLength);
            Assert.AreEqual((overload & 1) != 0 ? 0x0A000A0Au : 0, d.T.Net.Gateway);
            Assert.AreEqual((overload & 2) != 0 ? 0x0A000B0Bu : 0, d.Client.DnsServerAt(0));
        }
    }

    [TestMethod]   // whatever is not a well-formed answer to us is counted and changes nothing, cut anywhere, changed anywhere
    public void Bad_messages_are_counted()
    {
        var d = new DhcpServer();
        d.Client.Start();
        d.Hears(Discover);
        byte[] good = Message(d.Last!.Transaction, Offer, Offered, Lease(600));
        byte[] Changed(int at) => [.. good[..at], (byte)(good[at] ^ 1), .. good[(at + 1)..]];
        int bad = 0;
        foreach (int at in new[] { 0, 1, 2, 4, 5, 6, 7, 28, 33, 236, 239, 240, 241 })
        {
            d.Sends(Changed(at));
            bad++;
        }

        for (int length = 0; length < 240; length += 7)
        {
            d.Sends(good[..length]);
            bad++;
        }

        d.Sends(good, port: 68);
        d.Sends(Message(d.Last.Transaction, Offer, Offered, Option(51, 600u)));
        d.Sends(Message(d.Last.Transaction, Offer, Offered, [.. Option(54, Server), 51, 200]));
        d.Sends(Message(d.Last.Transaction, Offer, Offered, [.. Lease(600), .. Option(1, 0xFF00FF00)]));
        d.Sends(Message(d.Last.Transaction, Offer, 0, Lease(600)));
        d.Sends([.. good, .. new byte[600]]);
        bad += 6;
        Assert.AreEqual((bad, DhcpState.Selecting), (d.Client.BadMessages, d.Client.State));
        var random = new Random(3);
        for (int i = 0; i < 5000; i++)
        {
            byte[] rubbish = [.. good];
            for (int j = 0; j < 20; j++)
            {
                rubbish[random.Next(240, rubbish.Length)] = (byte)random.Next(256);
            }

            d.Sends(rubbish[..random.Next(240, rubbish.Length + 1)]);
        }

        Assert.IsTrue(d.Client.State is DhcpState.Selecting or DhcpState.Requesting);
        Assert.ThrowsExactly<ArgumentException>(() => d.Client.HostName = "under_score");
        Assert.ThrowsExactly<ArgumentException>(() => d.Client.HostName = new string('a', 64));
        d.Client.HostName = "";
        Assert.IsNull(d.Client.HostName);
    }

    [TestMethod]   // RFC 3927: without a server a link-local address after half a minute; the server that comes later takes over
    public void Falls_back_to_link_local()
    {
        var d = new DhcpServer(guarded: true);
        d.Client.LinkLocal = new LinkLocalAddress(d.T.Net, d.Guard!);
        d.Client.Start();
        d.T.Wait(20_000);
        Assert.AreEqual(0u, d.T.Net.Address);
        d.T.Wait(20_000);
        uint address = d.T.Net.Address;
        Assert.AreEqual((0xA9FEu, 16, true), (address >> 16, d.T.Net.PrefixLength, d.Client.FellBack));
        Assert.IsTrue((address & 0xFFFF) is >= 0x0100 and <= 0xFEFF);

        // Lost to another host: another one is taken.
        byte[] other = [2, 9, 9, 9, 9, 9];
        for (int i = 0; i < 2; i++)
        {
            d.T.Receives(Frames.Ethernet(Dialogue.OwnMac, other, 0x0806, Frames.Arp(1, other, address, Dialogue.OwnMac, address)));
        }

        Assert.AreEqual(0u, d.T.Net.Address);
        d.T.Wait(10_000);
        Assert.AreEqual(0xA9FEu, d.T.Net.Address >> 16);
        Assert.AreNotEqual(address, d.T.Net.Address);
        d.Heard();
        d.Hears(Discover);
        d.Answers(Offer, Offered, Lease(3600));
        d.Hears(Request);
        d.Answers(Acknowledge, Offered, Lease(3600));
        d.T.Wait(10_000);
        Assert.AreEqual((DhcpState.Bound, Offered, false), (d.Client.State, d.T.Net.Address, d.Client.FellBack));
        d.T.Wait(100_000);
        Assert.AreEqual(Offered, d.T.Net.Address);
    }

    [TestMethod]   // the same with a fixed address, with and without a guard
    public void Falls_back_to_a_fixed_address()
    {
        foreach (bool guarded in new[] { false, true })
        {
            var d = new DhcpServer(guarded) { Client = { FallbackAddress = 0xC0A80002, FallbackGateway = 0xC0A80001 } };
            d.Client.Start();
            d.T.Wait(40_000);
            Assert.AreEqual((0xC0A80002u, 0xC0A80001u), (d.T.Net.Address, d.T.Net.Gateway));
            d.Heard();
            d.Hears(Discover);
            d.Answers(Offer, Offered, Lease(3600));
            d.Hears(Request);
            d.Answers(Acknowledge, Offered, Lease(3600));
            d.T.Wait(10_000);
            Assert.AreEqual((DhcpState.Bound, Offered, false), (d.Client.State, d.T.Net.Address, d.Client.FellBack));
        }
    }

    [TestMethod]   // §3.7: after the cable was plugged in again the address is verified; it stays in use, unless a server says no
    public void Link_that_returns_verifies_the_address()
    {
        foreach (int answer in new[] { Acknowledge, Nak, 0 })
        {
            var d = new DhcpServer();
            d.Binds();
            d.T.Device.Link = false;
            d.T.Wait(60_000);
            Assert.HasCount(0, d.Heard());
            d.T.Device.Link = true;
            DhcpAsked asked = d.Hears(Request);
            Assert.AreEqual((Offered, 0u, 0xFFFFFFFFu), (asked.Word(50), asked.Word(54), asked.To));
            Assert.AreEqual((DhcpState.Rebooting, Offered), (d.Client.State, d.T.Net.Address));
            if (answer != 0)
            {
                d.Answers(answer, answer == Acknowledge ? Offered : 0, answer == Acknowledge ? Lease(3600) : Option(54, Server));
            }
            else
            {
                d.T.Wait(60_000);
            }

            Assert.AreEqual(answer == Nak ? (DhcpState.Init, 0u) : (DhcpState.Bound, Offered), (d.Client.State, d.T.Net.Address));
        }
    }

    [TestMethod]   // rule 2: a year of renewals allocates nothing
    [DoNotParallelize]
    public void Renewals_allocate_nothing()
    {
        var d = new DhcpServer();
        d.Binds(120);
        d.T.Device.Discards = true;
        NetworkInterface net = d.T.Net;
        long now = d.T.NowMs;
        long before = 0;
        for (int i = 0; i < 2000; i++)
        {
            if (i == 200)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            now += Math.Clamp(net.Poll(now), 1, 50_000);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.IsTrue(net.Udp.DatagramsOut > 100);
    }
}
