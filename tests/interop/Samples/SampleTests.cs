using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using EmbeddedTcp.Samples;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Samples;

/// <summary>The programs of firmware/samples, as somebody who tries them sees them. <see cref="Office.OfficeTests"/> has the telemetry.</summary>
[TestClass]
public sealed class SampleTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("echo")]
    [DataRow("echo-poll")]
    public void Echo_serves_several_clients_and_ends_while_one_is_silent(string name)
    {
        using RunningBoard board = RunningBoard.Start(new BoardSettings { App = name, Forwards = [new PortForward(0, EchoSample.DefaultPort)] });
        int port = Port(board);
        using HostSocket silent = HostSocket.Connect("127.0.0.1", port);
        for (int round = 0; round < 3; round++)
        {
            // One place is the silent client's.
            HostSocket[] clients = [.. Enumerable.Range(0, 2).Select(_ => HostSocket.Connect("127.0.0.1", port))];
            foreach (HostSocket client in clients)
            {
                for (int i = 0; i < 20; i++)
                {
                    byte[] data = Data.Random(1 + (i * 97), round + i);
                    client.Send(data);
                    CollectionAssert.AreEqual(data, client.Read(data.Length));
                }

                client.Finish();
                Assert.AreEqual(0, client.ReadToEnd().Length, "nothing more than was sent");
                client.Dispose();
            }
        }

        board.WaitUntil(b => b.Net.Tcp.FreeSlots == b.Net.Tcp.SlotCount - 1, "only the silent client is left");

        // Disposing stops the board, which ends the threads that wait for the silent client; a thread's exception would end the process.
    }

    [TestMethod]
    public void Switch_is_switched_by_a_form()
    {
        using RunningBoard board = RunningBoard.Start(new BoardSettings { App = "switch", Forwards = [new PortForward(0, 80)] });
        string root = $"http://127.0.0.1:{Port(board)}/switch";
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        Assert.AreEqual("off\n", client.GetStringAsync(root + "/state").Result);
        foreach (string state in new[] { "on", "off", "on" })
        {
            using HttpResponseMessage page = client.PostAsync(root, Form(state)).Result;
            Assert.AreEqual(200, (int)page.StatusCode, "behind the redirection");
            StringAssert.Contains(page.Content.ReadAsStringAsync().Result, "The switch is " + state);
            Assert.AreEqual(state + "\n", client.GetStringAsync(root + "/state").Result);
        }

        using HttpResponseMessage refused = client.PostAsync(root, Form("dim")).Result;
        Assert.AreEqual(400, (int)refused.StatusCode);
        Assert.AreEqual("on\n", client.GetStringAsync(root + "/state").Result);
    }

    [TestMethod]
    public void Sensor_gets_over_the_collector_s_absence_and_reaches_it()
    {
        Tool.Require("python3");
        using TapLab lab = TapLab.Start(TestContext, new BoardSettings { App = "sensor", Speed = 10 });
        lab.Running.WaitUntil(_ => lab.Running.Printed.Contains("not uploaded"), "nobody is there", 30);
        string script = Path.Combine(AppContext.BaseDirectory, "Samples", "collector.py");
        using Process collector = Tool.Start("ip", lab.Network.Enter("python3", script, TapLab.HostAddress));
        try
        {
            lab.Running.WaitUntil(_ => lab.Running.Printed.Contains("uploaded, 2 so far"), "two readings have arrived", 30);
        }
        finally
        {
            collector.Kill(entireProcessTree: true);
            collector.WaitForExit(5000);
        }

        string said = collector.StandardOutput.ReadToEnd();
        StringAssert.Contains(said, "sensor    10.77.0.2 segments received");
        lab.Finish(20);
    }

    private static FormUrlEncodedContent Form(string state)
    {
        return new FormUrlEncodedContent(new Dictionary<string, string> { ["state"] = state });
    }

    private static int Port(RunningBoard board)
    {
        string line = board.Printed.Split('\n').Single(l => l.StartsWith("forward", StringComparison.Ordinal));
        return int.Parse(line.Split("127.0.0.1:")[1].Split(' ')[0]);
    }
}
