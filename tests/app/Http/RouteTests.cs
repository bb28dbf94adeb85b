using System;
using System.Linq;
using System.Text;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>Who answers, and what of the request reaches him.</summary>
[TestClass]
public sealed class RouteTests
{
    private const string End = " HTTP/1.1\r\nHost: b\r\n\r\n";

    [TestMethod]
    [DataRow("/note", 200)]
    [DataRow("/n%6Fte", 200)]     // RFC 3986 §6.2.2.2
    [DataRow("/note?x", 200)]
    [DataRow("/note/", 404)]
    [DataRow("/Note", 404)]       // RFC 3986 §6.2.2.1: paths are case-sensitive
    [DataRow("/not", 404)]
    [DataRow("%2Fnote", 400)]     // No form of a target.
    [DataRow("/%2Fnote", 404)]
    [DataRow("//note", 404)]
    [DataRow("/./note", 404)]     // Clients remove dots (RFC 3986 §5.2.4); we have no tree that they could climb.
    [DataRow("http://x:80/note", 200)]
    public void Paths(string target, int status)
    {
        Assert.AreEqual(status, new HttpLab().Ask("GET " + target + End).Status);
    }

    [TestMethod]
    [DataRow("/up/", "")]
    [DataRow("/up/a/b", "a/b")]
    [DataRow("/up/a%20b%2Fc+d", "a b/c+d")]
    [DataRow("/up/%C3%A4%ff%zz%4", "\u00e4?%zz%4")]
    [DataRow("/up/%F0%9F%98%80%F4%8F%BF%BD", "\U0001F600\U0010FFFD")]
    [DataRow("/up/x?y", "x")]
    public void A_prefix_hands_on_the_rest(string target, string tail)
    {
        var lab = new HttpLab();
        Assert.AreEqual(200, lab.Ask("PUT " + target + " HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx").Status);
        Assert.AreEqual(tail, lab.Upload.Tail);
        Assert.AreEqual(404, lab.Ask("PUT /up" + " HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx").Status);
    }

    [TestMethod]
    [DataRow("OPTIONS", "/note", 204, "GET, HEAD, DELETE, OPTIONS")]
    [DataRow("OPTIONS", "/none", 404, null)]
    [DataRow("OPTIONS", "*", 204, "GET, HEAD, POST, PUT, DELETE, OPTIONS")]
    [DataRow("PUT", "/note", 405, "GET, HEAD, DELETE")]
    [DataRow("PATCH", "/switch", 405, "GET, HEAD, POST")]
    [DataRow("DELETE", "/note", 204, null)]
    public void Methods(string method, string target, int status, string? allow)
    {
        var lab = new HttpLab();
        Reply reply = lab.Ask(method + " " + target + End);
        Assert.AreEqual((status, allow), (reply.Status, reply["Allow"]));
        Assert.AreEqual(status == 204, reply["Content-Length"] == null && reply["Transfer-Encoding"] == null, "RFC 9110 §8.6");
        Assert.AreEqual(method == "DELETE" ? 1 : 0, lab.Note.Deleted);
    }

    [TestMethod]   // The first that was added, for its methods only.
    public void Several_handlers_of_one_path_share_it()
    {
        var lab = new HttpLab(null, null, -1, new Fixed("/note", HttpMethods.Get | HttpMethods.Put, "second"), new Fixed("/*", HttpMethods.Get, "all"));
        Assert.AreEqual("the note\n", lab.Ask("GET /note" + End).Body);
        Assert.AreEqual("second", lab.Ask("PUT /note" + End).Body);
        Assert.AreEqual("all", lab.Ask("GET /whatever" + End).Body);
        Assert.AreEqual("GET, HEAD, PUT, DELETE", lab.Ask("POST /note" + End)["Allow"]);
    }

    [TestMethod]
    [DataRow("state=on", "on")]
    [DataRow("a=b&state=on&state=off", "on")]
    [DataRow("state=a+b%20c%2B%26%3D", "a b c+&=")]
    [DataRow("st%61te=on", "on")]
    [DataRow("state", "")]
    [DataRow("state=", "")]
    [DataRow("&&=x&state=y=z", "y=z")]
    [DataRow("estate=on&statement=on&States=on", null)]
    [DataRow("state=%E2%82%AC", "\u20ac")]
    [DataRow("state=%E2%82&x", "??")]
    [DataRow("state=%C0%AF%ED%A0%80%F5", "??????")]  // Overlong, a surrogate, beyond U+10FFFF.
    [DataRow("state=100%", "100%")]
    [DataRow("", null)]
    public void Values_of_queries_and_forms(string text, string? value)
    {
        var lab = new HttpLab();
        string expected = "state " + System.Text.Json.JsonSerializer.Serialize(value ?? "none");
        string Plain(Reply r) => System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonSerializer.Deserialize<string>(r.Body[6..]));
        Assert.AreEqual(expected, "state " + Plain(lab.Ask("GET /switch?" + text + End)));
        Assert.AreEqual(0, lab.Switch.Posts);
        Reply reply = lab.Ask("POST /switch HTTP/1.1\r\nHost: b\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: "
            + text.Length + "\r\n\r\n" + text);
        Assert.AreEqual(expected, "state " + Plain(reply));
        Assert.AreEqual((1, value), (lab.Switch.Posts, lab.Switch.State));
    }

    [TestMethod]
    public void Forms_have_their_type_and_their_limit()
    {
        var lab = new HttpLab();
        const string form = "POST /switch HTTP/1.1\r\nHost: b\r\nContent-Type: Application/X-WWW-Form-Urlencoded\r\n";
        Assert.AreEqual(200, lab.Ask(form + "Content-Length: 512\r\n\r\nstate=" + new string('x', 506)).Status);
        Assert.AreEqual(506, lab.Switch.State!.Length);
        Assert.AreEqual(413, lab.Ask(form + "Content-Length: 513\r\n\r\nstate=" + new string('x', 507)).Status);
        Assert.AreEqual(413, lab.Ask(form + "Transfer-Encoding: chunked\r\n\r\n100\r\n" + new string('x', 256) + "\r\n101\r\n").Status);
        Assert.AreEqual(415, lab.Ask("POST /switch HTTP/1.1\r\nHost: b\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nstate=on").Status);
        Assert.AreEqual(415, lab.Ask("POST /switch HTTP/1.1\r\nHost: b\r\nContent-Length: 8\r\n\r\nstate=on").Status);
        Assert.AreEqual(1, lab.Switch.Posts);
        Assert.AreEqual(200, lab.Ask("POST /switch" + End).Status, "a form without a field");
        Assert.IsNull(lab.Switch.State);
        Reply redirected = lab.Ask("POST /switch?go" + End);
        Assert.AreEqual((303, "/switch"), (redirected.Status, redirected["Location"]));
    }

    [TestMethod]
    public void Values_and_fields_for_a_handler_that_allocates_nothing()
    {
        var handler = new Looking();
        var lab = new HttpLab(new HttpOptions { Fields = ["x-key"] }, null, -1, handler);
        lab.Ask("GET /look?v=abc HTTP/1.1\r\nHost: board:80\r\nX-KEY:  one \t\r\nAuthorization: Basic QQ==\r\nx-key: two\r\n\r\n");
        Assert.AreEqual("3 -1 -2 board:80 one, two Basic QQ== none ArgumentException", handler.Seen);
    }

    [TestMethod]   // Each at its place: 500, or a reset when the answer had begun.
    [DataRow("begin", 500)]
    [DataRow("respond", 500)]
    [DataRow("receive", 500)]
    [DataRow("field", 500)]
    [DataRow("end", 200)]
    [DataRow("render", 0)]
    [DataRow("short", 0)]
    [DataRow("long", 0)]
    public void A_handler_s_mistake_costs_its_request(string at, int status)
    {
        var lab = new HttpLab(null, null, -1, new FaultyHandler());
        Client bystander = lab.Open("GET /no");
        Client client = lab.Open("POST /faulty?at=" + at + " HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc");
        if (status == 0)
        {
            client.Until(() => client.Ended, "reset", 1_000);
        }
        else
        {
            Reply reply = HttpLab.Replies(client, 1_000, false)[0];
            Assert.AreEqual((status, null), (reply.Status, reply["Set-Cookie"]));
        }

        Assert.AreEqual(1, lab.Server.Faults);
        StringAssert.StartsWith(lab.Board.Console.Text, "fault 1 in http: System.");
        Assert.AreEqual(1, lab.Board.Dispatcher.Faults);
        bystander.Send("te" + End);
        Assert.AreEqual(200, HttpLab.Replies(bystander, 1_000, false)[0].Status);
    }

    [TestMethod]
    public void Handlers_beyond_the_table_and_limits_out_of_range_are_refused()
    {
        var lab = new HttpLab();
        Assert.IsFalse(lab.Server.Add(lab.Note), "it listens already");
        Assert.ThrowsExactly<ArgumentException>(() => new HttpServer(lab.Board.App.Net, 81, new HttpOptions { HeadBytes = 100 }));
        Assert.ThrowsExactly<ArgumentException>(() => new HttpServer(lab.Board.App.Net, 81, new HttpOptions { Fields = ["X-Upper"] }));
        Assert.ThrowsExactly<ArgumentException>(() => new Fixed("note", HttpMethods.Get, ""));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(40)]
    public void Many_pieces_and_long_fields_pass_the_smallest_ring(int pieces)
    {
        var lab = new HttpLab(null, new StackOptions { Connections = 8, SendBufferSize = 512, ReceiveBufferSize = 512 }, -1, new LongHandler(pieces));
        Reply reply = lab.Ask("GET /long" + End, 60_000);
        string expected = string.Concat(Enumerable.Range(0, pieces).Where(i => i % 3 != 2).Select(i => i.ToString().PadLeft(HttpHandler.MaxPiece)));
        Assert.AreEqual(expected, reply.Body);
        Assert.AreEqual(new string('d', 400), reply["X-Field-3"]);
        Assert.IsNull(reply["Cache-Control"]);
    }

    private sealed class Fixed(string path, int methods, string text) : HttpHandler(path, methods)
    {
        public override bool Render(HttpRequest request, HttpResponse response, Services.Text.TextBuffer buffer)
        {
            buffer.Append(text);
            return false;
        }
    }

    private sealed class Looking() : HttpHandler("/look", HttpMethods.Get)
    {
        public string Seen { get; private set; } = "";

        public override void Respond(HttpRequest request, HttpResponse response)
        {
            byte[] three = new byte[3];
            byte[] two = new byte[2];
            string refused = Assert.ThrowsExactly<ArgumentException>(() => request.Field("cookie")).GetType().Name;
            Seen = string.Join(' ', request.Query("v", three, 0), request.Query("w", three, 0), request.Query("v", two, 0), request.Field("host"),
                request.Field("x-key"), request.Field("authorization"), request.Field("if-match") ?? "none", refused);
            Assert.AreEqual("abc", Encoding.ASCII.GetString(three));
            response.Status = HttpStatus.NoContent;
        }

        public override bool Render(HttpRequest request, HttpResponse response, Services.Text.TextBuffer text) => throw new InvalidOperationException("no body");
    }
}
