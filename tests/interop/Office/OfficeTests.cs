using System;
using System.Linq;
using System.Text.RegularExpressions;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Messaging;
using EmbeddedTcp.InteropTests.Services;
using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Samples;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.Wire;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Office;

/// <summary>
/// A board in an office, for an hour of its own time: the address by dnsmasq's DHCP, the server's name by its DNS, a message channel to a peer in Python,
/// a page that is visited; and the cable is pulled, and the server restarted.
/// </summary>
[TestClass]
public sealed partial class OfficeTests
{
    // The board's clock runs so much faster than the computer's, and dnsmasq's and Python's time with it seems to crawl.
    private const int Speed = 60;
    private const long Minute = 60_000;
    private const int CollectorPort = 9001;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void An_hour_in_an_office_leaves_the_board_as_it_was()
    {
        Tool.Require("curl");
        var settings = new BoardSettings
        {
            Dhcp = true, Speed = Speed, App = "telemetry", AppSettings = new SampleSettings { Server = "collector.test", Port = CollectorPort },
        };
        using TapLab lab = TapLab.Start(TestContext, settings);
        using var office = new Dnsmasq(
            lab, "--dhcp-range=10.77.0.100,10.77.0.120,255.255.255.0,2m", "--host-record=collector.test,10.77.0.1", "--local=/test/", "--no-ping");
        PythonPeer collector = Collector(lab);
        try
        {
            WaitForChannel(lab, 1);
            string address = lab.Running.Ask(b => Ipv4Address.Format(b.Net.Address));
            StringAssert.StartsWith(address, "10.77.0.1");
            long start = Now(lab);
            string memory = lab.Running.Type("mem");
            string connections = Quiet(lab);
            StringAssert.Contains(connections, "10.77.0.1:9001 ESTABLISHED");

            int connected = 1;
            Visit(lab, address, 50);
            for (int round = 0; Now(lab) - start < 60 * Minute; round++)
            {
                StringAssert.Contains(lab.Running.Type("dig collector.test"), "10.77.0.1");
                if (round % 4 == 1)
                {
                    long pulled = Now(lab);
                    SetCable(lab, false);
                    lab.Running.WaitUntil(b => b.Net.NowMs - pulled >= Minute, "a minute without a cable");
                    SetCable(lab, true);
                    connected = WaitForChannel(lab, connected);
                    Assert.AreEqual(address, lab.Running.Ask(b => Ipv4Address.Format(b.Net.Address)), "the lease outlives the cable");
                }
                else if (round % 4 == 3)
                {
                    collector.Dispose();
                    long gone = Now(lab);
                    lab.Running.WaitUntil(b => b.Net.NowMs - gone >= Minute / 2, "half a minute without a server");
                    collector = Collector(lab);
                    connected = WaitForChannel(lab, connected + 1);
                }

                Visit(lab, address, 5);
            }

            Assert.IsGreaterThanOrEqualTo(4, connected, "the channel was never lost");
            Assert.AreEqual(connections, Quiet(lab));
            Assert.AreEqual(memory, lab.Running.Type("mem"));
            Assert.AreEqual(0, lab.Running.Ask(b => b.Application.Dispatcher.Faults));
            TestContext.WriteLine(
                $"{Count(lab, "telemetry connected")} channels, {Regex.Count(office.Log, "DHCPACK")} leases\n{lab.Running.Type("stats")}");
        }
        finally
        {
            collector.Dispose();
        }

        lab.Finish(60);
    }

    private static PythonPeer Collector(TapLab lab)
    {
        return PythonPeer.Start(lab.Network, "serve", TapLab.HostAddress, CollectorPort, Speed);
    }

    private static long Now(TapLab lab)
    {
        return lab.Running.Ask(b => b.Net.NowMs);
    }

    private static void SetCable(TapLab lab, bool plugged)
    {
        lab.Running.Ask(b =>
        {
            b.Chip.SetCable(plugged);
            return true;
        });
    }

    private static int Count(TapLab lab, string printed)
    {
        return lab.Running.Printed.Split(printed).Length - 1;
    }

    /// <summary>Waits until the channel has been opened so often at least, and is open.</summary>
    /// <returns>How often it has been.</returns>
    private static int WaitForChannel(TapLab lab, int times)
    {
        lab.Running.WaitUntil(
            _ => Count(lab, "telemetry connected") is int opened && opened >= times && opened > Count(lab, "telemetry disconnected"),
            $"a channel for the {times}. time\n{lab.Running.Printed}", 60);
        return Count(lab, "telemetry connected");
    }

    private static void Visit(TapLab lab, string address, int times)
    {
        string script = $"for i in $(seq {times}); do curl -sf -m 20 http://{address}/ | grep -c '<title>' || exit 1; done";
        string found = lab.Network.Exec(120, null, "sh", "-c", script).Succeeded().Text;
        Assert.AreEqual(times, found.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, found);
    }

    /// <summary>The connections once the visitors are forgotten: without slot numbers, the board's own ports, queues and times.</summary>
    private static string Quiet(TapLab lab)
    {
        lab.Running.WaitUntil(
            b => b.Net.Tcp.TimeWait.Count == 0 && b.Net.Tcp.HalfOpen.Count == 0 && b.Net.Tcp.FreeSlots == b.Net.Tcp.SlotCount - 1, "the visitors are forgotten", 30);
        string[] lines = [.. lab.Running.Type("netstat -a").Split('\n')
            .Select(line => Line().Match(line))
            .Where(match => match.Success)
            .Select(match => $"{Port().Replace(match.Groups[1].Value, ":x")} {match.Groups[2].Value} {match.Groups[3].Value}")
            .Order(StringComparer.Ordinal)];
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"^\s*(?:\d+|-)\s+(\S+:\d+)\s+(\S+)\s+([A-Z_0-9]+)")]
    private static partial Regex Line();

    // An ephemeral port, RFC 6335 §6.
    [GeneratedRegex(@":(?:49[1-9]\d\d|5\d{4}|6\d{4})$")]
    private static partial Regex Port();
}
