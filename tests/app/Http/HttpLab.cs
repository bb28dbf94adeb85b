using System;
using System.Collections.Generic;
using System.Text;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Http;

namespace EmbeddedTcp.AppTests.Http;

/// <summary>A board with handlers of the tests' own, asked byte for byte.</summary>
internal sealed class HttpLab
{
    public HttpLab(HttpOptions? options = null, StackOptions? stack = null, long clock = -1, params HttpHandler[] more)
    {
        Board = new Board(stack, new ApplicationOptions { Http = options ?? new HttpOptions(), Clock = clock < 0 ? null : new FixedClock(clock) }, application =>
        {
            foreach (HttpHandler handler in (HttpHandler[])[Note, Switch, Upload, .. more])
            {
                Microsoft.VisualStudio.TestTools.UnitTesting.Assert.IsTrue(application.Http.Add(handler));
            }
        });
    }

    public Board Board { get; }

    public HttpServer Server => Board.App.Http;

    public NoteHandler Note { get; } = new();

    public SwitchHandler Switch { get; } = new();

    public UploadHandler Upload { get; } = new();

    /// <summary>A connection of its own on which bytes are sent.</summary>
    public Client Open(string request = "")
    {
        Client client = Board.Connect(80);
        return request.Length == 0 ? client.UntilConnected() : client.Send(Encoding.Latin1.GetBytes(request));
    }

    /// <summary>One request on a connection of its own, up to the end of its answer.</summary>
    public Reply Ask(string request, long withinMs = 10_000)
    {
        Client client = Open(request);
        Reply reply = Replies(client, withinMs, request.StartsWith("HEAD ", StringComparison.Ordinal))[0];
        client.Close();
        return reply;
    }

    /// <summary>Lets time pass in which clients go on sending and reading.</summary>
    public void Pass(long milliseconds, params Client[] clients)
    {
        long end = Board.NowMs + milliseconds;
        Board.RunUntil(() => Board.NowMs >= end, "time passes", milliseconds + 10, clients);
    }

    /// <summary>Waits for so many answers on one connection; each true is one to HEAD.</summary>
    public static Reply[] Replies(Client client, long withinMs, params bool[] heads)
    {
        Reply[]? replies = null;
        client.Until(() => (replies = Reply.Split(client.Received, client.AtEnd, heads)) != null, $"{heads.Length} answers", withinMs);
        return replies!;
    }
}

/// <summary>One answer, taken apart as a strict client would (RFC 9112 §6.3).</summary>
internal sealed class Reply
{
    private readonly string[] _head;

    private Reply(string head)
    {
        _head = head.Split("\r\n");
    }

    public int Status => int.Parse(_head[0].Split(' ')[1]);

    public string Head => string.Join('\n', _head);

    public string Body { get; private set; } = "";

    public string? this[string name]
    {
        get
        {
            string? line = Array.Find(_head, l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase));
            return line?[(name.Length + 2)..];
        }
    }

    /// <summary>Takes answers from the begin of a stream; null when they are not complete yet.</summary>
    public static Reply[]? Split(byte[] stream, bool ended, params bool[] heads)
    {
        string text = Encoding.Latin1.GetString(stream);
        var replies = new List<Reply>();
        int at = 0;
        foreach (bool head in heads)
        {
            int end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }

            var reply = new Reply(text[at..end]);
            at = end + 4;
            if (reply.Status == 100)
            {
                replies.Add(reply);
                continue;
            }

            if (!head && reply.Status is not (204 or 304) && !reply.TakeBody(text, ref at, ended))
            {
                return null;
            }

            replies.Add(reply);
        }

        return [.. replies];
    }

    private bool TakeBody(string text, ref int at, bool ended)
    {
        if (this["Transfer-Encoding"] == "chunked")
        {
            var body = new StringBuilder();
            for (int length = -1; length != 0;)
            {
                int line = text.IndexOf("\r\n", at, StringComparison.Ordinal);
                if (line < 0)
                {
                    return false;
                }

                length = Convert.ToInt32(text[at..line], 16);
                if (text.Length < line + 2 + length + 2)
                {
                    return false;
                }

                body.Append(text, line + 2, length);
                at = line + 2 + length + 2;
            }

            Body = body.ToString();
            return true;
        }

        if (this["Content-Length"] is { } announced)
        {
            int length = int.Parse(announced);
            if (text.Length < at + length)
            {
                return false;
            }

            Body = text.Substring(at, length);
            at += length;
            return true;
        }

        Body = text[at..];
        at = text.Length;
        return ended;
    }
}
