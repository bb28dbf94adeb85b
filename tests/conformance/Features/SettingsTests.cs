namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>What the application sets for one connection: RFC 9293 §3.8.3, §3.8.4, §3.9.1; and the options of the stack that bear on TCP.</summary>
[TestClass]
public class SettingsTests
{
    [TestMethod]   // §3.8.3, MUST-21: R2 of one connection; the others keep the stack's
    public void User_timeout_of_one_connection()
    {
        foreach ((int limit, int least, int most) in new[] { (5000, 5000, 15_000), (20_000, 20_000, 45_000), (0, 100_000, 170_000) })
        {
            Dialogue t = Dialogue.Established();
            Assert.AreEqual(100_000, t.C.UserTimeout);
            if (limit > 0)
            {
                t.C.UserTimeout = limit;
            }

            t.Writes(100);
            t.All();
            t.WaitForSegment(2000);
            long first = t.NowMs;
            while (t.C.EndReason == TcpEndReason.None)
            {
                Assert.IsTrue(t.NowMs - first < 200_000);
                t.Wait(100);
            }

            Assert.AreEqual(TcpEndReason.TimedOut, t.C.EndReason);
            Assert.IsTrue(t.NowMs - first >= least && t.NowMs - first <= most, $"{t.NowMs - first} ms for {limit}");
            Assert.AreNotEqual(0, t.All()[^1].Flags & TcpFlags.Rst);
        }
    }

    [TestMethod]   // linger 0: what is queued is thrown away, the peer gets a RST at once (RFC 9293 §3.10.5)
    public void Linger_zero_resets()
    {
        Dialogue t = Dialogue.Established();
        t.C.Linger = 0;
        t.Writes(100);
        t.C.Close();
        Segment reset = t.Next();
        Assert.AreEqual(TcpFlags.Rst | TcpFlags.Ack, reset.Flags);
        t.SendsNothing();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // linger of a time: sent in the background, and reset if it takes longer
    public void Linger_bounds_the_background()
    {
        Dialogue t = Dialogue.Established();
        t.C.Linger = 3000;
        t.Writes(100);
        t.C.Close();
        Segment fin = t.Next();
        Assert.AreEqual(TcpFlags.Fin, fin.Flags & TcpFlags.Fin);
        t.Wait(2999);
        Assert.IsTrue(t.All().All(s => (s.Flags & TcpFlags.Rst) == 0));
        t.Wait(1);
        Assert.AreEqual(TcpFlags.Rst, t.Next().Flags & TcpFlags.Rst);
        Assert.AreEqual(4, t.Tcp.FreeSlots);

        // Acknowledged in time, it ends as ever.
        t = Dialogue.Established();
        t.C.Linger = 3000;
        t.Writes(100);
        t.C.Close();
        fin = t.Next();
        t.Receives(Ack.At(t.RcvNxt, fin.End));
        t.Wait(10_000);
        t.SendsNothing();
        t.Receives(Fin.At(Dialogue.PeerIss + 1, fin.End));
        t.Sends(Ack.At(fin.End, Dialogue.PeerIss + 2));
        t.IsIn(TcpState.TimeWait);
    }

    [TestMethod]   // linger −1, the default: as long as the peer makes progress
    public void Without_linger_closing_takes_its_time()
    {
        Dialogue t = Dialogue.Established();
        Assert.AreEqual(-1, t.C.Linger);
        t.Writes(100);
        t.C.Close();
        t.Next();
        t.Wait(30_000);
        Assert.IsTrue(t.All().All(s => (s.Flags & TcpFlags.Rst) == 0));
    }

    [TestMethod]   // §3.8.4, MUST-24, MUST-27: keep-alive times of one connection
    public void Keep_alive_times_of_one_connection()
    {
        Dialogue t = Dialogue.Established();
        t.C.SetKeepAlive(2000, 1500, 3);
        Assert.IsTrue(t.C.KeepAlive);
        foreach (int wait in new[] { 2000, 1500, 1500 })
        {
            Assert.AreEqual(wait, t.WaitForSegment(10_000));
            t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
        }

        Assert.AreEqual(1500, t.WaitForSegment(10_000));
        Assert.AreEqual(TcpFlags.Rst, t.Next().Flags & TcpFlags.Rst);
        Assert.AreEqual(TcpEndReason.KeepAliveTimedOut, t.C.EndReason);
    }

    [TestMethod]   // §3.9.1.9, MUST-48, SHLD-21, SHLD-22: the code point is in every datagram of the connection, and can be changed
    public void Code_point_is_on_the_wire()
    {
        Dialogue t = Dialogue.With(TcpFeatures.Ecn);
        t.AnyService = true;
        t.C.NoDelay = true;
        foreach (int dscp in new[] { 46, 63, 0, 8 })
        {
            t.C.DifferentiatedServices = dscp;
            Assert.AreEqual(dscp, t.C.DifferentiatedServices);
            t.Writes(33);
            Segment text = t.Next();
            Assert.AreEqual(dscp, text.Dscp);
            Assert.AreEqual(2, text.EcnCodepoint, "the two bits beside it belong to RFC 3168");
            t.Receives(t.PeerText(t.RcvNxt + 5, t.SndNxt, 10));
            Segment ack = t.Next();
            Assert.AreEqual(dscp, ack.Dscp);
            Assert.AreEqual(0, ack.EcnCodepoint);
        }
    }

    [TestMethod]   // §3.9.2, MUST-49: TTL of the stack, on everything it sends, and of one connection
    public void Time_to_live_is_on_the_wire()
    {
        var t = Dialogue.Listening(new StackOptions { TimeToLive = 7 });
        t.AnyService = true;
        t.Receives(Syn.At(Dialogue.PeerIss) with { Mss = 1460 });
        Segment synAck = t.Next();
        Assert.AreEqual(7, synAck.TimeToLive);
        t.Receives(Ack.At(Dialogue.PeerIss + 1, synAck.Seq + 1));
        t.Slot = t.Listener!.Accept();
        Assert.AreEqual(7, t.C.TimeToLive);
        t.C.NoDelay = true;
        foreach (int ttl in new[] { 7, 255, 1, 128 })
        {
            t.C.TimeToLive = ttl;
            t.Writes(33);
            Assert.AreEqual(ttl, t.Next().TimeToLive);
            t.Receives(t.PeerText(t.RcvNxt + 5, t.SndNxt, 10));
            Assert.AreEqual(ttl, t.Next().TimeToLive);
        }

        t.Receives(Ack.At(1, 2) with { DestinationPort = 99 });
        Assert.AreEqual(7, t.Next().TimeToLive, "a RST that belongs to no connection");
    }

    [TestMethod]   // what one connection was told does not hold for the next in its slot
    public void Fresh_connection_has_the_defaults()
    {
        var t = Dialogue.Listening(new StackOptions { Connections = 1 });
        t.Opens(500);
        t.AnyService = true;
        t.C.UserTimeout = 1000;
        t.C.Linger = 0;
        t.C.DifferentiatedServices = 46;
        t.C.TimeToLive = 9;
        t.C.NoDelay = true;
        t.C.SetKeepAlive(1000, 1000, 1);
        t.C.Close();
        t.Next();
        t.AnyService = false;
        t.PeerPort++;
        t.Opens(Dialogue.PeerIss);
        Assert.AreEqual(100_000, t.C.UserTimeout);
        Assert.AreEqual(-1, t.C.Linger);
        Assert.AreEqual(0, t.C.DifferentiatedServices);
        Assert.AreEqual(64, t.C.TimeToLive);
        Assert.IsFalse(t.C.NoDelay);
        Assert.IsFalse(t.C.KeepAlive);
        t.Writes(10);
        t.Next();
        t.C.KeepAlive = true;
        t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
        Assert.AreEqual(7_200_000, t.WaitForSegment(8_000_000));
    }

    [TestMethod]   // arguments out of range throw, and nothing is changed by them
    public void Settings_are_checked()
    {
        Dialogue t = Dialogue.Established();
        TcpConnection c = t.C;
        foreach (Action wrong in new Action[]
        {
            () => c.UserTimeout = 999, () => c.UserTimeout = 86_400_001, () => c.UserTimeout = -1,
            () => c.Linger = -2, () => c.Linger = 86_400_001,
            () => c.DifferentiatedServices = -1, () => c.DifferentiatedServices = 64,
            () => c.TimeToLive = 0, () => c.TimeToLive = 256,
            () => c.SetKeepAlive(999, 1000, 1), () => c.SetKeepAlive(1000, 999, 1), () => c.SetKeepAlive(1000, 1000, 0),
            () => c.SetKeepAlive(1000, 1000, 101), () => c.SetKeepAlive(86_400_001, 1000, 1), () => c.SetKeepAlive(1000, 86_400_001, 1),
        })
        {
            Assert.ThrowsExactly<ArgumentException>(wrong);
        }

        Assert.AreEqual(100_000, c.UserTimeout);
        Assert.AreEqual(-1, c.Linger);
        Assert.AreEqual(0, c.DifferentiatedServices);
        Assert.AreEqual(64, c.TimeToLive);
        Assert.IsFalse(c.KeepAlive);
    }

    [TestMethod]   // §3.9.2.2, MUST-47, MUST-56, SHLD-25: an ICMP error that ends nothing is told to the application
    [DataRow(3, 1)]
    [DataRow(3, 0)]
    [DataRow(3, 3)]
    [DataRow(11, 0)]
    [DataRow(12, 0)]
    public void Soft_error_is_told(int type, int code)
    {
        Dialogue t = Dialogue.Established();
        uint seq = t.SndNxt;
        t.Writes(100);
        t.All();
        t.C.TakeEvents();
        Assert.AreEqual(0, t.C.SoftErrorType);
        byte[] quoted = Frames.Ipv4(
            Dialogue.Own, Dialogue.Peer, 6, [(byte)(t.C.LocalPort >> 8), (byte)t.C.LocalPort, (byte)(t.PeerPort >> 8), (byte)t.PeerPort, .. Frames.Octets(seq)]);
        t.Receives(Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(Dialogue.Gateway, Dialogue.Own, 1, Frames.Icmp(type, code, 0, quoted))));
        Assert.AreEqual(TcpEvents.SoftError, t.C.TakeEvents());
        Assert.AreEqual(type, t.C.SoftErrorType);
        Assert.AreEqual(code, t.C.SoftErrorCode);
        t.IsIn(TcpState.Established);
        t.Receives(Ack.At(t.RcvNxt, seq + 100));
        Assert.AreEqual(0, t.C.SendQueued);
    }

    [TestMethod]   // §3.8.3, SHLD-9: at R1 the application is told that the peer is mute, once; while it lasts, R2 is far
    public void Application_is_told_at_r1()
    {
        Dialogue t = Dialogue.Established();
        t.Writes(100);
        t.All();
        t.C.TakeEvents();
        for (int i = 1; i <= 5; i++)
        {
            t.WaitForSegment(100_000);
            t.All();
            Assert.AreEqual(i == 3 ? TcpEvents.SoftError : 0, t.C.TakeEvents(), $"retransmission {i}");
        }

        Assert.AreEqual(0, t.C.SoftErrorType);
        Assert.AreEqual(5, t.C.Retransmissions);
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // a connection that nobody accepts must not hold its slot for ever
    public void Connection_that_nobody_accepts_ends()
    {
        var t = Dialogue.Listening(new StackOptions { AcceptTimeout = 5000 });
        t.Receives(Syn.At(500) with { Mss = 1460 });
        Segment synAck = t.Next();
        t.Receives(Ack.At(501, synAck.Seq + 1));
        Assert.AreEqual(1, t.Listener!.Pending);
        t.Wait(4999);
        t.SendsNothing();
        t.Wait(1);
        Assert.AreEqual(TcpFlags.Rst, t.Next().Flags & TcpFlags.Rst);
        Assert.AreEqual(0, t.Listener.Pending);
        Assert.AreEqual(4, t.Tcp.FreeSlots);

        // Accepted in time, it stays.
        t.PeerPort++;
        t.Opens(Dialogue.PeerIss);
        t.Wait(100_000);
        t.SendsNothing();
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // the defaults for rings of a size: none of the features where a few segments are all there can be
    [DataRow(4096, false, false)]
    [DataRow(16383, false, false)]
    [DataRow(16384, true, false)]
    [DataRow(65535, true, false)]
    [DataRow(65536, true, true)]
    [DataRow(1048576, true, true)]
    public void Features_follow_the_buffers(int bytes, bool sack, bool scaled)
    {
        StackOptions o = StackOptions.WithBuffers(bytes);
        Assert.AreEqual(bytes, o.ReceiveBufferSize);
        Assert.AreEqual(bytes, o.SendBufferSize);
        Assert.AreEqual(sack, o.SelectiveAcknowledgment);
        Assert.AreEqual(scaled, o.Timestamps);
        Assert.AreEqual(scaled, o.WindowScale);
        Assert.IsFalse(o.ExplicitCongestionNotification);
    }

    [TestMethod]   // the default options offer nothing: rings of 4 KB
    public void Default_options_offer_nothing()
    {
        var o = new StackOptions();
        Assert.IsFalse(o.SelectiveAcknowledgment || o.Timestamps || o.WindowScale || o.ExplicitCongestionNotification);
        Assert.IsTrue(o.SynCookies);
        var t = new Dialogue(o);
        TcpConnection c = t.Tcp.SlotAt(0);
        Assert.IsTrue(c.Stamps == null && c.Scoreboard == null && c.SackReport == null && c.Ecn == null, "what is off has no memory");
    }

    [TestMethod]   // a value beyond either end of its range is refused before anything is built on it; the ends are not
    public void Options_are_checked()
    {
        (string Name, Action<StackOptions, int> Set, int Least, int Most)[] rows =
        [
            ("ReceiveBufferSize", (o, v) => o.ReceiveBufferSize = v, 512, 1048576),
            ("SendBufferSize", (o, v) => o.SendBufferSize = v, 512, 1048576),
            ("TimeToLive", (o, v) => o.TimeToLive = v, 1, 255),
            ("AcceptTimeout", (o, v) => o.AcceptTimeout = v, 1000, 86_400_000),
            ("R2Timeout", (o, v) => o.R2Timeout = v, 1000, 86_400_000),
            ("SynTableSize", (o, v) => o.SynTableSize = v, 1, 256),
            ("DelayedAck", (o, v) => o.DelayedAck = v, 0, 499),
        ];
        foreach ((string name, Action<StackOptions, int> set, int least, int most) in rows)
        {
            foreach (int wrong in new[] { least - 1, most + 1, int.MinValue, int.MaxValue })
            {
                var o = new StackOptions { Connections = 1 };
                set(o, wrong);
                ArgumentException e = Assert.ThrowsExactly<ArgumentException>(() => new NetworkInterface(new ScriptedDevice(), o), name);
                Assert.Contains(name, e.Message);
            }

            foreach (int right in new[] { least, most })
            {
                var o = new StackOptions { Connections = 1 };
                set(o, right);
                Assert.IsTrue(new NetworkInterface(new ScriptedDevice(), o).Open(), name);
            }
        }
    }
}
