namespace EmbeddedTcp.ConformanceTests;

/// <summary>TIME_WAIT: RFC 9293 §3.6.1, §3.10.7.4; RFC 1337; RFC 1122 §4.2.2.13.</summary>
[TestClass]
public class TimeWaitTests
{
    private static Dialogue InTimeWait(out uint last, out uint peerLast)
    {
        var t = Dialogue.Established();
        t.C.Close();
        t.Sends(Fin.At(t.SndNxt, Dialogue.PeerIss + 1));
        t.Receives(Ack.At(Dialogue.PeerIss + 1, t.SndNxt));
        t.Receives(Fin.At(Dialogue.PeerIss + 1, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, Dialogue.PeerIss + 2));
        t.IsIn(TcpState.TimeWait);
        last = t.SndNxt;
        peerLast = Dialogue.PeerIss + 2;
        return t;
    }

    [TestMethod]   // "Acknowledge it, and restart the 2 MSL timeout"
    public void Repeated_fin_restarts_the_wait()
    {
        Dialogue t = InTimeWait(out uint last, out uint peer);
        t.Wait(50_000);
        t.Receives(Fin.At(peer - 1, last));
        t.Sends(Ack.At(last, peer));
        t.Wait(59_999);
        t.IsIn(TcpState.TimeWait);
        t.Wait(1);
        t.IsIn(TcpState.Listen);
    }

    [TestMethod]   // RFC 1337: a RST does not end the wait
    public void Reset_does_not_end_the_wait()
    {
        Dialogue t = InTimeWait(out uint last, out uint peer);
        t.Receives(Rst.At(peer));
        t.Receives(Rst.At(peer, last));
        t.SendsNothing();
        t.IsIn(TcpState.TimeWait);
    }

    [TestMethod]   // old text is acknowledged and kills nothing; an acceptable ACK says nothing new
    public void Old_segments_are_absorbed()
    {
        Dialogue t = InTimeWait(out uint last, out uint peer);
        t.Receives(Text.At(peer - 51, last, new byte[50]));
        t.Sends(Ack.At(last, peer));
        t.Receives(Ack.At(peer, last));
        t.SendsNothing();
        t.Wait(60_000);
        t.IsIn(TcpState.Listen);
    }

    [TestMethod]   // an old duplicate SYN is answered with an ACK, not with a connection
    public void Old_syn_opens_nothing()
    {
        Dialogue t = InTimeWait(out uint last, out uint peer);
        t.Receives(Syn.At(Dialogue.PeerIss));
        t.Sends(Ack.At(last, peer));
        t.IsIn(TcpState.TimeWait);
        Assert.AreEqual(0, t.Tcp.HalfOpen.Count);
    }

    [TestMethod]   // RFC 9293 §3.6.1 (MAY-2): a newer SYN opens a new incarnation
    public void Newer_syn_reopens()
    {
        Dialogue t = InTimeWait(out uint last, out uint peer);
        t.Opens(peer + 1);
        Assert.IsTrue((int)(t.Iss - last) > 0, "the new ISS lies beyond the old sequence numbers");
        Assert.AreEqual(0, t.Tcp.TimeWait.Count);
    }

    [TestMethod]   // same, condition (1): also when the old connection outran the 4 µs clock
    public void Reopened_connection_begins_beyond_a_fast_one()
    {
        var t = Dialogue.Established();
        uint una = t.SndNxt;
        for (int i = 0; i < 100; i++)
        {
            t.Writes(1460);
            t.SendsText(una, 1460);
            una += 1460;
            t.Receives(Ack.At(t.RcvNxt, una));
        }

        t.C.Close();
        t.Sends(Fin.At(una, Dialogue.PeerIss + 1));
        t.Receives(Fin.At(Dialogue.PeerIss + 1, una + 1));
        t.Sends(Ack.At(una + 1, Dialogue.PeerIss + 2));
        t.Opens(Dialogue.PeerIss + 3);
        Assert.IsTrue((int)(t.Iss - una) > 0);
    }

    [TestMethod]   // the application may hold the handle longer than 2MSL, or give it back sooner: no leak either way
    public void Handle_and_record_live_apart()
    {
        var t = Dialogue.Established();
        t.C.Shutdown();
        t.Sends(Fin.At(t.SndNxt, t.RcvNxt));
        t.Receives(Fin.At(t.RcvNxt, t.SndNxt));
        t.Sends(Ack.At(t.SndNxt, Dialogue.PeerIss + 2));
        TcpConnection c = t.C;
        Assert.AreEqual(TcpState.TimeWait, c.State);
        c.KeepAlive = true;
        t.Wait(60_000);
        Assert.AreEqual(TcpState.Closed, c.State);
        Assert.AreEqual(3, t.Tcp.FreeSlots);
        t.Wait(20_000_000);
        t.SendsNothing();
        c.Close();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // a full table gives up its oldest record
    public void Full_table_gives_up_the_oldest()
    {
        var t = Dialogue.Listening(new StackOptions { TimeWaitTableSize = 2 });
        for (int i = 0; i < 3; i++)
        {
            t.PeerPort = 40000 + i;
            t.Opens(Dialogue.PeerIss);
            t.C.Close();
            t.Sends(Fin.At(t.SndNxt, Dialogue.PeerIss + 1));
            t.Receives(Fin.At(Dialogue.PeerIss + 1, t.SndNxt));
            t.Sends(Ack.At(t.SndNxt, Dialogue.PeerIss + 2));
            t.Wait(10);
        }

        Assert.AreEqual(2, t.Tcp.TimeWait.Count);
        Assert.AreEqual(1, t.Counters.TimeWaitEvicted);
        t.PeerPort = 40000;
        t.IsIn(TcpState.Listen);
        t.PeerPort = 40001;
        t.IsIn(TcpState.TimeWait);
    }
}
