using EmbeddedTcp.Udp;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>What changes while the interface is open: address, gateway, link, and the services that are told.</summary>
[TestClass]
public class AddressTests
{
    private const uint NewAddress = 0x0A000042;

    private sealed class Witness(NetworkInterface net) : NetworkService(net)
    {
        public List<string> Seen { get; } = [];

        public int Interval { get; set; } = NetworkInterface.Never;

        protected internal override int Tick()
        {
            Seen.Add("tick " + Net.NowMs);
            return Interval;
        }

        protected internal override void LinkChanged(bool up) => Seen.Add("link " + up);

        protected internal override void AddressChanged() => Seen.Add("address " + Net.Address.ToString("x"));
    }

    [TestMethod]   // what was bound to the old address ends without a word from it; listeners stay and are reached at the new one
    public void Connections_of_the_old_address_end_in_silence()
    {
        var t = Dialogue.Listening(new StackOptions { Connections = 4 });
        t.Opens(Dialogue.PeerIss);
        TcpConnection accepted = t.C;
        TcpConnection? opening = t.Tcp.Connect(Dialogue.Peer, 80);
        Assert.IsNotNull(opening);
        t.Receives(Syn.At(77) with { SourcePort = 50001, DestinationPort = 7 });
        t.All();
        Assert.AreEqual(1, t.Tcp.HalfOpen.Count);
        accepted.Write([1, 2, 3], 0, 3);
        t.Net.Configure(NewAddress, 24, Dialogue.Gateway);
        Assert.AreEqual(0, t.All().Count, "a segment from an address that is not ours any more");
        foreach (TcpConnection c in new[] { accepted, opening })
        {
            Assert.AreEqual((TcpState.Closed, TcpEndReason.AddressChanged), (c.State, c.EndReason));
            Assert.AreEqual(TcpEvents.Ended, c.TakeEvents() & TcpEvents.Ended);
            Assert.AreEqual(-1, c.Write([1], 0, 1));
            c.Close();
        }

        Assert.AreEqual((0, 0, 4), (t.Tcp.HalfOpen.Count, t.Tcp.TimeWait.Count, t.Tcp.FreeSlots));
        t.Wait(200_000);
        Assert.AreEqual(0, t.All().Count);

        byte[] syn = Frames.Tcp(Dialogue.Peer, NewAddress, 50002, 7, Syn.At(5), 1000);
        t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, NewAddress, 6, syn)));
        Segment synAck = t.Next();
        Assert.AreEqual((TcpFlags.Syn | TcpFlags.Ack, 6u), (synAck.Flags, synAck.Ack));
    }

    [TestMethod]   // a record of TIME_WAIT belongs to its address too
    public void Time_wait_ends_with_the_address()
    {
        var t = Dialogue.Established();
        t.C.Close();
        t.All();
        t.Receives(Control.At(TcpFlags.Fin | TcpFlags.Ack, Dialogue.PeerIss + 1, t.SndNxt));
        t.All();
        Assert.AreEqual(1, t.Tcp.TimeWait.Count);
        t.Net.Configure(NewAddress, 24, Dialogue.Gateway);
        Assert.AreEqual(0, t.Tcp.TimeWait.Count);
    }

    [TestMethod]   // the same address with another gateway: connections go on, and what is far goes to the new gateway
    public void Gateway_can_change_alone()
    {
        var t = Dialogue.Established();
        t.Net.Configure(Dialogue.Own, 24, Dialogue.Peer);
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        t.Reads(10);
        t.IsIn(TcpState.Established);
        Assert.IsNotNull(t.Tcp.Connect(0x08080808, 80));
        t.Poll();
        Assert.AreEqual(0, Enumerable.Range(0, t.Net.Arp.Capacity).Count(i => t.Net.Arp.AddressAt(i) == Dialogue.Gateway));
    }

    [TestMethod]   // without an address nothing is for us, nothing is answered, nobody can be connected to; broadcasts are sent from 0.0.0.0 and heard
    public void Without_an_address()
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1 });
        UdpSocket s = t.Net.Udp.Bind(68)!;
        t.Tcp.Listen(7, 1);
        t.Net.Configure(0, 24, Dialogue.Gateway);
        Assert.AreEqual((0u, 0u), (t.Net.Address, t.Net.Gateway));
        byte[] none = new byte[6];
        byte[] all = [255, 255, 255, 255, 255, 255];
        foreach (uint destination in new uint[] { 0, Dialogue.Own, 0xF0000000, 0x0A0000FF })
        {
            byte[] syn = Frames.Tcp(Dialogue.Peer, destination, 50002, 7, Syn.At(5), 1000);
            t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, destination, 6, syn)));
            t.Receives(Frames.Ethernet(all, Dialogue.PeerMac, 0x0806, Frames.Arp(1, Dialogue.PeerMac, Dialogue.Peer, none, destination)));
        }

        Assert.IsNull(t.Tcp.Connect(Dialogue.Peer, 80));
        Assert.IsFalse(s.SendTo(Dialogue.Peer, 67, [1], 0, 1));
        t.Wait(5000);
        Assert.AreEqual(0, t.All().Count);
        Assert.AreEqual(0, t.OtherFrames.Count);

        Assert.IsTrue(s.SendTo(0xFFFFFFFF, 67, [1], 0, 1));
        t.Poll();
        byte[] udp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, 0, out uint to, out _);
        CollectionAssert.AreEqual(new byte[] { 1 }, Frames.CheckedUdp(udp, 0, to, out _, out _));
        byte[] offer = Frames.Udp(Dialogue.Peer, 0xFFFFFFFF, 67, 68, [5, 6]);
        t.Receives(Frames.Ethernet(all, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, 0xFFFFFFFF, 17, offer)));
        Assert.AreEqual(2, s.Available);
    }

    [TestMethod]   // addresses that no host can have are refused, and change nothing
    public void Impossible_addresses_are_refused()
    {
        var t = new Dialogue();
        foreach ((uint address, int prefix) in new[] { (0x0A0000FFu, 24), (0x0A000000u, 24), (0x7F000001u, 8), (0xE0000001u, 8), (NewAddress, 0), (NewAddress, 31) })
        {
            Assert.ThrowsExactly<ArgumentException>(() => t.Net.Configure(address, prefix, 0), $"{address:x}/{prefix}");
        }

        Assert.AreEqual(Dialogue.Own, t.Net.Address);
    }

    [TestMethod]   // link down and up: services are told, neighbours are asked anew, connections live on until their own deadlines
    public void Link_changes_are_told()
    {
        var t = Dialogue.Established();
        var witness = new Witness(t.Net);
        t.Poll();
        Assert.IsTrue(t.Net.LinkUp);
        witness.Seen.Clear();
        t.Device.Link = false;
        t.Poll();
        Assert.IsFalse(t.Net.LinkUp);
        Assert.AreEqual("link False", witness.Seen[0]);
        Assert.AreEqual(0u, t.Net.Arp.AddressAt(0));
        t.Wait(30_000);
        t.IsIn(TcpState.Established);
        witness.Seen.Clear();
        t.Device.Link = true;
        t.Poll();
        Assert.AreEqual("link True", witness.Seen[0]);
        t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 10));
        t.Reads(10);
        t.Writes(5);
        Assert.AreEqual(5, t.Next().Text!.Length);
        Assert.IsTrue(t.Counters.ArpRequestsOut > 0);
    }

    [TestMethod]   // a service is ticked when it asked for it, at once after Wake, and in the very poll in which its socket received something
    public void Services_are_ticked()
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1 });
        var witness = new Witness(t.Net) { Interval = 250 };
        t.Poll();
        long start = t.NowMs;
        witness.Seen.Clear();
        t.Wait(1000);
        CollectionAssert.AreEqual(new[] { 250, 500, 750, 1000 }.Select(ms => "tick " + (start + ms)).ToArray(), witness.Seen);
        UdpSocket s = t.Net.Udp.Bind(5)!;
        s.Service = witness;
        witness.Seen.Clear();
        t.Device.Incoming.Enqueue(Frames.Ethernet(
            Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 17, Frames.Udp(Dialogue.Peer, Dialogue.Own, 1, 5, [1]))));
        t.Net.Poll(t.NowMs);
        Assert.HasCount(1, witness.Seen);
        Assert.IsNull(t.Net.Udp.TakeReady(), "the service's socket is nobody else's business");
        witness.Wake();
        Assert.AreEqual(0, t.Net.Flush());
        t.Net.Configure(NewAddress, 24, 0);
        Assert.AreEqual("address a000042", witness.Seen[^1]);
    }
}
