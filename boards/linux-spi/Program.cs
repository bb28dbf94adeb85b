using System;
using EmbeddedTcp.App;
using EmbeddedTcp.LinuxSpi.Adapters;
using EmbeddedTcp.LinuxSpi.Model;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;

namespace EmbeddedTcp.LinuxSpi;

/// <summary>Runs the firmware on this computer, with its chip on a cable.</summary>
internal static class Program
{
    private const int Ended = 0;
    private const int CannotStart = 1;
    private const int BadOption = 2;

    private static int Main(string[] arguments)
    {
        string? error = new CommandLine().Read(arguments, Console.Out, out StationSettings? settings);
        if (error != null)
        {
            return Complain(error + " (--help explains the options)", BadOption);
        }

        if (settings == null)
        {
            return Ended;
        }

        var output = new WriterOutput(Console.Out);
        using var signal = new LoopSignal();
        try
        {
            using SpiAdapter adapter = settings.Adapter == StationSettings.Model
                ? new ModelAdapter(settings.Board.Chip, Board.CreateFarEnd(settings.Board, signal, output, Warn), signal)
                : settings.CreateAdapter();
            using var station = new Station(settings, adapter, signal, output);
            using var terminal = new HostTerminal(station.Application.Shell, station.Console, station.RequestStop);
            return station.Run(terminal.Attach) ? Ended : CannotStart;
        }
        catch (Exception e) when (e is AdapterException or WireException)
        {
            return Complain(e.Message, CannotStart);
        }
    }

    private static void Warn(string line)
    {
        Console.Error.WriteLine("warning: " + line);
    }

    private static int Complain(string line, int exitCode)
    {
        Console.Error.WriteLine("error: " + line);
        return exitCode;
    }
}
