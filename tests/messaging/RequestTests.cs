using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.MessagingTests;

/// <summary>Requests and replies: each request ends once.</summary>
[TestClass]
public class RequestTests
{
    /// <summary>A reply reaches its request, in both directions.</summary>
    [TestMethod]
    public void Reply()
    {
        Traffic t = Traffic.Opened(1024);
        int request = t.Client.Request(Traffic.Message(5, 200), 0, 200, 1000);
        Assert.IsTrue(request > 0);
        Assert.AreEqual(1, t.Client.Waiting);
        t.Stacks.Settle();
        Assert.AreEqual(1, t.AtA.Replies);
        Assert.AreEqual(request, t.AtA.Request);
        Assert.AreEqual(200, t.AtA.Length);
        Assert.AreEqual(0, t.Client.Waiting);
        Assert.IsTrue(t.AtB.Channel.Request(Traffic.Message(6, 10), 0, 10, 1000) > 0);
        t.Stacks.Settle();
        Assert.AreEqual(1, t.AtB.Replies);
        Assert.AreEqual(0, t.AtA.Wrong + t.AtB.Wrong);
        t.Stacks.Run(5000);
        Assert.AreEqual(0, t.AtA.RequestFailures + t.AtB.RequestFailures);
    }

    /// <summary>The reply comes later, and to the second request first.</summary>
    [TestMethod]
    public void Replies_out_of_order()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Replying = false;
        int first = t.Client.Request(Traffic.Message(1, 4), 0, 4, 1000);
        t.Stacks.Settle();
        int theirs = t.AtB.Request;
        int second = t.Client.Request(Traffic.Message(2, 4), 0, 4, 1000);
        t.Stacks.Settle();
        Assert.IsTrue(first != second);
        Assert.AreEqual(SendResult.Queued, t.AtB.Channel.Reply(t.AtB.Request, Traffic.Message(2, 4), 0, 4));
        t.Stacks.Settle();
        Assert.AreEqual(second, t.AtA.Request);
        Assert.AreEqual(2, t.AtA.First);
        Assert.AreEqual(SendResult.Queued, t.AtB.Channel.Reply(theirs, Traffic.Message(1, 4), 0, 4));
        t.Stacks.Settle();
        Assert.AreEqual(first, t.AtA.Request);
        Assert.AreEqual(2, t.AtA.Replies);
    }

    /// <summary>An error is an answer too; a handler that knows no requests gives one.</summary>
    [TestMethod]
    public void Error()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Replying = false;
        t.Client.Request(new byte[1], 0, 1, 1000);
        t.Stacks.Settle();
        t.AtB.Channel.ReplyError(t.AtB.Request, 4711);
        t.Stacks.Settle();
        Assert.AreEqual(RequestFailure.Error, t.AtA.Failure);
        Assert.AreEqual(4711, t.AtA.Error);

        Traffic mute = new Traffic(new ChannelOptions(), 1);
        ChannelListener listener = new ChannelListener(mute.Stacks.B, 99, 1, new ChannelOptions(), new KnowsNothing());
        listener.Open();
        mute.Client.Open(EmbeddedTcp.UnitTests.Support.TwoStacks.AddressB, 99);
        mute.Stacks.Settle();
        mute.Client.Request(new byte[1], 0, 1, 1000);
        mute.Stacks.Settle();
        Assert.AreEqual(RequestFailure.Error, mute.AtA.Failure);
        Assert.AreEqual(RequestError.NotUnderstood, mute.AtA.Error);
    }

    /// <summary>No reply in time; the one that comes later is dropped and counted.</summary>
    [TestMethod]
    public void Time_out()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Replying = false;
        int request = t.Client.Request(new byte[1], 0, 1, 1500);
        t.Stacks.Run(1499);
        Assert.AreEqual(0, t.AtA.RequestFailures);
        t.Stacks.Run(1);
        Assert.AreEqual(1, t.AtA.RequestFailures);
        Assert.AreEqual(RequestFailure.TimedOut, t.AtA.Failure);
        Assert.AreEqual(request, t.AtA.Request);
        t.AtB.Channel.Reply(t.AtB.Request, new byte[3], 0, 3);
        t.Stacks.Settle();
        Assert.AreEqual(0, t.AtA.Replies);
        Assert.AreEqual(1, t.Client.Counters.LateReplies);
        Assert.AreEqual(1, t.Client.Counters.RequestsTimedOut);
        Assert.IsTrue(t.Client.State == ChannelState.Open);
    }

    /// <summary>The table of requests is bounded; they fail when the channel ends, and a reply to a request of a lost connection goes nowhere.</summary>
    [TestMethod]
    public void Channel_ends()
    {
        Traffic t = Traffic.Opened(1024);
        t.AtB.Replying = false;
        for (int i = 0; i < 4; i++)
        {
            Assert.IsTrue(t.Client.Request(new byte[1], 0, 1, 60000) > 0);
        }

        Assert.AreEqual(SendResult.TooManyRequests, t.Client.Request(new byte[1], 0, 1, 60000));
        t.Stacks.Settle();
        MessageChannel theirs = t.AtB.Channel;
        int request = t.AtB.Request;
        theirs.Close();
        t.Stacks.Settle();
        Assert.AreEqual(4, t.AtA.RequestFailures);
        Assert.AreEqual(RequestFailure.ChannelEnded, t.AtA.Failure);
        Assert.AreEqual(0, t.Client.Waiting);
        Assert.AreEqual(SendResult.NotOpen, t.Client.Request(new byte[1], 0, 1, 60000));
        t.Stacks.Run(3000);
        Assert.AreEqual(2, t.AtB.Opens);
        Assert.IsTrue(t.AtB.Channel == theirs);
        Assert.AreEqual(SendResult.Outdated, theirs.Reply(request, new byte[1], 0, 1));
    }

    /// <summary>A request and its reply that are larger than the rings.</summary>
    [TestMethod]
    public void Large()
    {
        Traffic t = Traffic.Opened(20000);
        t.AtB.Replying = false;
        Assert.IsTrue(t.Client.RequestLarge(Traffic.Message(5, 15000), 0, 15000, 10000) > 0);
        t.Stacks.Run(1000);
        Assert.AreEqual(15000, t.AtB.Length);
        Assert.AreEqual(SendResult.Queued, t.AtB.Channel.ReplyLarge(t.AtB.Request, Traffic.Message(7, 20000), 0, 20000));
        t.Stacks.Run(1000);
        Assert.AreEqual(1, t.AtA.Replies);
        Assert.AreEqual(20000, t.AtA.Length);
        Assert.AreEqual(0, t.AtA.Wrong + t.AtB.Wrong);
        Assert.AreEqual(1, t.AtB.Sent);
    }

    private sealed class KnowsNothing : ChannelHandler
    {
    }
}
