using EmbeddedTcp.Link;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>A service that owns connections is told by its tick what happens on them, and the ready list knows nothing of it.</summary>
[TestClass]
public class ConnectionServiceTests
{
    private sealed class Counting(NetworkInterface net) : NetworkService(net)
    {
        public int Ticks { get; set; }

        protected internal override int Tick()
        {
            Ticks++;
            return NetworkInterface.Never;
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Each_event_ticks_the_service_in_the_poll_that_brings_it(bool listed)
    {
        Dialogue t = Dialogue.Established();
        if (listed)
        {
            // It stands in the ready list, since nobody has asked yet, and is taken out of it.
            t.Receives(Text.At(t.RcvNxt, t.SndNxt, [1, 2]));
        }

        var service = new Counting(t.Net);
        t.C.Service = service;
        t.Poll();
        int ticks = service.Ticks;
        t.Receives(Text.At(t.RcvNxt, t.SndNxt, [1, 2]));
        Assert.IsGreaterThan(ticks, service.Ticks, "data");
        ticks = service.Ticks;
        t.Receives(Text.At(t.RcvNxt, t.SndNxt, [1, 2]));
        Assert.IsGreaterThan(ticks, service.Ticks, "more data, the first events not taken");
        Assert.IsNull(t.Tcp.TakeReady());
        Assert.AreEqual(TcpEvents.Readable, t.C.TakeEvents() & TcpEvents.Readable);
        ticks = service.Ticks;
        t.Receives(Fin.At(t.RcvNxt, t.SndNxt));
        Assert.IsGreaterThan(ticks, service.Ticks, "the peer's FIN");
        Assert.AreEqual(TcpEvents.PeerClosed, t.C.TakeEvents() & TcpEvents.PeerClosed);
    }

    [TestMethod]
    public void What_happened_before_ticks_the_service_when_it_takes_over_and_is_listed_when_it_lets_go()
    {
        Dialogue t = Dialogue.Established();
        t.Receives(Text.At(t.RcvNxt, t.SndNxt, [1, 2]));
        var service = new Counting(t.Net);
        t.Poll();
        int ticks = service.Ticks;
        t.C.Service = service;
        t.Poll();
        Assert.IsGreaterThan(ticks, service.Ticks);
        Assert.IsNull(t.Tcp.TakeReady());
        t.C.Service = null;
        Assert.AreSame(t.C, t.Tcp.TakeReady());
        Assert.IsNull(t.Tcp.TakeReady());
    }

    [TestMethod]
    public void Its_neighbours_in_the_ready_list_stay_there()
    {
        foreach (int chosen in new[] { 0, 1, 2 })
        {
            Dialogue t = Dialogue.Listening(new StackOptions { Connections = 3 }, 3);
            var all = new TcpConnection[3];
            for (int i = 0; i < all.Length; i++)
            {
                t.PeerPort = 40000 + i;
                t.Opens(Dialogue.PeerIss);
                t.Receives(Text.At(t.RcvNxt, t.SndNxt, [1, 2]));
                all[i] = t.C;
            }

            all[chosen].Service = new Counting(t.Net);
            foreach (TcpConnection expected in all.Where(c => c != all[chosen]))
            {
                Assert.AreSame(expected, t.Tcp.TakeReady());
            }

            Assert.IsNull(t.Tcp.TakeReady());
            all[chosen].Service = null;
            Assert.AreSame(all[chosen], t.Tcp.TakeReady());
            Assert.IsNull(t.Tcp.TakeReady());
        }
    }

    [TestMethod]
    public void The_next_connection_in_its_slot_has_no_service()
    {
        Dialogue t = Dialogue.Established();
        TcpConnection slot = t.C;
        slot.Service = new Counting(t.Net);
        slot.Abort();
        t.Sends(Rst.At(t.SndNxt, t.RcvNxt));
        Assert.IsNull(slot.Service);
        t.Opens(Dialogue.PeerIss + 100_000);
        Assert.AreSame(slot, t.C);
        Assert.IsNull(t.C.Service);
        t.Receives(Text.At(t.RcvNxt, t.SndNxt, [1, 2]));
        Assert.AreSame(slot, t.Tcp.TakeReady());
    }

    [TestMethod]
    public void A_listener_s_service_is_ticked_when_somebody_can_be_accepted()
    {
        Dialogue t = Dialogue.Listening();
        var service = new Counting(t.Net);
        t.Listener!.Service = service;
        t.Poll();
        int ticks = service.Ticks;
        t.Opens(Dialogue.PeerIss);
        Assert.IsGreaterThan(ticks, service.Ticks);
    }
}
