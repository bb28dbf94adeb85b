using System;
using System.Diagnostics;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using EmbeddedTcp.InteropTests.Lab;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Page;

/// <summary>A headless Chromium with one tab, driven by the DevTools protocol. Every wait has a limit.</summary>
internal sealed class Browser : IDisposable
{
    private const int SecondsToStart = 30;
    private const int SecondsToAnswer = 20;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private Browser(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Starts the browser; the test is skipped where there is none.</summary>
    public static Browser Start()
    {
        string? name = Array.Find(Names, Tool.Exists);
        if (name == null)
        {
            Assert.Inconclusive("skipped: this machine has no chromium");
        }

        string profile = Directory.CreateTempSubdirectory("dashboard").FullName;
        Process process = Tool.Start(name!, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", "--no-proxy-server",
            "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var browser = new Browser(process, profile);
        try
        {
            browser.Connect();
            return browser;
        }
        catch
        {
            browser.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page and waits until it is there.</summary>
    public void Open(string address)
    {
        Call("Page.navigate", new JsonObject { ["url"] = address });
        WaitUntil($"location.href == '{address}' && document.readyState == 'complete'");
    }

    /// <summary>Makes the window as wide as some device's, light or dark.</summary>
    public void Resize(int width, int height, bool dark = false)
    {
        Call("Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        var scheme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        Call("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(scheme) });
    }

    /// <summary>The value of an expression, as text.</summary>
    public string Value(string expression)
    {
        JsonNode result = Call("Runtime.evaluate", new JsonObject { ["expression"] = "String(" + expression + ")", ["returnByValue"] = true });
        Assert.IsNull(result["exceptionDetails"], result.ToJsonString());
        return result["result"]!["value"]!.GetValue<string>();
    }

    /// <summary>Waits until an expression is true.</summary>
    public void WaitUntil(string expression)
    {
        long start = Stopwatch.GetTimestamp();
        while (Value(expression) != "true")
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > SecondsToAnswer)
            {
                Assert.Fail($"never true in the browser: {expression}\n{Value("document.body.innerText")}");
            }

            Thread.Sleep(100);
        }
    }

    /// <summary>What the window shows, as PNG.</summary>
    public byte[] Screenshot()
    {
        return Convert.FromBase64String(Call("Page.captureScreenshot", new JsonObject { ["format"] = "png" })["data"]!.GetValue<string>());
    }

    /// <summary>Ends the browser and forgets its profile.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5000);
        }

        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // One of its processes is still writing; the system clears its temporary files itself.
        }
    }

    // The browser writes its port, and the way to itself, into its profile.
    private void Connect()
    {
        string file = Path.Combine(_profile, "DevToolsActivePort");
        long start = Stopwatch.GetTimestamp();
        string[] lines = [];
        while (lines.Length < 2)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start).TotalSeconds > SecondsToStart)
            {
                Assert.Inconclusive("skipped: the browser does not start here");
            }

            Thread.Sleep(50);
            lines = File.Exists(file) ? File.ReadAllLines(file) : [];
        }

        using var http = new System.Net.Http.HttpClient { Timeout = TimeSpan.FromSeconds(SecondsToAnswer) };
        JsonNode tabs = JsonNode.Parse(http.GetStringAsync($"http://127.0.0.1:{lines[0]}/json/list").Result)!;
        string address = tabs[0]!["webSocketDebuggerUrl"]!.GetValue<string>();
        Within(_socket.ConnectAsync(new Uri(address), CancellationToken.None));
        Call("Page.enable", []);
    }

    private JsonNode Call(string method, JsonObject parameters)
    {
        int id = ++_calls;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        Within(_socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None));
        while (true)
        {
            JsonNode answer = JsonNode.Parse(Receive())!;
            if (answer["id"]?.GetValue<int>() == id)
            {
                Assert.IsNull(answer["error"], answer.ToJsonString());
                return answer["result"]!;
            }
        }
    }

    private byte[] Receive()
    {
        using var whole = new MemoryStream();
        byte[] part = new byte[65536];
        while (true)
        {
            Task<WebSocketReceiveResult> receive = _socket.ReceiveAsync(part, CancellationToken.None);
            Within(receive);
            whole.Write(part, 0, receive.Result.Count);
            if (receive.Result.EndOfMessage)
            {
                return whole.ToArray();
            }
        }
    }

    private static void Within(Task task)
    {
        Assert.IsTrue(task.Wait(TimeSpan.FromSeconds(SecondsToAnswer)), "the browser does not answer");
    }
}
