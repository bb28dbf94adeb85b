using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using EmbeddedTcp.App;
using EmbeddedTcp.Http;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>
/// A virtual board inside the test's own process, its loop on a thread by the real clock. Whatever the test looks at inside it,
/// it looks at on that thread.
/// </summary>
internal sealed class RunningBoard : IDisposable
{
    private const int SecondsToAnswer = 10;

    private readonly LoopSignal _signal;
    private readonly Recorder _recorder;
    private readonly Thread _loop;
    private Exception? _failure;

    private RunningBoard(VirtualBoard.Board board, LoopSignal signal, Recorder recorder)
    {
        Board = board;
        _signal = signal;
        _recorder = recorder;
        _loop = new Thread(Run) { IsBackground = true, Name = "board" };
    }

    /// <summary>The board; its members belong to the loop's thread, so use <see cref="Ask"/>.</summary>
    public VirtualBoard.Board Board { get; }

    /// <summary>All that was printed so far.</summary>
    public string Printed => _recorder.Text;

    /// <summary>Boots a board; in a namespace, if its network is there, and with a service of the test's own, if there is one.</summary>
    public static RunningBoard Start(BoardSettings settings, NetworkNamespace? network = null, Service? service = null, params HttpHandler[] handlers)
    {
        var signal = new LoopSignal();
        var recorder = new Recorder();
        VirtualBoard.Board Create() => VirtualBoard.Board.Create(settings, signal, recorder, recorder.WriteLine);
        var running = new RunningBoard(network == null ? Create() : network.Run(Create), signal, recorder);
        foreach (HttpHandler handler in handlers)
        {
            Assert.IsTrue(running.Board.Application.Http.Add(handler));
        }

        return Start(running, service);
    }

    /// <summary>Boots a board whose cable leads to something of the test's own; the capture goes with the board.</summary>
    public static RunningBoard Start(BoardSettings settings, WireEnd farEnd, PcapngWriter capture, Service? service = null)
    {
        var signal = new LoopSignal();
        var recorder = new Recorder();
        return Start(new RunningBoard(new VirtualBoard.Board(settings, farEnd, signal, recorder, capture), signal, recorder), service);
    }

    private static RunningBoard Start(RunningBoard running, Service? service)
    {
        Assert.IsTrue(service == null || running.Board.Application.Add(service), "no room for another service");
        Assert.IsTrue(running.Board.Open(), running.Printed);
        running._loop.Start();
        running.WaitUntil(b => b.Net.Device.LinkUp, "the link is up");
        return running;
    }

    /// <summary>Asks something on the loop's thread.</summary>
    public T Ask<T>(Func<VirtualBoard.Board, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Board.Post(() =>
        {
            try
            {
                answer.SetResult(question(Board));
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        Assert.IsTrue(SpinWait.SpinUntil(() => answer.Task.IsCompleted || _failure != null, TimeSpan.FromSeconds(SecondsToAnswer)), "the board hangs");
        return _failure != null ? throw new AssertFailedException("the board's loop failed", _failure) : answer.Task.GetAwaiter().GetResult();
    }

    /// <summary>Waits until something holds, or fails the test.</summary>
    public void WaitUntil(Predicate<VirtualBoard.Board> condition, string what, int seconds = SecondsToAnswer)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Ask(b => condition(b)))
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > seconds)
            {
                Assert.Fail($"not within {seconds} s: {what}\n{Type("netstat")}\n{Type("stats")}");
            }

            Thread.Sleep(10);
        }
    }

    /// <summary>Types a command and waits until it is done.</summary>
    /// <returns>What was printed meanwhile.</returns>
    public string Type(string command, int seconds = SecondsToAnswer)
    {
        int before = Printed.Length;
        Board.Console.Type(command + "\n");
        long start = Stopwatch.GetTimestamp();

        // The line has been taken once the console is empty; the command is done once the shell is idle.
        while (!Ask(b => b.Console.Empty && b.Application.Shell.Idle))
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > seconds)
            {
                Assert.Fail($"'{command}' not done within {seconds} s: {Printed[before..]}");
            }

            Thread.Sleep(5);
        }

        return Printed[before..];
    }

    /// <summary>Types a command again and again until its output contains a text.</summary>
    public string TypeUntil(string command, string expected)
    {
        string printed = string.Empty;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            printed = Type(command);
            if (printed.Contains(expected))
            {
                return printed;
            }

            Thread.Sleep(20);
        }

        Assert.Fail($"'{command}' never printed '{expected}': {printed}");
        return printed;
    }

    /// <summary>Waits until every slot is free and no half-open peer is left.</summary>
    public void WaitUntilEverySlotIsFree(int seconds = SecondsToAnswer)
    {
        WaitUntil(b => b.Net.Tcp.FreeSlots == b.Net.Tcp.SlotCount, "every slot is free", seconds);
    }

    /// <summary>Stops the board as Ctrl+C does, and lets go of its network.</summary>
    public void Dispose()
    {
        Board.RequestStop();
        bool ended = !_loop.IsAlive || _loop.Join(TimeSpan.FromSeconds(SecondsToAnswer));
        Board.Dispose();
        _signal.Dispose();
        Assert.IsTrue(ended, "the board did not stop");
        Assert.IsNull(_failure, _failure?.ToString());
    }

    private void Run()
    {
        try
        {
            Board.Run();
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private sealed class Recorder : TextOutput
    {
        private readonly StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public override void Write(string text)
        {
            lock (_text)
            {
                _text.Append(text);
            }
        }
    }
}
