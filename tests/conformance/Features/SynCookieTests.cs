namespace EmbeddedTcp.ConformanceTests.Features;

/// <summary>SYN cookies: RFC 4987 §3.6.</summary>
[TestClass]
public class SynCookieTests
{
    private const int Everything = TcpFeatures.Sack | TcpFeatures.Timestamps | TcpFeatures.WindowScale | TcpFeatures.Ecn;
    private const int Minute = 65_536;

    // The table of two is full of peers that will never answer.
    private static Dialogue Flooded(StackOptions? options = null)
    {
        StackOptions o = options ?? new StackOptions();
        o.SynTableSize = 2;
        var t = Dialogue.Listening(o);
        for (int i = 0; i < 2; i++)
        {
            t.Receives(Syn.At(7000) with { SourcePort = 1000 + i, Mss = 1460 });
            t.Next();
        }

        Assert.AreEqual(2, t.Tcp.HalfOpen.Count);
        return t;
    }

    // A genuine client's SYN; the cookie in the answer.
    private static uint Cookie(Dialogue t, uint irs, int? mss = 1460)
    {
        t.Receives(Syn.At(irs) with { Mss = mss });
        Segment answer = t.Next();
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, answer.Flags & ~TcpOptions.ReservedBits);
        Assert.AreEqual(irs + 1, answer.Ack);
        Assert.AreEqual(2, t.Tcp.HalfOpen.Count, "nothing is remembered");
        return answer.Seq;
    }

    private static void Accepts(Dialogue t)
    {
        t.Slot = t.Listener!.Accept();
        Assert.IsNotNull(t.Slot);
        t.IsIn(TcpState.Established);
    }

    [TestMethod]   // a genuine client connects through the flood, and both directions work; the price is every option but the MSS
    public void Genuine_client_connects_through_a_flood()
    {
        Dialogue t = Flooded(Dialogue.Offering(Everything));
        t.PeerOffers(Everything);
        t.Receives(Syn.At(Dialogue.PeerIss) with { Mss = 1460, Tsval = 5 });
        Segment answer = t.Next();
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
        Assert.AreEqual(1460, answer.Mss);
        Assert.IsTrue(answer.Tsval == null && answer.WindowScale == null && !answer.SackPermitted);
        t.Wait(150);
        t.Receives(Ack.At(Dialogue.PeerIss + 1, answer.Seq + 1));
        Accepts(t);
        Assert.AreEqual(0, t.Features);
        Assert.AreEqual(1, t.Counters.CookiesAccepted);
        t.Receives(t.PeerText(Dialogue.PeerIss + 1, answer.Seq + 1, 100));
        t.Reads(100);
        t.C.Write(new byte[100], 0, 100);
        Segment text = t.Next();
        Assert.AreEqual(answer.Seq + 1, text.Seq);
        Assert.AreEqual(100, text.Text!.Length);
    }

    [TestMethod]   // ten thousand SYNs: no memory, no slot, an answer to each, and still a client gets through
    public void Flood_costs_nothing()
    {
        Dialogue t = Flooded();
        for (int i = 0; i < 10_000; i++)
        {
            t.Receives(Syn.At((uint)i * 77777) with { SourcePort = 2000 + i, Mss = 1460 });
            t.Next();
            if (i % 100 == 0)
            {
                t.Wait(1);
            }
        }

        Assert.AreEqual(4, t.Tcp.FreeSlots);
        Assert.IsTrue(t.Counters.CookiesSent >= 10_000 - 4);
        uint cookie = Cookie(t, 9);
        t.Receives(Ack.At(10, cookie + 1));
        Accepts(t);
    }

    [TestMethod]   // the MSS is rounded down to one of eight; without the option it is 536 (RFC 9293 §3.7.1, MUST-15)
    [DataRow(1460, 1460)]
    [DataRow(9000, 1460)]
    [DataRow(1459, 1440)]
    [DataRow(1420, 1400)]
    [DataRow(1399, 1220)]
    [DataRow(1219, 1024)]
    [DataRow(1000, 536)]
    [DataRow(null, 536)]
    [DataRow(535, 256)]
    [DataRow(200, 64)]
    [DataRow(1, 64)]
    public void Mss_is_rounded_down(int? offered, int used)
    {
        Dialogue t = Flooded();
        uint cookie = Cookie(t, 500, offered);
        t.Receives(Ack.At(501, cookie + 1));
        Accepts(t);
        Assert.AreEqual(used, t.C.MaximumSegmentSize);
    }

    [TestMethod]   // the text that completes the handshake is taken with it
    public void Text_may_complete_the_handshake()
    {
        Dialogue t = Flooded();
        uint cookie = Cookie(t, Dialogue.PeerIss);
        t.Receives(t.PeerText(Dialogue.PeerIss + 1, cookie + 1, 50));
        Accepts(t);
        t.Reads(50);
    }

    [TestMethod]   // text that overtook the ACK does not show the cookie's number: it must not be reset, the peer sends it again
    public void Text_that_overtakes_the_ack_is_no_reason_to_reset()
    {
        Dialogue t = Flooded();
        uint cookie = Cookie(t, Dialogue.PeerIss);
        t.Receives(t.PeerText(Dialogue.PeerIss + 101, cookie + 1, 50));
        t.SendsNothing();
        t.Receives(Ack.At(Dialogue.PeerIss + 1, cookie + 1));
        Accepts(t);
        t.Receives(t.PeerText(Dialogue.PeerIss + 1, cookie + 1, 150));
        t.Reads(150);
    }

    [TestMethod]   // a cookie holds for one peer, port and sequence number; a guess opens nothing
    public void Forged_cookies_open_nothing()
    {
        Dialogue t = Flooded();
        uint cookie = Cookie(t, 500);
        t.Receives(Ack.At(501, cookie + 1) with { SourcePort = 40001 });
        t.Receives(Ack.At(502, cookie + 1));
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            t.Receives(Ack.At(501, (cookie & 0xFF000000) + (uint)random.Next(1 << 24) + 1));
        }

        for (int i = 0; i < 8; i++)
        {
            // Another MSS is another cookie.
            t.Receives(Ack.At(501, (cookie ^ ((uint)i << 24)) + 1 + (i == 0 ? 1u : 0)));
        }

        Assert.AreEqual(0, t.Counters.CookiesAccepted);
        Assert.IsNull(t.Listener!.Accept());

        // One that says another minute cannot be ours: RFC 9293 §3.10.7.2, a bad ACK is reset.
        t.All();
        uint other = cookie ^ 0x40000000;
        t.Receives(Ack.At(501, other + 1));
        t.Sends(Rst.At(other + 1));
    }

    [TestMethod]   // an old cookie is worth nothing: it holds for the minute it was made in and the next one
    public void Cookies_grow_old()
    {
        foreach ((int wait, bool holds) in new[] { (Minute, true), (2 * Minute, false), (10 * Minute, false) })
        {
            Dialogue t = Flooded();
            uint cookie = Cookie(t, 500);
            t.Wait(wait);
            t.All();
            t.Receives(Ack.At(501, cookie + 1));
            if (holds)
            {
                Accepts(t);
            }
            else
            {
                t.Sends(Rst.At(cookie + 1));
            }
        }
    }

    [TestMethod]   // while no cookie is out, nobody can guess one: an ACK to a listener is bad (RFC 9293 §3.10.7.2)
    public void Without_a_flood_there_are_no_cookies()
    {
        var t = Dialogue.Listening();
        t.Receives(Ack.At(501, 12345));
        t.Sends(Rst.At(12345));
        Assert.AreEqual(0, t.Counters.CookiesSent);
    }

    [TestMethod]   // switched off: a full table drops the SYN, counted, and its peer tries again
    public void Cookies_can_be_switched_off()
    {
        Dialogue t = Flooded(new StackOptions { SynCookies = false });
        t.Receives(Syn.At(500) with { Mss = 1460 });
        t.SendsNothing();
        Assert.AreEqual(1, t.Drops(DropReason.SynTableFull));
    }

    [TestMethod]   // RFC 6298 §2: a handshake that nobody timed is no measurement
    public void Cookie_measures_no_round_trip()
    {
        Dialogue t = Flooded(new StackOptions { MinimumRto = 100 });
        uint cookie = Cookie(t, 500);
        t.Wait(300);
        t.All();
        t.Receives(Ack.At(501, cookie + 1));
        Accepts(t);
        Assert.AreEqual(1000, t.C.Rto);
    }

    [TestMethod]   // no room to accept: the ACK counts as lost, a RST would make the client give up; its next segment tries again
    public void Full_backlog_waits()
    {
        Dialogue t = Flooded(new StackOptions { Connections = 1 });
        uint first = Cookie(t, 500);
        t.Receives(Ack.At(501, first + 1));
        Accepts(t);
        t.PeerPort++;
        uint second = Cookie(t, 600);
        t.Receives(Ack.At(601, second + 1));
        t.SendsNothing();
        t.C.Abort();
        t.PeerPort--;
        t.All();
        t.PeerPort++;
        t.Receives(Ack.At(601, second + 1) with { Text = new byte[5] });
        Accepts(t);
        Assert.AreEqual(5, t.C.Available);
    }
}
