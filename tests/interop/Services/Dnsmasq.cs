using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Services;

/// <summary>dnsmasq in a lab's namespace: the DHCP and name server of most home routers.</summary>
internal sealed class Dnsmasq : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    /// <summary>Starts it on the lab's interface; skips the test where there is none.</summary>
    public Dnsmasq(TapLab lab, params string[] options)
    {
        Tool.Require("dnsmasq");
        LeaseFile = _folder.File("leases");
        string[] always =
        [
            "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--interface=" + TapLab.Interface, "--bind-interfaces",
            "--except-interface=lo", "--log-dhcp", "--user=root", "--dhcp-leasefile=" + LeaseFile, "--pid-file=" + _folder.File("pid"),
        ];
        _process = Tool.Start("ip", lab.Network.Enter([.. always, .. options]));
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.ErrorDataReceived += keep;
        _process.OutputDataReceived += keep;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        WaitFor("started");
    }

    /// <summary>Where it keeps its leases.</summary>
    public string LeaseFile { get; }

    /// <summary>What it said so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Waits until it has said something so often.</summary>
    public void WaitFor(string text, int times = 1, int seconds = 20)
    {
        long start = Stopwatch.GetTimestamp();
        while (Log.Split(text).Length - 1 < times)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start).TotalSeconds > seconds)
            {
                Assert.Fail($"dnsmasq did not say '{text}' {times} times within {seconds} s:\n{Log}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until its leases are as expected.</summary>
    public void WaitForLeases(Predicate<string> expected, string what)
    {
        string leases = string.Empty;
        for (int i = 0; i < 500; i++)
        {
            leases = File.Exists(LeaseFile) ? File.ReadAllText(LeaseFile) : string.Empty;
            if (expected(leases))
            {
                return;
            }

            Thread.Sleep(20);
        }

        Assert.Fail($"{what}; the leases are: {leases}\n{Log}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit(5000);
        _process.Dispose();
        _folder.Dispose();
    }
}
