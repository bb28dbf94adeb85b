namespace EmbeddedTcp.ConformanceTests;

/// <summary>Slots, backlog and half-open peers under pressure: the written policy, and no leak.</summary>
[TestClass]
public class SlotTests
{
    private const uint Iss = Dialogue.PeerIss;

    // The peer's handshake from a port, up to its ACK. Returns our ISS.
    private static uint Handshake(Dialogue t, int port)
    {
        t.PeerPort = port;
        t.Receives(Syn.At(Iss) with { Mss = 1460 });
        uint iss = t.Next().Seq;
        t.Receives(Ack.At(Iss + 1, iss + 1));
        return iss;
    }

    [TestMethod]   // a full backlog drops the ACK; when the application accepts one, the next repetition gets in; no RST meanwhile
    public void Full_backlog_waits_without_a_reset()
    {
        var t = Dialogue.Listening(new StackOptions { Connections = 8 }, backlog: 2);
        Handshake(t, 1001);
        Handshake(t, 1002);
        uint iss = Handshake(t, 1003);
        t.SendsNothing();
        t.IsIn(TcpState.SynReceived);
        Assert.AreEqual(2, t.Listener!.Pending);
        Assert.AreEqual(1, t.Drops(DropReason.BacklogFull));
        t.Wait(1000);
        t.Sends(SynAck.At(iss, Iss + 1));
        TcpConnection? first = t.Listener.Accept();
        Assert.AreEqual(1001, first!.RemotePort, "first come, first served");
        t.Receives(t.PeerText(Iss + 1, iss + 1, 10));
        t.IsIn(TcpState.Established);
        Assert.AreEqual(2, t.Listener.Pending);
    }

    [TestMethod]   // no slot and nobody to give way: the ACK counts as lost, no RST, and a freed slot is taken by the next repetition
    public void No_slot_waits_without_a_reset()
    {
        var t = Dialogue.Listening(new StackOptions { Connections = 2 }, backlog: 5);
        Handshake(t, 1001);
        Handshake(t, 1002);
        TcpConnection used = t.Listener!.Accept();
        Assert.IsNotNull(t.Listener.Accept());
        uint iss = Handshake(t, 1003);
        t.SendsNothing();
        Assert.AreEqual(1, t.Drops(DropReason.NoSlot));
        Assert.IsNull(t.Tcp.Connect(Dialogue.Peer, 80));
        used.Abort();
        t.PeerPort = 1001;
        Assert.AreEqual(TcpFlags.Rst, t.Next().Flags & TcpFlags.Rst);
        t.PeerPort = 1003;
        t.Wait(1000);
        t.Sends(SynAck.At(iss, Iss + 1));
        t.Receives(Ack.At(Iss + 1, iss + 1));
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // policy 2: LAST_ACK gives way first, then CLOSING, then what its application closed; what is in use never does
    public void Closed_connections_give_way_in_order()
    {
        var t = Dialogue.Listening(new StackOptions { Connections = 3 }, backlog: 3);

        // FIN_WAIT_2 of a closed connection, mute for long.
        t.PeerPort = 1001;
        t.Opens(Iss);
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, Iss + 1));
        t.Receives(Ack.At(Iss + 1, t.SndNxt));
        t.Wait(5000);

        // CLOSING.
        t.PeerPort = 1002;
        t.Opens(Iss);
        uint una = t.SndNxt;
        t.C.Close();
        t.Sends(Fin.At(una, Iss + 1));
        t.Receives(Fin.At(Iss + 1, una));
        t.Sends(Ack.At(una + 1, Iss + 2));

        // LAST_ACK.
        t.PeerPort = 1003;
        t.Opens(Iss);
        t.Receives(Fin.At(Iss + 1, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, Iss + 2));
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, Iss + 2));
        Assert.AreEqual(0, t.Tcp.FreeSlots);

        foreach (int victim in new[] { 1003, 1002, 1001 })
        {
            t.PeerPort = victim + 1000;
            t.Receives(Syn.At(Iss));
            uint iss = t.Next().Seq;
            t.Receives(Ack.At(Iss + 1, iss + 1));
            t.PeerPort = victim;
            Segment reset = t.Next();
            Assert.AreEqual(TcpFlags.Rst, reset.Flags & TcpFlags.Rst);
            Assert.AreEqual(victim, reset.DestinationPort);
            Assert.IsNotNull(t.Listener!.Accept());
        }

        Assert.AreEqual(3, t.Counters.SlotsEvicted);
        Handshake(t, 4000);
        Assert.AreEqual(1, t.Drops(DropReason.NoSlot), "what is in use is never taken");
    }

    [TestMethod]   // a SYN that finds the table full: the oldest entry that was already repeated gives way, else it is dropped
    public void Full_syn_table_gives_up_what_was_repeated()
    {
        var t = Dialogue.Listening(new StackOptions { SynTableSize = 3, SynCookies = false });
        for (int port = 1001; port <= 1003; port++)
        {
            t.PeerPort = port;
            t.Receives(Syn.At(Iss));
            Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, t.Next().Flags);
            t.Wait(100);
        }

        t.PeerPort = 1004;
        t.Receives(Syn.At(Iss));
        t.SendsNothing();
        Assert.AreEqual(1, t.Drops(DropReason.SynTableFull));
        t.Wait(750);
        t.All();
        t.Receives(Syn.At(Iss));
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, t.Next().Flags);
        t.IsIn(TcpState.SynReceived);
        t.PeerPort = 1001;
        t.IsIn(TcpState.Listen);
        t.PeerPort = 1002;
        t.IsIn(TcpState.SynReceived);
    }

    [TestMethod]   // a SYN flood costs no slot, and the genuine connections go on
    public void Syn_flood_takes_no_slot()
    {
        var t = Dialogue.Established();
        TcpConnection c = t.C;
        uint peer = t.RcvNxt;
        for (int i = 0; i < 5000; i++)
        {
            t.PeerPort = 2000 + i;
            t.Receives(Syn.At((uint)i));
            t.Wait(1);
            t.All();
        }

        Assert.AreEqual(3, t.Tcp.FreeSlots);
        t.PeerPort = 40000;
        t.Receives(t.PeerText(peer, c.SendNext, 100));
        Assert.AreEqual(100, c.Available);
        t.Wait(100_000);
        Assert.AreEqual(0, t.Tcp.HalfOpen.Count);
    }

    [TestMethod]   // closing a listener: half-open peers are forgotten, waiting connections reset, accepted ones live
    public void Closing_a_listener()
    {
        var t = Dialogue.Listening(backlog: 3);
        t.PeerPort = 1001;
        t.Opens(Iss);
        TcpConnection accepted = t.C;
        Handshake(t, 1002);
        t.PeerPort = 1003;
        t.Receives(Syn.At(Iss));
        t.All();
        t.Listener!.Close();
        t.PeerPort = 1002;
        Segment reset = t.Next();
        Assert.AreEqual(TcpFlags.Rst, reset.Flags & TcpFlags.Rst);
        Assert.AreEqual(1002, reset.DestinationPort);
        t.SendsNothing();
        Assert.AreEqual(0, t.Tcp.HalfOpen.Count);
        Assert.AreEqual(TcpState.Established, accepted.State);
        Assert.AreEqual(3, t.Tcp.FreeSlots);
        t.Receives(Syn.At(9));
        t.Sends(Rst.At(0, 10));
        Assert.IsNotNull(t.Tcp.Listen(7, 1), "the port can be listened on again");
    }

    [TestMethod]   // a connection that is reset while it waits to be accepted disappears from the queue
    public void Reset_in_the_backlog_is_taken_out()
    {
        var t = Dialogue.Listening(backlog: 3);
        Handshake(t, 1001);
        uint iss = Handshake(t, 1002);
        Handshake(t, 1003);
        t.PeerPort = 1002;
        t.Receives(Rst.At(Iss + 1, iss + 1));
        Assert.AreEqual(2, t.Listener!.Pending);
        Assert.AreEqual(1001, t.Listener.Accept().RemotePort);
        Assert.AreEqual(1003, t.Listener.Accept().RemotePort);
        Assert.IsNull(t.Listener.Accept());
        Assert.AreEqual(2, t.Tcp.FreeSlots);
    }

    [TestMethod]   // what arrives before Accept is kept, events included
    public void Data_before_accept_is_kept()
    {
        var t = Dialogue.Listening(backlog: 3);
        uint iss = Handshake(t, 1001);
        t.Receives(t.PeerText(Iss + 1, iss + 1, 100));
        Assert.IsNull(t.Tcp.TakeReady());
        t.Receives(t.PeerText(Iss + 101, iss + 1, 100) with { Flags = TcpFlags.Ack | TcpFlags.Fin });
        Assert.IsNull(t.Tcp.TakeReady());
        t.Slot = t.Listener!.Accept();
        Assert.AreSame(t.Slot, t.Tcp.TakeReady());
        Assert.AreEqual(TcpEvents.Readable | TcpEvents.PeerClosed, t.C.TakeEvents() & (TcpEvents.Readable | TcpEvents.PeerClosed));
        t.Reads(200);
        Assert.IsNull(t.Tcp.TakeReady());
        t.All();
    }

    [TestMethod]   // a thousand connections, one after the other and in all manners of ending: no slot, no record, no timer is left behind
    public void Slots_do_not_leak()
    {
        var random = new Random(12);
        var t = Dialogue.Listening(new StackOptions { MaximumSegmentLifetime = 100 });
        for (int i = 0; i < 1000; i++)
        {
            t.PeerPort = 1024 + i * 7 % 60000;
            t.RestartPatterns();
            t.Opens((uint)random.Next());
            uint peer = t.RcvNxt;
            if (random.Next(2) == 0)
            {
                t.Writes(random.Next(1, 3000));
                t.All();
            }

            switch (random.Next(6))
            {
                case 0:
                    t.C.Abort();
                    break;
                case 1:
                    t.Receives(Rst.At(peer));
                    t.C.Close();
                    break;
                case 2:
                    t.C.Close();
                    t.All();
                    t.Receives(Fin.At(peer, t.SndNxt));
                    break;
                case 3:
                    t.Receives(Fin.At(peer, t.SndNxt));
                    t.All();
                    t.C.Close();
                    t.All();
                    t.Receives(Ack.At(peer + 1, t.SndNxt));
                    break;
                case 4:
                    t.C.Close();
                    t.All();
                    t.Receives(Rst.At(peer, t.SndNxt));
                    break;
                default:
                    t.Receives(Text.At(peer, t.SndNxt, new byte[10]));
                    t.C.Close();
                    break;
            }

            // What is still outstanding after this is acknowledged by a peer that has lost its state.
            t.Wait(300);
            foreach (Segment s in t.All())
            {
                if ((s.Flags & TcpFlags.Rst) == 0)
                {
                    t.Receives(Rst.At(s.Ack));
                }
            }

            t.All();
            Assert.AreEqual(4, t.Tcp.FreeSlots, $"turn {i}");
            t.Wait(1000);
            t.All();
        }

        t.Wait(1_000_000);
        t.SendsNothing();
        Assert.AreEqual(0, t.Tcp.TimeWait.Count);
        Assert.AreEqual(0, t.Tcp.HalfOpen.Count);
    }

    [TestMethod]   // argument errors throw at the edge; full tables answer null
    public void Edges_of_the_verbs()
    {
        var t = new Dialogue(new StackOptions { Listeners = 2 });
        Assert.ThrowsExactly<ArgumentException>(() => t.Tcp.Listen(0, 1));
        Assert.ThrowsExactly<ArgumentException>(() => t.Tcp.Listen(65536, 1));
        Assert.ThrowsExactly<ArgumentException>(() => t.Tcp.Listen(5, 0));
        Assert.IsNotNull(t.Tcp.Listen(5, 1));
        Assert.IsNull(t.Tcp.Listen(5, 1));
        Assert.IsNotNull(t.Tcp.Listen(6, 1));
        Assert.IsNull(t.Tcp.Listen(7, 1));
        foreach (uint address in new uint[] { 0, Dialogue.Own, 0xE0000001, 0x7F000001, 0xFFFFFFFF, 0x0A0000FF })
        {
            Assert.ThrowsExactly<ArgumentException>(() => t.Tcp.Connect(address, 80), address.ToString("x"));
        }

        Assert.ThrowsExactly<ArgumentException>(() => t.Tcp.Connect(Dialogue.Peer, 0));
        t = Dialogue.Established();
        Assert.ThrowsExactly<ArgumentNullException>(() => t.C.Read(null, 0, 1));
        Assert.ThrowsExactly<ArgumentException>(() => t.C.Read(new byte[4], 2, 3));
        Assert.ThrowsExactly<ArgumentException>(() => t.C.Write(new byte[4], -1, 1));
        Assert.ThrowsExactly<ArgumentException>(() => t.C.Write(new byte[4], 0, -1));
        Assert.AreEqual(0, t.C.Write(new byte[4], 4, 0));
        t.SendsNothing();
    }

    [TestMethod]   // RFC 6056: ephemeral ports differ from one another, lie in 49152–65535, and avoid what is in use
    public void Ephemeral_ports()
    {
        var t = new Dialogue(new StackOptions { Connections = 64 });
        var ports = new HashSet<int>();
        for (int i = 0; i < 64; i++)
        {
            TcpConnection c = t.Tcp.Connect(Dialogue.Peer, 80);
            Assert.IsTrue(ports.Add(c.LocalPort));
            Assert.IsTrue(c.LocalPort is >= 49152 and <= 65535);
        }

        t.All();
        StackOptions other = new();
        var u = new Dialogue(other);
        other.BootSecret[0] ^= 1;
        var v = new NetworkInterface(new ScriptedDevice(), new StackOptions { Address = Dialogue.Own, BootSecret = other.BootSecret });
        v.Poll(u.NowMs);
        Assert.AreNotEqual(u.Tcp.Connect(Dialogue.Peer, 80).LocalPort, v.Tcp.Connect(Dialogue.Peer, 80).LocalPort, "another boot, other ports");
    }

    [TestMethod]   // RFC 9293 §3.4.1: ISN = M + F: 250 a millisecond on one four-tuple; unrelated between four-tuples and secrets
    public void Initial_sequence_numbers()
    {
        var t = Dialogue.Listening();
        uint Isn(int port)
        {
            t.PeerPort = port;
            t.Receives(Syn.At(5));
            uint isn = t.Next().Seq;
            t.Receives(Rst.At(6));
            return isn;
        }

        uint a = Isn(1000);
        uint b = Isn(1001);
        t.Wait(4000);
        Assert.AreEqual(a + 1_000_000, Isn(1000));
        Assert.AreEqual(b + 1_000_000, Isn(1001));
        var seen = new HashSet<uint>();
        for (int port = 2000; port < 3000; port++)
        {
            Assert.IsTrue(seen.Add(Isn(port) >> 8), "an even spread has no such collisions");
        }

        Assert.IsTrue(seen.Count(x => (x & 1) == 0) is > 430 and < 570);
    }
}
