namespace EmbeddedTcp.ChipModels;

/// <summary>The far side of a model's cable.</summary>
public abstract class CableEnd
{
    /// <summary>The chip put a frame on the wire.</summary>
    /// <param name="frame">Holds the frame from <paramref name="offset"/>, without FCS; valid during the call only.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Length in bytes, padding included.</param>
    public abstract void Transmitted(byte[] frame, int offset, int length);
}
