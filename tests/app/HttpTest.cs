using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

[TestClass]
public sealed class HttpTest
{
    private const string Host = "Host: board\r\n";
    private const string Last = Host + "Connection: close\r\n";

    [TestMethod]
    public void The_page_is_a_text_that_asks_for_the_state_and_for_nothing_else()
    {
        var board = new Board(options: new ApplicationOptions { BoardName = "Lab board" });
        Response response = Get(board, "/");
        Assert.AreEqual("HTTP/1.1 200 OK", response.StatusLine);
        Assert.AreEqual("text/html; charset=utf-8", response["Content-Type"]);
        Assert.AreEqual(response.Body.Length.ToString(), response["Content-Length"]);
        StringAssert.StartsWith(response.Body, "<!DOCTYPE html>\n");
        StringAssert.EndsWith(response.Body, "</script>\n");
        StringAssert.Contains(response.Body, "<meta name=viewport content='width=device-width,initial-scale=1'>");
        StringAssert.Contains(response.Body, "font:16px");
        StringAssert.Contains(response.Body, "@media(prefers-color-scheme:dark)");
        StringAssert.Contains(response.Body, "fetch('/api/state')");
        Assert.DoesNotContain("http:", response.Body, "it works where there is no Internet");
        Assert.DoesNotContain("innerHTML", response.Body, "what the board says is text, never markup");
        Assert.IsLessThan(6 * 1024, response.Body.Length);
        Assert.AreEqual(response.Body, Get(board, "/").Body);
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("\"quotes\" \\ and\u0001control\tcharacters\n")]
    [DataRow("<script>alert('x')</script>&amp;")]
    [DataRow("ümlaute ß 電子板 \U0001F600 alone \uD800")]
    [DataRow("電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電")]
    [DataRow("")]
    public void Any_board_name_gives_valid_json(string name)
    {
        var board = new Board(options: new ApplicationOptions { BoardName = name });
        using JsonDocument state = JsonDocument.Parse(Get(board, "/api/state").Body);
        string expected = string.Concat((name.Length > 48 ? name[..48] : name).Select(c => char.IsSurrogate(c) ? '?' : c));
        Assert.AreEqual(expected, state.RootElement.GetProperty("board").GetString());
        Assert.IsTrue(Get(board, "/").Body.All(c => c is >= ' ' and < (char)127 or '\n'));
    }

    [TestMethod]
    public void State_says_what_is()
    {
        var board = new Board();
        Client echo = board.Connect(7).Send("x").UntilReceived(1);
        Response response = Get(board, "/api/state");
        Assert.AreEqual("application/json", response["Content-Type"]);
        using JsonDocument document = JsonDocument.Parse(response.Body);
        JsonElement state = document.RootElement;
        Assert.AreEqual("10.77.0.2", state.GetProperty("address").GetString());
        Assert.AreEqual(24, state.GetProperty("prefixLength").GetInt32());
        Assert.AreEqual("02:00:00:00:00:01", state.GetProperty("mac").GetString());
        Assert.AreEqual("Test chip <1>, revision 4", state.GetProperty("chip").GetString());
        Assert.IsTrue(state.GetProperty("linkUp").GetBoolean());
        Assert.AreEqual(board.App.UptimeMs, state.GetProperty("uptimeMs").GetInt64(), 300.0);
        Assert.AreEqual(board.App.Net.Memory.Total + board.App.MemoryBytes, state.GetProperty("memoryBytes").GetInt32());
        Assert.AreEqual(6, state.GetProperty("freeSlots").GetInt32());

        JsonElement[] connections = state.GetProperty("connections").EnumerateArray().ToArray();
        Assert.HasCount(8, connections);
        JsonElement found = connections.Single(c => c.GetProperty("inUse").GetBoolean() && c.GetProperty("service").GetString() == "echo");
        Assert.AreEqual("ESTABLISHED", found.GetProperty("state").GetString());
        Assert.AreEqual("10.77.0.1", found.GetProperty("remoteAddress").GetString());
        Assert.AreEqual(echo.Connection.LocalPort, found.GetProperty("remotePort").GetInt32());
        Assert.AreEqual(6, connections.Count(c => !c.GetProperty("inUse").GetBoolean()));

        string[] services = state.GetProperty("services").EnumerateArray().Select(s => s.GetProperty("name").GetString()!).ToArray();
        CollectionAssert.AreEqual(new[] { "echo", "discard", "daytime", "chargen", "http" }, services);
        Assert.AreEqual(board.App.Net.Counters.Count, state.GetProperty("counters").EnumerateObject().Count());
        Assert.AreEqual(2, state.GetProperty("counters").GetProperty("passive opens").GetInt32());
        Assert.AreEqual(board.App.Net.Counters.Drops.Length, state.GetProperty("drops").EnumerateObject().Count());
    }

    [TestMethod]
    public void A_board_without_services_but_http_gives_valid_json()
    {
        var options = new ApplicationOptions { EchoPort = 0, DiscardPort = 0, DaytimePort = 0, ChargenPort = 0 };
        var board = new Board(new StackOptions { Connections = 1 }, options);
        using JsonDocument document = JsonDocument.Parse(Get(board, "/api/state").Body);
        Assert.AreEqual(1, document.RootElement.GetProperty("services").GetArrayLength());
        Assert.AreEqual(1, document.RootElement.GetProperty("connections").GetArrayLength());
    }

    [TestMethod]   // RFC 9112 §7.1: each chunk has its length, whatever changes while the page is being sent
    [DataRow("/")]
    [DataRow("/api/state")]
    public void A_page_larger_than_the_ring_is_whole_although_everything_changes(string path)
    {
        var board = new Board(new StackOptions { Connections = 8, SendBufferSize = 512, ReceiveBufferSize = 512 },
            peerStack: new StackOptions { Connections = 16, ReceiveBufferSize = 512 });
        Client reader = board.Connect(80).Send("GET " + path + " HTTP/1.1\r\n" + Last + "\r\n").UntilReceived(600);
        reader.Deaf = true;
        int before = reader.Received.Length;
        board.Type("netstat");
        for (int i = 0; i < 5; i++)
        {
            board.Connect(7).Send("counters grow").UntilReceived(13);
            board.RunFor(1000);
        }

        reader.Deaf = false;
        reader.UntilEnd(30_000);
        Assert.IsGreaterThan(before + 512 + 512, reader.Received.Length, "more than both rings held while everything changed");
        var response = new Response(reader.ReceivedText);
        Assert.AreEqual(0, board.Dispatcher.Faults);
        if (path == "/")
        {
            StringAssert.EndsWith(response.Body, "</script>\n");
        }
        else
        {
            JsonDocument.Parse(response.Body).Dispose();
        }
    }

    [TestMethod]   // RFC 9110 §9.3.2
    public void Head_answers_like_get_without_the_body()
    {
        var board = new Board();
        Response get = Get(board, "/");
        Client client = Exchange(board, "HEAD / HTTP/1.1\r\n" + Last + "\r\n");
        var head = new Response(client.ReceivedText);
        Assert.AreEqual("HTTP/1.1 200 OK", head.StatusLine);
        Assert.AreEqual(get["Content-Length"], head["Content-Length"]);
        Assert.AreEqual(get["Content-Type"], head["Content-Type"]);
        Assert.AreEqual("", head.Body);
        var missing = new Response(Exchange(board, "HEAD /no HTTP/1.1\r\n" + Last + "\r\n").ReceivedText);
        Assert.AreEqual("HTTP/1.1 404 Not Found", missing.StatusLine);
        Assert.AreEqual("", missing.Body);
    }

    [TestMethod]
    [DataRow("GET /index HTTP/1.1\r\n" + Host + "\r\n", "404 Not Found")]
    [DataRow("GET //  HTTP/1.1\r\n" + Host + "\r\n", "400 Bad Request")]
    [DataRow("GET /?query=1 HTTP/1.1\r\n" + Host + "\r\n", "200 OK")]
    [DataRow("GET http://board/ HTTP/1.1\r\n" + Host + "\r\n", "200 OK")]
    [DataRow("GET HTTP://board HTTP/1.1\r\n" + Host + "\r\n", "200 OK")]
    [DataRow("GET http://board?q HTTP/1.1\r\n" + Host + "\r\n", "200 OK")]
    [DataRow("GET http://board/api/state?q HTTP/1.1\r\n" + Host + "\r\n", "200 OK")]
    [DataRow("GET * HTTP/1.1\r\n" + Host + "\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.0\r\n\r\n", "200 OK")]
    [DataRow("GET / HTTP/1.1\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\nhOsT:a\r\n\r\n", "200 OK")]
    [DataRow("GET / HTTP/1.1\r\nHosts: a\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\n" + Host + " folded\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\n" + Host + "no colon\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\n" + Host + "A: b\rc\r\n\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1\r\n" + Host + "A: b\0c\r\n\r\n", "400 Bad Request")]
    [DataRow("\r\n\r\nGET / HTTP/1.1\r\n" + Host + "\r\n", "200 OK")]
    [DataRow("GET / HTTP/1.1\nHost: a\n\n", "200 OK")]
    [DataRow("GET /\r\n", "400 Bad Request")]
    [DataRow("GET\r\n", "400 Bad Request")]
    [DataRow(" GET / HTTP/1.1\r\n", "400 Bad Request")]
    [DataRow("GET  / HTTP/1.1\r\n", "400 Bad Request")]
    [DataRow("GET / HTTPS/1.1\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/1.1x\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/11\r\n", "400 Bad Request")]
    [DataRow("GET / HTTP/2.0\r\n", "505 HTTP Version Not Supported")]
    [DataRow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 HTTP Version Not Supported")]
    [DataRow("POST / HTTP/1.1\r\n" + Host + "Content-Length: 3\r\n\r\nabc", "405 Method Not Allowed")]
    [DataRow("DELETE /api/state HTTP/1.1\r\n" + Host + "\r\n", "405 Method Not Allowed")]
    [DataRow("BREW / HTTP/1.1\r\n" + Host + "\r\n", "501 Not Implemented")]
    [DataRow("get / HTTP/1.1\r\n" + Host + "\r\n", "501 Not Implemented")]
    [DataRow("AMETHODTHATISTOOLONG / HTTP/1.1\r\n" + Host + "\r\n", "501 Not Implemented")]
    [DataRow("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "400 Bad Request")]
    public void Requests_get_the_status_they_deserve(string request, string status)
    {
        var board = new Board(options: new ApplicationOptions { Http = new HttpOptions { IdleLimit = 1_000 } });
        Client client = board.Connect(80).Send(Encoding.Latin1.GetBytes(request)).UntilEnd(5_000);
        var response = new Response(client.ReceivedText);
        Assert.AreEqual("HTTP/1.1 " + status, response.StatusLine);
        if (response["Content-Length"] is { } announced)
        {
            Assert.AreEqual(int.Parse(announced), response.Body.Length);
        }
        else
        {
            Assert.AreEqual("200 OK", status, "errors announce their length: who made them may not know chunks");
        }

        Assert.AreEqual(status.StartsWith("405") ? "GET, HEAD" : null, response["Allow"]);
        client.Close();
        board.RunUntil(() => board.FreeSlots == 8, "the slot is free", 1000);
    }

    [TestMethod]
    [DataRow(256, "404 Not Found")]
    [DataRow(257, "414 URI Too Long")]
    [DataRow(100_000, "414 URI Too Long")]
    public void The_request_target_is_limited(int length, string status)
    {
        var board = new Board();
        Client client = board.Connect(80).Send("GET /" + new string('a', length - 1) + " HTTP/1.1\r\n" + Last + "\r\n").UntilEnd();
        Assert.AreEqual("HTTP/1.1 " + status, new Response(client.ReceivedText).StatusLine);
        Assert.AreEqual(TcpEndReason.None, client.Connection.EndReason, "no RST may overtake the answer");
    }

    [TestMethod]
    [DataRow(8192, "200 OK")]
    [DataRow(8193, "431 Request Header Fields Too Large")]
    [DataRow(200_000, "431 Request Header Fields Too Large")]
    public void The_head_is_limited(int length, string status)
    {
        var board = new Board();
        string start = "GET / HTTP/1.1\r\n" + Last + "Filler: ";
        string request = start + new string('x', length - start.Length - 4) + "\r\n\r\n";
        Assert.AreEqual(length, request.Length);
        Client client = board.Connect(80).Send(request).UntilEnd();
        Assert.AreEqual("HTTP/1.1 " + status, new Response(client.ReceivedText).StatusLine);
        Assert.AreEqual(TcpEndReason.None, client.Connection.EndReason);
    }

    [TestMethod]   // RFC 9110 §6.6.1
    public void Date_is_sent_with_a_clock_only()
    {
        var moment = new DateTimeOffset(2026, 11, 21, 5, 6, 7, TimeSpan.Zero);
        var board = new Board(options: new ApplicationOptions { Clock = new FixedClock(moment.ToUnixTimeSeconds()) });
        Assert.AreEqual(moment.ToString("R"), Get(board, "/")["Date"]);
        Assert.IsNull(Get(new Board(), "/")["Date"]);
    }

    [TestMethod]   // RFC 9112 §6.1: no transfer coding is sent to a client of HTTP/1.0; the end of the connection is the end of the page
    public void A_client_of_http_1_0_gets_the_page_without_chunks()
    {
        var board = new Board();
        string old = Exchange(board, "GET / HTTP/1.0\r\n\r\n").ReceivedText;
        Assert.DoesNotContain("Transfer-Encoding", old);
        Assert.AreEqual(Get(board, "/").Body, new Response(old).Body);
    }

    [TestMethod]   // Who closes first has the TIME_WAIT: a page that is polled must not fill the board's table with it.
    public void A_client_that_closes_when_it_has_the_answer_leaves_no_time_wait_here()
    {
        var board = new Board();
        for (int i = 0; i < 5; i++)
        {
            Client client = board.Connect(80).Send("GET /api/state HTTP/1.1\r\n" + Last + "\r\n");
            client.Until(() => client.ReceivedText.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "the last chunk");
            Assert.IsFalse(client.AtEnd, "the board leaves it to the client");
            client.Close();
            board.RunFor(100);
        }

        Assert.AreEqual((8, 0), (board.FreeSlots, board.App.Net.Tcp.TimeWait.Count));
        Client patient = board.Connect(80).Send("GET /api/state HTTP/1.1\r\n" + Last + "\r\n");
        patient.Until(() => patient.ReceivedText.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "the last chunk");
        patient.UntilEnd(300); // RFC 9112 §9.6: but not for long.
    }

    [TestMethod]
    public void Eight_clients_that_load_at_once_get_whole_and_valid_answers()
    {
        var board = new Board(new StackOptions { Connections = 8, MaximumSegmentLifetime = 1000, SendBufferSize = 1024, ReceiveBufferSize = 512 },
            new ApplicationOptions { Http = new HttpOptions { Connections = 8 } });
        board.Connect(7).Send("x").UntilReceived(1).Close();
        board.RunFor(100);
        for (int round = 0; round < 5; round++)
        {
            Client[] clients = Enumerable.Range(0, 8)
                .Select(i => board.Connect(80).Send("GET " + (i % 2 == 0 ? "/api/state" : "/") + " HTTP/1.1\r\n" + Last + "\r\n")).ToArray();
            board.RunUntil(() => clients.All(c => c.AtEnd), "all are served", 10_000, clients);
            for (int i = 0; i < 8; i++)
            {
                var response = new Response(clients[i].ReceivedText);
                Assert.AreEqual("HTTP/1.1 200 OK", response.StatusLine);
                if (i % 2 == 0)
                {
                    JsonDocument.Parse(response.Body).Dispose();
                }
                else
                {
                    StringAssert.EndsWith(response.Body, "</script>\n");
                }

                clients[i].Close();
            }

            board.RunFor(100);
        }

        Assert.AreEqual((0, 0), (board.Dispatcher.Faults, board.ServiceNamed("http").Expired));
        Assert.AreEqual(40, board.App.Http.Requests);
    }

    [TestMethod]
    public void State_lists_who_is_half_open_and_who_waits()
    {
        var board = new Board(new StackOptions { Connections = 8, MaximumSegmentLifetime = 30_000 });
        Client daytime = board.Connect(13).UntilEnd();
        int port = daytime.Connection.LocalPort; // The slot is somebody else's later.
        daytime.Close();
        board.RunFor(100);
        using JsonDocument state = JsonDocument.Parse(Get(board, "/api/state").Body);
        JsonElement waits = state.RootElement.GetProperty("timeWait").EnumerateArray().Single();
        Assert.AreEqual(13, waits.GetProperty("localPort").GetInt32());
        Assert.AreEqual("10.77.0.1", waits.GetProperty("remoteAddress").GetString());
        Assert.AreEqual(port, waits.GetProperty("remotePort").GetInt32());
        Assert.IsInRange(50_000, 60_000, waits.GetProperty("forMs").GetInt32());
        Assert.AreEqual(0, state.RootElement.GetProperty("halfOpen").GetArrayLength());
    }

    [TestMethod]   // Numbers and names as long as they can be.
    public void The_longest_connection_fits_into_a_piece()
    {
        var board = new Board(new StackOptions
        {
            Connections = 64, SendBufferSize = StackOptions.MaxBufferSize, ReceiveBufferSize = StackOptions.MaxBufferSize, SelectiveAcknowledgment = true,
            Timestamps = true, WindowScale = true, ExplicitCongestionNotification = true,
        });
        board.Connect(7).Send("x").UntilReceived(1);
        var json = new JsonText { Text = new TextBuffer(HttpPage.MaxPiece) };
        StateJson.Connection(json, board.App, 0);

        // What is shown of this one, and what the widest would have more: state, name, address, ports, and the digits of each number.
        using JsonDocument shown = JsonDocument.Parse(Encoding.ASCII.GetString(json.Text.Bytes, 0, json.Text.Length));
        int widest = json.Text.Length;
        foreach (JsonProperty p in shown.RootElement.EnumerateObject())
        {
            int most = p.Name switch
            {
                "slot" => 2,
                "localPort" or "remotePort" or "rto" or "srtt" => 6,
                "mss" or "retransmits" => 5,
                "service" => 16 + 2,
                "state" => "\"ESTABLISHED\"".Length,
                "remoteAddress" => "\"255.255.255.255\"".Length,
                "features" => "[\"SACK\",\"timestamps\",\"window scale\",\"ECN\"]".Length,
                "inUse" => "false".Length,
                _ => 7, // Rings, windows and thresholds, up to twice 1,048,576.
            };
            Assert.IsLessThanOrEqualTo(most, p.Value.GetRawText().Length, p.Name);
            widest += most - p.Value.GetRawText().Length;
        }

        Assert.IsLessThanOrEqualTo(HttpPage.MaxPiece, widest + "],\"halfOpen\":[".Length);
    }

    internal static Response Get(Board board, string path)
    {
        return new Response(Exchange(board, "GET " + path + " HTTP/1.1\r\n" + Last + "\r\n").ReceivedText);
    }

    private static Client Exchange(Board board, string request)
    {
        Client client = board.Connect(80).Send(request).UntilEnd(20_000);
        client.Close();
        return client;
    }

    /// <summary>A response taken apart as a client would.</summary>
    internal sealed class Response
    {
        private readonly string[] _head;

        public Response(string text)
        {
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Assert.IsGreaterThan(0, end, "no head in: " + text);
            _head = text[..end].Split("\r\n");
            string rest = text[(end + 4)..];
            Body = this["Transfer-Encoding"] == "chunked" && rest.Length != 0 ? Join(rest) : rest;
        }

        public string StatusLine => _head[0];

        public string Body { get; }

        public string? this[string name] => _head.SingleOrDefault(line => line.StartsWith(name + ": "))?[(name.Length + 2)..];

        // RFC 9112 §7.1, strictly: every byte belongs to a chunk, and the last chunk is there.
        private static string Join(string chunks)
        {
            var body = new StringBuilder();
            int at = 0;
            while (true)
            {
                int line = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
                int length = Convert.ToInt32(chunks[at..line], 16);
                Assert.IsLessThanOrEqualTo(HttpPage.MaxPiece, length);
                at = line + 2;
                body.Append(chunks, at, length);
                at += length;
                Assert.AreEqual("\r\n", chunks.Substring(at, 2));
                at += 2;
                if (length == 0)
                {
                    Assert.AreEqual(chunks.Length, at, "nothing behind the last chunk");
                    return body.ToString();
                }
            }
        }
    }
}
