using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.InteropTests.Tap;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Services;

/// <summary>Avahi in a lab's namespace, with a message bus of its own, on which its tools find it.</summary>
internal sealed class Avahi : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TapLab _lab;
    private readonly string _bus;
    private readonly Process _dbus;
    private readonly Process _daemon;

    /// <summary>Starts it on the lab's interface; skips the test where there is none.</summary>
    public Avahi(TapLab lab)
    {
        foreach (string tool in new[] { "avahi-daemon", "avahi-resolve", "avahi-browse", "dbus-daemon" })
        {
            Tool.Require(tool);
        }

        _lab = lab;
        _bus = "unix:path=" + _folder.File("bus");
        string configuration = _folder.File("avahi.conf");
        File.WriteAllText(configuration, $"""
            [server]
            use-ipv4=yes
            use-ipv6=no
            allow-interfaces={TapLab.Interface}
            enable-dbus=yes
            [publish]
            disable-publishing=yes

            """);
        _dbus = Quiet(Tool.Start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + _bus));
        string socket = _folder.File("bus");
        for (int i = 0; i < 250 && !File.Exists(socket); i++)
        {
            Thread.Sleep(20);
        }

        _daemon = Quiet(Tool.Start("ip", lab.Network.Enter(
            "env", "DBUS_SYSTEM_BUS_ADDRESS=" + _bus, "avahi-daemon", "-f", configuration, "--no-drop-root", "--no-chroot", "--no-rlimits")));
    }

    /// <summary>Runs one of its tools until it prints what is expected.</summary>
    public void Expect(string expected, params string[] command)
    {
        string said = string.Empty;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            said = _lab.Network.Exec(20, null, ["env", "DBUS_SYSTEM_BUS_ADDRESS=" + _bus, "timeout", "8", .. command]).Text;
            if (said.Contains(expected))
            {
                return;
            }

            Thread.Sleep(500);
        }

        Assert.Fail($"{string.Join(' ', command)} never said '{expected}': {said}");
    }

    public void Dispose()
    {
        foreach (Process process in new[] { _daemon, _dbus })
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5000);
            process.Dispose();
        }

        _folder.Dispose();
    }

    // What it says must be read, or it would stop at a full pipe.
    private static Process Quiet(Process process)
    {
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }
}
