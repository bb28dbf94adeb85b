using System;
using System.IO;
using System.Linq;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.VirtualBoard;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Services;

/// <summary>The resolver against dnsmasq.</summary>
[TestClass]
public sealed class DnsTests
{
    public required TestContext TestContext { get; init; }

    private static DnsLookup Resolve(TapLab lab, DnsClient dns, string name)
    {
        DnsLookup lookup = lab.Running.Ask(_ => dns.Start(name));
        lab.Running.WaitUntil(_ => lookup.State != DnsState.Pending, name + " is resolved", 30);
        lab.Running.Ask(_ =>
        {
            // What was found stays readable after it.
            lookup.Close();
            return true;
        });
        return lookup;
    }

    [TestMethod]
    public void Dnsmasq_answers()
    {
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { Tune = o => o.UdpSockets = 3 });
        using var folder = new TemporaryFolder();
        string hosts = folder.File("hosts");
        File.WriteAllLines(hosts, Enumerable.Range(1, 60).Select(i => $"192.0.2.{i} big.test"));
        using var server = new Dnsmasq(
            lab, "--host-record=www.test,198.51.100.7", "--cname=alias.test,www.test", "--cname=alias2.test,alias.test", "--addn-hosts=" + hosts, "--local=/test/",
            "--local-ttl=60", "--log-queries");
        DnsClient dns = lab.Running.Ask(b =>
        {
            var made = new DnsClient(b.Net, 2, 8);

            // At the first address nobody is at home: a lost question and the next server.
            made.SetServer(0, 0x0A4D0063);
            made.SetServer(1, 0x0A4D0001);
            return made;
        });
        DnsLookup lookup = Resolve(lab, dns, "WWW.test");
        Assert.AreEqual((DnsError.None, 1, 0xC6336407u), (lookup.Error, lookup.AddressCount, lookup.AddressAt(0)));
        Assert.AreEqual(60, lookup.TtlSeconds);
        lab.Running.Ask(_ =>
        {
            dns.SetServer(0, 0x0A4D0001);
            dns.SetServer(1, 0);
            return true;
        });
        Assert.AreEqual(0xC6336407u, Resolve(lab, dns, "alias2.test").AddressAt(0));
        Assert.AreEqual(DnsError.NoSuchName, Resolve(lab, dns, "none.test").Error);
        int queries = dns.Queries;
        lookup = Resolve(lab, dns, "alias2.test");
        Assert.IsTrue(lookup.FromCache);
        Assert.AreEqual(queries, dns.Queries);

        // Sixty addresses do not fit a datagram of 512 bytes.
        lookup = Resolve(lab, dns, "big.test");
        Assert.AreEqual((DnsError.None, 4, 1), (lookup.Error, lookup.AddressCount, dns.Truncated));
        Assert.AreEqual(0xC00002u, lookup.AddressAt(0) >> 8);
        Assert.AreEqual(0, dns.Spoofed);
        lab.Finish();
    }
}
