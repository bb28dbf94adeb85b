using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.VirtualBoard.Wires;
using EmbeddedTcp.VirtualBoard.Wires.Tap;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard.ChipService;

/// <summary>
/// A modelled chip whose pins are offered over TCP, and whose cable is plugged into a network: any driver, in any language, can
/// be run against it.
/// </summary>
/// <remarks>
/// The chip's clock is the computer's, and runs ahead of it where a client lets time pass at once. <see cref="Run"/>'s thread keeps the
/// wire going; the client is served by a thread of its own. Whoever touches chip or wire holds the gate.
/// </remarks>
public sealed class ChipServer : IDisposable
{
    // With a client there, something may be due in the chip at any time.
    private const long LongestSleep = 5_000;

    private readonly ChipModel _chip;
    private readonly WireEnd _farEnd;
    private readonly VirtualWire _wire;
    private readonly PcapngWriter? _capture;
    private readonly LoopSignal _signal;
    private readonly TextOutput _output;
    private readonly TimeSpan? _runTime;
    private readonly Socket _listener;
    private readonly Lock _gate = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private Socket? _client;
    private volatile bool _stopRequested;

    private ChipServer(ChipSettings settings, ChipModel chip, WireEnd farEnd, LoopSignal signal, TextOutput output, PcapngWriter? capture, Socket listener)
    {
        _chip = chip;
        _farEnd = farEnd;
        _signal = signal;
        _output = output;
        _capture = capture;
        _listener = listener;
        _runTime = settings.RunTime;
        _wire = new VirtualWire(chip, farEnd, FaultSettings.None, capture, signal)
        {
            EpochMicroseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000,
        };
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>The chip, for its counters.</summary>
    public ChipModel Chip => _chip;

    /// <summary>Sets the service up: the network, the chip, the port.</summary>
    /// <param name="settings">What the command line decided.</param>
    /// <param name="chip">The chip, from <see cref="ChipSettings.Create"/>.</param>
    /// <param name="signal">Wakes the loop; the caller's to dispose.</param>
    /// <param name="output">Told what there is and who comes and goes.</param>
    /// <returns>The service, not running yet.</returns>
    /// <exception cref="WireException">The network or the port cannot be had.</exception>
    public static ChipServer Create(ChipSettings settings, ChipModel chip, LoopSignal signal, TextOutput output)
    {
        PcapngWriter? capture = null;
        WireEnd? farEnd = null;
        var listener = new Socket(settings.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(settings.Listen);
            listener.Listen(4);
            capture = settings.CapturePath == null ? null : PcapngWriter.Create(settings.CapturePath);
            farEnd = settings.TapName != null
                ? TapDevice.Open(settings.TapName, settings.Host.Address, settings.Host.PrefixLength)
                : StartUserNet(settings, signal, output);
            output.WriteLine("network   " + farEnd.Description);
            var server = new ChipServer(settings, chip, farEnd, signal, output, capture, listener);
            output.WriteLine("chip      " + chip.Name);
            output.WriteLine($"listen    tcp:{server.EndPoint}");
            return server;
        }
        catch (Exception e)
        {
            farEnd?.Dispose();
            capture?.Dispose();
            listener.Dispose();
            if (e is SocketException)
            {
                throw new WireException($"cannot listen on tcp:{settings.Listen}: {e.Message.ReplaceLineEndings(" ")}");
            }

            throw;
        }
    }

    /// <summary>Asks <see cref="Run"/> to return. Any thread, and a signal handler, may call this.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _signal.Set();
    }

    /// <summary>Serves until the end of the time in the settings, or <see cref="RequestStop"/>.</summary>
    public void Run()
    {
        var accepting = new Thread(Accept) { IsBackground = true, Name = "chip service" };
        accepting.Start();
        long end = _runTime is { } time ? (long)time.TotalMicroseconds : long.MaxValue;
        while (!_stopRequested)
        {
            long now = Elapsed();
            if (now >= end)
            {
                break;
            }

            long next;
            lock (_gate)
            {
                next = Step(now);
                _capture?.Flush();
            }

            _signal.Wait(Math.Min(Math.Min(next, end), now + LongestSleep) - Elapsed());
        }

        _stopRequested = true;
        _listener.Dispose();
        _client?.Dispose();
        accepting.Join(1000);
    }

    /// <summary>Pulls the cable, gives back what the host lent, completes the capture.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        _client?.Dispose();
        _farEnd.Dispose();
        _capture?.Dispose();
    }

    private static UserNet StartUserNet(ChipSettings settings, LoopSignal signal, TextOutput output)
    {
        var user = new UserNet(settings.Host.Address, settings.Host.PrefixLength, settings.Board.Address, new Dictionary<string, uint>(), signal);
        foreach (PortForward ports in settings.Forwards)
        {
            string? error = user.Forward(ports, out int hostPort);
            if (error != null)
            {
                user.Dispose();
                throw new WireException(error);
            }

            output.WriteLine($"forward   127.0.0.1:{hostPort} -> {Ipv4Address.Format(settings.Board.Address)}:{ports.BoardPort}");
        }

        return user;
    }

    private long Step(long now)
    {
        _chip.AdvanceTo(now);
        long next = _farEnd.Poll(now);
        bool moved = _wire.PumpFromBoard(now);
        moved |= _wire.PumpToBoard(now);
        return moved ? now : Math.Min(next, _wire.NextDue);
    }

    private long Elapsed()
    {
        return (long)Stopwatch.GetElapsedTime(_start).TotalMicroseconds;
    }

    private void Accept()
    {
        try
        {
            while (!_stopRequested)
            {
                Socket socket = _listener.Accept();
                socket.NoDelay = true;
                if (_client != null)
                {
                    // Pins have one master.
                    Refuse(socket);
                    continue;
                }

                _client = socket;
                new Thread(() => Serve(socket)) { IsBackground = true, Name = "chip client" }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (!_stopRequested)
            {
                _output.WriteLine("error: the service accepts no more clients: " + e.Message.ReplaceLineEndings(" "));
            }
        }
    }

    private void Serve(Socket socket)
    {
        string name = socket.RemoteEndPoint?.ToString() ?? "?";
        _output.WriteLine("client    " + name);
        var session = new ChipSession(socket, _chip, _gate, () => _chip.AdvanceTo(Elapsed()), WakeWire);
        string? refusal = session.Serve();
        socket.Dispose();
        _client = null;
        _output.WriteLine($"client    {name} " + (refusal ?? "went"));
    }

    // A frame that the chip has put on the wire goes on at once.
    private void WakeWire()
    {
        if (_wire.NextDue <= Elapsed())
        {
            _signal.Set();
        }
    }

    private static void Refuse(Socket socket)
    {
        try
        {
            socket.Send(ChipProtocol.Busy);
        }
        catch (SocketException)
        {
            // It did not want to hear it.
        }

        socket.Dispose();
    }
}
