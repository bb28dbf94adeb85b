using System;

namespace EmbeddedTcp.Tcp;

/// <summary>A ring of the octets from SND.UNA on: sent but unacknowledged ones first, then those not sent yet.</summary>
internal sealed class SendBuffer
{
    internal readonly byte[] Data;
    internal readonly int Size;
    internal int Head;
    internal int Count;

    internal SendBuffer(int size)
    {
        Data = new byte[size];
        Size = size;
    }

    internal void Clear()
    {
        Head = 0;
        Count = 0;
    }

    /// <summary>Appends as many bytes as there is room for and returns how many that were.</summary>
    internal int Append(byte[] source, int offset, int count)
    {
        int room = Size - Count;
        if (count > room)
        {
            count = room;
        }

        int at = Head + Count;
        if (at >= Size)
        {
            at -= Size;
        }

        int first = Size - at;
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
        if (at >= Size)
        {
            at -= Size;
        }

        int first = Size - at;
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
        Head = head >= Size ? head - Size : head;
        Count -= count;
    }
}
