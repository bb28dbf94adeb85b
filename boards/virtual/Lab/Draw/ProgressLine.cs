using System;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>How far a long run is: one line that is written over itself on a terminal, nothing in a pipe.</summary>
internal sealed class ProgressLine(int total) : IDisposable
{
    private readonly bool _terminal = !Console.IsOutputRedirected;
    private int _at;

    public void Dispose() => Erase();

    internal void At(string what)
    {
        _at++;
        if (_terminal)
        {
            int filled = _at * 20 / total;
            Console.Write($"\r[{new string('#', filled)}{new string('.', 20 - filled)}] {_at} of {total}: {what}".PadRight(78));
        }
    }

    internal void Done(string line)
    {
        Erase();
        Console.WriteLine(line);
    }

    private void Erase()
    {
        if (_terminal)
        {
            Console.Write("\r" + new string(' ', 78) + "\r");
        }
    }
}
