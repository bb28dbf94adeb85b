using System;
using System.Collections.Concurrent;
using System.IO;
using System.Text;
using System.Threading;
using EmbeddedTcp.App;
using EmbeddedTcp.Services.Time;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>The wire of the serial console: what is typed goes to the shell, character by character, as fast as it takes them.</summary>
/// <remarks>Everything but <see cref="Type"/> and the reading thread is called on the loop's thread.</remarks>
public sealed class SerialConsole
{
    // What a UART's buffer is on a device: a script that is piped in waits in its pipe, not here.
    private const int BlockSize = 256;
    private const int Blocks = 4;

    private readonly LoopSignal _signal;
    private readonly BlockingCollection<string> _typed = new(Blocks);
    private string _block = string.Empty;
    private int _next;
    private int _waiting;

    /// <summary>Creates a console that nobody types on yet.</summary>
    /// <param name="signal">Set when something was typed.</param>
    public SerialConsole(LoopSignal signal)
    {
        _signal = signal;
    }

    /// <summary>True when everything that was typed has been fed. Any thread may ask.</summary>
    public bool Empty => Volatile.Read(ref _waiting) == 0;

    /// <summary>Starts to read, on a thread of its own, until the input ends. The end of the input is not the end of the board.</summary>
    /// <param name="input">What to read; each byte is a character, as on a serial line.</param>
    public void Attach(Stream input)
    {
        var reader = new Thread(() => ReadAll(input)) { IsBackground = true, Name = "serial console" };
        reader.Start();
    }

    /// <summary>
    /// Starts to read a terminal key by key, on a thread of its own: the shell shows what is typed, and completes it. Ctrl+C stays a signal.
    /// </summary>
    public void AttachKeys()
    {
        new Thread(ReadKeys) { IsBackground = true, Name = "serial console" }.Start();
    }

    /// <summary>Types a text; waits while the shell is behind. Any thread but the loop's may call this.</summary>
    /// <param name="text">Characters; lines end in '\n'.</param>
    public void Type(string text)
    {
        Interlocked.Add(ref _waiting, text.Length);
        _typed.Add(text);
        _signal.Set();
    }

    /// <summary>Feeds the shell as long as it has room for a line.</summary>
    /// <returns>True when it was fed.</returns>
    public bool Feed(Shell shell)
    {
        bool fed = false;
        while (shell.HasRoom && !shell.ExitRequested)
        {
            if (_next == _block.Length)
            {
                _next = 0;
                if (!_typed.TryTake(out string? block))
                {
                    _block = string.Empty;
                    break;
                }

                _block = block;
                continue;
            }

            shell.Feed(_block[_next++]);
            Interlocked.Decrement(ref _waiting);
            fed = true;
        }

        return fed;
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                char typed = key.Key switch
                {
                    ConsoleKey.Enter => '\n',
                    ConsoleKey.Backspace => '\b',
                    _ => key.KeyChar,
                };
                if (typed is not '\0' and < (char)256)
                {
                    Type(typed.ToString());
                }
            }
        }
        catch (InvalidOperationException)
        {
            // The terminal went away; that is not the end of the board.
        }
    }

    // A stream and no reader: it hands over what has come instead of waiting for a full block.
    private void ReadAll(Stream input)
    {
        byte[] block = new byte[BlockSize];
        byte last = (byte)'\n';
        int count;
        try
        {
            while ((count = input.Read(block, 0, block.Length)) > 0)
            {
                last = block[count - 1];
                Type(Encoding.Latin1.GetString(block, 0, count));
            }
        }
        catch (IOException)
        {
            // A terminal that went away reads as the end of the input.
        }

        if (last != '\n')
        {
            Type("\n");
        }
    }
}

/// <summary>Prints what the firmware says on a text writer.</summary>
/// <param name="writer">Usually standard output.</param>
public sealed class WriterOutput(TextWriter writer) : TextOutput
{
    /// <inheritdoc/>
    public override void Write(string text)
    {
        try
        {
            writer.Write(text);
            writer.Flush();
        }
        catch (IOException)
        {
            // Nobody reads the console any more; the board goes on.
        }
    }
}

/// <summary>The computer's clock.</summary>
internal sealed class HostClock : WallClock
{
    /// <inheritdoc/>
    public override long UnixSeconds => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
