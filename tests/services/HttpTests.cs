using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
#if NANOFRAMEWORK_1_0
using nanoFramework.TestFramework;
#else
using Microsoft.VisualStudio.TestTools.UnitTesting;
#endif

namespace EmbeddedTcp.ServiceTests;

/// <summary>The HTTP server between two stacks.</summary>
[TestClass]
public class HttpTests
{
    /// <summary>Two requests on one connection: a value of the query comes back, in chunks; HEAD has no body.</summary>
    [TestMethod]
    public void Connection_is_kept_and_queries_are_decoded()
    {
        TwoStacks t = Start();
        TcpConnection c = Connect(t);
        string first = Ask(t, c, "GET /echo?word=caf%65+au HTTP/1.1\r\nHost: b\r\n\r\n");
        Assert.IsTrue(first.IndexOf("HTTP/1.1 200 OK\r\n") == 0, first);
        Assert.IsTrue(first.IndexOf("Transfer-Encoding: chunked\r\n") > 0, first);
        Assert.IsTrue(first.IndexOf("\r\n\r\n007\r\ncafe au\r\n0\r\n\r\n") > 0, first);
        string second = Ask(t, c, "HEAD /echo HTTP/1.1\r\nHost: b\r\n\r\n");
        Assert.IsTrue(second.IndexOf("HTTP/1.1 200 OK\r\n") == 0, second);
        Assert.IsTrue(second.IndexOf("\r\n\r\n") == second.Length - 4, second);
        Assert.IsTrue(c.State == TcpState.Established, "kept");
    }

    /// <summary>A form's value is decoded, and answered with it.</summary>
    [TestMethod]
    public void Form_is_decoded()
    {
        TwoStacks t = Start();
        string answer = Ask(t, Connect(t), "POST /echo HTTP/1.1\r\nHost: b\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: 14\r\n\r\nx=1&word=%48i!");
        Assert.IsTrue(answer.IndexOf("\r\n\r\n003\r\nHi!\r\n0\r\n\r\n") > 0, answer);
    }

    /// <summary>What is not there, not allowed, or not HTTP.</summary>
    [TestMethod]
    public void Errors_have_their_status()
    {
        Expect("GET /nothing HTTP/1.1\r\nHost: b\r\n\r\n", "HTTP/1.1 404 ");
        Expect("DELETE /echo HTTP/1.1\r\nHost: b\r\n\r\n", "HTTP/1.1 405 ");
        Expect("GET /echo HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ");
        Expect("GET /echo HTTP/2.0\r\nHost: b\r\n\r\n", "HTTP/1.1 505 ");
        Expect("POST /echo HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 400 ");
    }

    private static void Expect(string request, string status)
    {
        TwoStacks t = Start();
        string answer = Ask(t, Connect(t), request);
        Assert.IsTrue(answer.IndexOf(status) == 0, request + answer);
    }

    private static TwoStacks Start()
    {
        TwoStacks t = new TwoStacks();
        HttpServer server = new HttpServer(t.B, 80, new HttpOptions());
        server.Add(new Echo());
        Assert.IsTrue(server.Listen());
        t.Settle();
        return t;
    }

    private static TcpConnection Connect(TwoStacks t)
    {
        TcpConnection c = t.A.Tcp.Connect(TwoStacks.AddressB, 80);
        t.Settle();
        Assert.IsTrue(c.State == TcpState.Established, "connected");
        return c;
    }

    private static string Ask(TwoStacks t, TcpConnection c, string request)
    {
        TextBuffer text = new TextBuffer(512);
        text.Append(request);
        c.Write(text.Bytes, 0, text.Length);
        t.Settle();
        byte[] answer = new byte[1024];
        int count = c.Read(answer, 0, answer.Length);
        char[] characters = new char[count < 0 ? 0 : count];
        for (int i = 0; i < count; i++)
        {
            characters[i] = (char)answer[i];
        }

        return new string(characters);
    }

    /// <summary>Says what it is told.</summary>
    private sealed class Echo : HttpHandler
    {
        internal Echo()
            : base("/echo", HttpMethods.Get | HttpMethods.Post)
        {
        }

        /// <inheritdoc/>
        public override int Body => FormBody;

        /// <inheritdoc/>
        public override bool Render(HttpRequest request, HttpResponse response, TextBuffer text)
        {
            string word = request.Method == HttpMethods.Post ? request.Form("word") : request.Query("word");
            text.Append(word == null ? "-" : word);
            return false;
        }
    }
}
