using System;
using System.Text.RegularExpressions;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Ping;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>The console's ping, against the other stack.</summary>
[TestClass]
public sealed class PingTest
{
    [TestMethod]
    public void A_host_that_answers()
    {
        var board = new Board();
        long start = board.NowMs;
        string text = board.Type("ping 10.77.0.1");
        Assert.StartsWith("ping 10.77.0.1: 56 bytes of data\n  seq 0: 56 bytes, ttl 64, ", text);
        StringAssert.Matches(text, new Regex(@"\n  seq 3: 56 bytes, ttl 64, (less than 1|[1-9]) ms\n4 sent, 4 received, 0 % lost\nround trip min [0-9], average [0-9], max [0-9] ms\n$"));
        Assert.AreEqual(start + 3000, board.NowMs, 20.0, "one a second, and no second after the last");
        Assert.AreEqual(4, board.PeerApp.Net.Counters.EchoReplies);
        Assert.AreEqual(0, board.App.Net.Counters.Drops[(int)DropReason.UnknownIcmp]);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1472)]
    public void Size_and_count_are_obeyed(int size)
    {
        string noun = size + " bytes";
        StringAssert.Contains(new Board().Type("ping 10.77.0.1 1 " + size), $"  seq 0: {noun}, ttl 64, ");
    }

    [TestMethod]
    public void A_host_that_is_not_there_is_lost_in_all()
    {
        var board = new Board();
        string text = board.Type("ping 10.77.0.77 2");
        Assert.AreEqual("ping 10.77.0.77: 56 bytes of data\n  seq 0: no reply within 1000 ms\n  seq 1: no reply within 1000 ms\n"
            + "2 sent, 0 received, 100 % lost\n", text);
    }

    [TestMethod]
    public void Without_a_gateway_there_is_no_way_out()
    {
        string text = new Board().Type("ping 192.0.2.1 1");
        Assert.AreEqual("ping 192.0.2.1: 56 bytes of data\n  no route, or the device is busy\n0 sent, 0 received, 0 % lost\n", text);
    }

    [TestMethod]
    public void Loss_is_counted()
    {
        var board = new Board();
        board.Type("ping 10.77.0.1 1"); // So that ARP is done.
        board.LoseFrames(0.5, 3);
        string text = board.Type("ping 10.77.0.1 40");
        Match sum = Regex.Match(text, @"\n40 sent, ([0-9]+) received, ([0-9]+) % lost\n");
        Assert.IsTrue(sum.Success, text);
        int received = int.Parse(sum.Groups[1].Value);
        Assert.IsTrue(received is > 2 and < 25, text); // A quarter of the pairs comes through.
        Assert.AreEqual(100 * (40 - received) / 40, int.Parse(sum.Groups[2].Value));
        Assert.AreEqual(received, Regex.Count(text, "  seq [0-9]+: 56 bytes"));
        Assert.AreEqual(40 - received, Regex.Count(text, "  seq [0-9]+: no reply"));
    }

    [TestMethod]
    public void Ctrl_c_ends_it_with_a_summary_and_nothing_listens_any_more()
    {
        var board = new Board();
        board.App.Shell.FeedLine("ping 10.77.0.1 10000");
        board.RunFor(2_500);
        board.App.Shell.FeedLine("\u0003");
        board.RunFor(10);
        Assert.IsTrue(board.App.Shell.Idle);
        StringAssert.Contains(board.Console.Text, "\n3 sent, 3 received, 0 % lost\n");
    }

    [TestMethod]
    public void Two_requesters_do_not_take_each_others_replies()
    {
        var board = new Board();
        var one = new EchoRequester(board.App.Net);
        var two = new EchoRequester(board.App.Net);
        Assert.IsTrue(one.Send(board.PeerApp.Net.Address, 8));
        board.RunFor(20);
        Assert.IsTrue(two.Send(board.PeerApp.Net.Address, 16));
        Assert.IsTrue(two.Send(board.PeerApp.Net.Address, 16));
        board.RunFor(20);
        Assert.AreEqual((1, 8, 2, 16), (one.Received, one.ReplySize, two.Received, two.ReplySize));
        one.Close();
        two.Close();
        one.Close(); // Once too often does no harm.
    }

    [TestMethod] // The ninth request takes the place of the first: its late reply is no reply to the ninth.
    public void Only_the_last_requests_are_remembered()
    {
        var board = new Board();
        var requester = new EchoRequester(board.App.Net);
        board.PeerApp.Net.Flush();
        Assert.IsTrue(requester.Send(board.PeerApp.Net.Address, 1));
        board.RunFor(20);
        Assert.IsGreaterThanOrEqualTo(0, requester.RoundTripOf(0));
        board.Cut();
        for (int i = 0; i < EchoRequester.Remembered; i++)
        {
            Assert.IsTrue(requester.Send(board.PeerApp.Net.Address, 1));
        }

        Assert.AreEqual(-1, requester.RoundTripOf(0), "forgotten");
        Assert.AreEqual(-1, requester.RoundTripOf(EchoRequester.Remembered), "waiting");
    }

    [TestMethod]
    [DataRow("ping", "ADDR is needed")]
    [DataRow("ping 1 2 3 4", "ADDR is needed")]
    [DataRow("ping localhost", "ADDR is the IPv4 address of a host, such as 10.77.0.1")]
    [DataRow("ping 255.255.255.255", "ADDR is the IPv4 address of a host, such as 10.77.0.1")]
    [DataRow("ping 224.0.0.1", "ADDR is the IPv4 address of a host, such as 10.77.0.1")]
    [DataRow("ping 127.0.0.1", "ADDR is the IPv4 address of a host, such as 10.77.0.1")]
    [DataRow("ping 10.77.0.2", "this board is 10.77.0.2")]
    [DataRow("ping 10.77.0.1 0", "COUNT is a number, 1 to 10000")]
    [DataRow("ping 10.77.0.1 10001", "COUNT is a number, 1 to 10000")]
    [DataRow("ping 10.77.0.1 1 1473", "SIZE is a number, 0 to 1472")]
    [DataRow("ping 10.77.0.1 1 -1", "SIZE is a number, 0 to 1472")]
    public void Bad_arguments_say_what_was_expected(string line, string mistake)
    {
        Assert.AreEqual("ping: " + mistake + "\nusage: ping ADDR [COUNT [SIZE]]\n", new Board().Type(line));
    }
}
