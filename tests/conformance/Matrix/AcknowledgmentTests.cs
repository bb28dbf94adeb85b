namespace EmbeddedTcp.ConformanceTests.Matrix;

/// <summary>What an acknowledgment does beside moving SND.UNA: to the timing, to a retransmission under way, to the application.</summary>
[TestClass]
public class AcknowledgmentTests
{
    private const uint PeerIss = Dialogue.PeerIss;

    [TestMethod]   // RFC 6298 §3 (Karn) and §5: what ends where the timed segment begins is no sample of it
    public void Acknowledgment_of_what_lies_before_the_timed_segment_is_no_sample()
    {
        var t = Dialogue.Established();
        t.C.NoDelay = true;
        uint seq = t.Iss + 1;
        t.Writes(100);
        t.SendsText(seq, 100);
        t.WaitForSegment(2000);
        t.SendsText(seq, 100);
        int backedOff = t.C.Rto;
        Assert.AreEqual(2 * t.Options.MinimumRto, backedOff);
        t.Writes(100);
        t.SendsText(seq + 100, 100);
        t.Receives(Ack.At(PeerIss + 1, seq + 100));
        Assert.AreEqual(backedOff, t.C.Rto);

        // Its own acknowledgment is one.
        t.Wait(10);
        t.Receives(Ack.At(PeerIss + 1, seq + 200));
        Assert.AreEqual(t.Options.MinimumRto, t.C.Rto);
    }

    [TestMethod]   // RFC 6298 (5.4), RFC 5681 §3.1: after a timeout what is still missing goes out before anything new
    public void What_is_still_missing_after_a_timeout_goes_first()
    {
        var t = Dialogue.Established(new StackOptions { SendBufferSize = 65535 }, mss: 1000, window: 60000);
        uint seq = t.Iss + 1;
        t.Writes(20000);
        Assert.AreEqual(10, t.All().Count);
        t.WaitForSegment(2000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(PeerIss + 1, seq + 2000));
        t.SendsText(seq + 2000, 1000);
        t.SendsText(seq + 3000, 1000);
        t.SendsNothing();
        Assert.AreEqual(3, t.Counters.Retransmissions);

        // All that was sent is there: what follows is new, and counts as new.
        t.Receives(Ack.At(PeerIss + 1, seq + 10000));
        Assert.IsTrue(t.All().Count > 0);
        Assert.AreEqual(3, t.Counters.Retransmissions);
    }

    [TestMethod]   // an acknowledgment that frees no octet tells the application nothing; one that does, does
    public void Room_is_told_when_there_is_some()
    {
        var t = Dialogue.Established();
        t.Writes(100);
        t.SendsText(t.Iss + 1, 100);
        t.C.TakeEvents();
        t.Receives(Ack.At(PeerIss + 1, t.Iss + 101));
        Assert.AreEqual(TcpEvents.Writable, t.C.TakeEvents());
        t.C.Shutdown();
        t.Sends(Fin.At(t.Iss + 101, PeerIss + 1));
        t.Receives(Ack.At(PeerIss + 1, t.Iss + 102));
        t.IsIn(TcpState.FinWait2);
        Assert.AreEqual(0, t.C.TakeEvents());
    }
}
