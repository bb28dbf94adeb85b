namespace EmbeddedTcp.Ip;

/// <summary>One datagram that is being put together: its header and data as far as they have come, and a bit for each eight octets that have.</summary>
internal sealed class Fragments
{
    /// <summary>Where the data starts in <see cref="Data"/>; the header of the first fragment ends there.</summary>
    internal const int DataAt = 60;

    internal readonly byte[] Data;
    internal readonly byte[] Map;
    internal bool InUse;
    internal bool HasFirst;
    internal bool ToMany;
    internal bool Congested;
    internal uint Source;
    internal uint Destination;

    /// <summary>Identification and protocol: with the addresses, what the fragments of one datagram share (RFC 791 §3.2).</summary>
    internal int Key;
    internal int HeaderLength;

    /// <summary>Octets of data that have come.</summary>
    internal int Received;

    /// <summary>The end of what has come farthest.</summary>
    internal int Farthest;

    /// <summary>Octets of data there are in all; −1 while the last fragment has not come.</summary>
    internal int Length;
    internal int StartedAt;

    internal Fragments(int size)
    {
        Data = new byte[DataAt + size];
        Map = new byte[(size + 63) >> 6];
    }

    internal void Start(uint source, uint destination, int key, bool toMany, int now)
    {
        System.Array.Clear(Map, 0, Map.Length);
        InUse = true;
        HasFirst = false;
        ToMany = toMany;
        Congested = false;
        Source = source;
        Destination = destination;
        Key = key;
        Received = 0;
        Farthest = 0;
        Length = -1;
        StartedAt = now;
    }

    /// <summary>How many of these blocks of eight octets have come already.</summary>
    internal int Known(int first, int blocks)
    {
        int known = 0;
        for (int i = first; i < first + blocks; i++)
        {
            known += (Map[i >> 3] >> (i & 7)) & 1;
        }

        return known;
    }

    internal void Mark(int first, int blocks)
    {
        for (int i = first; i < first + blocks; i++)
        {
            Map[i >> 3] |= (byte)(1 << (i & 7));
        }
    }
}
