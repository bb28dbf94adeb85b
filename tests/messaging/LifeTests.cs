using EmbeddedTcp.DeviceSoak;
using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.MessagingTests;

/// <summary>Dead peers, pulled cables, restarts, other addresses; and the heap.</summary>
[TestClass]
public class LifeTests
{
    /// <summary>An idle channel stays open by heartbeats alone; without them both sides know within three intervals.</summary>
    [TestMethod]
    public void Silence()
    {
        Traffic t = Traffic.Opened(1024);
        t.Stacks.Run(600000);
        Assert.AreEqual(0, t.AtA.Closes + t.AtB.Closes);
        t.EndA.Dead = true;
        t.EndB.Dead = true;
        t.Stacks.Run(19000);
        Assert.AreEqual(0, t.AtA.Closes + t.AtB.Closes);
        t.Stacks.Run(11000);
        Assert.IsTrue(t.AtA.ClosedBy == ChannelEnd.Silence, ChannelEndName.Of(t.AtA.ClosedBy));
        Assert.IsTrue(t.AtB.ClosedBy == ChannelEnd.Silence, ChannelEndName.Of(t.AtB.ClosedBy));
        Assert.AreEqual(0, t.Listener.InUse);
        Assert.AreEqual(4, t.Stacks.B.Tcp.FreeSlots);
        t.EndA.Dead = false;
        t.EndB.Dead = false;
        t.Stacks.Run(61000);
        Assert.AreEqual(2, t.AtA.Opens);
    }

    /// <summary>The other side is switched off and on: a reset tells, and the client comes back within its first wait.</summary>
    [TestMethod]
    public void Restart()
    {
        Traffic t = Traffic.Opened(1024);
        t.Stacks.Run(40000);
        t.RestartB();
        t.Client.Send(new byte[1], 0, 1);
        t.Stacks.Settle();
        Assert.IsTrue(t.AtA.ClosedBy == ChannelEnd.Reset, ChannelEndName.Of(t.AtA.ClosedBy));
        Assert.IsTrue(t.Client.RetryInMs >= 500 && t.Client.RetryInMs <= 1000, t.Client.RetryInMs.ToString());
        t.Stacks.Run(1001);
        Assert.IsTrue(t.Client.State == ChannelState.Open);
        Assert.AreEqual(2, t.AtA.Opens);
        Assert.AreEqual(2, t.AtB.Opens);
    }

    /// <summary>Each failure doubles the wait up to its most, and half of it is drawn.</summary>
    [TestMethod]
    public void Backoff()
    {
        Traffic t = new Traffic(new ChannelOptions { BackoffFirst = 1000, BackoffMost = 10000 }, 1);
        t.Listener.Close();
        t.Open();
        int most = 1000;
        int drawn = 0;
        for (int i = 1; i <= 12; i++)
        {
            Assert.AreEqual(i, t.AtA.Failures);
            Assert.IsTrue(t.AtA.FailedBy == ChannelEnd.Refused, ChannelEndName.Of(t.AtA.FailedBy));
            int wait = t.Client.RetryInMs;

            // Looked at a millisecond after the failure, but for the first.
            Assert.IsTrue(wait >= most / 2 - 1 && wait <= most, wait.ToString());
            drawn += wait >= most - 1 ? 0 : 1;
            t.Stacks.Run(wait - 1);
            Assert.AreEqual(i, t.AtA.Failures);
            t.Stacks.Run(2);
            most = most * 2 > 10000 ? 10000 : most * 2;
        }

        Assert.IsTrue(drawn > 6, "no jitter");
    }

    /// <summary>A channel that was open for half a minute begins with the first wait again; one that was not goes on doubling.</summary>
    [TestMethod]
    public void Stability()
    {
        for (int kind = 0; kind < 2; kind++)
        {
            Traffic t = new Traffic(new ChannelOptions(), 1);
            t.Listener.Close();
            t.Open();
            while (t.Client.Failures < 3)
            {
                t.Stacks.Run(100);
            }

            t.Listener.Open();
            t.Stacks.Run(4001);
            Assert.IsTrue(t.Client.State == ChannelState.Open);
            t.Stacks.Run(kind == 0 ? 30000 : 10000);
            Assert.AreEqual(1, t.AtA.Opens);
            t.AtB.Channel.Close();
            t.Stacks.Settle();
            Assert.AreEqual(kind == 0 ? 1 : 4, t.Client.Failures);
            int most = kind == 0 ? 1000 : 8000;
            Assert.IsTrue(t.Client.RetryInMs >= most / 2 && t.Client.RetryInMs <= most, t.Client.RetryInMs.ToString());
        }
    }

    /// <summary>A cable pulled while TCP tries to connect is no failure: it begins anew, at once, with the link.</summary>
    [TestMethod]
    public void Cable_pulled_while_connecting()
    {
        Traffic t = new Traffic(new ChannelOptions(), 1);
        t.EndA.Dead = true;
        t.Open();
        t.Stacks.Run(4000);
        Assert.IsTrue(t.Client.State == ChannelState.Connecting);
        t.Plug(false);
        t.Stacks.Settle();
        t.EndA.Dead = false;
        t.Stacks.Run(50000);
        Assert.AreEqual(0, t.AtA.Failures);
        t.Plug(true);
        t.Stacks.Settle();
        Assert.AreEqual(1, t.AtA.Opens);
    }

    /// <summary>Opened before the first poll, on a machine that has run for a month.</summary>
    [TestMethod]
    public void Clock_of_a_month()
    {
        TwoStacks t = new TwoStacks { NowMs = 2500000000 };
        Log log = new Log();
        MessageChannel client = new MessageChannel(t.A, new ChannelOptions(), log);
        ShortExchange e = new ShortExchange(t.A, 10, null) { Ends = AnswerEnd.AtCount };
        client.Open(TwoStacks.AddressB, Traffic.Port);
        e.Start(TwoStacks.AddressB, 99, new byte[1], 0, 1);
        Assert.IsTrue(t.B.Tcp.Listen(99, 1) != null);
        ChannelListener listener = new ChannelListener(t.B, Traffic.Port, 2, new ChannelOptions(), new Log());
        listener.Open();

        // One of the two SYNs gives way to the other while the address is resolved, and is sent again.
        t.Run(1500);
        Assert.AreEqual(1, log.Opens);
        Assert.IsTrue(e.Result == ExchangeResult.Answered, ExchangeResultName.Of(e.Result));
    }

    /// <summary>A name that is an address needs nobody; one that no server knows is a failure like others.</summary>
    [TestMethod]
    public void Names()
    {
        TwoStacks t = new TwoStacks(new StackOptions { UdpSockets = 1 }, new StackOptions());
        DnsClient dns = new DnsClient(t.A, 1, 0);
        Log log = new Log();
        MessageChannel client = new MessageChannel(t.A, new ChannelOptions(), log);
        ChannelListener listener = new ChannelListener(t.B, Traffic.Port, 2, new ChannelOptions(), new Log());
        listener.Open();
        t.Settle();
        client.Open("10.0.0.2", Traffic.Port, dns);
        t.Settle();
        Assert.AreEqual(1, log.Opens);
        client.Close();
        client.Open("nobody.test", Traffic.Port, dns);
        t.Settle();
        Assert.IsTrue(log.FailedBy == ChannelEnd.NoName, ChannelEndName.Of(log.FailedBy));
        client.Close();
        dns.SetServer(0, TwoStacks.AddressB);
        client.Open("nobody.test", Traffic.Port, dns);
        t.Run(10);
        Assert.IsTrue(client.State == ChannelState.Resolving || client.State == ChannelState.Backoff);
        t.Run(15000);
        Assert.IsTrue(log.Failures > 1 && log.FailedBy == ChannelEnd.NoName, ChannelEndName.Of(log.FailedBy));
        client.Open("10.0.0.1", Traffic.Port, dns);
        client.Close();

        // Our own address is nobody to talk to.
        client.Open("10.0.0.1", Traffic.Port, dns);
        t.Settle();
        Assert.IsTrue(log.FailedBy == ChannelEnd.Unreachable, ChannelEndName.Of(log.FailedBy));
    }

    /// <summary>Gives up only if asked.</summary>
    [TestMethod]
    public void Gives_up()
    {
        Traffic t = new Traffic(new ChannelOptions { Attempts = 3 }, 1);
        t.Listener.Close();
        t.Open();
        t.Stacks.Run(100000);
        Assert.AreEqual(3, t.AtA.Failures);
        Assert.IsTrue(t.Client.State == ChannelState.Closed);
        Assert.IsTrue(t.Client.Open(TwoStacks.AddressB, Traffic.Port));
    }

    /// <summary>A cable pulled for a minute: no attempt meanwhile, and one at once when it is back.</summary>
    [TestMethod]
    public void Cable()
    {
        // The wait itself would be longer than the cable is away.
        Traffic t = new Traffic(new ChannelOptions { BackoffFirst = 600000, BackoffMost = 600000 }, 2);
        t.Open();
        t.Plug(false);
        t.Stacks.Run(60000);
        Assert.AreEqual(1, t.AtA.Closes);
        Assert.AreEqual(1, t.AtB.Closes);
        Assert.AreEqual(0, t.AtA.Failures);
        Assert.AreEqual(-1, t.Client.RetryInMs);
        t.Plug(true);
        t.Stacks.Settle();
        Assert.IsTrue(t.Client.State == ChannelState.Open);
        Assert.AreEqual(2, t.AtA.Opens);
    }

    /// <summary>With another address of its own the client connects anew, at once; without one it waits for it.</summary>
    [TestMethod]
    public void Address()
    {
        Traffic t = Traffic.Opened(1024);
        t.Stacks.A.Configure(TwoStacks.AddressA + 8, 24, 0);
        t.Stacks.Settle();
        Assert.IsTrue(t.AtA.ClosedBy == ChannelEnd.AddressChanged);
        Assert.AreEqual(2, t.AtA.Opens);
        t.Stacks.A.Configure(0, 24, 0);
        t.Stacks.Run(300000);
        Assert.AreEqual(2, t.AtA.Closes);
        Assert.AreEqual(0, t.AtA.Failures);
        t.Stacks.A.Configure(TwoStacks.AddressA, 24, 0);
        t.Stacks.Settle();
        Assert.AreEqual(3, t.AtA.Opens);
    }

    /// <summary>A thousand messages and a thousand requests each way leave the heap as it was.</summary>
    [TestMethod]
    public void A_thousand_messages_leave_the_heap_alone()
    {
        Traffic t = Traffic.Opened(1024);
        byte[] message = Traffic.Message(1, 300);
        Exchange(t, message, 20);
        int map = t.Stacks.A.Memory.Total + t.Stacks.B.Memory.Total;
        int taken = Heap.Taken();
        long allocated = Heap.Allocated();
        Exchange(t, message, 1000);
        long allocatedAfter = Heap.Allocated();
        Assert.IsTrue(allocatedAfter == allocated, "allocated on the data path");
        if (Heap.IsExact)
        {
            int after = Heap.Taken();
            Assert.IsTrue(after <= taken, "the heap has grown from " + taken.ToString() + " to " + after.ToString());
        }

        Assert.AreEqual(map, t.Stacks.A.Memory.Total + t.Stacks.B.Memory.Total);
        Assert.AreEqual(1020, t.AtA.Messages);
        Assert.AreEqual(1020, t.AtB.Replies);
        Assert.AreEqual(0, t.AtA.Wrong + t.AtB.Wrong);
    }

    private static void Exchange(Traffic t, byte[] message, int rounds)
    {
        MessageChannel server = t.AtB.Channel;
        for (int i = 0; i < rounds; i++)
        {
            t.Client.Send(message, 0, 300);
            server.Send(message, 0, 200);
            t.Client.Request(message, 0, 100, 1000);
            server.Request(message, 0, 50, 1000);
            t.Stacks.Settle();
            t.Stacks.NowMs++;
        }
    }
}
