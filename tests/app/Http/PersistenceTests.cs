using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>How long connections last (RFC 9112 §9), and who gives way when there are too few.</summary>
[TestClass]
public sealed class PersistenceTests
{
    private const string Get = "GET /note HTTP/1.1\r\nHost: b\r\n\r\n";
    private const string Last = "GET /note HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n";

    [TestMethod]
    [DataRow("HTTP/1.1", null, null)]
    [DataRow("HTTP/1.1", "keep-alive", null)]
    [DataRow("HTTP/1.1", "close", "close")]
    [DataRow("HTTP/1.1", "Upgrade, CLOSE", "close")]
    [DataRow("HTTP/1.1", "close, keep-alive", "close")]
    [DataRow("HTTP/1.0", null, "close")]
    [DataRow("HTTP/1.0", "Keep-Alive", "keep-alive")]
    [DataRow("HTTP/1.0", "keep-alive, close", "close")]
    public void Connection_lasts_as_both_want(string version, string? asked, string? answered)
    {
        var lab = new HttpLab();
        Client client = lab.Open("GET /note " + version + "\r\nHost: b\r\n" + (asked == null ? "" : "Connection: " + asked + "\r\n") + "\r\n");
        Reply reply = HttpLab.Replies(client, 1_000, false)[0];
        Assert.AreEqual(answered, reply["Connection"]);
        if (answered == "close")
        {
            client.UntilEnd(500);
        }
        else
        {
            lab.Board.RunFor(14_000);
            Assert.AreEqual("the note\n", HttpLab.Replies(client.Send(Get), 1_000, false, false)[1].Body);
        }
    }

    [TestMethod]   // RFC 9112 §6.3: without a length the end of the connection is the end of the body
    public void A_client_of_http_1_0_cannot_keep_a_connection_on_which_something_of_unknown_length_goes_out()
    {
        var lab = new HttpLab();
        Client client = lab.Open("GET /switch?state=x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").UntilEnd(1_000);
        Reply reply = HttpLab.Replies(client, 1, false)[0];
        Assert.AreEqual(("close", null, "state \"x\""), (reply["Connection"], reply["Transfer-Encoding"], reply.Body));
    }

    [TestMethod]   // §9.3.2: in the order of the requests
    public void Pipelined_requests_are_answered_in_order()
    {
        var lab = new HttpLab();
        string requests = string.Concat(Enumerable.Range(0, 200).Select(i => i % 4 == 0
            ? $"PUT /up/{i} HTTP/1.1\r\nHost: b\r\nContent-Length: {i}\r\n\r\n" + new string('u', i)
            : $"GET /switch?state={i} HTTP/1.1\r\nHost: b\r\n\r\n"));
        Client client = lab.Open(requests);
        Reply[] replies = HttpLab.Replies(client, 60_000, new bool[200]);
        for (int i = 0; i < 200; i++)
        {
            Assert.AreEqual(i % 4 == 0 ? i + " bytes" : $"state \"{i}\"", replies[i].Body);
        }
    }

    [TestMethod]
    public void A_pipeline_does_not_keep_others_waiting()
    {
        var lab = new HttpLab();
        Client busy = lab.Open(string.Concat(Enumerable.Repeat(Get, 2_000)));
        lab.Pass(5, busy);
        Client other = lab.Open(Get);
        HttpLab.Replies(other, 20, false);
        Assert.IsGreaterThan(0, busy.Unsent, "it is still going on");
    }

    [TestMethod]   // §9.6: what follows the last request is not answered, and no RST overtakes the answer
    public void Nothing_is_answered_behind_close()
    {
        var lab = new HttpLab();
        Client client = lab.Open(Get + Last + Get + Get).UntilEnd(1_000);
        Assert.IsNull(Reply.Split(client.Received, true, false, false, false));
        Assert.AreEqual("close", HttpLab.Replies(client, 1, false, false)[1]["Connection"]);
        Assert.AreEqual(TcpEndReason.None, client.Connection.EndReason);
        Assert.AreEqual(2, lab.Server.Requests);
    }

    [TestMethod]
    public void Requests_on_one_connection_are_limited()
    {
        var lab = new HttpLab(new HttpOptions { RequestsPerConnection = 3 });
        Client client = lab.Open(string.Concat(Enumerable.Repeat(Get, 5))).UntilEnd(1_000);
        Reply[] replies = HttpLab.Replies(client, 1, false, false, false);
        CollectionAssert.AreEqual(new string?[] { null, null, "close" }, replies.Select(r => r["Connection"]).ToArray());
        Assert.AreEqual(3, lab.Server.Requests);
    }

    [TestMethod]
    public void An_idle_connection_ends_without_a_word()
    {
        var lab = new HttpLab(new HttpOptions { IdleLimit = 3_000 });
        Client client = lab.Open(Get);
        HttpLab.Replies(client, 1_000, false);
        int length = client.Received.Length;
        lab.Board.RunFor(2_900);
        Assert.IsFalse(client.AtEnd);
        client.UntilEnd(300);
        Assert.HasCount(length, client.Received);
        Assert.AreEqual((0, 0), (lab.Server.Expired, lab.Server.Errors));
        client.Close();
        lab.Board.RunUntil(() => lab.Board.FreeSlots == 8, "the slot is free", 500);
    }

    [TestMethod]
    [DataRow(8, 0, 6)]
    [DataRow(4, 0, 3)]
    [DataRow(2, 0, 1)]
    [DataRow(1, 0, 1)]
    [DataRow(8, 2, 2)]
    [DataRow(2, 9, 2)]
    public void Other_services_keep_their_slots(int slots, int limit, int expected)
    {
        var lab = new HttpLab(new HttpOptions { Connections = limit }, new StackOptions { Connections = slots, MaximumSegmentLifetime = 1000 });
        Client[] clients = [.. Enumerable.Range(0, expected + 2).Select(_ => lab.Open("GET /note HTTP/1.1\r\n"))];
        lab.Pass(3_500, clients); // Handshakes that found no room are tried again after 1 and 2 s.
        Assert.AreEqual((expected, slots - expected), (lab.Server.Open, lab.Board.FreeSlots));
        if (slots > expected)
        {
            Assert.AreEqual("x", lab.Board.Connect(7).Send("x").UntilReceived(1).ReceivedText);
        }

        // All are served in the end: each that waits gets the place of one that has its answer.
        var waiting = new List<Client>(clients);
        waiting.ForEach(c => c.Send("Host: b\r\n\r\n"));
        for (long end = lab.Board.NowMs + 60_000; waiting.Count > 0; lab.Pass(10, [.. waiting]))
        {
            Assert.IsLessThan(end, lab.Board.NowMs, waiting.Count + " wait");
            foreach (Client served in waiting.Where(c => Reply.Split(c.Received, c.AtEnd, false) != null).ToArray())
            {
                served.Close();
                waiting.Remove(served);
            }
        }

        lab.Board.RunUntil(() => lab.Board.FreeSlots >= slots - 1, "the slots are free", 1_000);
    }

    [TestMethod]
    public void The_connection_that_was_idle_longest_makes_room_and_nobody_else()
    {
        var lab = new HttpLab(new HttpOptions { Connections = 3 });
        Client[] idle = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            Client client = lab.Open(Get);
            HttpLab.Replies(client, 1_000, false);
            lab.Board.RunFor(100);
            return client;
        })];
        HttpLab.Replies(idle[0].Send(Get), 1_000, false, false); // Now the second has waited longest.
        lab.Board.RunFor(1_000);
        Assert.AreEqual((3, 0), (lab.Server.Open, lab.Server.Evicted));
        Client newcomer = lab.Open(Get);
        lab.Board.RunUntil(() => idle[1].AtEnd, "the second is closed", 200, [.. idle, newcomer]);
        idle[1].Close();
        HttpLab.Replies(newcomer, 3_000, false);
        Assert.AreEqual((3, 1), (lab.Server.Open, lab.Server.Evicted));
        lab.Board.RunFor(6_000);
        foreach (Client client in new[] { idle[0], idle[2], newcomer })
        {
            int before = Reply.Split(client.Received, false, false, false) == null ? 1 : 2;
            Assert.IsNull(HttpLab.Replies(client.Send(Get), 1_000, new bool[before + 1])[before]["Connection"], "it goes on");
        }
    }

    [TestMethod]
    public void An_idle_connection_makes_room_when_another_service_finds_no_slot_for_http_s_listener()
    {
        // HTTP may have all slots, but echo has taken the rest.
        var lab = new HttpLab(new HttpOptions { Connections = 4 }, new StackOptions { Connections = 4, MaximumSegmentLifetime = 1000 });
        _ = lab.Board.Connect(7).Send("x").UntilReceived(1);
        _ = lab.Board.Connect(7).Send("x").UntilReceived(1);
        _ = lab.Board.Connect(7).Send("x").UntilReceived(1);
        Client idle = lab.Open(Get);
        HttpLab.Replies(idle, 1_000, false);
        Assert.AreEqual(0, lab.Board.FreeSlots);
        Client newcomer = lab.Open(Get);
        lab.Board.RunUntil(() => idle.AtEnd || idle.Ended, "idle is closed", 2_000, idle, newcomer);
        idle.Close();
        HttpLab.Replies(newcomer, 3_000, false);
        Assert.AreEqual(1, lab.Server.Evicted);
    }

    [TestMethod]
    public void Who_is_busy_when_somebody_waits_is_told_that_it_was_the_last_answer()
    {
        var lab = new HttpLab(new HttpOptions { Connections = 1 });
        Client busy = lab.Open("GET /note HTTP/1.1\r\n");
        lab.Pass(20, busy);
        Client newcomer = lab.Open(Get);
        lab.Pass(20, busy, newcomer);
        busy.Send("Host: b\r\n\r\n");
        Assert.AreEqual("close", HttpLab.Replies(busy, 1_000, false)[0]["Connection"]);
        busy.Close();
        Assert.IsNull(HttpLab.Replies(newcomer, 5_000, false)[0]["Connection"]);
        Assert.AreEqual(0, lab.Server.Evicted);
    }

    [TestMethod]   // A browser opens connections that it may use later.
    public void A_connection_without_a_request_gives_way_but_not_at_once()
    {
        var lab = new HttpLab(new HttpOptions { Connections = 1 });
        Client silent = lab.Open();
        Client newcomer = lab.Open(Get);
        lab.Pass(4_500, silent, newcomer);
        Assert.IsFalse(silent.AtEnd);
        silent.UntilEnd(4_000);
        silent.Close();
        lab.Board.RunUntil(() => Reply.Split(newcomer.Received, false, false) != null, "served", 9_000, newcomer);
        Assert.AreEqual(1, lab.Server.Evicted);
    }

    [TestMethod]
    public void Stop_ends_idle_connections_and_lets_answers_arrive()
    {
        var lab = new HttpLab();
        Client idle = lab.Open(Get);
        HttpLab.Replies(idle, 1_000, false);
        Client uploading = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\na");
        lab.Pass(20, uploading);
        lab.Board.App.Stop();
        idle.UntilEnd(500);
        uploading.Send("bc").UntilEnd(1_000);
        Reply reply = HttpLab.Replies(uploading, 1, false)[0];
        Assert.AreEqual(("3 bytes", "close"), (reply.Body, reply["Connection"]));
        idle.Close();
        uploading.Close();
        lab.Board.RunUntil(() => lab.Board.App.Idle, "idle", 1_000);
    }
}
