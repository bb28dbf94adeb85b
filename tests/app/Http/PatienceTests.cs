using System;
using System.Linq;
using System.Text;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>Slow clients, slow handlers, large bodies, and noise.</summary>
[TestClass]
public sealed class PatienceTests
{
    private const string Get = "GET /note HTTP/1.1\r\nHost: b\r\n\r\n";

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void A_head_that_drips_is_ended_in_time_on_the_first_request_and_on_later_ones(int before)
    {
        var lab = new HttpLab();
        Client client = lab.Open();
        if (before > 0)
        {
            HttpLab.Replies(client.Send(Get), 1_000, false);
            lab.Board.RunFor(8_000); // Idle time does not count.
        }

        long start = lab.Board.NowMs;
        client.Send("GET /note HTTP/1.1\r\n");
        while (!client.AtEnd && lab.Board.NowMs < start + 20_000)
        {
            client.Send("A: b\r\n");
            lab.Pass(500, client);
        }

        Assert.IsInRange(9_000, 10_600, lab.Board.NowMs - start);
        Assert.AreEqual(408, HttpLab.Replies(client, 1, new bool[before + 1])[before].Status);
        Assert.AreEqual(1, lab.Server.Expired);
    }

    [TestMethod]
    [DataRow("Content-Length: 100000\r\n\r\n", "x")]
    [DataRow("Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")]
    public void A_body_that_drips_is_ended_in_time(string framing, string drop)
    {
        var lab = new HttpLab();
        Client client = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\n" + framing);
        long start = lab.Board.NowMs;
        while (!client.AtEnd && lab.Board.NowMs < start + 30_000)
        {
            client.Send(drop);
            lab.Pass(100, client);
        }

        Assert.IsInRange(9_500, 10_600, lab.Board.NowMs - start);
        Assert.AreEqual(408, HttpLab.Replies(client, 1, false)[0].Status);
        Assert.AreEqual((1, 1, 0), (lab.Upload.Ended, lab.Upload.Broken, lab.Upload.Complete));
    }

    [TestMethod]
    public void A_body_that_is_slow_but_steady_arrives()
    {
        var lab = new HttpLab();
        Client client = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\nContent-Length: 20000\r\n\r\n");
        for (int i = 0; i < 20; i++)
        {
            client.Send(new string('x', 1_000));
            lab.Pass(9_000, client);
        }

        Assert.AreEqual("20000 bytes", HttpLab.Replies(client, 1_000, false)[0].Body);
    }

    [TestMethod]
    public void A_reader_that_sips_loses_its_connection()
    {
        var lab = new HttpLab(null, new StackOptions { Connections = 8, SendBufferSize = 1024 }, -1, new LongHandler(1_000));
        Client client = lab.Board.Connect(80).UntilConnected();
        client.Deaf = true;
        client.Send("GET /long HTTP/1.1\r\nHost: b\r\n\r\n");
        byte[] sip = new byte[100];
        long start = lab.Board.NowMs;
        do
        {
            lab.Board.RunFor(5_000);
            client.Connection.Read(sip, 0, sip.Length);
        }
        while (lab.Server.Open > 0 && lab.Board.NowMs < start + 100_000);

        Assert.IsLessThan(50_000, lab.Board.NowMs - start);
        Assert.AreEqual((1, 8), (lab.Server.Expired, lab.Board.FreeSlots));
    }

    [TestMethod]   // What it does not take stays in the ring, and the window closes.
    [DataRow(1)]
    [DataRow(37)]
    [DataRow(int.MaxValue)]
    public void A_large_body_reaches_a_handler_at_its_own_pace(int pace)
    {
        byte[] data = EchoTest.RandomBytes(150_000, 5);
        foreach (int chunk in new[] { 0, 1_000, 7 })
        {
            if (chunk == 7 && pace == 1)
            {
                continue;
            }

            var lab = new HttpLab();
            lab.Upload.Pace = pace;
            int length = chunk == 7 ? 5_000 : data.Length;
            Client client = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\n" + (chunk == 0 ? $"Content-Length: {length}\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n"));
            for (int at = 0; at < length; at += Math.Max(chunk, 1_000) == chunk || chunk == 0 ? 1_000 : chunk)
            {
                int piece = Math.Min(chunk == 0 ? 1_000 : chunk, length - at);
                byte[] part = data[at..(at + piece)];
                client.Send(chunk == 0 ? part : [.. Encoding.ASCII.GetBytes($"{piece:x}\r\n"), .. part, 13, 10]);
            }

            client.Send(chunk == 0 ? "" : "0\r\n\r\n");
            Assert.AreEqual(length + " bytes", HttpLab.Replies(client, 60_000, false)[0].Body);
            Assert.IsTrue(lab.Upload.Received.SequenceEqual(data[..length]), "chunk " + chunk);
        }
    }

    [TestMethod]
    public void A_handler_that_stops_taking_stops_the_client_and_goes_on_when_it_says_so()
    {
        var lab = new HttpLab();
        lab.Upload.Pace = 0;
        byte[] data = EchoTest.RandomBytes(20_000, 5);
        Client client = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\nContent-Length: 20000\r\n\r\n").Send(data);
        lab.Pass(2_000, client);
        Assert.IsEmpty(lab.Upload.Received);
        Assert.IsGreaterThan(10_000, client.Unsent, "both rings are full");
        lab.Upload.Pace = 700;
        lab.Server.Wake();
        Assert.AreEqual("20000 bytes", HttpLab.Replies(client, 10_000, false)[0].Body);
        Assert.IsTrue(lab.Upload.Received.SequenceEqual(data));
    }

    [TestMethod]
    [DataRow("Content-Length: 10\r\n\r\nhalf")]
    [DataRow("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [DataRow("Transfer-Encoding: chunked\r\n\r\n4\r\nha")]
    public void A_body_that_ends_too_early_is_no_request(string body)
    {
        var lab = new HttpLab();
        Client client = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\n" + body).Shutdown().UntilEnd(1_000);
        Assert.IsEmpty(client.Received);
        Assert.AreEqual((1, 1, 0), (lab.Upload.Ended, lab.Upload.Broken, lab.Upload.Complete));
        lab.Board.RunUntil(() => lab.Board.FreeSlots == 8, "the slot is free", 500);
    }

    [TestMethod]
    public void What_is_not_taken_is_read_over_within_a_limit()
    {
        var lab = new HttpLab(new HttpOptions { DrainBytes = 20_000 });
        Client patient = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\nContent-Length: 900000\r\n\r\n").Send(new byte[15_000]).UntilEnd(1_000);
        Assert.AreEqual(413, HttpLab.Replies(patient, 1, false)[0].Status);
        patient.Until(() => patient.Unsent == 0, "taken", 1_000);
        Assert.AreEqual(TcpEndReason.None, patient.Connection.EndReason);
        Client flood = lab.Open("PUT /up/x HTTP/1.1\r\nHost: b\r\nContent-Length: 900000\r\n\r\n").Send(new byte[60_000]);
        flood.Until(() => flood.Ended, "reset", 5_000);
    }

    [TestMethod]
    public void Noise_of_every_kind_leaves_the_server_whole()
    {
        var random = new Random(20261128);
        string[] seeds =
        [
            Get, "PUT /up/x HTTP/1.1\r\nHost: b\r\nContent-Length: 5\r\n\r\nhello", "POST /switch HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HEAD /api/state HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /switch?state=%41+&a=b HTTP/1.1\r\nHost: b\r\nIf-None-Match: W/\"a\", \"b\"\r\n\r\n",
            "GET /note HTTP/1.1\r\nHost: b\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nExpect: 100-continue\r\n\r\n",
        ];
        var lab = new HttpLab(new HttpOptions { IdleLimit = 500, HeadLimit = 500, ProgressInterval = 500, LingerLimit = 500 }, null, -1, new FaultyHandler());
        lab.Note.Modified = 784111777;
        for (int round = 0; round < 1_500; round++)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => seeds[random.Next(seeds.Length)])));
            for (int damage = random.Next(4); damage > 0; damage--)
            {
                int at = random.Next(bytes.Length);
                bytes = random.Next(4) switch
                {
                    0 => [.. bytes[..at], .. bytes[(at + random.Next(bytes.Length - at))..]],
                    1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                    2 => [.. bytes[..at], .. bytes[at..], .. bytes[..at]],
                    _ => [.. bytes[..at], (byte)"\r\n :;,%\"*0"[random.Next(10)], .. bytes[(at + 1)..]],
                };
                if (bytes.Length == 0)
                {
                    bytes = [0];
                }
            }

            Client client = lab.Board.Connect(80).Send(bytes);
            lab.Board.RunUntil(() => client.Unsent == 0 || client.AtEnd || client.Ended, "taken", 5_000, client);
            if (random.Next(3) == 0)
            {
                client.Connection.Abort();
            }
            else
            {
                client.Shutdown();
                lab.Board.RunFor(random.Next(30));
                client.Move();
                client.Close();
            }
        }

        lab.Board.RunFor(70_000);
        Assert.AreEqual((0, 0, 8), (lab.Server.Faults, lab.Server.Open, lab.Board.FreeSlots), lab.Board.Console.Text);
        Assert.AreEqual("the note\n", lab.Ask(Get).Body);
        Assert.IsGreaterThan(500, lab.Server.Requests);
    }
}
