namespace EmbeddedTcp.ConformanceTests;

/// <summary>Keep-alive: RFC 9293 §3.8.4.</summary>
[TestClass]
public class KeepAliveTests
{
    private const int TwoHours = 7_200_000;

    [TestMethod]   // MUST-25: off by default
    public void Off_by_default()
    {
        var t = Dialogue.Established();
        t.Wait(100_000_000);
        t.SendsNothing();
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // MUST-28: no less than two hours; SEG.SEQ = SND.NXT − 1, no text; an answer begins a new idle time
    public void Probe_goes_out_after_two_idle_hours()
    {
        var t = Dialogue.Established();
        t.C.KeepAlive = true;
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(TwoHours, t.WaitForSegment(TwoHours + 1));
            t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
            t.Receives(Ack.At(t.RcvNxt, t.SndNxt));
            t.SendsNothing();
        }
    }

    [TestMethod]   // MUST-26/27: traffic keeps the probes away
    public void Traffic_keeps_probes_away()
    {
        var t = Dialogue.Established();
        t.C.KeepAlive = true;
        for (int i = 0; i < 10; i++)
        {
            t.Wait(TwoHours - 1000);
            t.Receives(t.PeerText(t.RcvNxt, t.SndNxt, 1));
            t.Wait(500);
            t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
        }

        Assert.AreEqual(0, t.Counters.KeepAliveProbes);
    }

    [TestMethod]   // a mute peer: ten probes 75 s apart, then a RST and an error for the application
    public void Mute_peer_ends_the_connection()
    {
        var t = Dialogue.Established();
        t.C.KeepAlive = true;
        Assert.AreEqual(TwoHours, t.WaitForSegment(TwoHours + 1));
        t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
        for (int i = 1; i < 10; i++)
        {
            Assert.AreEqual(75_000, t.WaitForSegment(80_000));
            t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
        }

        Assert.AreEqual(75_000, t.WaitForSegment(80_000));
        t.Sends(Rst.At(t.SndNxt, Dialogue.PeerIss + 1));
        Assert.AreEqual(TcpEndReason.KeepAliveTimedOut, t.C.EndReason);
        t.C.Close();
        Assert.AreEqual(4, t.Tcp.FreeSlots);
    }

    [TestMethod]   // we answer a peer's probes: without text, and with the one octet of garbage some send
    public void Probes_of_the_peer_are_answered()
    {
        var t = Dialogue.Established();
        for (int i = 0; i < 50; i++)
        {
            t.Wait(75_000);
            t.Receives(Ack.At(t.RcvNxt - 1, t.SndNxt));
            t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
            t.Receives(Text.At(t.RcvNxt - 1, t.SndNxt, [0x55]));
            t.Sends(Ack.At(t.SndNxt, t.RcvNxt));
        }

        Assert.AreEqual(0, t.C.Available);
    }

    [TestMethod]   // a peer that rebooted answers a probe with a RST
    public void Reset_as_an_answer_ends_the_connection()
    {
        var t = Dialogue.Established();
        t.C.KeepAlive = true;
        t.WaitForSegment(TwoHours + 1);
        Segment probe = t.Next();
        t.Receives(Rst.At(probe.Ack));
        Assert.AreEqual(TcpEndReason.Reset, t.C.EndReason);
    }

    [TestMethod]   // switched off again, and settable times
    public void Can_be_switched_off_and_shortened()
    {
        var t = Dialogue.Established(new StackOptions { KeepAliveIdle = 5000, KeepAliveInterval = 1000, KeepAliveProbes = 2 });
        t.C.KeepAlive = true;
        t.Wait(4000);
        t.C.KeepAlive = false;
        t.Wait(100_000);
        t.SendsNothing();
        t.C.KeepAlive = true;
        t.Wait(5000);
        t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
        t.Wait(1000);
        t.Sends(Ack.At(t.SndNxt - 1, t.RcvNxt));
        t.Wait(1000);
        t.Sends(Rst.At(t.SndNxt, Dialogue.PeerIss + 1));
    }
}
