namespace EmbeddedTcp.Tcp;

/// <summary>
/// Which octets beyond RCV.NXT have arrived: a bounded list of disjoint ranges in ascending order. Their bytes already stand
/// at their places in the <see cref="ReceiveBuffer"/>.
/// </summary>
internal sealed class Reassembly
{
    internal const int MaxRanges = 4;

    internal readonly int[] Left = new int[MaxRanges];
    internal readonly int[] Right = new int[MaxRanges];
    internal int Count;

    internal void Clear()
    {
        Count = 0;
    }

    /// <summary>Adds [left, right), merging with what overlaps or touches.</summary>
    /// <returns>False when the list is full and nothing could be merged: the octets must be considered lost.</returns>
    internal bool Add(int left, int right)
    {
        // Swallow every range that the new one overlaps or touches; the others keep their order.
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (Sequence.Less(Right[i], left) || Sequence.Less(right, Left[i]))
            {
                Left[kept] = Left[i];
                Right[kept] = Right[i];
                kept++;
                continue;
            }

            if (Sequence.Less(Left[i], left))
            {
                left = Left[i];
            }

            if (Sequence.Less(right, Right[i]))
            {
                right = Right[i];
            }
        }

        Count = kept;
        if (kept == MaxRanges)
        {
            return false;
        }

        int at = kept;
        while (at > 0 && Sequence.Less(left, Left[at - 1]))
        {
            Left[at] = Left[at - 1];
            Right[at] = Right[at - 1];
            at--;
        }

        Left[at] = left;
        Right[at] = right;
        Count = kept + 1;
        return true;
    }

    /// <summary>Takes the first range out when it starts at or before <paramref name="next"/>.</summary>
    /// <returns>The new end of the data in order, or <paramref name="next"/> itself.</returns>
    internal int TakeUpTo(int next)
    {
        while (Count > 0 && Sequence.LessOrEqual(Left[0], next))
        {
            if (Sequence.Less(next, Right[0]))
            {
                next = Right[0];
            }

            Count--;
            for (int i = 0; i < Count; i++)
            {
                Left[i] = Left[i + 1];
                Right[i] = Right[i + 1];
            }
        }

        return next;
    }
}
