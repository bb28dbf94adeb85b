namespace EmbeddedTcp.Samples;

/// <summary>Something that can be measured.</summary>
public abstract class Sensor
{
    /// <summary>What is measured and in which unit, a few words of ASCII without quotation marks.</summary>
    public abstract string Quantity { get; }

    /// <summary>Measures once; returns soon. On the poll loop's thread.</summary>
    public abstract int Read();
}
