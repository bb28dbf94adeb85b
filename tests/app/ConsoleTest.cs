using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EmbeddedTcp.App;
using EmbeddedTcp.AppTests.Bench;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests;

/// <summary>What the console's commands print, for people and for programs, and how long answers get through a slow line.</summary>
[TestClass]
public sealed class ConsoleTest
{
    [TestMethod]
    public void Tcp_shows_the_whole_control_block()
    {
        Board board = WithEcho(out Client client);
        string text = board.Type("tcp 0");
        TcpConnection c = board.App.Net.Tcp.SlotAt(0);
        string[] names =
        [
            "slot", "owner", "state", "local", "remote", "ISS", "SND.UNA", "SND.NXT", "SND.WND", "SND.UP", "SND.WL1", "SND.WL2", "Max(SND.WND)",
            "Eff.snd.MSS", "IRS", "RCV.NXT", "RCV.WND", "RCV.UP", "SRTT", "RTTVAR", "RTO", "cwnd", "ssthresh", "FlightSize", "pipe", "TS.Recent",
            "Snd.Wind.Shift", "Rcv.Wind.Shift", "SACK", "timestamps", "window scale", "ECN", "nodelay", "keepalive", "rtx timer", "persist timer", "dack timer", "orphan timer",
        ];
        foreach (string name in names)
        {
            Assert.AreEqual(1, Regex.Count(text, "(?m)^  " + Regex.Escape(name) + "  +[^ ]"), name);
        }

        StringAssert.Contains(text, $"  ISS               {c.InitialSendSequence}\n");
        StringAssert.Contains(text, $"  SND.UNA           {c.SendUnacknowledged,-12}ISS + 2\n"); // The SYN and one octet.
        StringAssert.Contains(text, $"  RCV.NXT           {client.Connection.SendNext,-12}IRS + 2\n");
        StringAssert.Contains(text, "  owner             echo\n");
        Assert.AreEqual("tcp: slot 5 is free; netstat lists those in use\n", board.Type("tcp 5"));
    }

    [TestMethod]
    [DataRow("tcp", "a slot is needed\nusage: tcp SLOT [--json]")]
    [DataRow("tcp 0 1", "a slot is needed\nusage: tcp SLOT [--json]")]
    [DataRow("tcp 8", "SLOT is a number, 0 to 7\nusage: tcp SLOT [--json]")]
    [DataRow("kill", "a slot is needed\nusage: kill SLOT")]
    [DataRow("kill x", "SLOT is a number, 0 to 7\nusage: kill SLOT")]
    [DataRow("netstat -x", "\"-x\" is no option\nusage: netstat [-a|-t|-s] [--json]")]
    [DataRow("netstat -a -s", "one of -a, -t and -s at a time\nusage: netstat [-a|-t|-s] [--json]")]
    [DataRow("mem all", "\"all\" is no option\nusage: mem [--json]")]
    [DataRow("chip 1", "\"1\" is no option\nusage: chip [--json]")]
    [DataRow("arp -x", "the only option is -d\nusage: arp [-d [ADDR]]")]
    [DataRow("arp -d 1 2", "the only option is -d\nusage: arp [-d [ADDR]]")]
    [DataRow("arp -d nobody", "ADDR is an IPv4 address, such as 10.77.0.1\nusage: arp [-d [ADDR]]")]
    [DataRow("exit now", "takes no argument\nusage: exit")]
    public void Bad_arguments_say_what_was_expected(string line, string mistake)
    {
        Assert.AreEqual(line.Split(' ')[0] + ": " + mistake + "\n", new Board().Type(line));
    }

    [TestMethod]
    [DataRow("set")]
    [DataRow("set address")]
    [DataRow("set address 10.77.0.3")]
    [DataRow("set address 10.77.0.255/24")]
    [DataRow("set address 10.77.0.3/31")]
    [DataRow("set address 127.0.0.1/8")]
    [DataRow("set gateway 10.78.0.1")]
    [DataRow("set gateway 10.77.0.2")]
    [DataRow("set gateway nobody")]
    [DataRow("set 0 nodelay yes")]
    [DataRow("set 0 user-timeout 999")]
    [DataRow("set 0 linger -1")]
    [DataRow("set 0 ttl 0")]
    [DataRow("set 0 ttl 256")]
    [DataRow("set 0 dscp 64")]
    [DataRow("set 0 colour red")]
    public void Set_refuses_what_cannot_be(string line)
    {
        Board board = WithEcho(out _);
        StringAssert.Matches(board.Type(line), new Regex("^set: [^\n]+\nusage: set address VALUE \\| gateway VALUE \\| SLOT OPTION VALUE\n$"));
        Assert.AreEqual((0x0A4D0002u, 24, 0u), (board.App.Net.Address, board.App.Net.PrefixLength, board.App.Net.Gateway));
    }

    [TestMethod]
    public void Set_changes_options_of_a_connection()
    {
        Board board = WithEcho(out _);
        TcpConnection c = board.App.Net.Tcp.SlotAt(0);
        foreach (string option in new[] { "nodelay off", "keepalive on", "user-timeout 5000", "linger 0", "ttl 3", "dscp 46" })
        {
            Assert.AreEqual("slot 0: " + option + "\n", board.Type("set 0 " + option));
        }

        Assert.AreEqual((false, true, 5000, 0, 3, 46), (c.NoDelay, c.KeepAlive, c.UserTimeout, c.Linger, c.TimeToLive, c.DifferentiatedServices));
        Assert.AreEqual("slot 0: linger off\n", board.Type("set 0 linger off"));
        Assert.AreEqual(-1, c.Linger);
    }

    [TestMethod]
    public void Set_moves_the_board_to_another_address()
    {
        Board board = WithEcho(out Client client);
        Assert.AreEqual("gateway 10.77.0.1\n", board.Type("set gateway 10.77.0.1"));
        Assert.AreEqual("address 10.77.0.9/24\n", board.Type("set address 10.77.0.9/24"));
        board.RunFor(10);
        Assert.AreEqual((0x0A4D0009u, 0x0A4D0001u), (board.App.Net.Address, board.App.Net.Gateway));
        Assert.AreEqual(8, board.FreeSlots, "the old connection is gone");
        board.Connect(7).Send("y").UntilReceived(1);
        Assert.AreEqual("address 192.168.1.9/24; the gateway is on another network now and forgotten\n", board.Type("set address 192.168.1.9/24"));
        Assert.AreEqual(0u, board.App.Net.Gateway);
        Assert.IsFalse(client.AtEnd);
    }

    [TestMethod]
    public void Kill_resets_a_connection_whoever_owns_it()
    {
        Board board = WithEcho(out Client client);
        string remote = "10.77.0.1:" + client.Connection.LocalPort;
        Assert.AreEqual($"slot 0: {remote} was in ESTABLISHED and is reset\n", board.Type("kill 0"));
        board.RunFor(10);
        client.Until(() => client.Ended, "reset");
        Assert.AreEqual(TcpEndReason.Reset, client.Connection.EndReason);
        Assert.AreEqual((8, 0), (board.FreeSlots, board.Dispatcher.Open));
        Assert.AreEqual("kill: slot 0 is free; netstat lists those in use\n", board.Type("kill 0"));

        // One whose application has closed it, and that waits for a peer who does not.
        Client daytime = board.Connect(13).UntilEnd();
        board.RunFor(6_000);
        StringAssert.Contains(board.Type("tcp 0"), "  owner             orphan\n  state             FIN_WAIT_2\n");
        board.Type("kill 0");
        board.RunFor(10);
        Assert.AreEqual((8, TcpState.Closed), (board.FreeSlots, daytime.Connection.State));
    }

    [TestMethod]
    public void Arp_forgets_one_or_all()
    {
        Board board = WithEcho(out _);
        Assert.AreEqual("10.77.0.1 is forgotten\n", board.Type("arp -d 10.77.0.1"));
        Assert.AreEqual("arp: 10.77.0.1 is not in the table\n", board.Type("arp -d 10.77.0.1"));
        board.Type("ping 10.77.0.1 1");
        StringAssert.Contains(board.Type("arp"), "1 of 8 entries");
        Assert.AreEqual("all neighbours are forgotten\n", board.Type("arp -d"));
        StringAssert.Contains(board.Type("arp"), "0 of 8 entries");
    }

    [TestMethod]
    public void Netstat_has_a_short_and_a_statistical_view()
    {
        Board board = WithEcho(out _);
        string brief = board.Type("netstat -t");
        Assert.DoesNotContain("free\n  1", brief);
        Assert.DoesNotContain("rto ", brief);
        Assert.HasCount(1 + 1 + 5 + 1, brief.TrimEnd().Split('\n')); // Head, echo, five listeners, sum.
        string statistics = board.Type("netstat -s");
        StringAssert.Contains(statistics, "ethernet frames in                     ");
        StringAssert.Contains(statistics, "tcp      passive opens                              1\n");
        Assert.DoesNotContain("resets out", statistics);
    }

    [TestMethod]
    public void Netstat_shows_udp_sockets_when_asked()
    {
        var board = new Board(new StackOptions { Connections = 2, UdpSockets = 2 });
        board.App.Net.Udp.Bind(68);
        Assert.DoesNotContain("UDP", board.Type("netstat"));
        StringAssert.Contains(board.Type("netstat -a"), "  -  *:68                  *:*                   UDP         0 datagrams\n");
    }

    [TestMethod]
    [DataRow("netstat --json", "connections")]
    [DataRow("netstat -s --json", "counters")]
    [DataRow("tcp 0 --json", "SND.UNA")]
    [DataRow("stats --json", "drops")]
    [DataRow("mem --json", "total")]
    [DataRow("chip --json", "description")]
    public void Json_is_valid_and_fits_the_console(string line, string member)
    {
        Board board = WithEcho(out _);
        board.Connect(13).UntilEnd().Close(); // A TIME_WAIT record.
        board.RunFor(100);
        string text = board.Type(line);
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.IsTrue(document.RootElement.TryGetProperty(member, out _), text);
        Assert.IsTrue(text.Split('\n').All(l => l.Length <= 80), text);
    }

    [TestMethod]
    public void Json_says_what_the_tables_say()
    {
        Board board = WithEcho(out Client client);
        board.Connect(13).UntilEnd().Close();
        board.RunFor(100);
        using JsonDocument netstat = JsonDocument.Parse(board.Type("netstat --json"));
        JsonElement echo = netstat.RootElement.GetProperty("connections")[0];
        Assert.AreEqual(client.Connection.LocalPort, echo.GetProperty("remotePort").GetInt32());
        Assert.AreEqual("ESTABLISHED", echo.GetProperty("state").GetString());
        Assert.IsFalse(netstat.RootElement.GetProperty("connections")[7].GetProperty("inUse").GetBoolean());
        Assert.AreEqual(1, netstat.RootElement.GetProperty("timeWait").GetArrayLength());
        CollectionAssert.AreEqual(new[] { 7, 9, 13, 19, 80 },
            netstat.RootElement.GetProperty("listeners").EnumerateArray().Select(l => l.GetProperty("port").GetInt32()).ToArray());
        using JsonDocument tcp = JsonDocument.Parse(board.Type("tcp 0 --json"));
        Assert.AreEqual(board.App.Net.Tcp.SlotAt(0).SendNext, tcp.RootElement.GetProperty("SND.NXT").GetUInt32());
        using JsonDocument mem = JsonDocument.Parse(board.Type("mem --json"));
        Assert.AreEqual(board.App.Net.Memory.Total + board.App.MemoryBytes, mem.RootElement.GetProperty("total").GetInt32());
        using JsonDocument chip = JsonDocument.Parse(board.Type("chip --json"));
        Assert.AreEqual("register A 01", chip.RootElement.GetProperty("description")[1].GetString());
    }

    [TestMethod]
    [DataRow("net\t", "netstat ")]
    [DataRow("s\t", "s\nstats, set\n> s")]
    [DataRow("st\t", "stats ")]
    [DataRow("netstat --\t", "netstat --json ")]
    [DataRow("netstat -\t", "netstat -\n-a, -t, -s, --json\n> netstat -")]
    [DataRow("help upt\t", "help uptime ")]
    [DataRow("nothing\t", "nothing")]
    [DataRow("nothing -\t", "nothing -")]
    [DataRow("ping \t", "ping ")]
    [DataRow("set ad\t", "set address ")]
    public void A_tab_completes(string typed, string shown)
    {
        var board = new Board();
        board.App.Shell.Editor.Echo = true;
        board.App.Shell.Prompt = "> ";
        Feed(board.App.Shell, typed);
        Assert.AreEqual(shown, board.Console.Text);
    }

    [TestMethod]
    public void A_tab_is_a_space_where_nothing_is_echoed()
    {
        var board = new Board();
        Feed(board.App.Shell, "stats\t-b\n");
        board.RunFor(10);
        StringAssert.StartsWith(board.Console.Text, "stats: \"-b\" is no option\n");
        board.App.Shell.Editor.Echo = true;
        Feed(board.App.Shell, new string('x', 127) + "\t\t\t\n");
        board.RunFor(10);
        StringAssert.Contains(board.Console.Text, new string('x', 127) + ": no such command");
    }

    [TestMethod] // A line of 300 characters a second: nothing is lost, nothing waits in memory, and nobody waits.
    [DataRow("netstat")]
    [DataRow("stats -a")]
    [DataRow("netstat --json")]
    [DataRow("help")]
    [DataRow("tcp 0")]
    public void A_long_answer_waits_for_a_slow_line(string line)
    {
        Board board = WithEcho(out _);
        var slow = new SlowLine();
        var shell = new Shell(board.App, slow);
        Assert.IsTrue(shell.FeedLine(line));
        int turns = 0;
        while (!shell.Idle)
        {
            Assert.IsGreaterThanOrEqualTo(0, shell.Run(board.NowMs));
            slow.Move(300);
            Assert.IsLessThan(10_000, ++turns);
        }

        slow.Move(int.MaxValue);
        string text = slow.Text;
        Assert.AreEqual(0, slow.Lost);
        Assert.HasCount(Without(board.Type(line)).Length, Without(text), "the same as at once");
        Assert.IsGreaterThanOrEqualTo((text.Length - OutputRing.UsualSize) / 300, turns);
    }

    [TestMethod]
    public void Ctrl_c_ends_a_long_answer()
    {
        Board board = WithEcho(out _);
        var slow = new SlowLine();
        var shell = new Shell(board.App, slow);
        shell.FeedLine("stats -a");
        shell.Run(board.NowMs);
        Assert.IsTrue(shell.Busy);
        shell.Feed(LineEditor.Interrupt);
        shell.Run(board.NowMs);
        Assert.IsTrue(shell.Idle);
        slow.Move(int.MaxValue);
        Assert.DoesNotContain("services", slow.Text);
    }

    private static Board WithEcho(out Client client)
    {
        var board = new Board();
        client = board.Connect(7).Send("x").UntilReceived(1);
        board.RunFor(300); // Delayed acknowledgments have passed.
        return board;
    }

    // The lines without their numbers, which change from moment to moment.
    private static string[] Without(string text)
    {
        return text.Split('\n').Select(l => Regex.Replace(l, "[0-9]+", "#")).ToArray();
    }

    private static void Feed(Shell shell, string characters)
    {
        foreach (char c in characters)
        {
            shell.Feed(c);
        }
    }

    private sealed class SlowLine : TextOutput
    {
        private readonly OutputRing _ring = new(OutputRing.UsualSize);
        private readonly List<byte> _sent = [];

        public int Lost => _ring.Lost;

        public string Text => Encoding.ASCII.GetString(_sent.ToArray()).Replace("\r", string.Empty, StringComparison.Ordinal);

        public override int Room => _ring.Room;

        public override void Write(string text)
        {
            _ring.Write(text);
        }

        public void Move(int count)
        {
            byte[] bytes = new byte[_ring.Size];
            int taken = _ring.Take(bytes, Math.Min(count, bytes.Length));
            _sent.AddRange(bytes.Take(taken));
        }
    }
}
