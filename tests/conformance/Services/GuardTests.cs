using EmbeddedTcp.Services.Conflicts;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>Address conflict detection: RFC 5227.</summary>
[TestClass]
public class GuardTests
{
    private const uint Wanted = 0x0A000042;
    private static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];
    private static readonly byte[] Other = [2, 9, 9, 9, 9, 9];
    private static readonly byte[] None = new byte[6];

    private static (Dialogue T, AddressGuard Guard) Unconfigured()
    {
        var t = new Dialogue();
        t.Net.Configure(0, 24, 0);
        var guard = new AddressGuard(t.Net);
        t.Poll();
        return (t, guard);
    }

    private static void Arp(Dialogue t, int operation, uint sender, uint target, byte[]? mac = null)
        => t.Receives(Frames.Ethernet(Everyone, mac ?? Other, 0x0806, Frames.Arp(operation, mac ?? Other, sender, None, target)));

    // The time in milliseconds from a start at which each ARP packet goes out, and that it is the one expected.
    private static List<long> Sent(Dialogue t, long start, int milliseconds, byte[] expected)
    {
        var at = new List<long>();
        for (int i = 0; i < milliseconds; i += 10)
        {
            t.Wait(10);
            while (t.OtherFrames.Count > 0)
            {
                CollectionAssert.AreEqual(Frames.Ethernet(Everyone, Dialogue.OwnMac, 0x0806, expected), t.OtherFrames.Dequeue());
                at.Add(t.NowMs - start);
            }
        }

        return at;
    }

    private static byte[] ProbeFor(uint address) => Frames.Arp(1, Dialogue.OwnMac, 0, None, address);

    private static byte[] AnnouncementOf(uint address) => Frames.Arp(1, Dialogue.OwnMac, address, None, address);

    [TestMethod]   // RFC 5227 §2.1.1: 0 to 1 s, then three probes 1 to 2 s apart, then 2 s of silence; §2.3: two announcements, 2 s apart
    public void Address_is_probed_then_announced()
    {
        (Dialogue t, AddressGuard guard) = Unconfigured();
        long start = t.NowMs;
        guard.Claim(Wanted, 24, Dialogue.Gateway);
        List<long> probes = Sent(t, start, 5000, ProbeFor(Wanted));
        Assert.HasCount(3, probes);
        Assert.IsTrue(probes[0] <= 1000, probes[0].ToString());
        Assert.IsTrue(probes[1] - probes[0] is >= 990 and <= 2010 && probes[2] - probes[1] is >= 990 and <= 2010, string.Join(' ', probes));
        Assert.AreEqual((0u, GuardState.Probing), (t.Net.Address, guard.State));
        long left = start + probes[2] + 2000 - t.NowMs;
        List<long> announcements = [];
        if (left > 0)
        {
            t.Wait((int)left - 10);
            Assert.AreEqual(0u, t.Net.Address);
            announcements = Sent(t, start, 6000, AnnouncementOf(Wanted));
        }

        Assert.AreEqual((Wanted, GuardState.Ours), (t.Net.Address, guard.State));
        Assert.HasCount(2, announcements);
        Assert.IsTrue(announcements[0] - probes[2] is >= 1990 and <= 2020, $"{announcements[0]} after {probes[2]}");
        Assert.IsTrue(announcements[1] - announcements[0] is >= 1990 and <= 2010);
        Assert.HasCount(0, Sent(t, start, 60_000, []));
        Assert.AreEqual(Dialogue.Gateway, t.Net.Gateway);
    }

    [TestMethod]   // §2.1.1: any ARP packet from the address, or another's probe for it, is a conflict; our own echoed probe is not
    public void Conflict_while_probing()
    {
        foreach (int kind in new[] { 0, 1, 2 })
        {
            (Dialogue t, AddressGuard guard) = Unconfigured();
            guard.Probe(Wanted);
            t.Wait(1500);
            Arp(t, 1, 0, Wanted, Dialogue.OwnMac);
            Arp(t, 1, 0, Wanted + 1);
            Arp(t, 1, Wanted + 1, Wanted);
            Assert.AreEqual(GuardState.Probing, guard.State);
            Arp(t, kind == 0 ? 2 : 1, kind == 2 ? 0 : Wanted, kind == 1 ? Dialogue.Peer : Wanted);
            Assert.AreEqual((GuardState.Taken, 1), (guard.State, guard.Conflicts));
            t.Wait(120_000);
            Assert.AreEqual((GuardState.Taken, 0u), (guard.State, t.Net.Address));
        }
    }

    [TestMethod]   // a fixed address that is taken is tried again each minute, and used when it has become free
    public void Fixed_address_is_tried_again()
    {
        (Dialogue t, AddressGuard guard) = Unconfigured();
        guard.Claim(Wanted, 24, 0);
        for (int i = 0; i < 3; i++)
        {
            t.Wait(2500);
            Arp(t, 2, Wanted, Wanted);
            Assert.AreEqual(GuardState.Taken, guard.State);
            t.OtherFrames.Clear();
            t.Wait(59_000);
            Assert.HasCount(0, t.OtherFrames);
            t.Wait(1000);
            Assert.AreEqual(GuardState.Probing, guard.State);
        }

        t.Wait(10_000);
        Assert.AreEqual((GuardState.Ours, Wanted), (guard.State, t.Net.Address));
    }

    [TestMethod]   // §2.1.1: after ten conflicts no more than one attempt a minute
    public void Many_conflicts_slow_down()
    {
        (Dialogue t, AddressGuard guard) = Unconfigured();
        for (uint i = 0; i < 10; i++)
        {
            guard.Probe(Wanted + i);
            t.Wait(1500);
            Arp(t, 2, Wanted + i, Wanted);
        }

        Assert.AreEqual(10, guard.Conflicts);
        t.OtherFrames.Clear();
        guard.Probe(Wanted + 20);
        t.Wait(59_900);
        Assert.HasCount(0, t.OtherFrames);
        t.Wait(200);
        Assert.HasCount(1, t.OtherFrames);
    }

    [TestMethod]   // §2.4 (b): one conflict is answered with one announcement; a second within ten seconds costs the address
    public void Address_is_defended_once()
    {
        (Dialogue t, AddressGuard guard) = Unconfigured();
        t.Net.Configure(Wanted, 24, 0);
        t.Wait(20_000);
        t.OtherFrames.Clear();
        for (int i = 0; i < 3; i++)
        {
            Arp(t, 1, Wanted, Dialogue.Peer);
            CollectionAssert.AreEqual(Frames.Ethernet(Everyone, Dialogue.OwnMac, 0x0806, AnnouncementOf(Wanted)), t.OtherFrames.Dequeue());
            Assert.AreEqual(GuardState.Ours, guard.State);
            t.Wait(10_001);
        }

        Assert.HasCount(0, t.OtherFrames);
        Arp(t, 2, Wanted, Dialogue.Peer);
        Arp(t, 1, Wanted, Dialogue.Peer);
        Assert.AreEqual((GuardState.Lost, 0u, 5), (guard.State, t.Net.Address, guard.Conflicts));
        t.OtherFrames.Clear();
        t.Wait(100_000);
        Assert.HasCount(0, t.OtherFrames);
    }

    [TestMethod]   // a fixed address that was lost is probed for again after a minute
    public void Lost_fixed_address_is_claimed_again()
    {
        (Dialogue t, AddressGuard guard) = Unconfigured();
        guard.Claim(Wanted, 24, 0);
        t.Wait(20_000);
        Arp(t, 1, Wanted, Dialogue.Peer);
        Arp(t, 1, Wanted, Dialogue.Peer);
        Assert.AreEqual(GuardState.Lost, guard.State);
        t.Wait(70_000);
        Assert.AreEqual((GuardState.Ours, Wanted), (guard.State, t.Net.Address));
    }

    [TestMethod]   // RFC 3927 §2.5: with a link-local address every ARP packet is broadcast, replies too
    public void Link_local_arp_is_broadcast()
    {
        (Dialogue t, _) = Unconfigured();
        t.Net.Configure(0xA9FE1234, 16, 0);
        t.Wait(5000);
        t.OtherFrames.Clear();
        Arp(t, 1, 0xA9FE0102, 0xA9FE1234);
        CollectionAssert.AreEqual(
            Frames.Ethernet(Everyone, Dialogue.OwnMac, 0x0806, Frames.Arp(2, Dialogue.OwnMac, 0xA9FE1234, Other, 0xA9FE0102)),
            t.OtherFrames.Dequeue());
    }

    [TestMethod]   // a cable that was plugged in again: the address is announced anew, so that a conflict on the new network shows
    public void Address_is_announced_when_the_link_returns()
    {
        (Dialogue t, _) = Unconfigured();
        t.Net.Configure(Wanted, 24, 0);
        t.Wait(20_000);
        t.OtherFrames.Clear();
        t.Device.Link = false;
        t.Wait(5000);
        t.Device.Link = true;
        t.Poll();
        t.Wait(5000);
        Assert.HasCount(2, t.OtherFrames);
    }
}
