namespace EmbeddedTcp.Samples;

/// <summary>A lamp, a relay: something with two states.</summary>
public abstract class SwitchedOutput
{
    /// <summary>Switches it. On the poll loop's thread.</summary>
    public abstract void Set(bool on);
}
