using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.UnitTests;

/// <summary>The tables that stand for slots: half-open peers and TIME_WAIT.</summary>
[TestClass]
public class TableTests
{
    /// <summary>Half-open peers: found by all three of address and ports, repeated with back-off, forgotten after the last repetition.</summary>
    [TestMethod]
    public void Half_open_peer_lives_and_expires()
    {
        NetworkInterface net = Interface(4);
        SynTable table = net.Tcp.HalfOpen;
        Assert.IsTrue(table.Add(Syn(0x0A000001, 1111, 7, 500), 900, 1460, 0));
        int at = table.Find(0x0A000001, 1111, 7);
        Assert.IsTrue(at >= 0);
        Assert.AreEqual(-1, table.Find(0x0A000002, 1111, 7));
        Assert.AreEqual(-1, table.Find(0x0A000001, 1112, 7));
        Assert.AreEqual(-1, table.Find(0x0A000001, 1111, 8));
        Assert.AreEqual(500, table.IrsAt(at));
        Assert.AreEqual(900, table.IssAt(at));
        Assert.AreEqual(1111, table.RemotePortAt(at));
        Assert.AreEqual(7, table.LocalPortAt(at));
        Assert.AreEqual(1000, table.RemainingMsAt(at));
        long now = 1000;
        int wait = 1000;
        for (int i = 1; i <= 5; i++)
        {
            net.Poll(now + wait - 1);
            Assert.AreEqual(i - 1, table.RetransmissionsAt(at));
            now += wait;
            net.Poll(now);
            Assert.AreEqual(i, table.RetransmissionsAt(at));
            wait *= 2;
        }

        net.Poll(now + wait - 1);
        Assert.AreEqual(1, table.Count);
        net.Poll(now + wait);
        Assert.AreEqual(0, table.Count);
        Assert.AreEqual(1, net.Counters.HalfOpenExpired);
    }

    /// <summary>A full table takes nothing new while all are fresh, then gives up the oldest that was repeated.</summary>
    [TestMethod]
    public void Full_table_gives_up_the_oldest_repeated()
    {
        NetworkInterface net = Interface(3);
        SynTable table = net.Tcp.HalfOpen;
        for (int i = 0; i < 3; i++)
        {
            net.Poll(1000 + i * 100);
            Assert.IsTrue(table.Add(Syn(0x0A000001, 100 + i, 7, 1), 1, 536, 0));
        }

        Assert.IsFalse(table.Add(Syn(0x0A000001, 200, 7, 1), 1, 536, 0));
        Assert.AreEqual(3, table.Count);
        net.Poll(2150);
        Assert.IsTrue(table.Add(Syn(0x0A000001, 200, 7, 1), 1, 536, 0));
        Assert.AreEqual(3, table.Count);
        Assert.AreEqual(-1, table.Find(0x0A000001, 100, 7));
        Assert.IsTrue(table.Find(0x0A000001, 101, 7) >= 0);
        table.RemovePort(7);
        Assert.AreEqual(0, table.Count);
    }

    /// <summary>TIME_WAIT lasts 2MSL from the last FIN; a full table gives up its oldest record.</summary>
    [TestMethod]
    public void Time_wait_lasts_twice_the_lifetime()
    {
        NetworkInterface net = Interface(3);
        TimeWaitTable table = net.Tcp.TimeWait;
        TcpConnection c = net.Tcp.SlotAt(0);
        c.Initialise(0x0A000001, 1111, 7, 900, 536, 1000);
        c.SndNxt = 950;
        c.Synchronise(500);
        table.Add(c);
        int at = table.Find(0x0A000001, 1111, 7);
        Assert.IsTrue(at >= 0);
        Assert.AreEqual(950, table.SndNxtAt(at));
        Assert.AreEqual(501, table.RcvNxtAt(at));
        Assert.AreEqual(20000, table.RemainingMsAt(at));
        net.Poll(15000);
        table.Restart(at);
        net.Poll(34999);
        Assert.AreEqual(1, table.Count);
        net.Poll(35000);
        Assert.AreEqual(0, table.Count);
        Assert.AreEqual(-1, table.Find(0x0A000001, 1111, 7));

        for (int i = 0; i < 5; i++)
        {
            net.Poll(40000 + i);
            c.Initialise(0x0A000001, 2000 + i, 7, 900, 536, 40000);
            table.Add(c);
        }

        Assert.AreEqual(4, table.Count);
        Assert.AreEqual(1, net.Counters.TimeWaitEvicted);
        Assert.AreEqual(-1, table.Find(0x0A000001, 2000, 7));
        Assert.IsTrue(table.Find(0x0A000001, 2001, 7) >= 0);
    }

    /// <summary>Timers are independent, fire once, and can be armed beyond the wrap of the clock.</summary>
    [TestMethod]
    public void Timers_wrap_with_the_clock()
    {
        NetworkInterface net = Interface(3);
        net.Poll(0x7FFFFFF0L);
        ConnectionTimers timers = net.Tcp.SlotAt(0).Timers;
        timers.Arm(ConnectionTimers.Orphan, 100);
        timers.Arm(ConnectionTimers.KeepAlive, 40);
        Assert.AreEqual(100, timers.RemainingMs(ConnectionTimers.Orphan));
        Assert.AreEqual(40, timers.RemainingMs(ConnectionTimers.KeepAlive));
        Assert.AreEqual(-1, timers.RemainingMs(ConnectionTimers.Persist));
        net.Poll(0x7FFFFFF0L + 20);
        Assert.AreEqual(80, timers.RemainingMs(ConnectionTimers.Orphan));
        Assert.AreEqual(20, timers.RemainingMs(ConnectionTimers.KeepAlive));
        timers.Disarm(ConnectionTimers.KeepAlive);
        Assert.IsFalse(timers.IsArmed(ConnectionTimers.KeepAlive));
        Assert.IsTrue(timers.IsArmed(ConnectionTimers.Orphan));
        timers.DisarmAll();
        Assert.IsFalse(timers.IsArmed(ConnectionTimers.Orphan));
    }

    private static NetworkInterface Interface(int half)
    {
        StackOptions options = new StackOptions();
        options.Address = 0x0A000002;
        options.SynTableSize = half;
        options.TimeWaitTableSize = 4;
        options.MaximumSegmentLifetime = 10000;
        NetworkInterface net = new NetworkInterface(new RecordingDevice(), options);
        net.Open();
        net.Poll(1000);
        return net;
    }

    private static TcpSegment Syn(int remote, int remotePort, int localPort, int seq)
    {
        TcpSegment s = new TcpSegment();
        s.RemoteAddress = remote;
        s.RemotePort = remotePort;
        s.LocalPort = localPort;
        s.Seq = seq;
        s.Flags = TcpFlags.Syn;
        return s;
    }
}
