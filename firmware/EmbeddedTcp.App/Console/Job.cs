namespace EmbeddedTcp.App;

/// <summary>A command that takes its time: the shell turns it with the poll loop until it is done, then goes on with the next line.</summary>
public abstract class Job
{
    /// <summary>True once there is nothing left to do.</summary>
    public bool Done { get; protected set; }

    /// <summary>True when it can take a line that was typed: lines are meant for it, and wait while it is false.</summary>
    public virtual bool WantsLine => false;

    /// <summary>True when lines that wait at its end were meant for it, and must not be taken for commands.</summary>
    public virtual bool DropsLines => false;

    /// <summary>Does what can be done now.</summary>
    /// <param name="nowMs">The time in milliseconds.</param>
    /// <returns>Milliseconds until it wants another turn; deadlines of its connections come by themselves.</returns>
    public abstract int Run(long nowMs);

    /// <summary>The person at the console, or the end of the application, wants it to end. There may be no further turn.</summary>
    public abstract void Abort();

    /// <summary>Takes a line without its end.</summary>
    /// <param name="line">At most <see cref="LineEditor.MaxLine"/> characters.</param>
    public virtual void TakeLine(string line)
    {
    }
}
