using System;
using System.Linq;
using System.Text.RegularExpressions;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

[TestClass]
public sealed class ShellTest
{
    [TestMethod]
    public void The_boot_tells_what_there_is()
    {
        var board = new Board(options: new ApplicationOptions { BoardName = "Lab board" });
        string[] lines = board.BootText.Split('\n');
        Assert.AreEqual("EmbeddedTcp on Lab board", lines[0]);
        Assert.AreEqual("chip      Test chip <1>, revision 4", lines[1]);
        Assert.AreEqual("mac       02:00:00:00:00:01", lines[2]);
        Assert.AreEqual("address   10.77.0.2/24, gateway none", lines[3]);
        int stack = board.App.Net.Memory.Total;
        int application = board.App.MemoryBytes;
        Assert.AreEqual($"memory    {stack + application} bytes fixed: stack {stack}, application {application}", lines[4]);
        Assert.AreEqual("services  echo 7, discard 9, daytime 13, chargen 19, http 80", lines[5]);
        Assert.AreEqual("ready: type help", lines[6]);
    }

    [TestMethod]
    public void A_service_without_a_listener_is_a_warning()
    {
        var board = new Board(new StackOptions { Listeners = 2 });
        StringAssert.Contains(board.BootText, "warning: chargen cannot listen on port 19: the port is taken or StackOptions.Listeners is too small\n");
        StringAssert.Contains(board.BootText, "services  echo 7, discard 9\n");
        var same = new Board(options: new ApplicationOptions { DiscardPort = 7 });
        StringAssert.Contains(same.BootText, "warning: discard cannot listen on port 7");
    }

    [TestMethod]
    public void Help_lists_every_command_and_explains_one()
    {
        var board = new Board();
        string[] lines = board.Type("help").Split('\n');
        string[] verbs = ["help", "ifconfig", "arp", "netstat", "tcp", "stats", "chip", "mem", "ping", "connect", "listen", "kill", "set", "trace", "fsm", "uptime", "exit"];
        foreach (string verb in verbs)
        {
            Assert.AreEqual(1, lines.Count(l => l.Split(' ')[0] == verb), verb);
            Command command = board.App.Shell.Find(verb);
            string[] help = board.Type("help " + verb).Split('\n');
            Assert.AreEqual("usage: " + command.Usage, help[0]);
            Assert.AreEqual("  " + command.Summary, help[1]);
            Assert.IsTrue(help.All(l => l.Length <= 80), verb);
        }

        Assert.AreEqual("Ctrl+C ends a running command; help COMMAND says more.", lines[^2]);
        Assert.AreEqual("help: no such command; did you mean netstat?\nusage: help [COMMAND]\n", board.Type("help nets"));
        Assert.AreEqual("help: no such command\nusage: help [COMMAND]\n", board.Type("help nothing"));
    }

    [TestMethod]
    [DataRow("netsat", "netsat: no such command; did you mean netstat?\n")]
    [DataRow("net", "net: no such command; did you mean netstat?\n")]
    [DataRow("STATS", "STATS: no such command; did you mean stats?\n")]
    [DataRow("hlp 1 2", "hlp: no such command; did you mean help?\n")]
    [DataRow("frobnicate", "frobnicate: no such command; help lists them\n")]
    [DataRow("", "")]
    [DataRow("  \t ", "")]
    [DataRow("a b c d e f g h i", "too many words (at most 8)\n")]
    public void Unknown_commands_say_what_was_expected(string line, string answer)
    {
        Assert.AreEqual(answer, new Board().Type(line));
    }

    [TestMethod]
    public void Ifconfig_shows_the_addresses_and_the_device()
    {
        var board = new Board(new StackOptions { Gateway = 0x0A4D00FE });
        board.Connect(7).Send("x").UntilReceived(1);
        string text = board.Type("ifconfig");
        StringAssert.Contains(text, "link      up, mtu 1500\n");
        StringAssert.Contains(text, "address   10.77.0.2/24\nmask      255.255.255.0\ngateway   10.77.0.254\n");
        StringAssert.Matches(text, new Regex("received  [1-9][0-9]* frames, 0 errors\n"));
    }

    [TestMethod]
    public void Arp_shows_the_neighbour_and_its_age()
    {
        var board = new Board();
        Assert.AreEqual("Address          Hardware address   State        Age\n0 of 8 entries\n", board.Type("arp"));
        board.Connect(7).Send("x").UntilReceived(1);
        board.RunFor(5_000);
        StringAssert.Matches(board.Type("arp"), new Regex(@"\n10\.77\.0\.1        02:00:00:00:00:99  reachable     [0-9] s\n1 of 8 entries\n"));
    }

    [TestMethod]
    public void Netstat_shows_every_slot_listener_and_waiting_entry()
    {
        var board = new Board(new StackOptions { Connections = 3, MaximumSegmentLifetime = 5_000 });
        Client echo = board.Connect(7).Send("x").UntilReceived(1);
        Client daytime = board.Connect(13).UntilEnd();
        board.RunFor(300); // Delayed acknowledgments have passed.
        string text = board.Type("netstat");
        Assert.StartsWith("Slot Local                 Remote                State       SendQ RecvQ Owner\n", text);
        string remote = "10.77.0.1:" + echo.Connection.LocalPort;
        StringAssert.Contains(text, "  0  10.77.0.2:7           " + remote.PadRight(22) + "ESTABLISHED     0     0 echo\n     rto ");
        StringAssert.Contains(text, "FIN_WAIT_2      0     0 daytime\n");
        StringAssert.Contains(text, "deadline in ");
        StringAssert.Contains(text, "  2  free\n");
        StringAssert.Contains(text, "  -  *:80                  *:*                   LISTEN      0 of 2 http\n");
        Assert.EndsWith("1 of 3 slots free\n", text);

        daytime.Close(); // The board sent its FIN first: it is the one that waits.
        board.RunFor(2_000);
        text = board.Type("netstat");
        StringAssert.Matches(text, new Regex(@"10\.77\.0\.1:" + daytime.Connection.LocalPort + @" +TIME_WAIT   for [78][0-9]{3} ms\n"));
        Assert.EndsWith("2 of 3 slots free\n", text);
        board.RunFor(9_000);
        Assert.DoesNotContain("TIME_WAIT", board.Type("netstat"));
    }

    [TestMethod]
    public void Netstat_shows_half_open_peers()
    {
        var board = new Board();
        board.Connect(7).Send("x").UntilReceived(1); // So that the neighbours know each other.
        Client late = board.Connect(9);
        board.PeerApp.Net.Flush();
        board.Cut(); // The SYN is on its way, nothing after it arrives.
        board.RunFor(100);
        StringAssert.Matches(board.Type("netstat"), new Regex(@"  -  10\.77\.0\.2:9           10\.77\.0\.1:" + late.Connection.LocalPort + @" +SYN_RCVD    again in [0-9]+ ms\n"));
    }

    [TestMethod]
    public void Stats_hides_zeros_unless_asked()
    {
        var board = new Board();
        string fresh = board.Type("stats");
        Assert.DoesNotContain(" accepted", fresh);
        board.Connect(7).Send("x").UntilReceived(1);
        string text = board.Type("stats");
        StringAssert.Contains(text, "  passive opens                              1\n");
        StringAssert.Contains(text, "dropped\n  nothing\n");
        StringAssert.Contains(text, "  echo accepted                              1\n");
        Assert.DoesNotContain("resets out", text);
        string all = board.Type("stats -a");
        StringAssert.Contains(all, "  resets out                                 0\n");
        StringAssert.Contains(all, "  bad TCP checksum                           0\n");
        Assert.HasCount(3 + board.App.Net.Counters.Count + board.App.Net.Counters.Drops.Length + (5 * 4), all.TrimEnd().Split('\n'));
        Assert.AreEqual("stats: \"-b\" is no option\nusage: stats [-a] [--json]\n", board.Type("stats -b"));
    }

    [TestMethod]
    public void Chip_prints_the_description_line_by_line()
    {
        Assert.AreEqual("Test chip <1>, revision 4\nregister A 01\nregister B 02\nbrought back 0 times\n", new Board().Type("chip"));
    }

    [TestMethod]
    public void Mem_adds_up()
    {
        var board = new Board();
        string[] lines = board.Type("mem").TrimEnd().Split('\n');
        int[] bytes = lines.Select(l => int.Parse(l[48..58])).ToArray();
        Assert.IsTrue(lines.All(l => l.EndsWith(" bytes")));
        StringAssert.StartsWith(lines[^1], "total ");
        Assert.AreEqual(bytes[^1], bytes[..^1].Sum());
        Assert.IsGreaterThan(8 * 8192, bytes[^1]); // Eight slots with two rings of 4,096 bytes.
    }

    [TestMethod]
    public void Uptime_counts_from_the_first_poll()
    {
        var board = new Board();
        board.RunFor((3 * 86_400_000L) + 7_384_000 - 1);
        Assert.AreEqual("up 3 days 02:03:04; clock not set\n", board.Type("uptime"));
        var clock = new FixedClock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).ToUnixTimeSeconds());
        StringAssert.EndsWith(new Board(options: new ApplicationOptions { Clock = clock }).Type("uptime"), "; 2026-01-02 03:04:05 UTC\n");
    }

    [TestMethod]
    public void No_line_is_longer_than_eighty_columns()
    {
        var board = new Board(new StackOptions { Address = 0x0AC8FEFE, PrefixLength = 8, Gateway = 0x0AC8FEFD, Connections = 8 },
            peerStack: new StackOptions { PrefixLength = 8, Connections = 32 });
        board.Connect(7).Send("x").UntilReceived(1);
        foreach (string line in new[] { "help", "ifconfig", "arp", "netstat", "netstat -a", "netstat -t", "netstat -s", "stats -a", "mem", "uptime",
            "connect 255.255.255.255 65535 1", "tcp 0", "set 0 user-timeout 86400000", "set address 192.168.254.254/30", "netstat --json", "tcp 0 --json",
            "stats --json", "mem --json", "chip --json", "ping 192.168.254.253 1 1472", "kill 0", "set", "kill 99999999999999999999" })
        {
            foreach (string printed in board.Type(line).Split('\n'))
            {
                Assert.IsLessThanOrEqualTo(80, printed.Length, printed);
            }
        }

        Assert.IsTrue(board.BootText.Split('\n').All(l => l.Length <= 80), board.BootText);
    }

    [TestMethod]
    public void Exit_asks_and_forgets_nothing_before_it()
    {
        var board = new Board();
        Assert.IsTrue(board.App.Shell.FeedLine("uptime"));
        Assert.IsTrue(board.App.Shell.FeedLine("exit"));
        Assert.IsTrue(board.App.Shell.FeedLine("mem"));
        board.RunFor(100);
        Assert.IsTrue(board.App.Shell.ExitRequested);
        Assert.HasCount(1, board.Console.Lines);
    }

    [TestMethod]
    public void The_queue_of_lines_is_bounded_and_says_so()
    {
        var board = new Board();
        for (int i = 0; i < Shell.QueueLength; i++)
        {
            Assert.IsTrue(board.App.Shell.HasRoom);
            Assert.IsTrue(board.App.Shell.FeedLine("uptime"));
        }

        Assert.IsFalse(board.App.Shell.HasRoom);
        Assert.IsFalse(board.App.Shell.FeedLine("mem"));
        board.RunFor(10);
        Assert.HasCount(1 + Shell.QueueLength, board.Console.Lines);
        Assert.AreEqual("too many lines are waiting: \"mem\" is lost", board.Console.Lines[0]);
        Assert.IsTrue(board.App.Shell.HasRoom);
    }

    [TestMethod]
    public void A_serial_terminal_can_correct_itself()
    {
        var board = new Board();
        Type(board, "upx\btime\r\n");
        StringAssert.StartsWith(board.Console.Text, "up 0 days");
        board.Console.Clear();
        Type(board, "rubbish\u0015\u007f\u007fchi\u007fip\n");
        StringAssert.StartsWith(board.Console.Text, "Test chip");
        board.Console.Clear();
        Type(board, "rubbish\u0003uptime\r");
        StringAssert.StartsWith(board.Console.Text, "up 0 days");
        board.Console.Clear();
        Type(board, new string('x', 129) + "\n");
        Assert.AreEqual("line too long (at most 128 characters)\n", board.Console.Text);
        board.Console.Clear();
        Type(board, new string('x', 128) + "\b\b\n");
        StringAssert.StartsWith(board.Console.Text, new string('x', 126) + ": no such command");
    }

    [TestMethod]
    public void Echo_and_prompt_are_there_when_asked_for()
    {
        var board = new Board();
        board.App.Shell.Editor.Echo = true;
        board.App.Shell.Prompt = "> ";
        Type(board, "chix\bp\r\n");
        Assert.AreEqual("chix\b \bp\nTest chip <1>, revision 4\nregister A 01\nregister B 02\nbrought back 0 times\n> ", board.Console.Text);
    }

    private static void Type(Board board, string characters)
    {
        foreach (char c in characters)
        {
            board.App.Shell.Feed(c);
        }

        board.RunFor(10);
    }
}
