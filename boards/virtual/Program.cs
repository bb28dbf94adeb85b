using System;
using System.IO;
using System.Runtime.InteropServices;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.VirtualBoard.ChipService;
using EmbeddedTcp.VirtualBoard.Lab;
using EmbeddedTcp.VirtualBoard.Wires;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>Boots the virtual board in the foreground.</summary>
internal static class Program
{
    private const int Ended = 0;
    private const int CannotStart = 1;
    private const int BadOption = 2;

    private static int Main(string[] arguments)
    {
        if (arguments.Length > 0 && arguments[0] == ChipCommandLine.Name)
        {
            return OfferChip(arguments[1..]);
        }

        if (arguments.Length > 0 && arguments[0] == "lab")
        {
            return LabProgram.Run(arguments[1..]);
        }

        string? error = new CommandLine().Read(arguments, Console.Out, out BoardSettings? settings);
        if (error != null)
        {
            return Complain(error + " (--help explains the options)", BadOption);
        }

        if (settings == null)
        {
            return Ended;
        }

        using var signal = new LoopSignal();
        try
        {
            using Board board = Board.Create(settings, signal, new WriterOutput(Console.Out), Warn);
            return Run(board);
        }
        catch (WireException e)
        {
            return Complain(e.Message, CannotStart);
        }
        catch (Exception e) when (settings.CapturePath != null && e is IOException or UnauthorizedAccessException)
        {
            return Complain($"--pcap: cannot write '{settings.CapturePath}': {e.Message.ReplaceLineEndings(" ")}", BadOption);
        }
    }

    private static int OfferChip(string[] arguments)
    {
        string? error = new ChipCommandLine().Read(arguments, Console.Out, out ChipSettings? settings);
        ChipModel? chip = settings?.Create(out error);
        if (error != null)
        {
            return Complain(error + " (chip --help explains the options)", BadOption);
        }

        if (settings == null)
        {
            return Ended;
        }

        using var signal = new LoopSignal();
        try
        {
            using ChipServer server = ChipServer.Create(settings, chip!, signal, new WriterOutput(Console.Out));
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            void Stop(PosixSignalContext context)
            {
                context.Cancel = true;
                server.RequestStop();
            }

            server.Run();
            return Ended;
        }
        catch (WireException e)
        {
            return Complain(e.Message, CannotStart);
        }
        catch (Exception e) when (settings.CapturePath != null && e is IOException or UnauthorizedAccessException)
        {
            return Complain($"--pcap: cannot write '{settings.CapturePath}': {e.Message.ReplaceLineEndings(" ")}", BadOption);
        }
    }

    private static int Run(Board board)
    {
        using var terminal = new HostTerminal(board.Application.Shell, board.Console, board.RequestStop);
        if (!board.Open())
        {
            return CannotStart;
        }

        terminal.Attach();
        board.Run();
        return Ended;
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
