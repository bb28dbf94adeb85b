namespace EmbeddedTcp.StormTests.Storm;

/// <summary>An invariant did not hold, or an application did not get what it should have.</summary>
internal sealed class StormFailure : Exception
{
    internal StormFailure(string message)
        : base(message)
    {
    }
}
