using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

[TestClass]
public sealed class TraceTest
{
    private const string Status = "entries, 96 bytes of each frame\n";

    [TestMethod]
    public void A_board_without_a_trace_says_how_to_get_one()
    {
        var board = new Board();
        Assert.AreEqual("trace: this board has none; ApplicationOptions.TraceEntries asks for one\n", board.Type("trace on"));
        Assert.AreEqual("fsm: this board does not count; ApplicationOptions.TraceEntries asks for it\n", board.Type("fsm"));
    }

    [TestMethod]
    [DataRow("trace up", "trace: expected on, off, clear, ladder or pcap")]
    [DataRow("trace off 1", "trace: expected on, off, clear, ladder or pcap")]
    [DataRow("trace on port", "trace: on may be followed by port N or slot N")]
    [DataRow("trace on port 0", "trace: a port is a number, 1 to 65535")]
    [DataRow("trace on port 65536", "trace: a port is a number, 1 to 65535")]
    [DataRow("trace on slot 8", "trace: SLOT is a number, 0 to 7")]
    [DataRow("trace on slot 3", "trace: slot 3 is free; netstat lists those in use")]
    [DataRow("trace ladder down", "trace: ladder may be followed by absolute and live")]
    [DataRow("fsm all", "fsm: \"all\" is not expected")]
    public void Bad_arguments_say_what_was_expected(string line, string mistake)
    {
        Board board = Tracing(16);
        Assert.AreEqual(mistake, board.Type(line).Split('\n')[0]);
        Assert.IsFalse(board.App.Trace.On);
    }

    [TestMethod]
    public void It_is_switched_cleared_and_filtered()
    {
        Board board = Tracing(64);
        Assert.AreEqual("trace off: 0 of 64 " + Status, board.Type("trace"));
        Assert.AreEqual("trace on, only port 9: 0 of 64 " + Status, board.Type("trace on port 9"));
        Client echo = board.Connect(7).Send("x").UntilReceived(1);
        board.RunFor(300);
        Assert.AreEqual("trace on, only port 9: 0 of 64 " + Status, board.Type("trace"));
        Assert.AreEqual(
            $"trace on, only 10.77.0.1:{echo.Connection.LocalPort} with our port 7: 0 of 64 " + Status, board.Type("trace on slot 0"));
        echo.Send("y").UntilReceived(2);
        board.RunFor(300);
        int recorded = board.App.Trace.Next;
        Assert.IsGreaterThanOrEqualTo(3, recorded, "two segments in, one out");
        board.Connect(9);
        board.RunFor(300);
        Assert.AreEqual(recorded, board.App.Trace.Next, "another connection");
        Assert.AreEqual($"trace on: {recorded} of 64 " + Status, board.Type("trace on"));
        StringAssert.StartsWith(board.Type("trace clear"), "trace on: 0 of 64 ");
        StringAssert.StartsWith(board.Type("trace off"), "trace off: 0 of 64 ");
        echo.Send("z").UntilReceived(3);
        StringAssert.StartsWith(board.Type("trace"), "trace off: 0 of 64 ");
    }

    [TestMethod]   // a passive open, an echo and the peer's close, as the textbook draws them
    public void The_ladder_shows_both_sides()
    {
        Board board = Tracing(64);
        board.Type("trace on");
        Client client = board.Connect(7);
        board.RunFor(20);
        client.Send("hello").UntilReceived(5);
        board.RunFor(300);
        client.Shutdown();
        board.RunUntil(() => client.AtEnd, "end", 10000, client);
        board.RunFor(300);
        string[] lines = board.Type("trace ladder").TrimEnd('\n').Split('\n');
        Assert.IsTrue(lines.All(l => l.Length <= 80), string.Join('\n', lines));
        string[][] rows = [.. lines.Skip(1).Select(l => new[] { l[9..20].Trim(), l[22..60].Trim('-', '<', '>', ' '), l[62..74].Trim(), l[20..].Contains('<') ? "in" : "out" })];
        string[][] segments = [.. rows.Where(r => r[1].Contains("seq=", StringComparison.Ordinal))];
        string[] expected =
        [
            "|SYN seq=0|SYN_SENT|in",
            "SYN_RCVD|SYN,ACK seq=0 ack=1|SYN_SENT|out",
            "ESTABLISHED|ACK seq=1 ack=1|ESTABLISHED|in",
            "ESTABLISHED|PSH,ACK seq=1 ack=1 len=5|ESTABLISHED|in",
            "ESTABLISHED|PSH,ACK seq=1 ack=6 len=5|ESTABLISHED|out",
            "ESTABLISHED|ACK seq=6 ack=6|ESTABLISHED|in",
            "CLOSE_WAIT|FIN,ACK seq=6 ack=6|FIN_WAIT_1|in",
            "CLOSE_WAIT|ACK seq=6 ack=7|FIN_WAIT_2?|out",
            "LAST_ACK|FIN,ACK seq=6 ack=7|FIN_WAIT_2?|out",
            "CLOSED|ACK seq=7 ack=7|TIME_WAIT|in",
        ];
        CollectionAssert.AreEqual(
            expected,
            segments.Select(r => $"{(r[1].StartsWith("SYN seq", StringComparison.Ordinal) ? "" : r[0])}|{r[1].Split(" win=")[0].Split(" mss")[0]}|{r[2]}|{r[3]}").ToArray(),
            string.Join('\n', lines));
        StringAssert.Contains(lines[2], "mss 1460");
        uint iss = client.Connection.SendNext - 7;
        StringAssert.Contains(board.Type("trace ladder absolute"), $"SYN seq={iss} ");
    }

    [TestMethod]   // what the wire lost is marked, and so is its repetition and the timer that found out
    public void Losses_and_repetitions_are_marked()
    {
        Board board = Tracing(64);
        Client client = board.Connect(19);
        client.Deaf = true;
        board.RunFor(2000);
        board.Type("trace on");
        board.Cut();
        client.Connection.Write(new byte[1], 0, 1);
        board.App.Net.Tcp.SlotAt(0).Abort();
        board.RunFor(10);
        board.Type("trace clear");
        Assert.IsNotNull(board.App.Net.Tcp.Connect(board.PeerApp.Net.Address, 7));
        board.RunFor(3500);
        string[] lines = board.Type("trace ladder").Split('\n');
        Assert.HasCount(1, lines.Where(l => l.Contains("SYN seq=0") && !l.Contains("again")), string.Join('\n', lines));
        Assert.HasCount(2, lines.Where(l => l.Contains("SYN seq=0") && l.Contains("again")));
        Assert.HasCount(2, lines.Where(l => l.Contains("timer rtx fires")));
        Assert.HasCount(1, lines.Where(l => l.Contains("lost?")));
    }

    [TestMethod]
    public void A_live_ladder_goes_on_until_it_is_interrupted()
    {
        Board board = Tracing(64);
        board.Type("trace on");
        board.Console.Clear();
        board.App.Shell.FeedLine("trace ladder live");
        board.RunFor(500);
        Assert.HasCount(1, board.Console.Text.TrimEnd('\n').Split('\n'), "only the head");
        board.Connect(7);
        board.RunFor(500);
        StringAssert.Contains(board.Console.Text, "SYN,ACK seq=0 ack=1");
        Assert.IsTrue(board.App.Shell.Busy);
        board.App.Shell.Feed(LineEditor.Interrupt);
        board.RunFor(10);
        Assert.IsTrue(board.App.Shell.Idle);
    }

    [TestMethod]   // somebody else's programs make a capture of what was printed, and read it without a complaint
    [DataRow(96)]
    [DataRow(1514)]
    public void Wireshark_reads_what_the_console_printed(int snapLength)
    {
        Board board = Tracing(256, snapLength);
        board.Type("trace on");
        Client client = board.Connect(7).Send(new string('x', 3000)).UntilReceived(3000);
        client.Shutdown();
        board.RunUntil(() => client.AtEnd, "end", 10000, client);
        int segments = 0;
        var entry = new TraceEntry(snapLength);
        for (int i = board.App.Trace.Oldest; board.App.Trace.Read(i, entry); i++)
        {
            segments += entry.IsSegment ? 1 : 0;
        }

        string printed = board.Type("trace pcap");
        Assert.IsTrue(printed.Split('\n').All(l => l.Length <= 80));
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("console.txt"), printed);
        Tool.Run("text2pcap", ["-D", "-t", "%s.%f", folder.File("console.txt"), folder.File("trace.pcap")]).Succeeded();
        string[] fields = ["-T", "fields", "-e", "tcp.port", "-e", "tcp.flags", "-e", "_ws.malformed", "-e", "tcp.checksum.status"];
        string[] rows = Tool.Run("tshark", ["-r", folder.File("trace.pcap"), "-o", "tcp.check_checksum:TRUE", .. fields]).Succeeded().Text.Trim().Split('\n');
        Assert.HasCount(segments, rows);
        Assert.IsTrue(rows.All(r => r.Split('\t')[0].Contains('7') && r.Split('\t')[2].Length == 0), string.Join('\n', rows));
        Assert.IsTrue(snapLength < 1514 || rows.All(r => r.Split('\t')[3] is "1" or "2"), "checksums: " + string.Join('\n', rows));
        StringAssert.Contains(rows[0], "0x0002");
    }

    [TestMethod]
    public void The_state_machine_is_counted()
    {
        Board board = Tracing(8);
        StringAssert.Contains(board.Type("fsm"), "CLOSED      -> LISTEN               5\n");
        Client client = board.Connect(7).Send("x").UntilReceived(1);
        client.Shutdown();
        board.RunUntil(() => client.AtEnd, "end", 10000, client);
        board.RunFor(300);
        string text = board.Type("fsm");
        foreach (string row in new[]
        {
            "LISTEN      -> SYN_RCVD             1", "SYN_RCVD    -> ESTABLISHED          1", "ESTABLISHED -> CLOSE_WAIT           1",
            "CLOSE_WAIT  -> LAST_ACK             1", "LAST_ACK    -> CLOSED               1",
        })
        {
            StringAssert.Contains(text, row + "\n");
        }

        JsonElement[] rows = [.. JsonDocument.Parse(board.Type("fsm --json")).RootElement.EnumerateArray()];
        Assert.HasCount(text.TrimEnd('\n').Split('\n').Length, rows);
        Assert.AreEqual(5, rows.Single(r => r.GetProperty("to").GetString() == TcpStateName.Of(TcpState.Listen)).GetProperty("count").GetInt32());
    }

    private static Board Tracing(int entries, int snapLength = 96)
    {
        return new Board(null, new ApplicationOptions { TraceEntries = entries, TraceSnapLength = snapLength });
    }
}
