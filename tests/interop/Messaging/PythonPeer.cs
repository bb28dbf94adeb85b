using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Messaging;

/// <summary>channel_peer.py as a server that runs until it is ended.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly StringBuilder _printed = new();
    private readonly Process _process;

    private PythonPeer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string line = WaitFor("listens on ").Split('\n')[0];
        Port = int.Parse(line[(line.LastIndexOf(' ') + 1)..]);
    }

    public static string Script => Path.Combine(AppContext.BaseDirectory, "Messaging", "channel_peer.py");

    public int Port { get; }

    /// <summary>Starts a server, in a namespace if there is one.</summary>
    public static PythonPeer Start(NetworkNamespace? network, string verb, string address, int port, int speed = 1)
    {
        Tool.Require("python3");
        string[] command = ["python3", Script, verb, address, port.ToString(), .. speed == 1 ? Array.Empty<string>() : [speed.ToString()]];
        return new PythonPeer(network == null ? Tool.Start(command[0], command[1..]) : Tool.Start("ip", network.Enter(command)));
    }

    public void Signal(int signal) => Assert.AreEqual(0, Native.Kill(_process.Id, signal));

    /// <summary>Waits until a text was printed; fails the test after ten seconds.</summary>
    public string WaitFor(string text)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            string printed;
            lock (_printed)
            {
                printed = _printed.ToString();
            }

            if (printed.Contains(text))
            {
                return printed;
            }

            Assert.IsTrue(Stopwatch.GetElapsedTime(start).TotalSeconds < 10, $"never printed '{text}': {printed}");
            Thread.Sleep(10);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        lock (_printed)
        {
            _printed.Append(line).Append('\n');
        }
    }
}
