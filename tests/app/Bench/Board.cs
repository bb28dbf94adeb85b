using System;
using EmbeddedTcp.App;
using EmbeddedTcp.Link;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Bench;

/// <summary>
/// The board's application on one end of a wire, another application with its stack on the other, and virtual time for both.
/// </summary>
internal sealed class Board
{
    private readonly PipeDevice _boardEnd = new("Test chip <1>, revision 4\nregister A 01\nregister B 02");
    private readonly PipeDevice _peerEnd = new("Peer");

    public Board(StackOptions? stack = null, ApplicationOptions? options = null, Action<EmbeddedTcp.App.Application>? setUp = null, StackOptions? peerStack = null)
    {
        _boardEnd.Peer = _peerEnd;
        _peerEnd.Peer = _boardEnd;
        stack ??= new StackOptions { Connections = 8, MaximumSegmentLifetime = 1000 };
        peerStack ??= new StackOptions { Connections = 32, MaximumSegmentLifetime = 1000, TimeWaitTableSize = 128 };
        peerStack.Address = 0x0A4D0001;
        peerStack.MacAddress = [0x02, 0, 0, 0, 0, 0x99];
        App = new EmbeddedTcp.App.Application(new NetworkInterface(_boardEnd, stack), options ?? new ApplicationOptions(), Console);
        PeerApp = new EmbeddedTcp.App.Application(new NetworkInterface(_peerEnd, peerStack), new ApplicationOptions { BoardName = "peer" }, PeerConsole);
        setUp?.Invoke(App);
        Assert.IsTrue(App.Open());
        Assert.IsTrue(PeerApp.Open());
        BootText = Console.Text;
        Console.Clear();
        RunFor(1);
    }

    public Recorder Console { get; } = new();

    public Recorder PeerConsole { get; } = new();

    /// <summary>What the board printed while it opened.</summary>
    public string BootText { get; }

    /// <summary>What is tested.</summary>
    public EmbeddedTcp.App.Application App { get; }

    /// <summary>The other end: its stack opens raw connections for tests, its services answer the board's connect.</summary>
    public EmbeddedTcp.App.Application PeerApp { get; }

    public long NowMs { get; private set; } = 1000;

    public Dispatcher Dispatcher => App.Dispatcher;

    public int FreeSlots => App.Net.Tcp.FreeSlots;

    /// <summary>Loses a part of all frames, the same ones for the same seed.</summary>
    public void LoseFrames(double probability, int seed)
    {
        var random = new Random(seed);
        _boardEnd.Loses = () => random.NextDouble() < probability;
        _peerEnd.Loses = () => random.NextDouble() < probability;
    }

    /// <summary>Cuts the wire.</summary>
    public void Cut()
    {
        _boardEnd.Loses = () => true;
        _peerEnd.Loses = () => true;
    }

    /// <summary>Opens a raw connection from the peer to the board.</summary>
    public Client Connect(int port)
    {
        return new Client(this, PeerApp.Net.Tcp.Connect(App.Net.Address, port));
    }

    public Service ServiceNamed(string name)
    {
        for (int i = 0; i < Dispatcher.ServiceCount; i++)
        {
            if (Dispatcher.ServiceAt(i).Name == name)
            {
                return Dispatcher.ServiceAt(i);
            }
        }

        throw new ArgumentException(name);
    }

    /// <summary>One turn of both loops, then a step of time: to the next thing that is due, or a millisecond while frames are on their way.</summary>
    /// <param name="latest">Time does not go beyond this.</param>
    public void Turn(long latest)
    {
        int wait = Math.Min(App.Poll(NowMs), PeerApp.Poll(NowMs));
        bool quiet = _boardEnd.Waiting == 0 && _peerEnd.Waiting == 0;
        NowMs = Math.Min(latest, NowMs + (quiet ? Math.Max(1, wait) : 1));
    }

    /// <summary>Lets time pass.</summary>
    public void RunFor(long milliseconds)
    {
        long end = NowMs + milliseconds;
        while (NowMs < end)
        {
            Turn(end);
        }
    }

    /// <summary>Turns until something is true; fails when it does not come true in time.</summary>
    public void RunUntil(Func<bool> met, string what, long withinMs = 10000, params Client[] clients)
    {
        long end = NowMs + withinMs;
        while (!met())
        {
            if (NowMs >= end)
            {
                Assert.Fail($"not within {withinMs} ms: {what}");
            }

            foreach (Client client in clients)
            {
                client.Move();
            }

            // Clients of tests are not woken by events: they look again every millisecond.
            Turn(clients.Length == 0 ? end : NowMs + 1);
        }
    }

    /// <summary>Types a line at the board's console and runs until its command is done.</summary>
    /// <returns>What was printed.</returns>
    public string Type(string line, long withinMs = 200000)
    {
        Console.Clear();
        Assert.IsTrue(App.Shell.FeedLine(line));
        RunUntil(() => App.Shell.Idle || App.Shell.ExitRequested, line, withinMs);
        return Console.Text;
    }
}
