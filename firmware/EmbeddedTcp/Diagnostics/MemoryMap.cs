namespace EmbeddedTcp.Diagnostics;

/// <summary>The fixed memory of an interface, item by item, as it was allocated when the interface was made.</summary>
/// <remarks>Bytes of array payload. On the nano CLR each array adds a header of 12 bytes and each object 12 bytes a field.</remarks>
public sealed class MemoryMap
{
    private readonly string[] _names = new string[16];
    private readonly int[] _bytes = new int[16];

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all items.</summary>
    public int Total { get; private set; }

    /// <summary>What the item is.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public string NameAt(int index)
    {
        return _names[index];
    }

    /// <summary>Bytes of the item.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public int BytesAt(int index)
    {
        return _bytes[index];
    }

    internal void Add(string name, int bytes)
    {
        _names[Count] = name;
        _bytes[Count] = bytes;
        Count++;
        Total += bytes;
    }
}
