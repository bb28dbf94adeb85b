using System;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using EmbeddedTcp.App;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Tap;

/// <summary>The Linux kernel's network stack, and the tools everybody uses, against the board, once with each chip.</summary>
public abstract class LinuxKernelTests(ChipKind chip)
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Ping_loses_nothing_and_arping_is_answered()
    {
        using TapLab lab = Start();
        Tool.Require("ping");
        string report = lab.Network.Exec("ping", "-c", "100", "-i", "0.01", "-W", "2", "-q", TapLab.BoardAddress).Succeeded().Text;
        StringAssert.Contains(report, "100 received, 0% packet loss");

        // Up to a full frame, and across the sizes at which a frame needs padding.
        foreach (int size in new[] { 0, 1, 17, 18, 19, 1000, 1471, 1472 })
        {
            report = lab.Network.Exec("ping", "-c", "3", "-i", "0.01", "-W", "2", "-s", $"{size}", TapLab.BoardAddress).Succeeded().Text;
            StringAssert.Contains(report, "3 received, 0% packet loss", $"{size} bytes");
        }

        if (Tool.Exists("arping"))
        {
            report = lab.Network.Exec("arping", "-c", "1", "-w", "3", "-I", TapLab.Interface, TapLab.BoardAddress).Succeeded().Text;
            StringAssert.Contains(report.ToLowerInvariant(), "02:00:00:00:00:01");
        }

        lab.Running.Dispose();
        Assert.AreEqual(string.Empty, Tool.Exists("tshark") ? Capture.Complaints(lab.CapturePath) : string.Empty);
    }

    [TestMethod]
    public void Curl_fetches_the_page_and_the_state()
    {
        using TapLab lab = Start();
        Tool.Require("curl");
        string[] curl = ["curl", "--silent", "--show-error", "--fail", "--max-time", "10"];
        string page = lab.Network.Exec([.. curl, "http://10.77.0.2/"]).Succeeded().Text;
        StringAssert.Contains(page, "</script>");
        string state = lab.Network.Exec([.. curl, "http://10.77.0.2/api/state"]).Succeeded().Text;
        using var json = System.Text.Json.JsonDocument.Parse(state);
        Assert.AreEqual("10.77.0.2", json.RootElement.GetProperty("address").GetString());
        lab.Finish();
    }

    [TestMethod]
    public void Half_close_by_nc_is_honoured()
    {
        using TapLab lab = Start();
        Tool.Require("nc");

        // nc -N sends its FIN behind its input and goes on reading: all of it must come back after that FIN.
        byte[] data = Data.Random(300_000, 4);
        ToolResult echo = lab.Network.Exec(20, data, "nc", "-N", "-w", "10", TapLab.BoardAddress, "7");
        Assert.IsTrue(data.AsSpan().SequenceEqual(echo.Succeeded().Output), $"{echo.Output.Length} bytes came back");
        StringAssert.EndsWith(lab.Network.Exec(20, null, "nc", "-w", "10", TapLab.BoardAddress, "13").Text, "-UTC\r\n");
        lab.Finish();
    }

    [TestMethod]
    public void Mebibytes_through_echo_over_a_wire_that_loses_5_percent_arrive_bit_exact()
    {
        var settings = new BoardSettings
        {
            Faults = new FaultSettings { Loss = 0.05, Seed = 9 },
            MinimumRto = 200,
            ReceiveBufferSize = 65535,
            SendBufferSize = 65535,
        };
        using TapLab lab = Start(settings);
        // A tenth of the speed, a fifth of the octets.
        byte[] data = Data.Random((chip == ChipKind.W5500 ? 10 : 2) << 20, 5);
        using HostSocket host = lab.Connect(7);
        host.Socket.ReceiveTimeout = 60_000;
        Task send = Task.Factory.StartNew(() =>
        {
            host.Socket.SendTimeout = 60_000;
            host.Send(data);
            host.Finish();
        }, TaskCreationOptions.LongRunning);
        byte[] back = host.ReadToEnd();
        send.Wait();
        Assert.IsTrue(data.AsSpan().SequenceEqual(back), $"{back.Length} of {data.Length} bytes came back");

        (long offered, long lost) = lab.Running.Ask(b => (b.Wire.ToBoard.Offered + b.Wire.FromBoard.Offered, b.Wire.ToBoard.Lost + b.Wire.FromBoard.Lost));
        TestContext.WriteLine($"{lost} of {offered} frames lost");
        Assert.IsTrue(lost > offered * 0.04, $"{lost} of {offered} frames lost");
        lab.Finish(20);
    }

    [TestMethod]
    public void Board_connects_to_a_listener_of_the_kernel()
    {
        using TapLab lab = Start();
        using Socket listener = lab.Listen(5000);
        Task<byte[]> received = Task.Run(() =>
        {
            using var caller = new HostSocket(listener.Accept());
            byte[] bytes = caller.Read(100_000);
            caller.Send("thank you\n"u8.ToArray());
            caller.Finish();
            return caller.ReadToEnd().Length == 0 ? bytes : [];
        });
        string printed = lab.Running.Type("connect 10.77.0.1 5000 100000");
        Assert.IsTrue(received.Wait(TimeSpan.FromSeconds(10)), printed);
        byte[] expected = new byte[100_000];
        ChargenPattern.Fill(expected, 0, expected.Length, 0);
        Assert.IsTrue(expected.AsSpan().SequenceEqual(received.Result));
        StringAssert.Contains(printed, "thank you");
        StringAssert.Contains(lab.Running.Type("connect 10.77.0.1 5001"), "refused");
        lab.Finish();
    }

    [TestMethod]
    public void Hundred_connections_in_a_row_leave_every_slot_free_and_every_byte_accounted_for()
    {
        using TapLab lab = Start();
        for (int i = 0; i < 100; i++)
        {
            using HostSocket host = lab.Connect(7);
            byte[] data = Data.Random(1000 + i, i);
            host.Send(data);
            host.Finish();
            Assert.IsTrue(data.AsSpan().SequenceEqual(host.ReadToEnd()), $"connection {i}");
        }

        long expected = Enumerable.Range(0, 100).Sum(i => 1000L + i);
        Assert.AreEqual(expected, lab.Ask((EchoService s) => s.Bytes));
        Assert.AreEqual(100, lab.Ask((EchoService s) => s.Opened));
        lab.Finish();
    }

    [TestMethod]
    public void Twenty_at_once_against_eight_slots_all_end_and_every_byte_is_accounted_for()
    {
        using TapLab lab = Start();
        HostSocket[] hosts = lab.Network.Run(() => Enumerable.Range(0, 20).Select(_ => HostSocket.Connect(TapLab.BoardAddress, 7)).ToArray());
        byte[][] data = Enumerable.Range(0, 20).Select(i => Data.Random(30_000, i)).ToArray();
        byte[][] back = new byte[20][];
        Task[] conversations = Enumerable.Range(0, 20).Select(i => Task.Factory.StartNew(() =>
        {
            HostSocket host = hosts[i];
            host.Socket.ReceiveTimeout = 40_000;
            Task send = Task.Factory.StartNew(() =>
            {
                host.Socket.SendTimeout = 40_000;
                host.Send(data[i]);
                host.Finish();
            }, TaskCreationOptions.LongRunning);
            back[i] = host.ReadToEnd();
            send.Wait();
        }, TaskCreationOptions.LongRunning)).ToArray();
        Assert.IsTrue(Task.WaitAll(conversations, TimeSpan.FromSeconds(60)), lab.Running.Type("netstat"));
        for (int i = 0; i < 20; i++)
        {
            Assert.IsTrue(data[i].AsSpan().SequenceEqual(back[i]), $"conversation {i}: {back[i].Length} bytes");
            hosts[i].Dispose();
        }

        Assert.AreEqual(20 * 30_000, lab.Ask((EchoService s) => s.Bytes));
        lab.Finish();
    }

    [TestMethod]
    public void Console_shows_the_kernel_as_neighbour_and_as_peer()
    {
        using TapLab lab = Start();
        using (HostSocket host = lab.Connect(7))
        {
            host.Send(Encoding.ASCII.GetBytes("hello"));
            host.Read(5);
            StringAssert.Contains(lab.Running.Type("arp"), TapLab.HostAddress);
            string netstat = lab.Running.Type("netstat");
            StringAssert.Contains(netstat, "ESTABLISHED");
            StringAssert.Contains(netstat, "7 of 8 slots free");
        }

        lab.Finish();
    }

    [TestMethod]
    public void Clean_capture_means_something_since_tshark_finds_a_damaged_segment()
    {
        Tool.Require("tshark");
        using TapLab lab = Start();
        using (HostSocket host = lab.Connect(7))
        {
            host.Send(Encoding.ASCII.GetBytes("hello, board"));
            host.Read(12);
        }

        lab.Finish();
        byte[] capture = System.IO.File.ReadAllBytes(lab.CapturePath);
        int at = capture.AsSpan().IndexOf("hello, board"u8);
        capture[at] ^= 1;
        string damaged = lab.CapturePath + ".damaged";
        System.IO.File.WriteAllBytes(damaged, capture);
        Assert.AreEqual(1, Capture.Complaints(damaged).Split('\n').Length);
    }

    private TapLab Start(BoardSettings? settings = null)
    {
        return TapLab.Start(TestContext, (settings ?? new BoardSettings()) with { Chip = chip });
    }
}

[TestClass]
public sealed class LinuxKernelOnW5500Tests() : LinuxKernelTests(ChipKind.W5500);

[TestClass]
public sealed class LinuxKernelOnEnc28j60Tests() : LinuxKernelTests(ChipKind.Enc28j60);
