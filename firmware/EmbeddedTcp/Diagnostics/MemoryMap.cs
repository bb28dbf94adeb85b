namespace EmbeddedTcp.Diagnostics;

/// <summary>The fixed memory of an interface, item by item, as it was allocated when the interface was made.</summary>
/// <remarks>Bytes of array payload. On the nano CLR each array adds a header of 12 bytes and each object 12 bytes a field.</remarks>
public sealed class MemoryMap
{
    private const int Most = 18;

    private readonly string[] _names = new string[Most];
    private readonly int[] _bytes = new int[Most];
    private readonly byte[] _numbers = new byte[Most * 2];

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all items.</summary>
    public int Total { get; private set; }

    /// <summary>What the item is.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public string NameAt(int index)
    {
        // Put together when asked for: kept, the texts would cost more than what they tell of.
        int number = (_numbers[index * 2] << 8) | _numbers[index * 2 + 1];
        return number == 0 ? _names[index] : _names[index] + ", " + number.ToString();
    }

    /// <summary>Bytes of the item.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    public int BytesAt(int index)
    {
        return _bytes[index];
    }

    /// <summary>Notes what was just allocated.</summary>
    public void Add(string name, int bytes)
    {
        Add(name, 0, bytes);
    }

    /// <summary>Notes an item of which there are so many, up to 65,535.</summary>
    public void Add(string name, int number, int bytes)
    {
        _numbers[Count * 2] = (byte)(number >> 8);
        _numbers[Count * 2 + 1] = (byte)number;
        _names[Count] = name;
        _bytes[Count] = bytes;
        Count++;
        Total += bytes;
    }
}
