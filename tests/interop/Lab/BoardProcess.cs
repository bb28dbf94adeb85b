using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>The virtual board as its user starts it: a program with options, streams, signals and an exit code.</summary>
internal sealed class BoardProcess : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    private BoardProcess(Process process)
    {
        Process = process;
        _reading = Task.WhenAll(Collect(process.StandardOutput, _output), Collect(process.StandardError, _error));
    }

    public Process Process { get; }

    public string Output => Text(_output);

    public string Error => Text(_error);

    /// <summary>Path of the program, beside the tests.</summary>
    public static string Path => typeof(VirtualBoard.Board).Assembly.Location;

    /// <summary>The program that runs a .dll: the one that runs this test.</summary>
    public static string DotNet => Environment.ProcessPath is { } path && System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    public static BoardProcess Start(params string[] options)
    {
        return new BoardProcess(Tool.Start(DotNet, [Path, .. options]));
    }

    /// <summary>Starts the board behind another command line, such as that of a namespace.</summary>
    public static BoardProcess StartBehind(string[] command, params string[] options)
    {
        return new BoardProcess(Tool.Start(command[0], [.. command[1..], DotNet, Path, .. options]));
    }

    /// <summary>Waits until a text was printed; fails the test after ten seconds.</summary>
    public BoardProcess WaitFor(string text)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Output.Contains(text))
        {
            bool over = Process.HasExited && _reading.IsCompleted && !Output.Contains(text);
            if (over || Stopwatch.GetElapsedTime(start).TotalSeconds > 10)
            {
                Assert.Fail($"never printed '{text}': {Output}{Error}");
            }

            Thread.Sleep(10);
        }

        return this;
    }

    public void Type(string text)
    {
        Process.StandardInput.Write(text);
        Process.StandardInput.Flush();
    }

    public void CloseInput()
    {
        Process.StandardInput.Close();
    }

    public void Signal(int signal)
    {
        Assert.AreEqual(0, Native.Kill(Process.Id, signal));
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int WaitForExit(int seconds = 10)
    {
        Assert.IsTrue(Process.WaitForExit(TimeSpan.FromSeconds(seconds)), $"still running after {seconds} s: {Output}{Error}");
        Assert.IsTrue(_reading.Wait(TimeSpan.FromSeconds(5)));
        return Process.ExitCode;
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            Process.WaitForExit();
        }

        Process.Dispose();
    }

    private static async Task Collect(System.IO.StreamReader reader, StringBuilder text)
    {
        char[] block = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(block)) > 0)
        {
            lock (text)
            {
                text.Append(block, 0, count);
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
