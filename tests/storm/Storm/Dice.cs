namespace EmbeddedTcp.StormTests.Storm;

/// <summary>Numbers drawn from a seed (SplitMix64): the same on every runtime, so that a seed reproduces a run to the byte.</summary>
internal sealed class Dice
{
    private ulong _state;

    internal Dice(ulong seed)
    {
        _state = (seed * 0x9E3779B97F4A7C15UL) ^ 0xD1B54A32D192ED03UL;
    }

    internal ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="bound"/> − 1.</summary>
    internal int Below(int bound)
    {
        return (int)((Next() >> 33) % (uint)bound);
    }

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    internal int Between(int low, int high)
    {
        return low + Below(high - low + 1);
    }

    internal bool Chance(int permille)
    {
        return permille > 0 && Below(1000) < permille;
    }

    internal T Of<T>(params T[] choices)
    {
        return choices[Below(choices.Length)];
    }

    /// <summary>0 to <paramref name="maximum"/>, small values far more often than large ones.</summary>
    internal int Skewed(int maximum)
    {
        if (maximum == 0)
        {
            return 0;
        }

        int bits = Below(32 - System.Numerics.BitOperations.LeadingZeroCount((uint)maximum) + 1);
        int limit = bits >= 31 ? maximum : Math.Min(maximum, (1 << bits) - 1);
        return limit == 0 ? 0 : Between(0, limit);
    }
}
