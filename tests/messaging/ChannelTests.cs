using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.MessagingTests;

/// <summary>Messages between a client and a listener in memory: sizes, order, backpressure, heartbeats.</summary>
[TestClass]
public class ChannelTests
{
    /// <summary>Both sides are told that the channel is open, and what they have agreed on.</summary>
    [TestMethod]
    public void Opens()
    {
        Traffic t = new Traffic(new ChannelOptions { MaximumMessage = 777, HeartbeatInterval = 5000 }, 1);
        Assert.IsTrue(t.Client.State == ChannelState.Closed);
        t.Open();
        Assert.IsTrue(t.Client.State == ChannelState.Open, ChannelEndName.Of(t.Client.LastEnd));
        Assert.AreEqual(1, t.AtA.Opens);
        Assert.AreEqual(1, t.AtB.Opens);
        Assert.AreEqual(777, t.Client.PeerMaximum);
        Assert.AreEqual(5000, t.Client.HeartbeatInterval);
        Assert.AreEqual(1, t.Listener.InUse);
        Assert.IsTrue(t.AtB.Channel.RemoteAddress == TwoStacks.AddressA);
    }

    /// <summary>The smaller heartbeat interval holds for both.</summary>
    [TestMethod]
    public void Interval_is_the_smaller_one()
    {
        Traffic t = new Traffic(new ChannelOptions { HeartbeatInterval = 9000 }, 1);
        MessageChannel quick = new MessageChannel(t.Stacks.A, new ChannelOptions { HeartbeatInterval = 700 }, t.AtA);
        quick.Open(TwoStacks.AddressB, Traffic.Port);
        t.Stacks.Settle();
        Assert.AreEqual(700, quick.HeartbeatInterval);
        Assert.AreEqual(700, t.AtB.Channel.HeartbeatInterval);
        t.Stacks.Run(70000);
        Assert.IsTrue(quick.State == ChannelState.Open);
        Assert.IsTrue(t.Listener.Counters.HeartbeatsIn >= 99 && t.Listener.Counters.HeartbeatsIn <= 101, "one in an interval");
    }

    /// <summary>Every size from nothing to the largest, both ways, whole and in order.</summary>
    [TestMethod]
    public void Messages_of_each_size()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Echoing = true;
        int[] sizes = new int[] { 0, 1, 2, 63, 64, 511, 1000, 1023, 1024 };
        for (int i = 0; i < sizes.Length; i++)
        {
            Assert.AreEqual(SendResult.Queued, t.Client.Send(Traffic.Message(i, sizes[i]), 0, sizes[i]));
            t.Stacks.Settle();
            t.Stacks.Run(1);
            Assert.AreEqual(i + 1, t.AtA.Messages);
            Assert.AreEqual(sizes[i], t.AtA.Length);
            Assert.IsTrue(sizes[i] == 0 || t.AtA.First == i);
        }

        Assert.AreEqual(SendResult.TooLarge, t.Client.Send(new byte[1025], 0, 1025));
        Assert.AreEqual(0, t.AtA.Wrong);
        Assert.AreEqual(0, t.AtB.Wrong);
    }

    /// <summary>A message of five times the rings goes piece by piece; meanwhile others are refused, and told when there is room.</summary>
    [TestMethod]
    public void Message_larger_than_the_rings()
    {
        Traffic t = Traffic.Opened(20000);
        byte[] large = Traffic.Message(9, 20000);
        Assert.AreEqual(SendResult.TooLarge, t.Client.Send(large, 0, 20000));
        Assert.AreEqual(SendResult.Queued, t.Client.SendLarge(large, 0, 20000));
        Assert.IsTrue(t.Client.Sending);
        Assert.AreEqual(SendResult.NoRoom, t.Client.Send(large, 0, 1));
        t.Stacks.Run(2000);
        Assert.IsFalse(t.Client.Sending);
        Assert.AreEqual(1, t.AtA.Sent);
        Assert.AreEqual(1, t.AtA.Rooms);
        Assert.AreEqual(20000, t.AtB.Length);
        Assert.AreEqual(0, t.AtB.Wrong);
        Assert.AreEqual(SendResult.Queued, t.Client.SendLarge(large, 0, 10));
        Assert.IsFalse(t.Client.Sending);
    }

    /// <summary>An application that takes nothing closes the window; what was sent waits, nothing grows, and all of it comes in the end.</summary>
    [TestMethod]
    public void Backpressure()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Takes = false;
        int sent = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (t.Client.Send(Traffic.Message(sent, 100), 0, 100) == SendResult.Queued)
            {
                sent++;
            }

            t.Stacks.Settle();
            t.Stacks.Run(1);
        }

        // Two rings of 4,096 and the message that is held, by 108 each.
        Assert.IsTrue(sent > 60 && sent < 80, sent.ToString());
        Assert.AreEqual(0, t.AtB.Messages);
        Assert.IsTrue(t.AtB.Channel.Holding);

        // Longer than any silence would be suffered: the peer lives, and so do we.
        t.Stacks.Run(45000);
        Assert.IsTrue(t.Client.State == ChannelState.Open, ChannelEndName.Of(t.Client.LastEnd));
        t.AtB.Takes = true;
        t.AtB.Channel.Resume();
        t.Stacks.Run(3000);
        Assert.AreEqual(sent, t.AtB.Messages);
        Assert.AreEqual((sent - 1) & 0xFF, t.AtB.First);
        Assert.AreEqual(0, t.AtB.Wrong);
        Assert.IsTrue(t.AtA.Rooms > 0, "nobody was told of the room");
        Assert.IsTrue(t.Client.State == ChannelState.Open);
        Assert.IsTrue(t.AtB.Channel.State == ChannelState.Open);
    }

    /// <summary>An echo that finds no room holds the message until there is some: nothing is lost on the way there and back.</summary>
    [TestMethod]
    public void Echo_against_a_full_ring()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Echoing = true;
        t.AtA.Takes = false;
        int sent = 0;
        for (int i = 0; i < 400; i++)
        {
            sent += t.Client.Send(Traffic.Message(sent, 300), 0, 300) == SendResult.Queued ? 1 : 0;
            t.Stacks.Run(1);
        }

        Assert.IsTrue(t.Listener.Counters.Held > 0, "the echo never found its ring full");
        t.AtA.Takes = true;
        t.Client.Resume();
        t.Stacks.Run(10000);
        Assert.AreEqual(sent, t.AtA.Messages);
        Assert.AreEqual(0, t.AtA.Wrong);
    }

    /// <summary>A peer that never reads is given up.</summary>
    [TestMethod]
    public void Peer_that_does_not_read()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Takes = false;
        for (int i = 0; i < 50; i++)
        {
            t.Client.Send(Traffic.Message(i, 1000), 0, 1000);
            t.Stacks.Run(10);
        }

        t.Stacks.Run(58000);
        Assert.AreEqual(0, t.AtA.Closes);
        t.Stacks.Run(13000);
        Assert.IsTrue(t.AtA.ClosedBy == ChannelEnd.Stalled, ChannelEndName.Of(t.AtA.ClosedBy));
        Assert.IsTrue(t.AtB.ClosedBy == ChannelEnd.Reset, ChannelEndName.Of(t.AtB.ClosedBy));
    }

    /// <summary>Close says goodbye; both sides are told once, and every slot is free.</summary>
    [TestMethod]
    public void Closes()
    {
        for (int side = 0; side < 2; side++)
        {
            Traffic t = Traffic.Opened(1024);
            t.Client.Send(Traffic.Message(3, 500), 0, 500);
            if (side == 0)
            {
                t.Client.Close();
                Assert.AreEqual(1, t.AtA.Closes);
            }
            else
            {
                t.Stacks.Settle();
                t.Listener.Close();
            }

            t.Stacks.Settle();
            Assert.AreEqual(500, t.AtB.Length);
            Assert.IsTrue(t.AtA.ClosedBy == (side == 0 ? ChannelEnd.Closed : ChannelEnd.PeerGoingAway), ChannelEndName.Of(t.AtA.ClosedBy));
            Assert.IsTrue(t.AtB.ClosedBy == (side == 0 ? ChannelEnd.PeerClosed : ChannelEnd.Closed), ChannelEndName.Of(t.AtB.ClosedBy));
            Assert.IsTrue(t.Client.State == (side == 0 ? ChannelState.Closed : ChannelState.Backoff));
            t.Client.Close();
            t.Stacks.Run(5000);
            Assert.AreEqual(1, t.AtA.Closes);
            Assert.AreEqual(1, t.AtB.Closes);
            Assert.AreEqual(4, t.Stacks.A.Tcp.FreeSlots);
            Assert.AreEqual(4, t.Stacks.B.Tcp.FreeSlots);
        }
    }

    /// <summary>Close with a full ring: all of it arrives, and the goodbye behind it, for which room was kept.</summary>
    [TestMethod]
    public void Closes_with_a_full_ring()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Takes = false;
        int sent = 0;
        for (int size = 512; size > 0; size /= 2)
        {
            for (int i = 0; i < 20; i++)
            {
                sent += t.Client.Send(Traffic.Message(size, size), 0, size) == SendResult.Queued ? 1 : 0;
                t.Stacks.Run(5);
            }
        }

        Assert.AreEqual(SendResult.NoRoom, t.Client.Send(new byte[1], 0, 1));
        t.Client.Close();
        t.AtB.Takes = true;
        t.AtB.Channel.Resume();
        t.Stacks.Run(1500);
        Assert.AreEqual(sent, t.AtB.Messages);
        Assert.IsTrue(t.AtB.ClosedBy == ChannelEnd.PeerClosed, ChannelEndName.Of(t.AtB.ClosedBy));
    }

    /// <summary>When all channels are in use a newcomer is told so, and comes in once one is free.</summary>
    [TestMethod]
    public void Full()
    {
        Traffic t = new Traffic(new ChannelOptions(), 1);
        t.Open();
        Log second = new Log();
        MessageChannel late = new MessageChannel(t.Stacks.A, new ChannelOptions(), second);
        late.Open(TwoStacks.AddressB, Traffic.Port);
        t.Stacks.Run(100);
        Assert.AreEqual(1, second.Failures);
        Assert.IsTrue(second.FailedBy == ChannelEnd.PeerFull, ChannelEndName.Of(second.FailedBy));
        Assert.AreEqual(Goodbye.Full, late.PeerGoodbye);
        Assert.AreEqual(0, second.Opens);
        t.Client.Close();
        t.Stacks.Run(5000);
        Assert.AreEqual(1, second.Opens);
        Assert.IsTrue(t.Listener.Refused >= 1);
    }
}
