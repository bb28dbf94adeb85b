using System;

namespace EmbeddedTcp.Diagnostics;

/// <summary>The fixed memory of an interface, item by item, as it was allocated when the interface was made.</summary>
/// <remarks>Bytes of array payload. On the nano CLR each array adds a header of 12 bytes and each object 12 bytes a field.</remarks>
public sealed class MemoryMap
{
    // They grow item by item: what is left over at the end would be kept as long as the interface.
    private string[] _names = new string[0];
    private int[] _bytes = new int[0];
    private byte[] _numbers = new byte[0];

    /// <summary>Number of items.</summary>
    public int Count
    {
        get { return _bytes.Length; }
    }

    /// <summary>Bytes of all items.</summary>
    public int Total
    {
        get
        {
            int total = 0;
            for (int i = 0; i < _bytes.Length; i++)
            {
                total += _bytes[i];
            }

            return total;
        }
    }

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
        int count = Count;
        string[] names = new string[count + 1];
        int[] sizes = new int[count + 1];
        byte[] numbers = new byte[(count + 1) * 2];
        Array.Copy(_names, 0, names, 0, count);
        Array.Copy(_bytes, 0, sizes, 0, count);
        Array.Copy(_numbers, 0, numbers, 0, count * 2);
        names[count] = name;
        sizes[count] = bytes;
        numbers[count * 2] = (byte)(number >> 8);
        numbers[count * 2 + 1] = (byte)number;
        _names = names;
        _bytes = sizes;
        _numbers = numbers;
    }
}
