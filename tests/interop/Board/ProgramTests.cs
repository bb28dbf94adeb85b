using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Board;

/// <summary>The program from outside: options, console, signals, exit codes.</summary>
[TestClass]
public sealed class ProgramTests
{
    private static readonly string[] s_anyPort = ["--forward", "none", "--forward", "0:7"];

    [TestMethod]
    [DataRow("--loss", "2")]
    [DataRow("--net", "tap")]
    [DataRow("--nonsense", "1")]
    [DataRow("--pcap", "/no/such/folder/wire.pcapng")]
    public void Bad_option_is_one_line_on_standard_error_and_exit_code_2(string option, string value)
    {
        using BoardProcess board = BoardProcess.Start([.. s_anyPort, option, value]);
        Assert.AreEqual(2, board.WaitForExit());
        Assert.AreEqual(1, board.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, board.Error);
        StringAssert.Contains(board.Error, option);
        Assert.AreEqual(string.Empty, board.Output.ReplaceLineEndings(string.Empty));
    }

    [TestMethod]
    public void Help_is_printed_and_the_exit_code_is_0()
    {
        using BoardProcess board = BoardProcess.Start("--help");
        Assert.AreEqual(0, board.WaitForExit());
        StringAssert.Contains(board.Output, "--host-ip");
        Assert.AreEqual(string.Empty, board.Error);
    }

    [TestMethod]
    public void Script_from_a_pipe_is_obeyed_to_its_last_line_which_needs_no_line_end()
    {
        using BoardProcess board = BoardProcess.Start(s_anyPort);
        board.Type("uptime\r\nhelp\nnetstat\nexit");
        board.CloseInput();
        Assert.AreEqual(0, board.WaitForExit());
        StringAssert.Contains(board.Output, "up 0 days 00:00:0");
        StringAssert.Contains(board.Output, "connect HOST PORT [BYTES]");
        StringAssert.Contains(board.Output, "8 of 8 slots free");
    }

    [TestMethod]
    public void Script_that_is_longer_than_every_queue_is_obeyed_whole()
    {
        using BoardProcess board = BoardProcess.Start(s_anyPort);
        board.Type(string.Concat(Enumerable.Repeat("uptime\n", 500)) + "exit\n");
        Assert.AreEqual(0, board.WaitForExit());
        Assert.AreEqual(500, board.Output.Split('\n').Count(l => l.StartsWith("up 0 days")));
    }

    [TestMethod]
    public void Without_input_the_board_runs_until_its_time_is_over()
    {
        long start = Stopwatch.GetTimestamp();
        using BoardProcess board = BoardProcess.Start([.. s_anyPort, "--for", "1.5"]);
        board.CloseInput();
        Assert.AreEqual(0, board.WaitForExit());
        Assert.IsTrue(Stopwatch.GetElapsedTime(start).TotalSeconds >= 1.5);
        Assert.AreEqual(string.Empty, board.Error);
    }

    [TestMethod]
    [DataRow(Native.Interrupt)]
    [DataRow(Native.Terminate)]
    public void Signal_closes_the_connections_gracefully_and_ends_with_exit_code_0(int signal)
    {
        RequireSignals();
        using BoardProcess board = BoardProcess.Start(s_anyPort).WaitFor("ready");
        using HostSocket host = HostSocket.Connect("127.0.0.1", HostPort(board));
        host.Send([1, 2, 3]);
        host.Read(3);

        board.Signal(signal);
        Assert.AreEqual(0, host.ReadToEnd().Length, "a FIN, and no reset, reaches the host");
        host.Dispose();
        Assert.AreEqual(0, board.WaitForExit());
    }

    [TestMethod]
    public void Peer_that_never_closes_cannot_keep_the_board_from_ending()
    {
        RequireSignals();
        using BoardProcess board = BoardProcess.Start(s_anyPort).WaitFor("ready");
        using HostSocket host = HostSocket.Connect("127.0.0.1", HostPort(board));
        host.Send([1]);
        host.Read(1);
        board.Signal(Native.Terminate);
        Assert.AreEqual(0, board.WaitForExit());
    }

    [TestMethod]
    public void Idle_board_sleeps()
    {
        using BoardProcess board = BoardProcess.Start(s_anyPort).WaitFor("ready");
        Thread.Sleep(1500);
        TimeSpan before = ProcessorTime(board);
        Thread.Sleep(2000);
        double busy = (ProcessorTime(board) - before).TotalMilliseconds;
        Assert.IsTrue(busy < 100, $"{busy} ms of processor time in 2 s of doing nothing");
    }

    [TestMethod]
    public void Capture_of_a_board_that_was_killed_can_be_read()
    {
        Tool.Require("tshark");
        using var folder = new TemporaryFolder();
        string file = folder.File("killed.pcapng");
        using (BoardProcess board = BoardProcess.Start([.. s_anyPort, "--pcap", file]).WaitFor("ready"))
        {
            using HostSocket host = HostSocket.Connect("127.0.0.1", HostPort(board));
            host.Send(Data.Random(50_000, 1));
            host.Read(50_000);
            Thread.Sleep(100);
            board.Process.Kill();
            board.Process.WaitForExit();
        }

        ToolResult result = Tool.Run("tshark", ["-r", file, "-q", "-z", "io,phs"]).Succeeded();
        Assert.IsFalse(result.Error.Contains("cut short"), result.Error);
        Assert.IsTrue(Capture.Count(file, "tcp.len > 0") >= 2 * 50_000 / 1460);
    }

    [TestMethod]
    public void Tap_of_the_command_line_has_the_addresses_asked_for_and_is_gone_afterwards()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        string[] options = ["--net", "tap:lab0", "--host-ip", "192.168.50.1/28", "--ip", "192.168.50.14/28"];
        using BoardProcess board = BoardProcess.StartBehind(["ip", .. network.Enter()], options).WaitFor("ready");
        Tool.Require("ping");
        network.Exec("ping", "-c", "2", "-i", "0.1", "-W", "5", "192.168.50.14").Succeeded();
        board.Signal(Native.Interrupt);
        Assert.AreEqual(0, board.WaitForExit());
        Assert.AreNotEqual(0, network.Exec("ip", "link", "show", "dev", "lab0").ExitCode, "lab0 is still there");
    }

    [TestMethod]
    public void Tap_without_the_right_to_it_is_one_line_and_exit_code_1()
    {
        using NetworkNamespace network = NetworkNamespace.Create();
        Tool.Require("setpriv");
        string[] withoutRight = ["ip", .. network.Enter("setpriv", "--bounding-set", "-net_admin")];
        using BoardProcess board = BoardProcess.StartBehind(withoutRight, "--net", "tap:t0");
        Assert.AreEqual(1, board.WaitForExit());
        Assert.AreEqual(1, board.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, board.Error);
        StringAssert.Contains(board.Error, "CAP_NET_ADMIN");
    }

    private static int HostPort(BoardProcess board)
    {
        return int.Parse(board.WaitFor("ready").Output.Split("127.0.0.1:")[1].Split(' ')[0]);
    }

    private static TimeSpan ProcessorTime(BoardProcess board)
    {
        board.Process.Refresh();
        return board.Process.TotalProcessorTime;
    }

    private static void RequireSignals()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("skipped: no POSIX signals on Windows");
        }
    }
}
