using EmbeddedTcp.Tcp;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The estimator of RFC 6298 and the hash of RFC 9293 §3.4.1.</summary>
[TestClass]
public class EstimatorTests
{
    /// <summary>Values worked out by hand from RFC 6298 (2.2) and (2.3).</summary>
    [TestMethod]
    public void Samples_follow_the_rfc()
    {
        StackOptions options = new StackOptions();
        options.MinimumRto = 10;
        RoundTripEstimator e = new RoundTripEstimator(options);
        Assert.AreEqual(1000, e.Rto);
        Assert.IsFalse(e.HasSample);

        // R = 400: SRTT 400, RTTVAR 200, RTO 400 + 800.
        e.Sample(400);
        Assert.IsTrue(e.HasSample);
        Assert.AreEqual(400, e.SmoothedRtt);
        Assert.AreEqual(200, e.Variation);
        Assert.AreEqual(1200, e.Rto);

        // R = 500: RTTVAR 0.75·200 + 0.25·100 = 175, SRTT 0.875·400 + 0.125·500 = 412.5, RTO 1112.5.
        e.Sample(500);
        Assert.AreEqual(412, e.SmoothedRtt);
        Assert.AreEqual(175, e.Variation);
        Assert.AreEqual(1112, e.Rto);

        // R = 100: RTTVAR 0.75·175 + 0.25·312.5 = 209.375, SRTT 0.875·412.5 + 12.5 = 373.4, RTO 1210.9.
        e.Sample(100);
        Assert.IsTrue(e.Rto >= 1208 && e.Rto <= 1213);

        // Steady round trips bring the variation down to the granularity and the timeout to the round trip.
        for (int i = 0; i < 200; i++)
        {
            e.Sample(100);
        }

        Assert.IsTrue(e.SmoothedRtt >= 99 && e.SmoothedRtt <= 107);
        Assert.IsTrue(e.Rto >= 100 && e.Rto <= 130);
    }

    /// <summary>(2.4), (2.5), (5.5), (5.7): floor, ceiling, back-off and what a lost SYN leaves.</summary>
    [TestMethod]
    public void Limits_and_back_off()
    {
        RoundTripEstimator e = new RoundTripEstimator(new StackOptions());
        e.SynTimedOut();
        Assert.AreEqual(3000, e.Rto);
        e.Sample(1);
        Assert.AreEqual(1000, e.Rto);
        int expected = 1000;
        for (int i = 0; i < 20; i++)
        {
            e.BackOff();
            expected = expected * 2 < 60000 ? expected * 2 : 60000;
            Assert.AreEqual(expected, e.Rto);
        }

        e.Sample(2);
        Assert.AreEqual(1000, e.Rto);
        e.SynTimedOut();
        Assert.AreEqual(1000, e.Rto);
        e.Sample(50000);
        e.Sample(50000);
        Assert.AreEqual(60000, e.Rto);
        e.Reset();
        Assert.AreEqual(1000, e.Rto);
        e.Sample(0);
        Assert.AreEqual(1000, e.Rto);
    }

    /// <summary>SipHash-2-4 with key 00..0f: the published vector for the message 00..0f is db9bc2577fcc2a3f, its low word first.</summary>
    [TestMethod]
    public void Hash_is_siphash_2_4()
    {
        byte[] key = new byte[16];
        for (int i = 0; i < 16; i++)
        {
            key[i] = (byte)i;
        }

        InitialSequence sequence = new InitialSequence(key);
        Assert.AreEqual(0x57C29BDB, sequence.Hash(0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C));
        Assert.AreEqual(0x57C29BDB, sequence.Hash(0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C));
    }

    /// <summary>One four-tuple: 250 a millisecond, through the wrap of the clock; any change of it, or of the secret, changes all.</summary>
    [TestMethod]
    public void Initial_numbers_follow_the_clock()
    {
        byte[] key = new byte[16];
        InitialSequence sequence = new InitialSequence(key);
        int first = sequence.Next(1, 2, 3, 4, 1000);
        Assert.AreEqual(first + 250, sequence.Next(1, 2, 3, 4, 1001));
        Assert.AreEqual(first + 250 * 3600000, sequence.Next(1, 2, 3, 4, 1000 + 3600000));
        long late = 100L * 24 * 3600 * 1000;
        Assert.AreEqual(sequence.Next(1, 2, 3, 4, late) + 250, sequence.Next(1, 2, 3, 4, late + 1));
        Assert.IsTrue(first != sequence.Next(2, 2, 3, 4, 1000));
        Assert.IsTrue(first != sequence.Next(1, 3, 3, 4, 1000));
        Assert.IsTrue(first != sequence.Next(1, 2, 4, 4, 1000));
        Assert.IsTrue(first != sequence.Next(1, 2, 3, 5, 1000));
        key[15] = 1;
        Assert.IsTrue(first != new InitialSequence(key).Next(1, 2, 3, 4, 1000));
    }
}
