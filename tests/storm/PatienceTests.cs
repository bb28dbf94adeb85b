using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests;

/// <summary>Long silences, which a storm seldom has time for: who may give up, and who may not.</summary>
[TestClass]
public sealed class PatienceTests
{
    private readonly byte[] _data = new byte[65536];

    // RFC 9293 §3.8.6.1, MUST-37: as long as the peer acknowledges the probes, the connection stays open, for hours if need be.
    [TestMethod]
    public void A_closed_window_that_answers_probes_may_stay_closed_for_hours()
    {
        TwoStacks t = Connected(out TcpConnection client, out TcpConnection server);
        int sent = Fill(t, client);
        t.Run(8 * 3600000);
        Assert.AreEqual(TcpState.Established, client.State);
        Assert.IsGreaterThan(400, t.A.Counters.WindowProbes, "a probe a minute");
        Assert.IsLessThan(600, t.A.Counters.WindowProbes, "backed off to a probe a minute");
        Drain(t, server, sent);
    }

    // The same peer, but nothing was to be sent to it for longer than a mute peer is given: nothing was asked, so it is not mute.
    [TestMethod]
    public void A_window_that_closed_long_ago_is_probed_before_its_peer_is_given_up()
    {
        TwoStacks t = Connected(out TcpConnection client, out TcpConnection server);

        // Exactly what the peer has room for, so that nothing is left to be sent.
        int sent = 0;
        while (sent < 4096)
        {
            sent += client.Write(_data, 0, Math.Min(1024, 4096 - sent));
            t.Run(50);
        }

        t.Run(500);
        Assert.AreEqual(0, client.SendWindow);
        Assert.AreEqual(0, client.SendQueued);
        t.Run(900000);
        sent += client.Write(_data, 0, 1000);
        t.Run(120000);
        Assert.AreEqual(TcpState.Established, client.State, TcpEndReasonName.Of(client.EndReason));
        Assert.IsGreaterThan(0, t.A.Counters.WindowProbes);
        Drain(t, server, sent);
    }

    // And a peer that is really gone is given up in the documented time after the first probe it did not answer.
    [TestMethod]
    public void A_mute_peer_with_a_closed_window_is_given_up_in_time()
    {
        TwoStacks t = Connected(out TcpConnection client, out _);
        Fill(t, client);
        t.Run(600000);
        t.DeviceA.Peer = null;
        t.Run(200000);
        Assert.AreEqual(TcpState.Established, client.State);
        t.Run(200000);
        Assert.AreEqual(TcpState.Closed, client.State);
        Assert.AreEqual(TcpEndReason.TimedOut, client.EndReason);
    }

    // RFC 9293 §3.8.3: a peer that vanishes with data outstanding is given up after R2, and the slot is free.
    [TestMethod]
    public void A_vanished_peer_is_given_up_after_R2()
    {
        TwoStacks t = Connected(out TcpConnection client, out _);
        t.DeviceB.Peer = null;
        client.Write(_data, 0, 500);
        t.Run(100000);
        Assert.AreEqual(TcpState.Established, client.State);
        t.Run(120000);
        Assert.AreEqual(TcpEndReason.TimedOut, client.EndReason);
        client.Close();
        Assert.AreEqual(t.A.Tcp.SlotCount, t.A.Tcp.FreeSlots);
    }

    private TwoStacks Connected(out TcpConnection client, out TcpConnection server)
    {
        TwoStacks t = new TwoStacks();
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        t.Settle();
        client = t.A.Tcp.Connect(TwoStacks.AddressB, 7);
        t.Run(10);
        server = listener.Accept();
        Assert.IsNotNull(server);
        return t;
    }

    private int Fill(TwoStacks t, TcpConnection c)
    {
        int sent = 0;
        for (int i = 0; i < 20; i++)
        {
            sent += c.Write(_data, 0, 4096);
            t.Run(1000);
        }

        Assert.AreEqual(0, c.SendWindow);
        return sent;
    }

    private void Drain(TwoStacks t, TcpConnection c, int count)
    {
        int received = 0;
        for (int i = 0; i < 1000 && received < count; i++)
        {
            int n = c.Read(_data, 0, _data.Length);
            Assert.IsGreaterThanOrEqualTo(0, n);
            received += n;
            t.Run(100);
        }

        Assert.AreEqual(count, received);
    }
}
