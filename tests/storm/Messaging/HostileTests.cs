using System.Text;
using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
using static EmbeddedTcp.StormTests.Messaging.HostilePeer;

namespace EmbeddedTcp.StormTests.Messaging;

/// <summary>docs/message-channel.md, "What ends a channel": each bad peer meets its reason, within its bound, and leaves no slot behind.</summary>
[TestClass]
public sealed class HostileTests
{
    [TestMethod]
    [DataRow(0xFFFFFFFFu)]
    [DataRow(0x80000000u)]
    [DataRow(0x7FFFFFFFu)]
    [DataRow((uint)Maximum + 1)]
    public void Length_above_the_maximum(uint length)
    {
        HostilePeer peer = Greeted();
        peer.Says(Header(1, 0, length));
        peer.HasEnded(ChannelEnd.TooLarge, Goodbye.TooLarge);
    }

    [TestMethod]
    public void Length_at_the_maximum_is_welcome()
    {
        HostilePeer peer = Greeted();
        peer.Says(Frame(1, 0, Traffic.Message(3, Maximum)));
        Assert.AreEqual((1, Maximum, 0), (peer.Log.Messages, peer.Log.Length, peer.Log.Wrong));
    }

    [TestMethod]
    public void Goodbye_of_ours_survives_a_peer_that_goes_on_sending()
    {
        HostilePeer peer = Greeted();
        peer.Says([.. Header(1, 0, 0xFFFFFFFF), .. new byte[3000]]);
        peer.HasEnded(ChannelEnd.TooLarge, Goodbye.TooLarge);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(15)]
    public void Half_a_hello(int octets)
    {
        var fin = new HostilePeer();
        fin.Says(Hello()[..octets]);
        fin.C.Shutdown();
        fin.EndsWith(octets == 0 ? ChannelEnd.EndOfStream : ChannelEnd.HalfMessage, 0);

        var rst = new HostilePeer();
        rst.Says(Hello()[..octets]);
        rst.C.Abort();
        rst.EndsWith(ChannelEnd.Reset, 0);

        var silence = new HostilePeer();
        silence.Says(Hello()[..octets]);
        silence.EndsWith(ChannelEnd.HelloTimedOut, HelloMs, Goodbye.TooSlow);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(8)]
    [DataRow(20)]
    public void Half_a_frame(int octets)
    {
        byte[] half = Frame(1, 0, new byte[50])[..octets];
        HostilePeer fin = Greeted();
        fin.Says(half);
        fin.C.Shutdown();
        fin.EndsWith(ChannelEnd.HalfMessage, 0);
        Assert.AreEqual(0, fin.Log.Messages);

        HostilePeer rst = Greeted();
        rst.Says(half);
        rst.C.Abort();
        rst.EndsWith(ChannelEnd.Reset, 0);

        HostilePeer silence = Greeted();
        silence.Says(half);
        silence.EndsWith(ChannelEnd.Silence, SilenceMs);
    }

    [TestMethod]
    public void Whole_messages_before_the_end_are_delivered()
    {
        HostilePeer fin = Greeted();
        fin.Says([.. Frame(1, 0, 1), .. Frame(1, 0, 2)]);
        fin.C.Shutdown();
        fin.EndsWith(ChannelEnd.EndOfStream, 0);
        Assert.AreEqual(2, fin.Log.Messages);

        // The reset comes in the same turn as three rings' worth of tiny messages.
        HostilePeer rst = Greeted();
        byte[] many = [.. Enumerable.Repeat(Frame(1, 0, 7), 200).SelectMany(f => f)];
        Assert.AreEqual(many.Length, rst.C.Write(many, 0, many.Length));
        rst.Stacks.A.Flush();
        rst.C.Abort();
        rst.Stacks.A.Flush();
        rst.EndsWith(ChannelEnd.Reset, 0);
        Assert.AreEqual(200, rst.Log.Messages);
    }

    [TestMethod]
    public void Slow_drip()
    {
        var hello = new HostilePeer();
        foreach (byte octet in Hello()[..4])
        {
            hello.Says(octet);
            hello.Run(499);
            Assert.AreEqual(0, hello.Log.Failures);
        }

        hello.EndsWith(ChannelEnd.HelloTimedOut, HelloMs - (4 * 499), Goodbye.TooSlow);

        // Each octet is a sign of life, but the message takes too long.
        HostilePeer frame = Greeted();
        byte[] message = Frame(1, 0, new byte[100]);
        for (int i = 0; i < 6; i++)
        {
            frame.Says(message[i]);
            frame.Run(900);
            Assert.AreEqual(i == 5 ? 1 : 0, frame.Log.Closes);
        }

        frame.HasEnded(ChannelEnd.TooSlow, Goodbye.TooSlow);
    }

    [TestMethod]
    [DataRow(5, 0, DisplayName = "heartbeats")]
    [DataRow(3, 9, DisplayName = "replies to no request")]
    [DataRow(4, 9, DisplayName = "error replies to no request")]
    [DataRow(200, 0, DisplayName = "optional frames of an unknown type")]
    public void Flood_of_what_nobody_waits_for(int type, int id)
    {
        byte[] one = Frame(type, id, type == 5 ? [] : new byte[2]);
        HostilePeer peer = Greeted();
        peer.Says([.. Enumerable.Repeat(one, 32).SelectMany(f => f)]);
        Assert.AreEqual(0, peer.Log.Closes, "32 at once are allowed");
        peer.Says(one);
        peer.HasEnded(ChannelEnd.Flood, Goodbye.Flood);
        Assert.AreEqual(33, peer.Listener.Counters.HeartbeatsIn + peer.Listener.Counters.LateReplies + peer.Listener.Counters.Skipped);
    }

    [TestMethod]
    public void Two_heartbeats_in_an_interval_for_hours_are_no_flood_but_four_are()
    {
        HostilePeer two = Greeted();
        for (int i = 0; i < 20_000; i++)
        {
            two.Says(Frame(5, 0));
            two.Run(Interval / 2);
        }

        Assert.AreEqual(0, two.Log.Closes);
        HostilePeer four = Greeted();
        int sent = 0;
        for (; sent < 1000 && four.Log.Closes == 0; sent++)
        {
            four.Says(Frame(5, 0));
            four.Run(Interval / 4);
        }

        // Half of them are more than allowed, and 32 of these are the credit.
        Assert.IsTrue(sent is >= 62 and <= 67, sent.ToString());
        four.HasEnded(ChannelEnd.Flood);
    }

    [TestMethod]
    public void Heartbeats_that_gathered_behind_a_held_message_are_no_flood()
    {
        HostilePeer peer = Greeted();
        peer.Log.Takes = false;
        peer.Says(Frame(1, 0, 1));
        for (int i = 0; i < 300; i++)
        {
            peer.Says(Frame(5, 0));
            peer.Run(Interval);
        }

        Assert.AreEqual(0, peer.Listener.Counters.HeartbeatsIn);
        peer.Log.Takes = true;
        peer.Log.Channel.Resume();
        peer.Run(100);
        Assert.AreEqual((0, 1, 300), (peer.Log.Closes, peer.Log.Messages, peer.Listener.Counters.HeartbeatsIn));
    }

    [TestMethod]
    public void Flood_of_empty_messages_is_taken_in_turns_and_held_by_the_window()
    {
        HostilePeer peer = Greeted();
        peer.Says([.. Enumerable.Repeat(Frame(1, 0), 20_000).SelectMany(f => f)]);
        peer.Run(1000);
        Assert.AreEqual((20_000, 0), (peer.Log.Messages, peer.Log.Closes));

        // Nobody takes them: two rings are full, and that is all.
        peer.Log.Takes = false;
        byte[] flood = [.. Enumerable.Repeat(Frame(1, 0), 10_000).SelectMany(f => f)];
        int written = 0;
        for (int i = 0; i < 100; i++)
        {
            written += peer.C.Write(flood, written, flood.Length - written);
            peer.Run(10);
        }

        Assert.IsTrue(written < 3 * 4096, written.ToString());
        Assert.AreEqual((20_000, 0), (peer.Log.Messages, peer.Log.Closes));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(2)]
    [DataRow(255)]
    public void Wrong_version(int version)
    {
        var peer = new HostilePeer();
        peer.Says(Hello(version: version));
        peer.HasEnded(ChannelEnd.WrongVersion, Goodbye.WrongVersion);
        Assert.AreEqual(0, peer.Log.Opens - 1, "the next one only");
    }

    [TestMethod]
    [DataRow(63u, 1000u)]
    [DataRow(0u, 1000u)]
    [DataRow(0xFFFFFFFFu, 1000u)]
    [DataRow(1024u, 99u)]
    [DataRow(1024u, 0u)]
    [DataRow(1024u, 3_600_001u)]
    [DataRow(1024u, 0xFFFFFFFFu)]
    public void Bad_hello(uint maximum, uint interval)
    {
        var peer = new HostilePeer();
        peer.Says(Hello(maximum, interval));
        peer.HasEnded(ChannelEnd.BadHello, Goodbye.BadHello);
    }

    [TestMethod]
    [DataRow("GET / HTTP/1.1\r\n\r\n")]
    [DataRow("G")]
    [DataRow("EMCX")]
    public void Something_else_than_a_channel_is_reset_with_its_first_octets(string text)
    {
        var peer = new HostilePeer();
        peer.Says(Encoding.ASCII.GetBytes(text));
        Assert.AreEqual(TcpEndReason.Reset, peer.C.EndReason);
        peer.HasEnded(ChannelEnd.NotAChannel);
    }

    public static IEnumerable<object[]> Forbidden() =>
    [
        ["type 0", Frame(0, 0)],
        ["type 7", Frame(7, 0)],
        ["type 127", Frame(127, 0)],
        ["byte 5", Header(1, 0, 0, 1)],
        ["a message with a correlation", Frame(1, 1)],
        ["a request without", Frame(2, 0)],
        ["a reply without", Frame(3, 0)],
        ["an error without", Frame(4, 0, 0, 0)],
        ["an error without its code", Frame(4, 1, 0)],
        ["a heartbeat with a payload", Frame(5, 0, 0)],
        ["a heartbeat with a correlation", Frame(5, 1)],
        ["a goodbye without a reason", Frame(6, 0)],
        ["a goodbye of 65 bytes", Frame(6, 0, new byte[65])],
        ["a second hello", Hello()],
    ];

    [TestMethod]
    [DynamicData(nameof(Forbidden))]
    public void Forbidden_frame(string what, byte[] frame)
    {
        HostilePeer peer = Greeted();
        peer.Says(frame);

        // "EMCH" read as a length is a large one.
        bool hello = what == "a second hello";
        peer.HasEnded(hello ? ChannelEnd.TooLarge : ChannelEnd.ProtocolError, hello ? Goodbye.TooLarge : Goodbye.ProtocolError);
    }

    [TestMethod]
    [DataRow(0, ChannelEnd.PeerClosed)]
    [DataRow(1, ChannelEnd.PeerGoingAway)]
    [DataRow(2, ChannelEnd.PeerFull)]
    [DataRow(5, ChannelEnd.PeerComplained)]
    [DataRow(200, ChannelEnd.PeerComplained)]
    public void Goodbye_of_the_peer(int reason, ChannelEnd end)
    {
        HostilePeer peer = Greeted();
        peer.Says([.. Frame(1, 0, 1), .. Frame(6, 0, (byte)reason, (byte)'x')]);
        Assert.AreEqual(1, peer.Log.Messages);
        Assert.AreEqual(reason, peer.Log.Channel.PeerGoodbye);
        peer.C.Shutdown();
        peer.HasEnded(end);
    }

    [TestMethod]
    public void Peer_that_says_goodbye_and_stays_is_reset()
    {
        HostilePeer peer = Greeted();
        peer.Says(Frame(6, 0, 0));
        peer.Run(CloseMs - 1);
        Assert.AreEqual(3, peer.Stacks.B.Tcp.FreeSlots);
        peer.Run(1);
        Assert.AreEqual(4, peer.Stacks.B.Tcp.FreeSlots);
        Assert.AreEqual(TcpEndReason.Reset, peer.C.EndReason);
    }

    [TestMethod]
    public void Silence_from_the_hello_on()
    {
        HostilePeer peer = Greeted();
        peer.EndsWith(ChannelEnd.Silence, SilenceMs);
    }

    [TestMethod]
    public void Peer_that_lives_but_does_not_read()
    {
        HostilePeer peer = Greeted();
        peer.Reading = false;
        int queued = 0;
        for (int i = 0; i < 100; i++)
        {
            queued += peer.Log.Channel.Send(new byte[200], 0, 200) == SendResult.Queued ? 1 : 0;
            peer.Stacks.Run(10);
        }

        Assert.IsTrue(queued is > 30 and < 45, queued.ToString());
        for (int i = 0; i < 18; i++)
        {
            peer.Says(Frame(5, 0));
            peer.Run(Interval);
            Assert.AreEqual(0, peer.Log.Closes);
        }

        for (int i = 0; i < 3; i++)
        {
            peer.Says(Frame(5, 0));
            peer.Run(Interval);
        }

        peer.HasEnded(ChannelEnd.Stalled);
    }

    [TestMethod]
    public void Peer_that_reads_slowly_is_not_stalled()
    {
        HostilePeer peer = Greeted();
        peer.Reading = false;
        byte[] sip = new byte[50];
        for (int i = 0; i < 1000; i++)
        {
            peer.Log.Channel.Send(new byte[200], 0, 200);
            peer.Stacks.Run(100);
            Assert.IsGreaterThan(0, peer.C.Read(sip, 0, 50));
            if (i % 10 == 0)
            {
                peer.Says(Frame(5, 0));
            }
        }

        Assert.AreEqual(0, peer.Log.Closes);
    }

    [TestMethod]
    public void Crowd_of_connections_that_say_nothing_leaves_room_after_the_hello_s_time()
    {
        var peer = new HostilePeer();
        var crowd = new List<TcpConnection> { peer.C };
        for (int i = 0; i < 3; i++)
        {
            crowd.Add(peer.Stacks.A.Tcp.Connect(TwoStacks.AddressB, 4242));
            peer.Stacks.Settle();
        }

        Assert.AreEqual((2, 2), (peer.Listener.InUse, peer.Listener.Refused));
        peer.Stacks.Run(HelloMs + CloseMs);
        Assert.AreEqual((0, 4), (peer.Listener.InUse, peer.Stacks.B.Tcp.FreeSlots));
        Assert.AreEqual(2, peer.Listener.Counters.EndsBy(ChannelEnd.HelloTimedOut));
        crowd.ForEach(c => c.Abort());
        peer.Connect();
        peer.Says(Hello());
        Assert.AreEqual(1, peer.Log.Opens);
    }
}
