using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>Programs of the host that tests call: each with a time limit, and skipped with a reason where they are missing.</summary>
internal static class Tool
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name; the test is skipped when there is none.</param>
    /// <param name="arguments">Passed as they are.</param>
    /// <param name="seconds">The program is ended, and the test fails, after this time.</param>
    /// <param name="input">Standard input, or null for none.</param>
    public static ToolResult Run(string program, string[] arguments, int seconds = 20, byte[]? input = null)
    {
        using Process process = Start(program, arguments);
        Task<byte[]> output = ReadAll(process.StandardOutput.BaseStream);
        Task<byte[]> error = ReadAll(process.StandardError.BaseStream);
        Task write = Task.Run(() =>
        {
            try
            {
                using Stream stdin = process.StandardInput.BaseStream;
                stdin.Write(input ?? []);
            }
            catch (IOException)
            {
                // The program did not want to read it all.
            }
        });

        bool ended = process.WaitForExit(TimeSpan.FromSeconds(seconds)) && Task.WaitAll([output, error, write], TimeSpan.FromSeconds(5));
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {seconds} s");
        }

        return new ToolResult(process.ExitCode, output.Result, System.Text.Encoding.UTF8.GetString(error.Result));
    }

    /// <summary>Starts a program with its three streams redirected.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        Require(program);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start) ?? throw new InvalidOperationException(program + " did not start");
    }

    /// <summary>Skips the test when a program is missing.</summary>
    public static void Require(string program)
    {
        if (!Exists(program))
        {
            Assert.Inconclusive($"skipped: this machine has no {program}");
        }
    }

    /// <summary>True when a program can be found.</summary>
    public static bool Exists(string program)
    {
        if (Path.IsPathRooted(program))
        {
            return File.Exists(program);
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return Array.Exists(folders, f => File.Exists(Path.Combine(f, program)) || File.Exists(Path.Combine(f, program + ".exe")));
    }

    private static async Task<byte[]> ReadAll(Stream stream)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>Standard output as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    /// <summary>Fails the test unless the program was content.</summary>
    public ToolResult Succeeded()
    {
        Assert.AreEqual(0, ExitCode, $"exit code; output: {Text}; error: {Error}");
        return this;
    }
}
