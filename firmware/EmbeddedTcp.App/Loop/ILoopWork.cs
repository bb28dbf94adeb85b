namespace EmbeddedTcp.App;

/// <summary>Something that wants its turn on the poll loop's thread besides the application: a terminal, a lamp.</summary>
public interface ILoopWork
{
    /// <summary>Does what can be done at once; never waits.</summary>
    /// <param name="nowMs">The time in milliseconds.</param>
    /// <returns>Milliseconds until it wants the next turn, 0 for at once; at most <see cref="PollLoop.LongestWait"/>.</returns>
    int Run(long nowMs);
}
