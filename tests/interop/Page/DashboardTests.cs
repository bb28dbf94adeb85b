using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Page;

/// <summary>
/// The board's page in a real browser, through the virtual board. With DASHBOARD_SCREENSHOTS set to a folder the pictures of the documentation
/// are taken there.
/// </summary>
[TestClass]
public sealed class DashboardTests
{
    [TestMethod]
    public void Page_fills_from_the_state_and_follows_it()
    {
        using Browser browser = Browser.Start();
        using RunningBoard board = Start();
        browser.Resize(1280, 1000);
        browser.Open(Page(board));
        browser.WaitUntil("document.body.dataset.polls > 1");
        Assert.AreEqual("virtual board", browser.Value("document.title"));
        Assert.AreEqual("virtual board", browser.Value("document.getElementById('board').textContent"));
        StringAssert.StartsWith(browser.Value("document.getElementById('chip').textContent"), "W5500 ");
        StringAssert.Contains(Text(browser, "net"), "10.77.0.2/24");
        StringAssert.Contains(Text(browser, "srv"), "echo :7");
        StringAssert.Contains(Text(browser, "cnt"), "passive opens");
        Assert.AreEqual("none", Text(browser, "drop"));

        // A connection shows up with what waits in its queues, then leaves.
        using (HostSocket chargen = HostSocket.Connect("127.0.0.1", Port(board, 19)))
        {
            browser.WaitUntil("document.getElementById('con').innerText.includes('chargen :19')");
            browser.WaitUntil("document.getElementById('con').innerText.includes('4096 of 4096')");
            StringAssert.Contains(Text(browser, "con"), "ESTABLISHED");
        }

        browser.WaitUntil("!document.getElementById('con').innerText.includes('chargen')");
        browser.WaitUntil("document.getElementById('pi').getAttribute('points').split(' ').length > 3");

        // The browser closes first: the page that is polled does not fill the table of those in TIME_WAIT.
        Assert.AreEqual(0, board.Ask(b => Enumerable.Range(0, b.Net.Tcp.TimeWait.Capacity).Count(i => b.Net.Tcp.TimeWait.InUseAt(i)
            && b.Net.Tcp.TimeWait.LocalPortAt(i) == 80)));
        Assert.AreEqual(0, board.Ask(b => b.Application.Dispatcher.Faults));
    }

    [TestMethod]
    public void Page_is_readable_on_a_phone()
    {
        using Browser browser = Browser.Start();
        using RunningBoard board = Start();
        using HostSocket chargen = HostSocket.Connect("127.0.0.1", Port(board, 19));
        browser.Resize(360, 780);
        browser.Open(Page(board));
        browser.WaitUntil("document.body.dataset.polls > 0");
        browser.WaitUntil("document.getElementById('con').innerText.includes('chargen :19')");
        Assert.AreEqual("360", browser.Value("document.documentElement.clientWidth"));
        Assert.AreEqual("360", browser.Value("document.documentElement.scrollWidth"), "nothing scrolls sideways");
        Assert.AreEqual("true", browser.Value("[...document.querySelectorAll('body *')].every(e => parseFloat(getComputedStyle(e).fontSize) >= 16)"));

        string light = browser.Value("getComputedStyle(document.body).backgroundColor");
        browser.Resize(360, 780, dark: true);
        Assert.AreNotEqual(light, browser.Value("getComputedStyle(document.body).backgroundColor"), "dark where the reader wants it dark");
    }

    [TestMethod]
    public void Page_and_eight_loaders_get_along()
    {
        using Browser browser = Browser.Start();
        using RunningBoard board = Start(slots: 16);
        browser.Open(Page(board));
        browser.WaitUntil("document.body.dataset.polls > 0");
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var end = new CancellationTokenSource();
        int loaded = 0;
        Task[] loaders = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                string state = await client.GetStringAsync(Page(board) + "api/state", end.Token);
                JsonDocument.Parse(state).Dispose();
                Interlocked.Increment(ref loaded);
            }
        })).ToArray();
        int before = int.Parse(browser.Value("document.body.dataset.polls"));
        Assert.IsTrue(Task.WaitAll(loaders, TimeSpan.FromSeconds(60)), board.Type("netstat"));
        Assert.AreEqual(160, loaded);
        browser.WaitUntil($"document.body.dataset.polls > {before + 1}");
        Assert.AreEqual(0, board.Ask(b => b.Application.Dispatcher.Faults));
    }

    [TestMethod]
    public void Pictures_of_the_documentation()
    {
        string? folder = Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS");
        if (folder == null)
        {
            Assert.Inconclusive("skipped: DASHBOARD_SCREENSHOTS names no folder");
        }

        using Browser browser = Browser.Start();
        using RunningBoard board = Start();
        using HostSocket chargen = HostSocket.Connect("127.0.0.1", Port(board, 19));
        using HostSocket echo = HostSocket.Connect("127.0.0.1", Port(board, 7));
        using HostSocket daytime = HostSocket.Connect("127.0.0.1", Port(board, 13));
        daytime.ReadToEnd();
        Thread.Sleep(2000);
        browser.Resize(1100, 1330);
        browser.Open(Page(board));
        byte[] data = new byte[3000];
        for (int i = 0; i < 400; i++)
        {
            int size = 200 + (i * i % 1600);
            echo.Send(data[..size]);
            echo.Read(size);
            chargen.Read(20000 * (1 + (i / 30 % 4)));
            Thread.Sleep(80 + (i / 20 % 5 * 20));
        }

        browser.WaitUntil("document.body.dataset.polls > 0");
        File.WriteAllBytes(Path.Combine(folder!, "dashboard.png"), browser.Screenshot());
        browser.Resize(360, 800, dark: true);
        browser.WaitUntil("document.getElementById('con').innerText.includes('chargen :19')");
        Thread.Sleep(300);
        File.WriteAllBytes(Path.Combine(folder!, "dashboard-phone.png"), browser.Screenshot());
    }

    private static RunningBoard Start(int slots = 8)
    {
        return RunningBoard.Start(new BoardSettings
        {
            Slots = slots,
            Forwards = [new PortForward(0, 80), new PortForward(0, 7), new PortForward(0, 13), new PortForward(0, 19)],
        });
    }

    private static string Page(RunningBoard board)
    {
        return $"http://127.0.0.1:{Port(board, 80)}/";
    }

    // The host's port is the one the board announced for a port of its own.
    private static int Port(RunningBoard board, int boardPort)
    {
        string line = board.Printed.Split('\n').Single(l => l.StartsWith("forward", StringComparison.Ordinal) && l.EndsWith(":" + boardPort, StringComparison.Ordinal));
        return int.Parse(line.Split("127.0.0.1:")[1].Split(' ')[0]);
    }

    private static string Text(Browser browser, string id)
    {
        return browser.Value($"document.getElementById('{id}').innerText");
    }
}
