namespace EmbeddedTcp.Tcp;

/// <summary>A bounded list of disjoint ranges of sequence numbers, [left, right), in ascending order.</summary>
internal class SequenceRanges
{
    internal readonly int[] Left;
    internal readonly int[] Right;
    internal int Count;

    internal SequenceRanges(int maxRanges)
    {
        Left = new int[maxRanges];
        Right = new int[maxRanges];
    }

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
        if (kept == Left.Length)
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

    /// <summary>True when all of [left, right) is in one range.</summary>
    internal bool Covers(int left, int right)
    {
        for (int i = 0; i < Count; i++)
        {
            if (Sequence.LessOrEqual(Left[i], left) && Sequence.LessOrEqual(right, Right[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the ranges out that start at or before <paramref name="next"/>.</summary>
    /// <returns>The end of the last one taken, if it lies beyond, or <paramref name="next"/> itself.</returns>
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
