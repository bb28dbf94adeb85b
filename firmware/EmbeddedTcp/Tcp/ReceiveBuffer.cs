using System;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// A ring of received octets: those in order up to RCV.NXT, which the application may read, and beyond them room for
/// out-of-order ones, whose places <see cref="Reassembly"/> remembers.
/// </summary>
internal sealed class ReceiveBuffer
{
    internal readonly byte[] Data;
    internal int Head;
    internal int Count;

    internal ReceiveBuffer(int size)
    {
        Data = new byte[size];
    }

    internal int Size
    {
        get { return Data.Length; }
    }

    internal void Clear()
    {
        Head = 0;
        Count = 0;
    }

    /// <summary>Stores octets beyond those in order. They count only after <see cref="Advance"/>.</summary>
    /// <remarks><c>beyond</c> is the distance from RCV.NXT to their place; the caller has checked that they fit.</remarks>
    internal void Store(int beyond, byte[] source, int offset, int count)
    {
        int at = Head + Count + beyond;
        if (at >= Data.Length)
        {
            at -= Data.Length;
        }

        int first = Data.Length - at;
        if (first >= count)
        {
            Array.Copy(source, offset, Data, at, count);
        }
        else
        {
            Array.Copy(source, offset, Data, at, first);
            Array.Copy(source, offset + first, Data, 0, count - first);
        }
    }

    /// <summary>Stored octets have come in order: the application may read them.</summary>
    internal void Advance(int count)
    {
        Count += count;
    }

    /// <summary>Copies up to <paramref name="count"/> octets to the application.</summary>
    internal int Peek(byte[] destination, int offset, int count)
    {
        if (count > Count)
        {
            count = Count;
        }

        int first = Data.Length - Head;
        if (first >= count)
        {
            Array.Copy(Data, Head, destination, offset, count);
        }
        else
        {
            Array.Copy(Data, Head, destination, offset, first);
            Array.Copy(Data, 0, destination, offset + first, count - first);
        }

        return count;
    }

    /// <summary>Frees octets that the application has read.</summary>
    internal void Consume(int count)
    {
        int head = Head + count;
        Head = head >= Data.Length ? head - Data.Length : head;
        Count -= count;
    }
}
