using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>
/// A network of Linux of its own for one test: its interfaces, addresses and ports meet nothing else on the machine.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private static int s_count;

    private readonly string _folder = "/run/netns";

    private NetworkNamespace(string name)
    {
        Name = name;
    }

    /// <summary>The name that <c>ip netns</c> knows it by.</summary>
    public string Name { get; }

    /// <summary>Creates a namespace; skips the test, saying why, where TAP interfaces or namespaces cannot be had.</summary>
    public static NetworkNamespace Create()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("skipped: TAP interfaces need Linux");
        }

        if (!File.Exists("/dev/net/tun"))
        {
            Assert.Inconclusive("skipped: this machine has no /dev/net/tun");
        }

        Tool.Require("ip");
        if (Native.EffectiveUser() != 0)
        {
            Assert.Inconclusive("skipped: network namespaces and TAP interfaces take root (sudo dotnet test)");
        }

        string name = $"etcp-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        ToolResult added = Tool.Run("ip", ["netns", "add", name]);
        if (added.ExitCode != 0)
        {
            Assert.Inconclusive("skipped: no network namespace: " + added.Error.Trim());
        }

        var created = new NetworkNamespace(name);
        ToolResult tap = created.Exec("ip", "tuntap", "add", "dev", "probe", "mode", "tap");
        if (tap.ExitCode != 0)
        {
            created.Dispose();
            Assert.Inconclusive("skipped: no TAP interface: " + tap.Error.Trim());
        }

        created.Exec("ip", "link", "delete", "probe").Succeeded();
        created.Exec("ip", "link", "set", "lo", "up").Succeeded();
        return created;
    }

    /// <summary>The command line that runs a program in this namespace.</summary>
    public string[] Enter(params string[] command)
    {
        return ["netns", "exec", Name, .. command];
    }

    /// <summary>Runs a program in this namespace to its end.</summary>
    public ToolResult Exec(params string[] command)
    {
        return Tool.Run("ip", Enter(command));
    }

    /// <summary>Runs a program that needs more time, or input, to its end.</summary>
    public ToolResult Exec(int seconds, byte[]? input, params string[] command)
    {
        Tool.Require(command[0]);
        return Tool.Run("ip", Enter(command), seconds, input);
    }

    /// <summary>Runs code on a thread inside this namespace: a socket or interface it opens belongs here for good.</summary>
    public T Run<T>(Func<T> code)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                int descriptor = Native.Open(Path.Combine(_folder, Name), Native.ReadOnly | Native.CloseOnExec);
                int entered = descriptor < 0 ? -1 : Native.SetNamespace(descriptor, Native.NewNetwork);
                int error = Marshal.GetLastPInvokeError();
                if (descriptor >= 0)
                {
                    _ = Native.Close(descriptor);
                }

                if (entered != 0)
                {
                    throw new IOException($"cannot enter namespace {Name}: error {error}");
                }

                result = code();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public void Dispose()
    {
        Tool.Run("ip", ["netns", "delete", Name]);
    }
}
