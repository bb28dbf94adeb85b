using EmbeddedTcp.Services.Sntp;

namespace EmbeddedTcp.ConformanceTests.Services;

/// <summary>The SNTP client in virtual time: RFC 4330.</summary>
[TestClass]
public class SntpTests
{
    private const uint First = Dialogue.Peer;
    private const uint Second = Dialogue.Gateway;

    // 2026-11-21 10:00:00 UTC, counted from 1970 and from 1900.
    private const long Unix = 1795255200;
    private const uint Ntp = (uint)(Unix + 2208988800);

    private static (Dialogue T, SntpClient Sntp) Start(bool second = false)
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1 });
        var sntp = new SntpClient(t.Net);
        sntp.SetServer(0, First);
        sntp.SetServer(1, second ? Second : 0);
        sntp.Start();
        return (t, sntp);
    }

    private static (byte[] Message, uint Server, int Port, long AtMs) Hears(Dialogue t, int limit = 2_000_000)
    {
        long end = t.NowMs + limit;
        t.Poll();
        while (t.OtherFrames.Count == 0)
        {
            Assert.IsTrue(t.NowMs < end, "no question");
            t.Wait(10);
        }

        byte[] udp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, Dialogue.Own, out uint server, out _);
        byte[] m = Frames.CheckedUdp(udp, Dialogue.Own, server, out int port, out int to);
        Assert.AreEqual((123, 48, 0x23), (to, m.Length, m[0]));
        CollectionAssert.AreEqual(new byte[39], m[1..40], "RFC 4330 §5: all but the mode and the transmit time is zero");
        return (m, server, port, t.NowMs);
    }

    private static byte[] Answer(byte[] question, uint seconds = Ntp, uint fraction = 0x80000000, int first = 0x24, int stratum = 2)
        => [(byte)first, (byte)stratum, 6, 0xEC, .. new byte[20], .. question[40..48], .. Frames.Octets(seconds), .. new byte[4], .. Frames.Octets(seconds), .. Frames.Octets(fraction)];

    private static void Sends(Dialogue t, byte[] message, uint from, int to)
        => t.Receives(Frames.Ethernet(
            Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, Frames.Ipv4(from, Dialogue.Own, 17, Frames.Udp(from, Dialogue.Own, 123, to, message))));

    [TestMethod]   // the time is that of the server plus half the way, to the millisecond, and goes on; it is asked for again at the interval
    public void Time_is_told()
    {
        (Dialogue t, SntpClient sntp) = Start();
        Assert.IsFalse(sntp.Synchronised);
        var q = Hears(t);
        t.Wait(80);
        Sends(t, Answer(q.Message), First, q.Port);
        Assert.AreEqual((true, Unix * 1000 + 500 + 40), (sntp.Synchronised, sntp.UnixMilliseconds));
        Assert.AreEqual((2, First, 80, 1), (sntp.Stratum, sntp.Server, sntp.RoundTripMs, sntp.Answers));
        long at = t.NowMs;
        var again = Hears(t);
        Assert.IsTrue(Math.Abs(again.AtMs - at - sntp.Interval) < 20);
        Assert.AreEqual(Unix * 1000 + 540 + (t.NowMs - at), sntp.UnixMilliseconds);
        CollectionAssert.AreNotEqual(q.Message[40..], again.Message[40..]);
    }

    [TestMethod]   // RFC 4330 §3: from 2036 on the seconds begin anew
    public void Next_era_is_understood()
    {
        (Dialogue t, SntpClient sntp) = Start();
        var q = Hears(t);
        Sends(t, Answer(q.Message, seconds: 1000, fraction: 0), First, q.Port);
        Assert.AreEqual((0x100000000L + 1000 - 2208988800L) * 1000, sntp.UnixMilliseconds);
    }

    [TestMethod]   // §5: what does not repeat our time, is cut short or of another mode is ignored, and the answer is still waited for
    public void What_is_no_answer_is_ignored()
    {
        (Dialogue t, SntpClient sntp) = Start();
        var q = Hears(t);
        byte[] good = Answer(q.Message);
        byte[] other = [.. good];
        other[31] ^= 1;
        Sends(t, other, First, q.Port);
        Sends(t, good[..47], First, q.Port);
        Sends(t, Answer(q.Message, first: 0x23), First, q.Port);
        Sends(t, good, Second, q.Port);
        Assert.AreEqual((false, 3), (sntp.Synchronised, sntp.Refused));
        Sends(t, good, First, q.Port);
        Assert.IsTrue(sntp.Synchronised);
    }

    [TestMethod]   // §8: a server that is not synchronised, or sends the kiss of death, is passed over
    public void Servers_that_do_not_know_are_passed_over()
    {
        foreach ((int first, int stratum, uint seconds) in new[] { (0xE4, 2, Ntp), (0x24, 0, Ntp), (0x24, 16, Ntp), (0x24, 2, 0u) })
        {
            (Dialogue t, SntpClient sntp) = Start(second: true);
            var q = Hears(t);
            Sends(t, Answer(q.Message, seconds, 0, first, stratum), First, q.Port);
            Assert.IsFalse(sntp.Synchronised);
            q = Hears(t);
            Assert.AreEqual(Second, q.Server);
            Sends(t, Answer(q.Message), Second, q.Port);
            Assert.IsTrue(sntp.Synchronised);
        }
    }

    [TestMethod]   // §10: silence is answered with patience: 16 s, doubled up to 17 minutes
    public void Silent_servers_are_asked_less_and_less()
    {
        (Dialogue t, SntpClient sntp) = Start();
        long last = Hears(t).AtMs;
        foreach (int expected in new[] { 16, 32, 64, 128, 256, 512, 1024, 1024 })
        {
            long at = Hears(t).AtMs;
            Assert.IsTrue((at - last) / 1000.0 - expected is >= 4 and <= 5.1, $"{at - last} for {expected}");
            last = at;
        }

        sntp.Stop();
        t.Wait(3_000_000);
        Assert.HasCount(0, t.OtherFrames);
        Assert.AreEqual(0, t.Net.Udp.SocketAt(0).LocalPort);
    }

    [TestMethod]   // RFC 5905 §7.4: DENY and RSTR: never again, until it is started anew; RATE: half as often from now on
    public void Kiss_of_death_is_obeyed()
    {
        foreach (string code in new[] { "DENY", "RSTR" })
        {
            (Dialogue t, SntpClient sntp) = Start(second: true);
            var q = Hears(t);
            Sends(t, Kiss(q.Message, code), First, q.Port);
            for (int i = 0; i < 6; i++)
            {
                Assert.AreEqual(Second, Hears(t).Server);
            }

            q = Hears(t);
            Sends(t, Kiss(q.Message, code), Second, q.Port);
            t.Wait(4_000_000);
            Assert.HasCount(0, t.OtherFrames, "nobody is left to be asked");
            sntp.Start();
            Assert.AreEqual(First, Hears(t).Server);
        }

        (Dialogue r, SntpClient rated) = Start();
        rated.Interval = 64_000;
        foreach (int expected in new[] { 128_000, 256_000, 512_000, 1_024_000, 1_024_000 })
        {
            var q = Hears(r);
            Sends(r, Kiss(q.Message, "RATE"), First, q.Port);
            Assert.AreEqual(expected, rated.Interval);
            long at = r.NowMs;
            q = Hears(r);
            Assert.IsTrue(q.AtMs - at >= expected, $"{q.AtMs - at}");
            Sends(r, Answer(q.Message), First, q.Port);
        }
    }

    private static byte[] Kiss(byte[] question, string code)
    {
        byte[] answer = Answer(question, stratum: 0, first: 0xE4);
        System.Text.Encoding.ASCII.GetBytes(code).CopyTo(answer, 12);
        return answer;
    }
}
