using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.ChipService;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Chip;

/// <summary>The chip service from outside: a client in another language, good and bad messages, options.</summary>
[TestClass]
public sealed class ChipServiceTests
{
    [TestMethod]
    [DataRow("w5500")]
    [DataRow("enc28j60")]
    public void Client_in_Python_gets_its_ARP_request_answered_by_raw_register_access(string model)
    {
        using BoardProcess service = Start(model, out int port);
        string script = Path.Combine(AppContext.BaseDirectory, "Chip", "chip_client.py");
        ToolResult result = Tool.Run("python3", [script, port.ToString()]).Succeeded();
        StringAssert.Contains(result.Text, "reply 10.77.0.1 02:00:00:00:00:fe");
        StringAssert.Contains(result.Text, "no violation");
    }

    [TestMethod]
    [DataRow("w5500", 1)]
    [DataRow("enc28j60", 2)]
    public void Greeting_names_protocol_and_model(string model, int number)
    {
        using BoardProcess service = Start(model, out int port);
        using var pins = new Pins(port);
        CollectionAssert.AreEqual(new byte[] { (byte)'C', (byte)'H', (byte)'I', (byte)'P', 1, (byte)number, 0, 0 }, pins.Greeting);
    }

    [TestMethod]
    public void Select_exchange_and_deselect_are_one_SPI_frame_and_transfer_is_the_same()
    {
        using BoardProcess service = Start("w5500", out int port);
        using var pins = new Pins(port);
        pins.Send("SX\0\u0003\0\u0039\0X\0\u0001\0D");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, pins.Read(4));
        pins.Send("T", [0, 4, 0x00, 0x39, 0x00, 0x00]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, pins.Read(4));
        Assert.AreEqual("W5500: no violation, 2 SPI frames, 8 bytes", pins.Verdict());
    }

    [TestMethod]
    public void Interrupt_line_is_read_as_a_level()
    {
        using BoardProcess service = Start("enc28j60", out int port);
        using var pins = new Pins(port);
        pins.Send("I");
        Assert.AreEqual(1, pins.Read(1)[0]);

        // EIE = INTIE and DMAIE, then a DMA copy of two bytes: EDMAND = 1, DMAST.
        pins.Send("T", 0, 2, 0x5B, 0xA0);
        pins.Send("T", 0, 2, 0x52, 0x01);
        pins.Send("T", 0, 2, 0x9F, 0x20);
        pins.Send("W", 0, 0, 0, 10);
        pins.Send("I");
        Assert.AreEqual(0, pins.Read(7)[6]);
    }

    [TestMethod]
    public void Reset_pulse_resets_and_time_passes_at_once()
    {
        using BoardProcess service = Start("w5500", out int port);
        using var pins = new Pins(port);
        pins.Send("T", 0, 4, 0x00, 0x01, 0x04, 10);
        pins.Send("R", 0, 0, 2, 0);
        pins.Send("W", 0, 0, 4, 0);
        pins.Send("T", 0, 4, 0x00, 0x01, 0x00, 0);
        Assert.AreEqual(0, pins.Read(8)[7]);
        StringAssert.Contains(pins.Verdict(), "no violation");
    }

    [TestMethod]
    [DataRow("Q", "unknown command 51")]
    [DataRow("X\0\0", "exchange 0 bytes")]
    [DataRow("X\u0040\u0001", "exchange 16385 bytes")]
    [DataRow("W\u0001\0\0\0", "16777216 us")]
    public void Bad_message_ends_the_connection_with_a_line_and_the_service_goes_on(string message, string complaint)
    {
        using BoardProcess service = Start("w5500", out int port);
        using (var pins = new Pins(port))
        {
            pins.Send(message);
            pins.ExpectEnd();
        }

        service.WaitFor(complaint);
        using Pins next = Pins.Again(port);
        next.Send("T", [0, 4, 0x00, 0x39, 0x00, 0x00]);
        Assert.AreEqual(4, next.Read(4)[3]);
    }

    [TestMethod]
    public void Client_that_goes_in_the_middle_of_a_message_leaves_the_pins_released()
    {
        using BoardProcess service = Start("w5500", out int port);
        using (var pins = new Pins(port))
        {
            pins.Send("SX", [0, 3, 0x00, 0x39, 0x00]);
            pins.Read(3);
            pins.Send("X", [0x10, 0x00, 1, 2, 3]);
        }

        service.WaitFor("middle of a message");
        using Pins next = Pins.Again(port);
        next.Send("T", [0, 4, 0x00, 0x39, 0x00, 0x00]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4 }, next.Read(4));
        StringAssert.Contains(next.Verdict(), "no violation");
    }

    [TestMethod]
    public void Message_that_comes_byte_by_byte_is_obeyed()
    {
        using BoardProcess service = Start("w5500", out int port);
        using var pins = new Pins(port);
        foreach (byte octet in new byte[] { (byte)'T', 0, 4, 0x00, 0x39, 0x00, 0x00 })
        {
            pins.Send("", [octet]);
            Thread.Sleep(5);
        }

        Assert.AreEqual(4, pins.Read(4)[3]);
    }

    [TestMethod]
    public void Second_client_is_told_that_the_pins_are_taken()
    {
        using BoardProcess service = Start("w5500", out int port);
        using var first = new Pins(port);
        using var second = new TcpClient();
        second.Connect(IPAddress.Loopback, port);
        second.ReceiveTimeout = 5000;
        var answer = new byte[4];
        second.GetStream().ReadExactly(answer);
        Assert.AreEqual("BUSY", Encoding.ASCII.GetString(answer));
        StringAssert.Contains(first.Verdict(), "no violation");
    }

    [TestMethod]
    [DataRow("--model", "w5100")]
    [DataRow("--listen", "127.0.0.1:1")]
    [DataRow("--fault", "gremlins=1")]
    [DataRow("--fault", "miso-flips")]
    [DataRow("--fault", "erratum-14=1")]
    [DataRow("--revision", "B2")]
    public void Bad_option_is_one_line_on_standard_error_and_exit_code_2(string option, string value)
    {
        using BoardProcess service = BoardProcess.Start("chip", option, value);
        Assert.AreEqual(2, service.WaitForExit());
        Assert.HasCount(1, service.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), service.Error);
        StringAssert.Contains(service.Error, option);
    }

    [TestMethod]
    public void Port_in_use_is_one_line_and_exit_code_1()
    {
        using BoardProcess service = Start("w5500", out int port);
        using BoardProcess other = BoardProcess.Start("chip", "--listen", $"tcp:127.0.0.1:{port}");
        Assert.AreEqual(1, other.WaitForExit());
        StringAssert.Contains(other.Error, "cannot listen");
    }

    [TestMethod]
    public void Options_arrive_where_they_belong()
    {
        Assert.IsNull(new ChipCommandLine().Read(
            ["--model", "enc28j60", "--revision", "B4", "--listen", "tcp:127.0.0.1:7028", "--fault", "erratum-14=7", "--fault", "flood=300",
             "--seed", "9", "--spi-clock", "4000000", "--forward", "8080:80"],
            TextWriter.Null, out ChipSettings? settings));
        var chip = (ChipModels.Enc28j60.Enc28j60Model)settings!.Create(out string? error);
        Assert.IsNull(error);
        Assert.AreEqual(4, chip.Revision);
        Assert.AreEqual(7, chip.Errata.EvenReadPointerCorrupts);
        Assert.AreEqual(300, chip.Faults.FloodEveryMicroseconds);
        Assert.AreEqual(4_000_000, chip.ClockHz);
        Assert.AreEqual(7028, settings.Listen.Port);
        Assert.AreEqual(80, settings.Forwards.Single().BoardPort);
    }

    private static BoardProcess Start(string model, out int port)
    {
        BoardProcess service = BoardProcess.Start("chip", "--model", model).WaitFor("listen    tcp:127.0.0.1:");
        string line = service.Output.Split('\n').First(l => l.StartsWith("listen"));
        port = int.Parse(line[(line.LastIndexOf(':') + 1)..]);
        return service;
    }

    private sealed class Pins : IDisposable
    {
        private readonly TcpClient _client = new() { NoDelay = true, ReceiveTimeout = 5000 };

        public Pins(int port)
        {
            _client.Connect(IPAddress.Loopback, port);
            Greeting = Read(4);
            Greeting = Encoding.ASCII.GetString(Greeting) == "BUSY" ? Greeting : [.. Greeting, .. Read(4)];
        }

        public byte[] Greeting { get; }

        /// <summary>Connects after another client; the service may take a moment to notice that it went.</summary>
        public static Pins Again(int port)
        {
            for (int i = 0; i < 100; i++)
            {
                var pins = new Pins(port);
                if (pins.Greeting.Length == 8)
                {
                    return pins;
                }

                pins.Dispose();
                Thread.Sleep(20);
            }

            throw new AssertFailedException("the service stays busy");
        }

        public void Send(string text, params ReadOnlySpan<byte> data)
        {
            _client.GetStream().Write([.. Encoding.Latin1.GetBytes(text), .. data]);
        }

        public byte[] Read(int count)
        {
            var bytes = new byte[count];
            _client.GetStream().ReadExactly(bytes);
            return bytes;
        }

        public string Verdict()
        {
            Send("V");
            byte[] count = Read(2);
            return Encoding.UTF8.GetString(Read((count[0] << 8) | count[1]));
        }

        public void ExpectEnd()
        {
            try
            {
                Assert.AreEqual(0, _client.GetStream().Read(new byte[1]));
            }
            catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
            {
                // What the service did not read any more.
            }
        }

        public void Dispose() => _client.Dispose();
    }
}
