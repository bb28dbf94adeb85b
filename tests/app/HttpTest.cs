using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

[TestClass]
public sealed class HttpTest
{
    private const string Host = "Host: board\r\n";

    [TestMethod]
    public void The_page_shows_board_address_uptime_connections_and_counters()
    {
        var board = new Board(options: new ApplicationOptions { BoardName = "Lab board" });
        board.RunFor(65_000);
        Response response = Get(board, "/");
        Assert.AreEqual("HTTP/1.1 200 OK", response.StatusLine);
        Assert.AreEqual("text/html; charset=utf-8", response["Content-Type"]);
        Assert.AreEqual("close", response["Connection"]);
        StringAssert.Contains(response.Body, "<h1>Lab board</h1>");
        StringAssert.Contains(response.Body, "Test chip &#60;1&#62;, revision 4");
        StringAssert.Contains(response.Body, "10.77.0.2/24");
        StringAssert.Contains(response.Body, "0 days 00:01:05");
        StringAssert.Contains(response.Body, "ESTABLISHED");
        StringAssert.Contains(response.Body, "<td>passive opens<td class=n>         1");
        StringAssert.EndsWith(response.Body, "</html>\n");
        Assert.DoesNotContain("resets out", response.Body, "what is zero is not shown");
        Assert.AreEqual(1, Regex.Count(response.Body, "<td>http  *<td>ESTABLISHED"));
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("\"quotes\" \\ and\u0001control\tcharacters\n")]
    [DataRow("<script>alert('x')</script>&amp;")]
    [DataRow("ümlaute ß 電子板 \U0001F600 alone \uD800")]
    [DataRow("電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電電")]
    [DataRow("")]
    public void Any_board_name_gives_valid_json_and_harmless_html(string name)
    {
        var board = new Board(options: new ApplicationOptions { BoardName = name });
        using JsonDocument state = JsonDocument.Parse(Get(board, "/api/state").Body);
        string expected = string.Concat((name.Length > 48 ? name[..48] : name).Select(c => char.IsSurrogate(c) ? '?' : c));
        Assert.AreEqual(expected, state.RootElement.GetProperty("board").GetString());
        string html = Get(board, "/").Body;
        Assert.DoesNotContain("<script", html);
        Assert.IsTrue(html.All(c => c is >= ' ' and < (char)127 or '\n'));
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
        Assert.AreEqual(board.App.UptimeMs, state.GetProperty("uptimeMs").GetInt64(), 50.0);
        Assert.AreEqual(board.App.Net.Memory.Total + board.App.MemoryBytes, state.GetProperty("memoryBytes").GetInt32());
        Assert.AreEqual(6, state.GetProperty("freeSlots").GetInt32());

        JsonElement[] connections = state.GetProperty("connections").EnumerateArray().ToArray();
        Assert.HasCount(8, connections);
        JsonElement found = connections.Single(c => c.GetProperty("service").GetString() == "echo");
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

    [TestMethod]   // RFC 9110 §8.6: Content-Length is the body's length, whatever changes while it is being sent
    [DataRow("/")]
    [DataRow("/api/state")]
    public void A_page_larger_than_the_ring_has_its_announced_length_although_everything_changes(string path)
    {
        var board = new Board(new StackOptions { Connections = 8, SendBufferSize = 512, ReceiveBufferSize = 512 },
            peerStack: new StackOptions { Connections = 16, ReceiveBufferSize = 512 });
        Client reader = board.Connect(80).Send("GET " + path + " HTTP/1.1\r\n" + Host + "\r\n").UntilReceived(600);
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
        Assert.AreEqual(int.Parse(response["Content-Length"]!), response.Body.Length);
        Assert.AreEqual(0, board.Dispatcher.Faults);
        if (path == "/")
        {
            StringAssert.EndsWith(response.Body, "</html>\n");
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
        Client client = Exchange(board, "HEAD / HTTP/1.1\r\n" + Host + "\r\n");
        var head = new Response(client.ReceivedText);
        Assert.AreEqual("HTTP/1.1 200 OK", head.StatusLine);
        Assert.AreEqual(get["Content-Length"], head["Content-Length"]);
        Assert.AreEqual("", head.Body);
        var missing = new Response(Exchange(board, "HEAD /no HTTP/1.1\r\n" + Host + "\r\n").ReceivedText);
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
        var board = new Board();
        Client client = board.Connect(80).Send(Encoding.Latin1.GetBytes(request)).UntilEnd(5_000);
        var response = new Response(client.ReceivedText);
        Assert.AreEqual("HTTP/1.1 " + status, response.StatusLine);
        Assert.AreEqual(int.Parse(response["Content-Length"]!), response.Body.Length);
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
        Client client = board.Connect(80).Send("GET /" + new string('a', length - 1) + " HTTP/1.1\r\n" + Host + "\r\n").UntilEnd();
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
        string start = "GET / HTTP/1.1\r\n" + Host + "Filler: ";
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

    internal static Response Get(Board board, string path)
    {
        var response = new Response(Exchange(board, "GET " + path + " HTTP/1.1\r\n" + Host + "\r\n").ReceivedText);
        Assert.AreEqual(int.Parse(response["Content-Length"]!), response.Body.Length);
        return response;
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
            Body = text[(end + 4)..];
        }

        public string StatusLine => _head[0];

        public string Body { get; }

        public string? this[string name] => _head.SingleOrDefault(line => line.StartsWith(name + ": "))?[(name.Length + 2)..];
    }
}
