using System;
using System.Threading;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>Wakes the board's loop: a frame, a line on the console, a completed socket operation, or the wish to stop.</summary>
public sealed class LoopSignal : IDisposable
{
    private readonly AutoResetEvent _event = new(false);

    /// <summary>Ends the present or the next wait. Any thread may call this.</summary>
    public void Set()
    {
        try
        {
            _event.Set();
        }
        catch (ObjectDisposedException)
        {
            // A socket operation that ends after the board did has nobody left to tell.
        }
    }

    /// <summary>Sleeps until <see cref="Set"/> or the time is over.</summary>
    /// <param name="microseconds">Longest sleep; rounded up to milliseconds, so that the loop never wakes just before a deadline.</param>
    public void Wait(long microseconds)
    {
        if (microseconds > 0)
        {
            _event.WaitOne((int)Math.Min((microseconds + 999) / 1000, int.MaxValue));
        }
    }

    /// <summary>True when <see cref="Set"/> was called since the last wait. Takes the signal, as a wait does.</summary>
    internal bool Take()
    {
        return _event.WaitOne(0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _event.Dispose();
    }
}
