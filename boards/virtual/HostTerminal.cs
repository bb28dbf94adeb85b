using System;
using System.Runtime.InteropServices;
using EmbeddedTcp.App;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>This process's terminal, or what stands for it, as the serial console of a board; Ctrl+C and SIGTERM end the board.</summary>
internal sealed class HostTerminal : IDisposable
{
    private const int PatienceMs = 2000;

    private readonly Shell _shell;
    private readonly SerialConsole _console;
    private readonly Action _requestStop;
    private readonly bool _atTerminal = !Console.IsInputRedirected && !Console.IsOutputRedirected;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private long _interrupted = -PatienceMs;
    private int _asked;

    /// <summary>Listens to the signals from now on; nothing is read before <see cref="Attach"/>.</summary>
    /// <param name="shell">Told whether it has to echo and to prompt.</param>
    /// <param name="console">Gets what is typed.</param>
    /// <param name="requestStop">Ends the board; called on a thread of the signals.</param>
    public HostTerminal(Shell shell, SerialConsole console, Action requestStop)
    {
        _shell = shell;
        _console = console;
        _requestStop = requestStop;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        if (!Console.IsInputRedirected)
        {
            shell.Prompt = "> ";
            shell.Editor.Echo = _atTerminal;
        }
    }

    /// <summary>Starts to read: key by key from a terminal, else as it comes.</summary>
    public void Attach()
    {
        if (_atTerminal)
        {
            _console.AttachKeys();
        }
        else
        {
            _console.Attach(Console.OpenStandardInput());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        // A command that is running is what a person at a terminal wants to end, unless it does not listen.
        long now = Environment.TickCount64;
        if (_atTerminal && context.Signal == PosixSignal.SIGINT && _shell.Busy && now - _interrupted > PatienceMs)
        {
            _interrupted = now;
            context.Cancel = true;
            _console.Type(LineEditor.Interrupt.ToString());
            return;
        }

        // The second time the signal does what it always does: end the process.
        context.Cancel = ++_asked == 1;
        _requestStop();
    }
}
