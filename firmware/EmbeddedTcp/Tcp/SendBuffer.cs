using System;

namespace EmbeddedTcp.Tcp;

/// <summary>A ring of the octets from SND.UNA on: sent but unacknowledged ones first, then those not sent yet.</summary>
internal sealed class SendBuffer
{
    internal readonly byte[] Data;
    internal int Head;
    internal int Count;

    internal SendBuffer(int size)
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

    /// <summary>Appends as many bytes as there is room for and returns how many that were.</summary>
    internal int Append(byte[] source, int offset, int count)
    {
        int room = Data.Length - Count;
        if (count > room)
        {
            count = room;
        }

        int at = Head + Count;
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

        Count += count;
        return count;
    }

    /// <summary>Copies octets out without consuming them.</summary>
    /// <remarks><c>from</c> is the distance from SND.UNA to the first of them.</remarks>
    internal void CopyTo(int from, byte[] destination, int offset, int count)
    {
        int at = Head + from;
        if (at >= Data.Length)
        {
            at -= Data.Length;
        }

        int first = Data.Length - at;
        if (first >= count)
        {
            Array.Copy(Data, at, destination, offset, count);
        }
        else
        {
            Array.Copy(Data, at, destination, offset, first);
            Array.Copy(Data, 0, destination, offset + first, count - first);
        }
    }

    /// <summary>Forgets acknowledged octets.</summary>
    internal void Consume(int count)
    {
        int head = Head + count;
        Head = head >= Data.Length ? head - Data.Length : head;
        Count -= count;
    }
}
