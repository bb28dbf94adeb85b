namespace EmbeddedTcp.UnitTests.Support;

/// <summary>A seeded source of numbers: System.Random on the device is the hardware's and ignores its seed.</summary>
public class Lcg
{
    private uint _state;

    /// <summary>Starts at a seed.</summary>
    public Lcg(uint seed)
    {
        _state = seed;
    }

    /// <summary>0 to <paramref name="limit"/> − 1.</summary>
    public int Next(int limit)
    {
        // Numerical Recipes' constants; the low bits of such a generator are poor.
        _state = _state * 1664525 + 1013904223;
        return (int)((_state >> 8) % (uint)limit);
    }
}
