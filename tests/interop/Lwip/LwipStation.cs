using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using EmbeddedTcp.InteropTests.Lab;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lwip;

/// <summary>
/// The lwIP stack as the far end of a board's cable: lwip_peer.c in a process of its own, frames through its standard streams.
/// </summary>
internal sealed class LwipStation : WireEnd
{
    /// <summary>Where it listens, and where the tests' board does.</summary>
    public const int Port = 4711;

    /// <summary>10.77.0.1.</summary>
    public const uint Address = 0x0A4D0001;

    private const int PatternPeriod = 65521;

    private static readonly Lazy<string> s_program = new(Compile);

    private readonly List<string> _reports = [];
    private readonly byte[] _head = new byte[2];
    private Process? _process;

    /// <inheritdoc/>
    public override string Description => "lwIP";

    /// <summary>The octets it sends, from the beginning of a stream.</summary>
    public static byte[] Pattern(int count)
    {
        byte[] data = new byte[count];
        uint x = 1;
        for (int i = 0; i < count; i++)
        {
            x = i % PatternPeriod == 0 ? 1 : x;
            x = unchecked((x * 1103515245u) + 12345u);
            data[i] = (byte)(x >> 16);
        }

        return data;
    }

    /// <summary>Compiles the station, once; skips the test where there is no C compiler or no lwIP.</summary>
    public static void Require()
    {
        Tool.Require("cc");
        if (!File.Exists("/usr/include/lwip/lwip/tcpip.h"))
        {
            Assert.Inconclusive("skipped: this machine has no lwIP (Debian's liblwip-dev)");
        }

        Assert.IsTrue(File.Exists(s_program.Value), s_program.Value);
    }

    /// <summary>Plugs it in. The head of lwip_peer.c explains the words.</summary>
    public void Start(params string[] words)
    {
        _process = Tool.Start(s_program.Value, words);
        new Thread(CarryFrames) { IsBackground = true, Name = "lwIP's frames" }.Start(_process.StandardOutput.BaseStream);
        new Thread(CollectReports) { IsBackground = true, Name = "lwIP's reports" }.Start(_process.StandardError);
        WaitFor(1, "ready");
    }

    /// <summary>Waits until so many reports contain a text; fails the test when it takes too long, or one says something worse.</summary>
    public void WaitFor(int count, string text, int seconds = 60)
    {
        long start = Stopwatch.GetTimestamp();
        while (Count(text) < count)
        {
            Assert.IsTrue(Stopwatch.GetElapsedTime(start).TotalSeconds < seconds, $"not {count} times '{text}' within {seconds} s: {this}");
            Thread.Sleep(5);
        }
    }

    /// <inheritdoc/>
    public override void Receive(ReadOnlySpan<byte> frame)
    {
        if (_process == null)
        {
            return;
        }

        try
        {
            BinaryPrimitives.WriteUInt16BigEndian(_head, (ushort)frame.Length);
            Stream stream = _process.StandardInput.BaseStream;
            stream.Write(_head);
            stream.Write(frame);
            stream.Flush();
        }
        catch (IOException)
        {
            // It has ended: the frame is lost, as with a station that is switched off.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_process != null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }

        base.Dispose();
    }

    /// <summary>All that it has reported.</summary>
    public override string ToString()
    {
        lock (_reports)
        {
            return string.Join('\n', _reports);
        }
    }

    private static string Compile()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        string program = folder.File("lwip_peer");
        string source = Path.Combine(AppContext.BaseDirectory, "lwip_peer.c");
        ToolResult compiled = Tool.Run("cc", ["-O1", "-Wall", "-I/usr/include/lwip", source, "-o", program, "-llwip", "-lpthread"], seconds: 60);
        return compiled.ExitCode == 0 ? program : "lwip_peer.c does not compile: " + compiled.Error;
    }

    private int Count(string text)
    {
        lock (_reports)
        {
            return _reports.FindAll(r => r.Contains(text)).Count;
        }
    }

    private void CarryFrames(object? stream)
    {
        var frames = (Stream)stream!;
        byte[] head = new byte[2];
        byte[] frame = new byte[ushort.MaxValue];
        try
        {
            while (frames.ReadAtLeast(head, 2, false) == 2)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(head);
                frames.ReadExactly(frame, 0, length);
                Wire?.Arrive(frame.AsSpan(0, length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Unplugged.
        }
    }

    private void CollectReports(object? reader)
    {
        try
        {
            while (((StreamReader)reader!).ReadLine() is { } line)
            {
                lock (_reports)
                {
                    _reports.Add(line);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Unplugged.
        }
    }
}
