namespace EmbeddedTcp.App;

/// <summary>A command that takes its time: the shell turns it with the poll loop until it is done, then goes on with the next line.</summary>
public abstract class Job
{
    /// <summary>True once there is nothing left to do.</summary>
    public bool Done { get; protected set; }

    /// <summary>Does what can be done now.</summary>
    /// <param name="nowMs">The time in milliseconds.</param>
    /// <returns>Milliseconds until it wants another turn; deadlines of its connections come by themselves.</returns>
    public abstract int Run(long nowMs);

    /// <summary>The person at the console, or the end of the application, wants it to end.</summary>
    public abstract void Abort();
}
