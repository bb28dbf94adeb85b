using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EmbeddedTcp.AppTests.Http;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Http;

/// <summary>The HTTP server under the tools that people use, through the user-mode net and from the kernel over TAP. Afterwards every slot is free.</summary>
[TestClass]
public sealed class HttpToolTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Curl_keeps_its_connection_and_finds_its_way(bool tap)
    {
        Tool.Require("curl");
        using var site = new Site(tap);
        using var folder = new TemporaryFolder();

        // One connection for several requests, even across methods.
        string two = site.Curl("-v", site.Url("note"), site.Url("switch?state=a+b")).Error;
        StringAssert.Matches(two, new Regex("(Re-using existing|Reusing existing) "), two);
        Assert.AreEqual(1, site.Board.Ask(b => b.Application.Http.Opened));

        Assert.AreEqual("the note\n", site.Curl("--http1.0", site.Url("note")).Text);
        StringAssert.Matches(site.Curl("--head", site.Url("note")).Text, new Regex("Content-Length: 9\r\n"));
        Assert.AreEqual("state \"on & off\"", site.Curl("--data-urlencode", "state=on & off", site.Url("switch")).Text);
        Assert.AreEqual("304", site.Curl("-H", "If-None-Match: \"v1\"", "-w", "%{http_code}", site.Url("note")).Text);
        Assert.AreEqual("the note\n200", site.Curl("-r", "0-3", "-w", "%{http_code}", site.Url("note")).Text);
        Assert.AreEqual("state \"none\"", site.Curl("--location", "--data", "state=x", site.Url("switch?go")).Text);
        Assert.AreEqual("405", site.Curl("-X", "PATCH", "-o", "/dev/null", "-w", "%{http_code}", site.Url("note")).Text);

        byte[] data = new byte[190_000];
        new Random(3).NextBytes(data);
        string file = folder.File("upload");
        File.WriteAllBytes(file, data);
        foreach (string[] way in new string[][] { [], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"], ["-H", "Expect:"] })
        {
            site.Upload.Received.Clear();
            Assert.AreEqual("190000 bytes", site.Curl([.. way, "-T", file, site.Url("up/file")]).Text, string.Join(' ', way));
            CollectionAssert.AreEqual(data, site.Upload.Received.ToArray());
        }

        File.WriteAllBytes(file, new byte[1_000_000]);
        Assert.AreEqual("413", site.Curl("-T", file, "-o", "/dev/null", "-w", "%{http_code}", site.Url("up/file")).Text);
        site.Finish();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Parallel_curls_are_all_served(bool tap)
    {
        Tool.Require("curl");
        using var site = new Site(tap);
        string[] each = [.. Enumerable.Range(0, 50).SelectMany(i => new[] { "-o", "/dev/null", site.Url(i % 2 == 0 ? "api/state" : "") })];
        string codes = site.Curl(["--parallel", "--parallel-max", "8", "--max-time", "30", "-w", "%{http_code}\n", .. each]).Text;
        Assert.AreEqual(string.Concat(Enumerable.Repeat("200\n", 50)), codes);
        site.Finish();
    }

    [TestMethod]
    [DataRow(false, "-k")]
    [DataRow(false, "-q")]
    [DataRow(true, "-k")]
    [DataRow(true, "-q")]
    public void Ab_finds_no_failed_request(bool tap, string keep)
    {
        Tool.Require("ab");
        using var site = new Site(tap);
        string report = site.Run("ab", keep, "-n", "400", "-c", "4", "-s", "20", site.Url("")).Text;
        TestContext.WriteLine(Regex.Match(report, "Requests per second.*").Value);
        StringAssert.Matches(report, new Regex(@"Complete requests: +400\n"));
        StringAssert.Matches(report, new Regex(@"Failed requests: +0\n"));
        Assert.AreEqual(keep == "-k" ? 1 : 0, Regex.Count(report, @"Keep-Alive requests: +400\n"), report);
        site.Finish();
    }

    [TestMethod]
    [DataRow(false, "")]
    [DataRow(true, "")]
    [DataRow(true, "api/state")]
    public void Wrk_ends_without_errors_and_others_are_served_meanwhile(bool tap, string path)
    {
        Tool.Require("wrk");
        Tool.Require("curl");
        using var site = new Site(tap);
        string report = site.Run("wrk", "-t", "1", "-c", "4", "-d", "2s", "--timeout", "10s", site.Url(path)).Text;
        TestContext.WriteLine(report);
        Assert.DoesNotContain("Socket errors", report);
        Assert.DoesNotContain("Non-2xx", report);

        // More than there are places: some wait, and the board goes on.
        site.Run("wrk", "-t", "1", "-c", "20", "-d", "2s", "--timeout", "10s", site.Url(path));
        Assert.AreEqual("the note\n", site.Curl("--retry", "3", site.Url("note")).Text);
        site.Finish();
    }

    /// <summary>A board with handlers, and how its tools reach it.</summary>
    private sealed class Site : IDisposable
    {
        private readonly NetworkNamespace? _network;

        public Site(bool tap)
        {
            _network = tap ? NetworkNamespace.Create() : null;
            var settings = new BoardSettings();
            settings = tap ? settings with { TapName = "t0" } : settings with { Forwards = [new PortForward(0, 80)] };
            Board = RunningBoard.Start(settings, _network, null, new NoteHandler(), new SwitchHandler(), Upload);
        }

        public RunningBoard Board { get; }

        public UploadHandler Upload { get; } = new();

        public string Url(string path)
        {
            if (_network != null)
            {
                return "http://10.77.0.2/" + path;
            }

            string line = Board.Printed.Split('\n').Single(l => l.StartsWith("forward", StringComparison.Ordinal) && l.EndsWith(":80", StringComparison.Ordinal));
            return "http://127.0.0.1:" + line.Split("127.0.0.1:")[1].Split(' ')[0] + "/" + path;
        }

        public ToolResult Run(string program, params string[] arguments)
        {
            return (_network == null ? Tool.Run(program, arguments, 40) : _network.Exec(40, null, [program, .. arguments])).Succeeded();
        }

        public ToolResult Curl(params string[] arguments)
        {
            return Run("curl", [.. arguments.Contains("-v") ? Array.Empty<string>() : ["--silent"], "--show-error", "--max-time", "20", .. arguments]);
        }

        public void Finish()
        {
            Board.WaitUntilEverySlotIsFree(20);
            Assert.AreEqual((0, 0), Board.Ask(b => (b.Application.Http.Open, b.Application.Http.Faults)));
        }

        public void Dispose()
        {
            Board.Dispose();
            _network?.Dispose();
        }
    }
}
