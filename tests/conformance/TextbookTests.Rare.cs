namespace EmbeddedTcp.ConformanceTests;

/// <content>What two stacks seldom do to each other: open at once, reboot, and set bits that nobody uses.</content>
public partial class TextbookTests
{
    [TestMethod]   // 5: RFC 9293 §3.5 figure 7. Both applications call, and each calls the very port that the other calls from
    public void S05_simultaneous_open()
    {
        (int portA, int portB) = PortsThatMeet();
        var wire = new Cable { Port = portB };
        wire.StatesA.Clear();
        wire.StatesB.Clear();
        wire.Settle();
        TcpConnection a = wire.A.Tcp.Connect(Cable.AddressB, portB)!;
        TcpConnection b = wire.B.Tcp.Connect(Cable.AddressA, portA)!;
        Assert.AreEqual(portA, a.LocalPort);
        Assert.AreEqual(portB, b.LocalPort);
        wire.Run(500);
        A(wire, Closed, SynSent, SynReceived, Established);
        B(wire, Closed, SynSent, SynReceived, Established);
        Assert.AreEqual(3, wire.A.Tcp.FreeSlots, "one connection");
        Assert.AreEqual(3, wire.B.Tcp.FreeSlots, "one connection");

        // "SYN, SYN; SYN,ACK, SYN,ACK": and the second pair may complete the handshake, or one more ACK each.
        Assert.AreEqual(2, wire.Ladder.Count(f => f.Segment!.Flags == TcpFlags.Syn));
        Assert.AreEqual(2, wire.Ladder.Count(f => f.Segment!.Flags == (TcpFlags.Syn | TcpFlags.Ack)));
        Assert.IsTrue(wire.Ladder.Count <= 6, string.Join("\n", wire.Ladder));
        Transfers(wire, a, b, 20_000);
        Transfers(wire, b, a, 20_000);
        Assert.AreEqual(0, wire.A.Counters.ResetsOut + wire.B.Counters.ResetsOut);
    }

    [TestMethod]   // 15: RFC 9293 §3.5.1 figure 9 by RFC 5961 §4.2: SYN; challenge ACK; RST; the SYN again, and the new handshake
    public void S15_peer_reboots()
    {
        Cable wire = Listening();
        (TcpConnection old, TcpConnection server) = wire.Open();
        int port = old.LocalPort;
        wire.Run(60_000);
        wire.RebootA();
        wire.Ladder.Clear();
        TcpConnection again = wire.A.Tcp.Connect(Cable.AddressB, 7)!;
        Assert.AreEqual(port, again.LocalPort, "the same secret draws the same port");
        wire.Run(100);
        Assert.AreEqual(TcpEndReason.Reset, server.EndReason);
        Segment[] s = [.. wire.Ladder.Select(f => f.Segment!)];
        Assert.AreEqual(TcpFlags.Syn, s[0].Flags);
        Assert.AreEqual(TcpFlags.Ack, s[1].Flags, "a challenge");
        Assert.AreEqual(TcpFlags.Rst, s[2].Flags & TcpFlags.Rst);
        Assert.AreEqual(s[1].Ack, s[2].Seq, "exactly at RCV.NXT");
        wire.Run(5000);
        Assert.AreEqual(Established, again.State);
        TcpConnection fresh = wire.B.Tcp.ListenerAt(0)!.Accept()!;
        Transfers(wire, again, fresh, 20_000);
        Transfers(wire, fresh, again, 20_000);
    }

    [TestMethod]   // 19: URG with any pointer, PSH, and without negotiation ECE, CWR (RFC 3168 §6.1.1), and the bits kept for the future
    public void S19_bits_that_nobody_uses()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        wire.Alter = f =>
        {
            if (f.Segment != null)
            {
                Span<byte> tcp = f.Frame.AsSpan(34);
                tcp[12] |= (byte)((f.Number & 7) << 1);
                tcp[13] |= (byte)((TcpFlags.Urg | TcpFlags.Psh | TcpFlags.Ece | TcpFlags.Cwr) & (f.Number * 40));
                tcp[18] = (byte)(f.Number * 37);
                tcp[19] = (byte)f.Number;
                tcp[16] = tcp[17] = 0;
                int sum = Frames.TcpChecksum(f.FromA ? Cable.AddressA : Cable.AddressB, f.FromA ? Cable.AddressB : Cable.AddressA, tcp);
                tcp[16] = (byte)(sum >> 8);
                tcp[17] = (byte)sum;
            }
        };
        long start = wire.NowMs;
        Transfers(wire, client, server, 200_000);
        Transfers(wire, server, client, 200_000);
        Assert.IsTrue(wire.NowMs - start < 10_000, "nothing stalls");
        Assert.AreEqual(0, wire.A.Counters.Retransmissions + wire.B.Counters.Retransmissions);
        Assert.AreEqual(0, wire.A.Counters.Drops[(int)DropReason.BadTcpChecksum], "the test's own arithmetic");
        server.Close();
        client.Close();
        wire.Run(100_000);
        Assert.AreEqual(4, wire.A.Tcp.FreeSlots);
        Assert.AreEqual(4, wire.B.Tcp.FreeSlots);
    }

    // Ephemeral ports follow from secret and destination (RFC 6056 §3.3.3). Among all ports that B may call from there is, for these
    // secrets, one at which A calls from the port that B would then call.
    private static (int A, int B) PortsThatMeet()
    {
        var a = new InitialSequence(Cable.SecretOf(0xA));
        var b = new InitialSequence(Cable.SecretOf(0xB));
        for (int portB = 49152; portB < 65536; portB++)
        {
            int portA = First(a, Cable.AddressB, portB, Cable.AddressA);
            if (First(b, Cable.AddressA, portA, Cable.AddressB) == portB)
            {
                return (portA, portB);
            }
        }

        throw new AssertFailedException("these secrets never meet: give Cable others");
    }

    private static int First(InitialSequence sequence, uint remote, int remotePort, uint local)
        => 49152 + (((sequence.Hash((int)remote, remotePort, (int)local, 2) & int.MaxValue) + 1) & int.MaxValue) % 16384;
}
