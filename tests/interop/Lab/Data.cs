using System;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>Bytes without a pattern, the same for the same seed.</summary>
internal static class Data
{
    public static byte[] Random(int count, int seed)
    {
        byte[] data = new byte[count];
        new Random(seed).NextBytes(data);
        return data;
    }
}
