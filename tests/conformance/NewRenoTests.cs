namespace EmbeddedTcp.ConformanceTests;

/// <summary>NewReno after a timeout: RFC 6582 §4.1.</summary>
[TestClass]
public class NewRenoTests
{
    private static StackOptions Large => new() { SendBufferSize = 65535 };

    // Two segments were lost and sent again, one by one; then the first new one is lost.
    [TestMethod]   // §4.1: the duplicates behind an acknowledgment that made no leap mean a loss: no second timeout
    public void First_new_segment_lost_after_a_timeout()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(2000);
        t.All();
        t.WaitForSegment(2000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(peer, seq + 1000));
        t.SendsText(seq + 1000, 1000);
        t.Receives(Ack.At(peer, seq + 2000));
        t.Writes(8000);
        Assert.IsTrue(t.All().Count >= 2);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(0, t.Counters.FastRetransmits);
            t.Receives(Ack.At(peer, seq + 2000));
        }

        Assert.AreEqual((1, 1), (t.Counters.FastRetransmits, t.Counters.RetransmissionTimeouts));
        Assert.IsTrue(t.All().Any(s => s.Seq == seq + 2000), "sent again");
    }

    [TestMethod]   // §4.1: behind a leap they are echoes of what was sent again in vain, and mean nothing
    public void Echoes_of_what_was_sent_again_mean_nothing()
    {
        var t = Dialogue.Established(Large, mss: 1000, window: 60000);
        uint seq = t.SndNxt;
        uint peer = t.RcvNxt;
        t.Writes(8000);
        t.All();
        t.WaitForSegment(2000);
        t.SendsText(seq, 1000);
        t.Receives(Ack.At(peer, seq + 8000));
        t.Writes(8000);
        t.All();
        for (int i = 0; i < 5; i++)
        {
            t.Receives(Ack.At(peer, seq + 8000));
        }

        Assert.AreEqual(0, t.Counters.FastRetransmits);
        Assert.IsFalse(t.All().Any(s => s.Seq == seq + 8000));
    }
}
