using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>The console's connect verb, against the services and raw listeners of the peer.</summary>
[TestClass]
public sealed class ConnectTest
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(74)]
    [DataRow(1_000_000)]
    public void An_echo_comes_back_the_same(int bytes)
    {
        var board = new Board();
        string text = board.Type("connect 10.77.0.1 7 " + bytes, 600_000);
        StringAssert.Matches(text, new Regex(@"^connected to 10\.77\.0\.1:7 from port [0-9]+\n"));
        string noun = bytes == 1 ? "1 byte" : bytes + " bytes";
        StringAssert.Matches(text, new Regex(@"\nconnect: closed after [0-9]+ ms\n(\([0-9]+ more bytes not printed\)\n)?sent .*received .*\n$"));
        StringAssert.Contains(text, bytes == 1_000_000 ? "(991808 more bytes not printed)\nsent" : " ms\nsent");
        StringAssert.EndsWith(text, $"sent {noun}, received {noun}, the same as sent\n");
        Assert.AreEqual(8, board.FreeSlots);
        Assert.AreEqual(0, board.Dispatcher.Open);
    }

    [TestMethod]
    public void What_comes_back_is_printed_line_by_line()
    {
        var board = new Board();
        string[] lines = board.Type("connect 10.77.0.1 7 200").Split('\n');
        string pattern = string.Concat(Enumerable.Range(0, 72).Select(i => (char)(' ' + i)));
        Assert.AreEqual("| " + pattern.Replace(@"\", @"\\"), lines[1]); // A backslash is escaped too.
        Assert.AreEqual("| " + pattern[1..].Replace(@"\", @"\\") + (char)(' ' + 72), lines[2]);
        Assert.AreEqual("| " + pattern[2..54], lines[3]); // 200 − 2 × 74 = 52 characters of the third line.
    }

    [TestMethod]
    public void Without_bytes_it_waits_for_the_peer_to_speak_and_close()
    {
        var board = new Board();
        string text = board.Type("connect 10.77.0.1 13");
        StringAssert.Contains(text, "\n| clock not set; up 0 days 00:00:0");
        StringAssert.Matches(text, new Regex(@"\nconnect: closed after [0-9]+ ms\nsent 0 bytes, received [0-9]+ bytes\n$"));
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void Nothing_a_peer_sends_upsets_the_terminal()
    {
        var board = new Board();
        byte[] data = [.. Encoding.ASCII.GetBytes("\x1b[2J\a\\ \r\n\nno end: "), 0, 0xFF, (byte)'\r', (byte)'x', .. Encoding.ASCII.GetBytes(new string('y', 100))];
        string text = WithListener(board, "connect 10.77.0.1 5000", c => c.Write(data, 0, data.Length));
        string[] lines = text.Split('\n');
        Assert.AreEqual(@"| \x1b[2J\x07\\ ", lines[1]);
        Assert.AreEqual("|", lines[2]);
        Assert.AreEqual(@"| no end: \x00\xff\rx" + new string('y', 77 - 19), lines[3]);
        Assert.AreEqual("+ " + new string('y', 100 - 58), lines[4]);
    }

    [TestMethod]
    public void A_prompt_without_line_end_is_shown_while_waiting()
    {
        var board = new Board();
        TcpListener listener = board.PeerApp.Net.Tcp.Listen(5000, 1);
        Assert.IsTrue(board.App.Shell.FeedLine("connect 10.77.0.1 5000"));
        TcpConnection? c = null;
        board.RunUntil(() => (c = listener.Accept()) != null, "accepted");
        c!.Write(Encoding.ASCII.GetBytes("login: "), 0, 7);
        board.RunFor(300);
        Assert.EndsWith("| login: \n", board.Console.Text);
        c.Write(Encoding.ASCII.GetBytes("more\n"), 0, 5);
        board.RunFor(300);
        Assert.EndsWith("| login: \n+ more\n", board.Console.Text);
    }

    [TestMethod]
    public void A_refused_connection_says_so()
    {
        var board = new Board();
        StringAssert.Matches(board.Type("connect 10.77.0.1 4711"), new Regex("^connect: connection refused after [0-9]+ ms\n$"));
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void A_reset_says_so_and_what_came_before_is_shown()
    {
        var board = new Board();
        TcpListener listener = board.PeerApp.Net.Tcp.Listen(5000, 1);
        Assert.IsTrue(board.App.Shell.FeedLine("connect 10.77.0.1 5000"));
        TcpConnection? c = null;
        board.RunUntil(() => (c = listener.Accept()) != null, "accepted");
        c!.Write(Encoding.ASCII.GetBytes("half a line"), 0, 11);
        board.RunFor(50);
        c.Abort();
        board.RunUntil(() => board.App.Shell.Idle, "done");
        StringAssert.Matches(board.Console.Text, new Regex(@"\n\| half a line\nconnect: connection reset by peer after [0-9]+ ms\nsent 0 bytes, received 11 bytes\n$"));
    }

    [TestMethod]
    public void A_host_that_is_not_there_ends_after_the_limit()
    {
        var board = new Board();
        Assert.AreEqual("connect: no answer within 30 s after 30000 ms\n", board.Type("connect 10.77.0.77 80"));
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    public void A_peer_that_says_nothing_ends_after_the_limit()
    {
        var board = new Board(options: new ApplicationOptions { ConnectIdleLimit = 5_000 });
        string text = board.Type("connect 10.77.0.1 7");
        StringAssert.Contains(text, "\nconnect: nothing moved for 5 s after 500");
        Assert.AreEqual(8, board.FreeSlots);
    }

    [TestMethod]
    [DataRow("\u0003")]
    [DataRow("stop \u0003 it")]
    public void Ctrl_c_ends_it(string line)
    {
        var board = new Board();
        Assert.IsTrue(board.App.Shell.FeedLine("connect 10.77.0.1 19"));
        board.RunFor(500);
        Assert.IsFalse(board.App.Shell.Idle);
        Assert.IsTrue(board.App.Shell.FeedLine(line));
        board.RunFor(10);
        Assert.IsTrue(board.App.Shell.Idle);
        StringAssert.Contains(board.Console.Text, "\nconnect: aborted after ");
        Assert.AreEqual(8, board.FreeSlots);
        board.RunFor(100);
        Assert.AreEqual(0, board.PeerApp.Dispatcher.Open);
    }

    [TestMethod]
    public void Lines_after_it_wait_until_it_is_done()
    {
        var board = new Board();
        Assert.IsTrue(board.App.Shell.FeedLine("connect 10.77.0.1 7 100"));
        Assert.IsTrue(board.App.Shell.FeedLine("uptime"));
        board.RunUntil(() => board.App.Shell.Idle, "done");
        string text = board.Console.Text;
        Assert.IsGreaterThan(text.IndexOf("connect: closed", StringComparison.Ordinal), text.IndexOf("\nup 0 days", StringComparison.Ordinal));
    }

    [TestMethod]
    public void What_is_typed_is_sent_line_by_line_and_what_comes_back_is_printed()
    {
        var board = new Board();
        board.App.Shell.FeedLine("connect 10.77.0.1 7");
        board.App.Shell.FeedLine("hello, world"); // Typed ahead of the handshake: it waits.
        board.RunFor(50);
        StringAssert.Matches(board.Console.Text, new Regex(@"^connected to 10\.77\.0\.1:7 from port [0-9]+ \(~\. leaves\)\n\| hello, world\n$"));
        board.App.Shell.FeedLine("");
        board.App.Shell.FeedLine("again");
        board.RunFor(50);
        StringAssert.EndsWith(board.Console.Text, "| hello, world\n|\n| again\n");
        board.App.Shell.FeedLine("~.");
        board.App.Shell.FeedLine("uptime");
        board.RunUntil(() => board.App.Shell.Idle, "left");
        StringAssert.Matches(board.Console.Text, new Regex(@"\nconnect: left after [0-9]+ ms\nsent 20 bytes, received 20 bytes\nup 0 days"));
        board.RunFor(3_000);
        Assert.AreEqual(8, board.FreeSlots);
        Assert.AreEqual(0, board.Dispatcher.Open);
    }

    [TestMethod]
    public void A_line_can_close_our_side_and_the_answer_still_comes()
    {
        var board = new Board();
        TcpListener listener = board.PeerApp.Net.Tcp.Listen(5000, 1);
        board.App.Shell.FeedLine("connect 10.77.0.1 5000");
        TcpConnection? c = null;
        board.RunUntil(() => (c = listener.Accept()) != null, "accepted");
        board.App.Shell.FeedLine("question");
        board.App.Shell.FeedLine("~d");
        board.App.Shell.FeedLine("too late");
        board.RunUntil(() => c!.PeerClosed, "FIN");
        Assert.AreEqual(9, c!.Available);
        c.Read(new byte[9], 0, 9);
        c.Write(Encoding.ASCII.GetBytes("answer\n"), 0, 7);
        c.Close();
        board.RunUntil(() => board.App.Shell.Idle, "done");
        StringAssert.Matches(board.Console.Text, new Regex(@"\n\(our FIN is sent; ~\. leaves\)\n\| answer\nconnect: closed after [0-9]+ ms\nsent 9 bytes, received 7 bytes\n$"));
    }

    [TestMethod]
    public void Lines_meant_for_a_peer_that_is_gone_are_no_commands()
    {
        var board = new Board();
        board.App.Shell.FeedLine("connect 10.77.0.1 4711"); // Nobody listens there.
        board.App.Shell.FeedLine("exit");
        board.App.Shell.FeedLine("mem");
        board.RunUntil(() => board.App.Shell.Idle, "refused");
        Assert.IsFalse(board.App.Shell.ExitRequested);
        StringAssert.EndsWith(board.Console.Text, "\n(2 lines not sent)\n");
    }

    [TestMethod]
    public void Listen_takes_one_connection_and_talks_to_it()
    {
        var board = new Board();
        board.App.Shell.FeedLine("listen 5000");
        board.RunFor(10);
        Assert.AreEqual("listening on port 5000\n", board.Console.Text);
        board.App.Shell.FeedLine("anybody?");
        board.RunFor(10);
        StringAssert.EndsWith(board.Console.Text, "(nobody is connected yet; ~. leaves)\n");
        Client client = board.Connect(5000).Send("hi\n");
        client.Until(() => board.Console.Text.EndsWith("| hi\n", StringComparison.Ordinal), "printed");
        StringAssert.Matches(board.Console.Text, new Regex(@"\nconnected to 10\.77\.0\.1:[0-9]+ from port 5000 \(~\. leaves\)\n\| hi\n$"));
        board.App.Shell.FeedLine("hello");
        client.UntilReceived(6);
        Assert.AreEqual("hello\n", client.ReceivedText);
        Client second = board.Connect(5000);
        board.RunFor(50);
        Assert.IsTrue(second.Ended, "only one is taken");
        client.Shutdown();
        board.RunUntil(() => board.App.Shell.Idle, "done");
        StringAssert.Matches(board.Console.Text, new Regex(@"\nlisten: closed after [0-9]+ ms\nsent 6 bytes, received 3 bytes\n$"));
    }

    [TestMethod]
    [DataRow("\u0003")]
    [DataRow("~.")]
    public void Listening_ends_when_asked_and_the_port_is_free_again(string line)
    {
        var board = new Board();
        board.App.Shell.FeedLine("listen 5000");
        board.RunFor(10);
        board.App.Shell.FeedLine(line);
        board.RunUntil(() => board.App.Shell.Idle, "done");
        StringAssert.Matches(board.Console.Text, new Regex(@"\nlisten: nobody came after [0-9]+ ms\n$"));
        StringAssert.StartsWith(board.Type("listen 7"), "listen: the port is taken or StackOptions.Listeners is too small\n");
        board.App.Shell.FeedLine("listen 5000");
        board.RunFor(10);
        StringAssert.EndsWith(board.Console.Text, "listening on port 5000\n");
    }

    [TestMethod]
    [DataRow("listen")]
    [DataRow("listen 0")]
    [DataRow("listen 65536")]
    [DataRow("listen 1 2")]
    public void Listen_says_what_was_expected(string line)
    {
        Assert.AreEqual("listen: PORT is a number, 1 to 65535\nusage: listen PORT\n", new Board().Type(line));
    }

    [TestMethod]
    public void Without_a_free_slot_it_says_so()
    {
        var board = new Board(new StackOptions { Connections = 1 });
        board.Connect(7).Send("x").UntilReceived(1);
        Assert.AreEqual("connect: no slot or no local port is free\n", board.Type("connect 10.77.0.1 7"));
    }

    [TestMethod]
    [DataRow("connect", "HOST and PORT are needed")]
    [DataRow("connect 10.77.0.1", "HOST and PORT are needed")]
    [DataRow("connect 10.77.0.1 7 8 9", "HOST and PORT are needed")]
    [DataRow("connect localhost 7", "HOST is an IPv4 address, such as 10.77.0.1")]
    [DataRow("connect 10.77.0.256 7", "HOST is an IPv4 address, such as 10.77.0.1")]
    [DataRow("connect 10.77.0.1 0", "PORT is a number, 1 to 65535")]
    [DataRow("connect 10.77.0.1 65536", "PORT is a number, 1 to 65535")]
    [DataRow("connect 10.77.0.1 +7", "PORT is a number, 1 to 65535")]
    [DataRow("connect 10.77.0.1 7 -1", "BYTES is a number, 0 to 2147483647")]
    [DataRow("connect 10.77.0.1 7 2147483648", "BYTES is a number, 0 to 2147483647")]
    [DataRow("connect 10.77.0.1 7 99999999999999999999", "BYTES is a number, 0 to 2147483647")]
    public void Bad_arguments_say_what_was_expected(string line, string mistake)
    {
        Assert.AreEqual("connect: " + mistake + "\nusage: connect HOST PORT [BYTES]\n", new Board().Type(line));
    }

    private static string WithListener(Board board, string line, Action<TcpConnection> serve)
    {
        TcpListener listener = board.PeerApp.Net.Tcp.Listen(5000, 1);
        Assert.IsTrue(board.App.Shell.FeedLine(line));
        TcpConnection? c = null;
        board.RunUntil(() => (c = listener.Accept()) != null, "accepted");
        serve(c!);
        c!.Close();
        board.RunUntil(() => board.App.Shell.Idle, "done");
        return board.Console.Text;
    }
}
