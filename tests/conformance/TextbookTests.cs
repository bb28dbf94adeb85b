namespace EmbeddedTcp.ConformanceTests;

/// <summary>The textbook's scenarios, two stacks on a cable whose fate the test decides; both sides' states are asserted in order.</summary>
[TestClass]
public partial class TextbookTests
{
    private const TcpState Closed = TcpState.Closed;
    private const TcpState Listen = TcpState.Listen;
    private const TcpState SynSent = TcpState.SynSent;
    private const TcpState SynReceived = TcpState.SynReceived;
    private const TcpState Established = TcpState.Established;
    private const TcpState FinWait1 = TcpState.FinWait1;
    private const TcpState FinWait2 = TcpState.FinWait2;
    private const TcpState CloseWait = TcpState.CloseWait;
    private const TcpState Closing = TcpState.Closing;
    private const TcpState LastAck = TcpState.LastAck;
    private const TcpState TimeWait = TcpState.TimeWait;

    private static void A(Cable wire, params TcpState[] expected) => CollectionAssert.AreEqual(expected, wire.StatesA, string.Join(" ", wire.StatesA));

    private static void B(Cable wire, params TcpState[] expected) => CollectionAssert.AreEqual(expected, wire.StatesB, string.Join(" ", wire.StatesB));

    private static int Once(ref int left) => left-- > 0 ? 0 : 1;

    // Loses the first so many segments that match.
    private static Func<OnTheWire, int[]> Loses(int times, Func<OnTheWire, bool> which) => f => which(f) && Once(ref times) == 0 ? Cable.Lost : Cable.OnTime;

    private static Cable Listening(StackOptions? a = null, StackOptions? b = null)
    {
        var wire = new Cable(a, b);
        Assert.IsNotNull(wire.B.Tcp.Listen(7, 4));
        wire.Settle();
        wire.StatesB.Clear();
        wire.Settle();
        return wire;
    }

    private static void Transfers(Cable wire, TcpConnection from, TcpConnection to, int count)
    {
        byte[] buffer = new byte[4096];
        int written = 0;
        int read = 0;
        wire.RunUntil(
            () =>
            {
                if (written < count)
                {
                    written += from.Write(Pattern.Of((uint)written, count - written), 0, count - written);
                }

                int n = to.Read(buffer, 0, buffer.Length);
                for (int i = 0; i < n; i++)
                {
                    Assert.AreEqual(Pattern.At((uint)(read + i)), buffer[i]);
                }

                read += Math.Max(0, n);
                return read == count;
            },
            600_000,
            "transfer");
    }

    [TestMethod]   // 1
    public void S01_three_way_handshake()
    {
        Cable wire = Listening();
        wire.Open();
        A(wire, Closed, SynSent, Established);
        B(wire, Listen, SynReceived, Established);
        Segment[] s = [.. wire.Ladder.Select(f => f.Segment!)];
        Assert.AreEqual(3, s.Length);
        Assert.AreEqual(TcpFlags.Syn, s[0].Flags);
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, s[1].Flags);
        Assert.AreEqual(s[0].Seq + 1, s[1].Ack);
        Assert.AreEqual(TcpFlags.Ack, s[2].Flags);
        Assert.AreEqual(s[0].Seq + 1, s[2].Seq);
        Assert.AreEqual(s[1].Seq + 1, s[2].Ack);
    }

    [TestMethod]   // 2
    public void S02_four_way_teardown()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        client.Close();
        wire.Run(1000);
        server.Close();
        wire.Run(100_000);
        A(wire, Closed, SynSent, Established, FinWait1, FinWait2, TimeWait, Closed);
        B(wire, Listen, SynReceived, Established, CloseWait, LastAck, Listen);
        Assert.AreEqual(3 + 4, wire.Ladder.Count);
    }

    [TestMethod]   // 3: the server answers the FIN at once with its own; FIN and ACK travel together
    public void S03_teardown_in_three_segments()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();

        // Its acknowledgment of our FIN is lost, so that the first we see is FIN,ACK.
        wire.Fate = Loses(1, f => !f.FromA && f.IsPureAck);
        wire.EachMoment = () =>
        {
            if (server.PeerClosed)
            {
                server.Close();
            }
        };
        client.Close();
        wire.Run(100_000);
        A(wire, Closed, SynSent, Established, FinWait1, TimeWait, Closed);
        B(wire, Listen, SynReceived, Established, CloseWait, LastAck, Listen);
    }

    [TestMethod]   // 4
    public void S04_simultaneous_close()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        client.Close();
        server.Close();
        wire.Run(100_000);
        A(wire, Closed, SynSent, Established, FinWait1, Closing, TimeWait, Closed);
        B(wire, Listen, SynReceived, Established, FinWait1, Closing, TimeWait, Listen);
        Assert.AreEqual(3 + 4, wire.Ladder.Count);
    }

    [TestMethod]   // 6
    public void S06_half_close()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        client.Shutdown();
        wire.Run(1000);
        byte[] b = new byte[1];
        Assert.AreEqual(-1, server.Read(b, 0, 1));
        Transfers(wire, server, client, 50_000);
        server.Close();
        wire.Run(1000);
        Assert.AreEqual(-1, client.Read(b, 0, 1));
        client.Close();
        wire.Run(100_000);
        A(wire, Closed, SynSent, Established, FinWait1, FinWait2, TimeWait, Closed);
        B(wire, Listen, SynReceived, Established, CloseWait, LastAck, Listen);
    }

    [TestMethod]   // 7
    public void S07_first_syns_lost()
    {
        Cable wire = Listening();
        wire.Fate = Loses(3, f => f.Has(TcpFlags.Syn) && f.FromA);
        (TcpConnection client, TcpConnection server) = wire.Open();
        A(wire, Closed, SynSent, Established);
        B(wire, Listen, SynReceived, Established);
        long[] at = [.. wire.Ladder.Where(f => f.FromA && f.Has(TcpFlags.Syn)).Select(f => f.AtMs)];
        CollectionAssert.AreEqual(new long[] { 2000, 4000 }, new[] { at[2] - at[1], at[3] - at[2] });
        Transfers(wire, client, server, 20_000);
    }

    [TestMethod]   // 8
    public void S08_syn_ack_lost()
    {
        Cable wire = Listening();
        wire.Fate = Loses(2, f => f.Has(TcpFlags.Syn | TcpFlags.Ack));
        (TcpConnection client, TcpConnection server) = wire.Open();
        Transfers(wire, client, server, 20_000);

        // For ever: the server forgets the half-open peer.
        wire.Fate = f => f.FromA ? Cable.OnTime : Cable.Lost;
        TcpConnection late = wire.A.Tcp.Connect(Cable.AddressB, 7)!;
        wire.Run(170_000);
        Assert.AreEqual(SynSent, late.State);
        wire.Fate = f => f.FromA ? Cable.Lost : Cable.OnTime;
        wire.Run(100_000);
        Assert.AreEqual(TcpEndReason.TimedOut, late.EndReason);
        Assert.AreEqual(0, wire.B.Tcp.HalfOpen.Count);
        Assert.AreEqual(3, wire.B.Tcp.FreeSlots);
    }

    [TestMethod]   // 9
    public void S09_third_ack_lost()
    {
        Cable wire = Listening();
        wire.Fate = Loses(1, f => f.FromA && f.IsPureAck);
        TcpConnection client = wire.A.Tcp.Connect(Cable.AddressB, 7)!;
        wire.Run(100);
        Assert.AreEqual(Established, client.State);
        Assert.AreEqual(SynReceived, Cable.StateOf(wire.B, 7));
        client.Write(Pattern.Of(0, 10), 0, 10);
        wire.Run(100);
        TcpConnection server = wire.B.Tcp.ListenerAt(0).Accept();
        byte[] b = new byte[20];
        Assert.AreEqual(10, server.Read(b, 0, 20));
        A(wire, Closed, SynSent, Established);
        B(wire, Listen, SynReceived, Established);

        // A server that gave up answers with a RST.
        wire.Fate = f => f.FromA && f.IsPureAck ? Cable.Lost : Cable.OnTime;
        TcpConnection second = wire.A.Tcp.Connect(Cable.AddressB, 7)!;
        wire.Run(100_000);
        Assert.AreEqual(Established, second.State);
        Assert.AreEqual(0, wire.B.Tcp.HalfOpen.Count);
        second.Write(b, 0, 10);
        wire.Run(1000);
        Assert.AreEqual(TcpEndReason.Reset, second.EndReason);
    }

    [TestMethod]   // 10: why two handshakes are not enough
    public void S10_delayed_duplicate_syn()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        OnTheWire syn = wire.Ladder[0];
        client.Close();
        wire.Run(10);
        server.Close();
        wire.Run(200_000);
        int before = wire.Ladder.Count;
        wire.Replay(syn);
        wire.Run(100_000);
        Assert.IsNull(wire.B.Tcp.ListenerAt(0).Accept());
        Assert.AreEqual(0, wire.B.Tcp.HalfOpen.Count);
        Segment[] s = [.. wire.Ladder.Skip(before).Select(f => f.Segment!)];
        Assert.AreEqual(2, s.Length, "SYN,ACK and the RST that refuses it");
        Assert.AreEqual(TcpFlags.Rst, s[1].Flags);
        Assert.AreEqual(s[0].Ack, s[1].Seq);
    }

    [TestMethod]   // 11
    public void S11_last_ack_lost()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        client.Close();
        wire.Run(10);
        wire.Fate = Loses(2, f => f.FromA && f.IsPureAck);
        server.Close();
        wire.Run(2000);
        Assert.AreEqual(LastAck, Cable.StateOf(wire.B, 7));
        Assert.AreEqual(TimeWait, Cable.StateOf(wire.A, 7));
        wire.Run(3000);
        Assert.AreEqual(Listen, Cable.StateOf(wire.B, 7));
        long lastFin = wire.Ladder.Last(f => f.Has(TcpFlags.Fin)).AtMs;
        wire.RunUntil(() => wire.A.Tcp.TimeWait.Count == 0, 70_000, "2MSL");
        Assert.AreEqual(lastFin + wire.LatencyMs + 60_000, wire.NowMs, "2MSL began anew with the repeated FIN");
    }

    [TestMethod]   // 12
    public void S12_old_segments_after_close()
    {
        Cable wire = Listening();
        (TcpConnection client, TcpConnection server) = wire.Open();
        Transfers(wire, server, client, 9000);
        Transfers(wire, client, server, 9000);
        client.Close();
        wire.Run(10);
        server.Close();
        wire.Run(10);
        OnTheWire[] old = [.. wire.Ladder];
        foreach (OnTheWire f in old)
        {
            wire.Replay(f);
        }

        wire.Run(130_000);
        Assert.IsNull(wire.B.Tcp.ListenerAt(0).Accept());
        Assert.AreEqual(4, wire.A.Tcp.FreeSlots);
        Assert.AreEqual(4, wire.B.Tcp.FreeSlots);
        Assert.AreEqual(0, wire.A.Tcp.TimeWait.Count);
        wire.Open();
    }

    [TestMethod]   // 13
    public void S13_nobody_listens()
    {
        var wire = new Cable();
        TcpConnection client = wire.A.Tcp.Connect(Cable.AddressB, 99)!;
        wire.Run(100);
        Assert.AreEqual(TcpEndReason.Refused, client.EndReason);
        Assert.AreEqual(TcpFlags.Rst | TcpFlags.Ack, wire.Ladder[1].Segment!.Flags);
    }
}
