using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using EmbeddedTcp.App;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Board;

/// <summary>Sockets of the host on one side, conversations on the virtual wire on the other, once with each chip.</summary>
public abstract class UserNetTests(ChipKind chip)
{
    private const int NobodyListens = 4242;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Browser_gets_the_page_and_the_state()
    {
        using RunningBoard board = Start();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        string page = client.GetStringAsync($"http://127.0.0.1:{Port(board, 80)}/").Result;
        StringAssert.Contains(page, "</script>");
        string state = client.GetStringAsync($"http://127.0.0.1:{Port(board, 80)}/api/state").Result;
        using var json = System.Text.Json.JsonDocument.Parse(state);
        Assert.AreEqual("10.77.0.2", json.RootElement.GetProperty("address").GetString());

        // Until then the client keeps its connection for the next request.
        client.Dispose();
        board.WaitUntilEverySlotIsFree();
    }

    [TestMethod]
    public void Megabyte_through_echo_comes_back_whole_and_half_close_passes_both_ways()
    {
        using RunningBoard board = Start();
        byte[] data = Data.Random(1 << 20, 1);
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 7));
        Task send = Task.Run(() =>
        {
            host.Send(data);
            host.Finish();
        });
        byte[] back = host.ReadToEnd();
        send.Wait();
        Assert.IsTrue(data.AsSpan().SequenceEqual(back), $"{back.Length} bytes came back");
        WaitForRest(board);
        Assert.AreEqual(data.Length, board.Ask(b => Service<EchoService>(b).Bytes));
    }

    [TestMethod]
    public void Board_that_closes_first_ends_the_hosts_stream_and_still_hears_it()
    {
        using RunningBoard board = Start();
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 13));
        string line = Encoding.ASCII.GetString(host.ReadToEnd());
        StringAssert.EndsWith(line, "-UTC\r\n");
        Assert.AreEqual(1, board.Ask(b => User(b).ActiveRelays), "the host has not closed yet");
        host.Send([1, 2, 3]);
        host.Dispose();
        WaitForRest(board);
    }

    [TestMethod]
    public void Refusal_of_the_board_reaches_the_host_as_a_reset()
    {
        using RunningBoard board = Start(new PortForward(0, NobodyListens));
        SocketException refused = Assert.ThrowsExactly<SocketException>(() =>
        {
            // The reset may overtake even the host's own connect.
            using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, NobodyListens));
            host.Read(1);
        });
        Assert.AreEqual(SocketError.ConnectionReset, refused.SocketErrorCode);
        WaitForRest(board);
    }

    [TestMethod]
    public void Reset_of_the_host_reaches_the_board()
    {
        using RunningBoard board = Start();
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 7));
        host.Send([42]);
        host.Read(1);
        Assert.AreEqual(TcpState.Established, board.Ask(b => b.Net.Tcp.SlotAt(0).State));
        host.Reset();
        WaitForRest(board);
        Assert.IsTrue(board.Ask(b => b.Net.Tcp.SlotAt(0).EndReason) == TcpEndReason.Reset);
    }

    [TestMethod]
    public void Host_that_does_not_read_stops_the_board_and_loses_nothing()
    {
        using RunningBoard board = Start();
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 19));
        long before = -1;
        long generated = 0;
        for (int quiet = 0; quiet < 5;)
        {
            Thread.Sleep(100);
            generated = board.Ask(b => Service<ChargenService>(b).Bytes);
            quiet = generated == before ? quiet + 1 : 0;
            before = generated;
            Assert.IsTrue(generated < 64L << 20, $"{generated} bytes generated for a host that reads nothing");
        }

        // All of it is the pattern without a gap, and the board goes on when the host does.
        byte[] read = host.Read((int)generated + 100_000);
        byte[] expected = new byte[read.Length];
        ChargenPattern.Fill(expected, 0, expected.Length, 0);
        Assert.IsTrue(expected.AsSpan().SequenceEqual(read));
        host.Finish();
        host.ReadToEnd();
        WaitForRest(board);
    }

    [TestMethod]
    public void Board_that_does_not_read_stops_the_host_and_loses_nothing()
    {
        // Echo reads no more than it can write, and this host reads nothing at first.
        using RunningBoard board = Start();
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 7));
        byte[] data = Data.Random(64 << 20, 2);
        int sent = 0;
        host.Socket.SendTimeout = 1000;
        try
        {
            while (sent < data.Length)
            {
                sent += host.Socket.Send(data, sent, 65536, SocketFlags.None);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
        {
        }

        // A send that timed out may have passed on a part of its block, which no socket tells: the end is what came back.
        Assert.IsTrue(sent < data.Length / 2, $"{sent} bytes taken from a host that reads nothing");
        host.Finish();
        byte[] back = host.ReadToEnd();
        Assert.IsTrue(back.Length >= sent && back.Length <= sent + 65536, $"{back.Length} of {sent} came back");
        Assert.IsTrue(data.AsSpan(0, back.Length).SequenceEqual(back));
        WaitForRest(board);
    }

    [TestMethod]
    public void Port_in_use_is_said_and_the_board_goes_on_with_the_others()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        int taken = ((IPEndPoint)other.LocalEndPoint!).Port;
        var settings = new BoardSettings { Forwards = [new PortForward(taken, 80), new PortForward(0, 7)] };
        using RunningBoard board = RunningBoard.Start(settings with { Chip = chip });
        StringAssert.Contains(board.Printed, $"port {taken} of 127.0.0.1 is in use");
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 7));
        host.Send([9]);
        Assert.AreEqual(9, host.Read(1)[0]);
    }

    [TestMethod]
    public void Board_calls_a_listener_of_the_host_and_is_refused_where_there_is_none()
    {
        using RunningBoard board = Start();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Task<byte[]> received = Task.Run(() =>
        {
            using var caller = new HostSocket(listener.Accept());
            byte[] bytes = caller.Read(20_000);
            caller.Send("thank you\n"u8.ToArray());
            return bytes;
        });

        string printed = board.Type($"connect 10.77.0.1 {port} 20000");
        Assert.IsTrue(received.Wait(TimeSpan.FromSeconds(5)), printed);
        byte[] expected = new byte[20_000];
        ChargenPattern.Fill(expected, 0, expected.Length, 0);
        Assert.IsTrue(expected.AsSpan().SequenceEqual(received.Result));
        StringAssert.Contains(printed, "thank you");
        listener.Dispose();
        StringAssert.Contains(board.Type($"connect 10.77.0.1 {port}"), "refused");
        WaitForRest(board);
    }

    [TestMethod]
    public void Twenty_callers_at_once_all_get_through_eight_slots()
    {
        using RunningBoard board = Start();
        int port = Port(board, 7);
        byte[][] data = Enumerable.Range(0, 20).Select(i => Data.Random(20_000, i)).ToArray();
        byte[][] back = new byte[20][];
        Task[] callers = Enumerable.Range(0, 20).Select(i => Task.Factory.StartNew(() =>
        {
            using HostSocket host = HostSocket.Connect("127.0.0.1", port);
            Task send = Task.Factory.StartNew(() =>
            {
                host.Send(data[i]);
                host.Finish();
            }, TaskCreationOptions.LongRunning);
            back[i] = host.ReadToEnd();
            send.Wait();
        }, TaskCreationOptions.LongRunning)).ToArray();
        Assert.IsTrue(Task.WaitAll(callers, TimeSpan.FromSeconds(30)), board.Type("netstat"));
        for (int i = 0; i < 20; i++)
        {
            Assert.IsTrue(data[i].AsSpan().SequenceEqual(back[i]), $"caller {i}: {back[i].Length} bytes");
        }

        WaitForRest(board);
        Assert.AreEqual(20 * 20_000, board.Ask(b => Service<EchoService>(b).Bytes));
    }

    [TestMethod]
    public void Bad_wire_is_healed_and_its_capture_is_clean()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("bad.pcapng");
        var settings = new BoardSettings
        {
            Forwards = [new PortForward(0, 7)],
            CapturePath = file,
            MinimumRto = 200,
            ReceiveBufferSize = 16384,
            SendBufferSize = 16384,
            Faults = new() { Loss = 0.02, Duplicate = 0.02, Reorder = 0.02, Corrupt = 0.02, Delay = 1, Seed = 5 },
        };
        byte[] data = Data.Random(200_000, 3);
        using (RunningBoard board = RunningBoard.Start(settings with { Chip = chip }))
        {
            using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 7));
            Task send = Task.Run(() =>
            {
                host.Send(data);
                host.Finish();
            });
            byte[] back = host.ReadToEnd();
            send.Wait();
            Assert.IsTrue(data.AsSpan().SequenceEqual(back), $"{back.Length} bytes came back");
            Assert.AreNotEqual(0, board.Ask(b => b.Wire.ToBoard.Lost + b.Wire.FromBoard.Lost), "frames lost");
            Assert.AreNotEqual(0, board.Ask(b => b.Wire.ToBoard.Corrupted + b.Wire.FromBoard.Corrupted), "frames damaged");
        }

        Capture.AssertClean(file, TestContext);
    }

    [TestMethod]
    public void Console_answers_on_a_port_of_its_own()
    {
        using RunningBoard board = RunningBoard.Start(new BoardSettings
        {
            Chip = chip,
            NetworkConsolePort = 23,
            Forwards = [new PortForward(0, 23)],
        });
        using HostSocket host = HostSocket.Connect("127.0.0.1", Port(board, 23));
        host.Send(Encoding.ASCII.GetBytes("uptime\r\nifconfig\r\n"));
        host.Finish();
        string answer = Encoding.ASCII.GetString(host.ReadToEnd());
        StringAssert.Contains(answer, "up 0 days");
        StringAssert.Contains(answer, "10.77.0.2");
        WaitForRest(board);
    }

    private RunningBoard Start(params PortForward[] more)
    {
        return RunningBoard.Start(new BoardSettings
        {
            Chip = chip,
            Forwards = [.. BoardSettings.DefaultForwards.Select(f => new PortForward(0, f.BoardPort)), .. more],
        });
    }

    // The host's port is the one the board announced for a port of its own.
    private static int Port(RunningBoard board, int boardPort)
    {
        string line = board.Printed.Split('\n').Single(l => l.StartsWith("forward") && l.EndsWith(":" + boardPort));
        return int.Parse(line.Split("127.0.0.1:")[1].Split(' ')[0]);
    }

    private static UserNet User(VirtualBoard.Board board)
    {
        return (UserNet)board.FarEnd;
    }

    private static T Service<T>(VirtualBoard.Board board)
        where T : Service
    {
        Dispatcher dispatcher = board.Application.Dispatcher;
        return Enumerable.Range(0, dispatcher.ServiceCount).Select(dispatcher.ServiceAt).OfType<T>().Single();
    }

    // At rest nothing is left behind: no slot of the board, no relay, no slot of the gateway.
    private static void WaitForRest(RunningBoard board)
    {
        board.WaitUntilEverySlotIsFree();
        board.WaitUntil(b => User(b).ActiveRelays == 0, "no relay is left");
        board.WaitUntil(b => User(b).Gateway.Tcp.FreeSlots == User(b).Gateway.Tcp.SlotCount, "the gateway's slots are free");
    }
}

[TestClass]
public sealed class UserNetOnW5500Tests() : UserNetTests(ChipKind.W5500);

[TestClass]
public sealed class UserNetOnEnc28j60Tests() : UserNetTests(ChipKind.Enc28j60);
