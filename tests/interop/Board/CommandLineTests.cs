using System;
using System.IO;
using System.Linq;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Board;

[TestClass]
public sealed class CommandLineTests
{
    [TestMethod]
    public void Without_options_the_documented_defaults_hold()
    {
        BoardSettings settings = Read();
        Assert.IsNull(settings.TapName);
        Assert.AreEqual("10.77.0.1/24", settings.Host.ToString());
        Assert.AreEqual("10.77.0.2/24", settings.Board.ToString());
        CollectionAssert.AreEqual(
            new PortForward[] { new(8080, 80), new(8007, 7), new(8009, 9), new(8013, 13), new(8019, 19) },
            settings.Forwards.ToArray());
        Assert.AreEqual(30000, settings.MaximumSegmentLifetime);
        Assert.IsFalse(settings.Faults.Any);
        Assert.IsNull(settings.CapturePath);
        Assert.IsNull(settings.RunTime);
        Assert.AreSame(ChipKind.W5500, settings.Chip);
        Assert.AreEqual(8, settings.Slots);
    }

    [TestMethod]
    public void Options_arrive_where_they_belong()
    {
        BoardSettings settings = Read(
            "--net", "tap:t0", "--host-ip", "192.168.7.1/28", "--ip", "192.168.7.14/28", "--pcap", "wire.pcapng",
            "--loss", "0.01", "--duplicate=0.02", "--reorder", "0.03", "--corrupt", "0.04", "--delay", "5", "--seed", "-6",
            "--msl", "0.5", "--min-rto", "200", "--for", "2.5", "--slots", "3", "--rx-buffer", "2048", "--tx-buffer", "1024", "--chip", "enc28j60", "--speed", "60");
        Assert.AreEqual("t0", settings.TapName);
        Assert.AreEqual("192.168.7.1/28", settings.Host.ToString());
        Assert.AreEqual("192.168.7.14/28", settings.Board.ToString());
        Assert.AreEqual("wire.pcapng", settings.CapturePath);
        Assert.AreEqual((0.01, 0.02, 0.03, 0.04), (settings.Faults.Loss, settings.Faults.Duplicate, settings.Faults.Reorder, settings.Faults.Corrupt));
        Assert.AreEqual((5, -6), (settings.Faults.Delay, settings.Faults.Seed));
        Assert.AreEqual(500, settings.MaximumSegmentLifetime);
        Assert.AreEqual(200, settings.MinimumRto);
        Assert.AreEqual(TimeSpan.FromSeconds(2.5), settings.RunTime);
        Assert.AreEqual(60, settings.Speed);
        Assert.AreSame(ChipKind.Enc28j60, settings.Chip);
        Assert.AreEqual((3, 2048, 1024), (settings.Slots, settings.ReceiveBufferSize, settings.SendBufferSize));
    }

    [TestMethod]
    public void Forward_replaces_the_default_of_its_board_port_and_adds_new_ones()
    {
        CollectionAssert.AreEquivalent(
            new PortForward[] { new(9090, 80), new(8007, 7), new(8009, 9), new(8013, 13), new(8019, 19), new(5000, 4242) },
            Read("--forward", "9090:80", "--forward", "5000:4242").Forwards.ToArray());
    }

    [TestMethod]
    public void Forward_of_a_default_host_port_takes_it_over()
    {
        CollectionAssert.AreEquivalent(
            new PortForward[] { new(8080, 7), new(8009, 9), new(8013, 13), new(8019, 19) },
            Read("--forward", "8080:7").Forwards.ToArray());
    }

    [TestMethod]
    public void Forward_none_drops_the_defaults()
    {
        CollectionAssert.AreEqual(
            new PortForward[] { new(0, 80) }, Read("--forward", "none", "--forward", "0:80").Forwards.ToArray());
        Assert.AreEqual(0, Read("--forward", "none").Forwards.Count);
    }

    [TestMethod]
    [DataRow("--net", "bridge")]
    [DataRow("--net", "tap:")]
    [DataRow("--net", "tap:a-name-that-is-too-long")]
    [DataRow("--net", "tap:a/b")]
    [DataRow("--ip", "10.77.0.2")]
    [DataRow("--ip", "10.77.0.2/33")]
    [DataRow("--ip", "10.77.0.2/31")]
    [DataRow("--ip", "10.77.0.255/24")]
    [DataRow("--ip", "10.77.0.0/24")]
    [DataRow("--ip", "10.77.0.1/24")]
    [DataRow("--ip", "10.78.0.2/24")]
    [DataRow("--ip", "224.0.0.1/24")]
    [DataRow("--ip", "127.0.0.1/8")]
    [DataRow("--ip", "10.77.0.2.5/24")]
    [DataRow("--host-ip", "host/24")]
    [DataRow("--host", ".=1.2.3.4")]
    [DataRow("--speed", "0")]
    [DataRow("--speed", "1001")]
    [DataRow("--app", "nothing")]
    [DataRow("--server", "10.0.0.1:80")]
    [DataRow("--forward", "80")]
    [DataRow("--forward", "8080:0")]
    [DataRow("--forward", "70000:80")]
    [DataRow("--forward", "8080:80:7")]
    [DataRow("--forward", "a:b")]
    [DataRow("--pcap", "")]
    [DataRow("--loss", "1.01")]
    [DataRow("--loss", "-0.1")]
    [DataRow("--loss", "5%")]
    [DataRow("--loss", "0,5")]
    [DataRow("--loss", "NaN")]
    [DataRow("--duplicate", "2")]
    [DataRow("--reorder", "x")]
    [DataRow("--corrupt", "1e9")]
    [DataRow("--delay", "-1")]
    [DataRow("--delay", "60001")]
    [DataRow("--delay", "1.5")]
    [DataRow("--seed", "99999999999")]
    [DataRow("--msl", "0")]
    [DataRow("--msl", "121")]
    [DataRow("--min-rto", "9")]
    [DataRow("--for", "-1")]
    [DataRow("--slots", "0")]
    [DataRow("--slots", "65")]
    [DataRow("--rx-buffer", "511")]
    [DataRow("--tx-buffer", "1048577")]
    [DataRow("--tcp", "sack,nagle")]
    [DataRow("--tcp", "")]
    [DataRow("--chip", "rtl8019")]
    [DataRow("--bogus", "1")]
    public void Bad_value_is_one_line_that_names_the_option(string option, string value)
    {
        string error = Refusal(option, value);
        StringAssert.Contains(error, option);
        Assert.IsFalse(error.Contains('\n') || error.Contains('\r'), error);
    }

    [TestMethod]
    [DataRow("--loss")]
    [DataRow("--forward")]
    [DataRow("--net")]
    public void Option_without_its_value_is_refused(string option)
    {
        StringAssert.Contains(Refusal(option), option);
    }

    [TestMethod]
    public void Nonsense_is_refused()
    {
        StringAssert.Contains(Refusal("nonsense"), "nonsense");
        StringAssert.Contains(Refusal("--loss", "0.1", "--loss", "0.2"), "--loss");
        StringAssert.Contains(Refusal("--host", "a=1.2.3.4", "--host", "A.=5.6.7.8"), "twice");
        StringAssert.Contains(Refusal("--forward", "9000:80", "--forward", "9000:7"), "9000");
        StringAssert.Contains(Refusal("--net", "tap:t0", "--forward", "9000:80"), "--forward");
        StringAssert.Contains(Refusal("@file"), "@file");
    }

    [TestMethod]
    public void Help_explains_every_option_and_shows_examples()
    {
        var output = new StringWriter();
        Assert.IsNull(new CommandLine().Read(["--help"], output, out BoardSettings? settings));
        Assert.IsNull(settings);
        string help = output.ToString();
        string[] options =
        [
            "--net", "--host-ip", "--ip", "--forward", "--pcap", "--loss", "--duplicate", "--reorder", "--corrupt", "--delay",
            "--seed", "--msl", "--min-rto", "--for", "--slots", "--rx-buffer", "--tx-buffer", "--tcp", "--chip", "--help",
        ];
        foreach (string option in options)
        {
            string? line = help.Split('\n').FirstOrDefault(l => l.TrimStart().StartsWith(option + " ") || l.Contains(", " + option));
            Assert.IsNotNull(line, option);
            Assert.IsTrue(line.Trim().Length > option.Length + 20, "no explanation: " + line);
        }

        StringAssert.Contains(help, "Examples");
        StringAssert.Contains(help, "--net tap:t0");
    }

    private static BoardSettings Read(params string[] arguments)
    {
        string? error = new CommandLine().Read(arguments, TextWriter.Null, out BoardSettings? settings);
        Assert.IsNull(error);
        return settings!;
    }

    private static string Refusal(params string[] arguments)
    {
        string? error = new CommandLine().Read(arguments, TextWriter.Null, out BoardSettings? settings);
        Assert.IsNotNull(error, "accepted: " + string.Join(' ', arguments));
        Assert.IsNull(settings);
        return error;
    }
}
