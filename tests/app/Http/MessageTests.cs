using System.Linq;
using System.Text;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>How messages are taken apart (RFC 9112): one row for each rule, each answered by a status and by what becomes of the connection.</summary>
[TestClass]
public sealed class MessageTests
{
    private const string Post = "POST /up/x HTTP/1.1\r\nHost: b\r\n";

    [TestMethod]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\n\r\n", 200, true, DisplayName = "the plain case")]
    [DataRow("GET /note HTTP/1.1\r\nHost:\r\n\r\n", 200, true, DisplayName = "§3.2 an empty Host is valid")]
    [DataRow("GET /note HTTP/1.1\r\nHost: [fe80::1]:80\r\n\r\n", 200, true, DisplayName = "§3.2 an address as Host")]
    [DataRow("GET /note HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, false, DisplayName = "§3.2 an invalid Host")]
    [DataRow("GET /note HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, false, DisplayName = "§3.2 a path as Host")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nHost: b\r\n\r\n", 400, false, DisplayName = "§3.2 two Hosts, even the same")]
    [DataRow("GET /note HTTP/1.1\r\n\r\n", 400, false, DisplayName = "§3.2 no Host")]
    [DataRow("GET /note#part HTTP/1.1\r\nHost: b\r\n\r\n", 400, false, DisplayName = "§3.2 a fragment is no part of a target")]
    [DataRow("GET http:///note HTTP/1.1\r\nHost: b\r\n\r\n", 400, false, DisplayName = "RFC 9110 §4.2.1 an empty authority")]
    [DataRow("GET ftp://b/note HTTP/1.1\r\nHost: b\r\n\r\n", 400, false, DisplayName = "§3.2.2 another scheme")]
    [DataRow("CONNECT b:80 HTTP/1.1\r\nHost: b\r\n\r\n", 501, false, DisplayName = "§3.2.3 no proxy")]
    [DataRow("GET /note HTTP/1.9\r\nHost: b\r\n\r\n", 200, true, DisplayName = "RFC 9110 §2.5 a later minor version")]
    [DataRow("GET /note HTTP/1.1\r\nHost : b\r\n\r\n", 400, false, DisplayName = "§5.1 a space before the colon")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\n continued\r\n\r\n", 400, false, DisplayName = "§5.2 a folded line")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nA: b\rc: d\r\n\r\n", 400, false, DisplayName = "§2.2 a bare CR")]
    [DataRow("GET /note HTTP/1.1\r\n Host: b\r\n\r\n", 400, false, DisplayName = "§2.2 a space behind the request line")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nA: \x01\r\n\r\n", 400, false, DisplayName = "RFC 9110 §5.5 a control character")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nA: \xE4\r\n\r\n", 200, true, DisplayName = "RFC 9110 §5.5 opaque data")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\n", 400, false, DisplayName = "a field that is no list twice")]
    [DataRow(Post + "Content-Length: 3\r\n\r\nabc", 200, true, DisplayName = "§6.2 a body of a known length")]
    [DataRow(Post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 200, true, DisplayName = "§6.3 the same length twice")]
    [DataRow(Post + "Content-Length: 3, 3\r\n\r\nabc", 200, true, DisplayName = "§6.3 the same length in a list")]
    [DataRow(Post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, false, DisplayName = "§6.3 differing lengths")]
    [DataRow(Post + "Content-Length: 3, 4\r\n\r\nabc", 400, false, DisplayName = "§6.3 differing lengths in a list")]
    [DataRow(Post + "Content-Length: 3,\r\n\r\nabc", 400, false, DisplayName = "§6.3 an empty element")]
    [DataRow(Post + "Content-Length: +3\r\n\r\nabc", 400, false, DisplayName = "§6.3 a sign")]
    [DataRow(Post + "Content-Length: 0x3\r\n\r\nabc", 400, false, DisplayName = "§6.3 another base")]
    [DataRow(Post + "Content-Length: 3 4\r\n\r\nabc", 400, false, DisplayName = "§6.3 two numbers")]
    [DataRow(Post + "Content-Length: \r\n\r\nabc", 400, false, DisplayName = "§6.3 no number")]
    [DataRow(Post + "Content-Length: 99999999999999999999\r\n\r\nabc", 413, false, DisplayName = "§6.3 a number beyond all")]
    [DataRow(Post + "Content-Length: 4294967299\r\n\r\nabc", 413, false, DisplayName = "§6.3 a number that would wrap to 3")]
    [DataRow(Post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 400, false, DisplayName = "§6.3 length and chunks")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 400, false, DisplayName = "§6.3 chunks and length")]
    [DataRow(Post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, false, DisplayName = "§6.1 an unknown coding")]
    [DataRow(Post + "Transfer-Encoding: gzip\r\n\r\n", 400, false, DisplayName = "§6.3 chunked is not the last")]
    [DataRow(Post + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400, false, DisplayName = "§6.3 something behind chunked")]
    [DataRow(Post + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400, false, DisplayName = "§6.1 chunked twice")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400, false, DisplayName = "§6.1 chunked twice in two lines")]
    [DataRow(Post + "Transfer-Encoding: xchunked\r\n\r\n", 400, false, DisplayName = "§6.1 nearly chunked")]
    [DataRow(Post + "Transfer-Encoding:\r\n\r\n", 400, false, DisplayName = "§6.1 an empty coding")]
    [DataRow("POST /up/x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, false, DisplayName = "§6.1 chunks from HTTP/1.0")]
    [DataRow(Post + "Transfer-Encoding: cHuNkEd\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, true, DisplayName = "§7.1 chunks")]
    [DataRow(Post + "Transfer-Encoding: ,chunked ,\r\n\r\n3;x=\"y\"\r\nabc\r\n00\r\nA: b\r\nC: d\r\n\r\n", 200, true, DisplayName = "§7.1 an extension and trailers")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400, false, DisplayName = "§7.1 LF alone behind a size")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400, false, DisplayName = "§7.1 a chunk that is longer than it says")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n\r\n", 400, false, DisplayName = "§7.1 no size")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400, false, DisplayName = "§7.1 a negative size")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\n", 400, false, DisplayName = "§7.1 a size with a prefix")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFF3\r\n", 413, false, DisplayName = "§7.1 a size that would wrap")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n30D41\r\n", 413, false, DisplayName = "a chunk beyond the limit")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n3\rX", 400, false, DisplayName = "§7.1 a bare CR")]
    [DataRow(Post + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: \x01\r\n\r\n", 400, false, DisplayName = "§7.1.2 a control character in a trailer")]
    [DataRow(Post + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 415, false, DisplayName = "RFC 9110 §8.4 a compressed body")]
    [DataRow(Post + "Content-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", 200, true, DisplayName = "RFC 9110 §8.4 no compression")]
    [DataRow(Post + "\r\n", 411, true, DisplayName = "RFC 9110 §15.5.12 a body of no length")]
    [DataRow(Post + "Content-Length: 0\r\n\r\n", 200, true, DisplayName = "an empty body")]
    [DataRow(Post + "Content-Length: 200001\r\n\r\n", 413, false, DisplayName = "RFC 9110 §15.5.14 a body beyond the limit")]
    [DataRow(Post + "Expect: something\r\nContent-Length: 3\r\n\r\nabc", 417, false, DisplayName = "RFC 9110 §10.1.1 another expectation")]
    [DataRow("POST /up/x HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", 200, false, DisplayName = "RFC 9110 §10.1.1 no expectations in HTTP/1.0")]
    [DataRow("POST /note HTTP/1.1\r\nHost: b\r\n\r\n", 405, true, DisplayName = "RFC 9110 §15.5.6 a method that is not allowed")]
    [DataRow("TRACE /note HTTP/1.1\r\nHost: b\r\n\r\n", 405, true, DisplayName = "RFC 9110 §9.3.8 TRACE")]
    [DataRow("GET /none HTTP/1.1\r\nHost: b\r\n\r\n", 404, true, DisplayName = "RFC 9110 §15.5.5 nothing there")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nRange: bytes=0-1\r\n\r\n", 200, true, DisplayName = "RFC 9110 §14.2 Range may be ignored")]
    [DataRow("GET /note HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc", 200, true, DisplayName = "RFC 9110 §9.3.1 a body with GET")]
    public void Each_rule_has_its_answer_however_the_request_is_cut(string request, int status, bool persists)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        for (int cut = 0; cut < bytes.Length; cut++)
        {
            var lab = new HttpLab();
            Client client = lab.Open();
            client.Send(bytes[..cut]);
            lab.Board.RunFor(5);
            client.Send(bytes[cut..]);
            Reply reply = HttpLab.Replies(client, 5_000, false)[0];
            Assert.AreEqual(status, reply.Status, $"cut at {cut}: {reply.Head}");
            Assert.AreEqual(persists ? null : "close", reply["Connection"], $"cut at {cut}");
            if (persists)
            {
                client.Send("GET /note HTTP/1.1\r\nHost: b\r\n\r\n");
                Assert.AreEqual("the note\n", HttpLab.Replies(client, 5_000, false, false)[1].Body);
            }
            else
            {
                client.UntilEnd(1_000);
                Assert.AreEqual(TcpEndReason.None, client.Connection.EndReason, "no RST overtakes the answer");
            }

            client.Close();
            lab.Board.RunUntil(() => lab.Board.FreeSlots == 8, "the slot is free", 1_000);
            Assert.AreEqual((0, 0), (lab.Server.Open, lab.Server.Faults));
        }
    }

    [TestMethod]
    public void A_request_with_everything_comes_byte_by_byte()
    {
        var lab = new HttpLab();
        Client client = lab.Open();
        foreach (char c in "\r\n" + Post + "Transfer-Encoding: chunked\r\nX: y\r\n\r\n5;a\r\nhello\r\n1\r\n!\r\n0\r\nT: u\r\n\r\nHEAD /note HTTP/1.1\r\nHost: b\r\n\r\n")
        {
            client.Send(c.ToString());
            lab.Board.RunFor(2);
        }

        Reply[] replies = HttpLab.Replies(client, 1_000, false, true);
        Assert.AreEqual("6 bytes", replies[0].Body);
        Assert.AreEqual("hello!", Encoding.ASCII.GetString([.. lab.Upload.Received]));
        Assert.AreEqual("9", replies[1]["Content-Length"]);
    }

    [TestMethod]
    [DataRow(64, 200)]
    [DataRow(65, 431)]
    public void The_number_of_header_fields_is_limited(int fields, int status)
    {
        var lab = new HttpLab();
        string more = string.Concat(Enumerable.Range(1, fields - 1).Select(i => $"F{i}: v\r\n"));
        Assert.AreEqual(status, lab.Ask("GET /note HTTP/1.1\r\nHost: b\r\n" + more + "\r\n").Status);
    }

    [TestMethod]
    [DataRow(100, 255, 200)]
    [DataRow(100, 257, 431)]
    [DataRow(2000, 100, 200)] // Nobody wants Cookie: it needs no room.
    public void The_values_that_are_kept_are_limited_together(int cookie, int kept, int status)
    {
        var lab = new HttpLab();
        string request = "GET /note HTTP/1.1\r\nHost: b\r\nCookie: " + new string('c', cookie) + "\r\nIf-None-Match: " + new string('x', kept - 1) + "\r\n\r\n";
        Assert.AreEqual(status, lab.Ask(request).Status);
    }

    [TestMethod]
    public void Trailers_and_extensions_are_limited()
    {
        var lab = new HttpLab(new HttpOptions { HeadBytes = 1024 });
        string start = Post + "Transfer-Encoding: chunked\r\n\r\n";
        Assert.AreEqual(431, lab.Ask(start + "0\r\n" + string.Concat(Enumerable.Repeat("A: bbbbbbbb\r\n", 100))).Status);
        Assert.AreEqual(400, lab.Ask(start + "3;" + new string('x', 129)).Status);
    }

    [TestMethod]   // RFC 9110 §10.1.1
    public void The_client_is_told_to_send_its_body_unless_it_will_not_be_taken()
    {
        var lab = new HttpLab();
        Client client = lab.Open(Post + "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
        Assert.AreEqual(100, HttpLab.Replies(client, 1_000, false)[0].Status);
        client.Send("abc");
        Assert.AreEqual("3 bytes", HttpLab.Replies(client, 1_000, false, false)[1].Body);

        Client eager = lab.Open(Post + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
        Assert.AreEqual(200, HttpLab.Replies(eager, 1_000, false)[0].Status, "it did not wait");

        lab.Upload.RefuseWith = HttpStatus.Forbidden;
        Client refused = lab.Open(Post + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n").UntilEnd(1_000);
        Reply reply = HttpLab.Replies(refused, 1, false)[0];
        Assert.AreEqual((403, "close"), (reply.Status, reply["Connection"]), "whether the body follows nobody knows");
        Assert.IsEmpty(lab.Upload.Received);
    }
}
