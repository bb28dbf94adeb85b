namespace EmbeddedTcp.Tcp;

/// <summary>
/// The receiver's side of selective acknowledgment: which blocks an ACK reports, and in which order (RFC 2018 §4), with duplicates first
/// (RFC 2883).
/// </summary>
internal sealed class SackReport
{
    // A sequence number inside each of the blocks reported first, the last one first.
    private readonly int[] _recent = new int[Reassembly.MaxRanges];
    private int _recentCount;
    private bool _hasDuplicate;
    private int _duplicateLeft;
    private int _duplicateRight;

    internal void Clear()
    {
        _recentCount = 0;
        _hasDuplicate = false;
    }

    /// <summary>A segment was kept out of order: its block comes first in the next report.</summary>
    internal void Kept(int seq)
    {
        int last = _recentCount < _recent.Length ? _recentCount++ : _recent.Length - 1;
        for (int i = last; i > 0; i--)
        {
            _recent[i] = _recent[i - 1];
        }

        _recent[0] = seq;
    }

    /// <summary>Octets arrived that had arrived before (RFC 2883 §4): reported once.</summary>
    internal void Duplicate(int left, int right)
    {
        _hasDuplicate = true;
        _duplicateLeft = left;
        _duplicateRight = right;
    }

    /// <summary>Text arrived beyond RCV.NXT: the first octets of it that are held already are a duplicate (RFC 2883 §4.2).</summary>
    internal void Overlap(Reassembly held, int left, int right)
    {
        for (int i = 0; i < held.Count && !_hasDuplicate; i++)
        {
            int from = Sequence.Less(left, held.Left[i]) ? held.Left[i] : left;
            int to = Sequence.Less(held.Right[i], right) ? held.Right[i] : right;
            if (Sequence.Less(from, to))
            {
                Duplicate(from, to);
            }
        }
    }

    /// <summary>How many blocks there are to report.</summary>
    internal int Blocks(Reassembly held)
    {
        return held.Count + (_hasDuplicate ? 1 : 0);
    }

    /// <summary>Appends the SACK option, as many blocks as there is room for.</summary>
    internal void Write(TcpOptionWriter writer, Reassembly held)
    {
        int blocks = Blocks(held);
        int room = writer.RoomForSackBlocks();
        if (blocks > room)
        {
            blocks = room;
        }

        writer.Sack(blocks);
        if (_hasDuplicate)
        {
            _hasDuplicate = false;
            writer.Word(_duplicateLeft);
            writer.Word(_duplicateRight);
            blocks--;
        }

        // "The first SACK block MUST specify the contiguous block of data containing the segment which triggered this ACK", and the rest
        // repeat the most recently reported ones (RFC 2018 §4).
        int reported = 0;
        for (int i = 0; i < _recentCount && blocks > 0; i++)
        {
            int range = RangeOf(held, _recent[i]);
            if (range >= 0 && (reported & (1 << range)) == 0)
            {
                reported |= 1 << range;
                writer.Word(held.Left[range]);
                writer.Word(held.Right[range]);
                blocks--;
            }
        }

        for (int range = 0; range < held.Count && blocks > 0; range++)
        {
            if ((reported & (1 << range)) == 0)
            {
                writer.Word(held.Left[range]);
                writer.Word(held.Right[range]);
                blocks--;
            }
        }
    }

    private static int RangeOf(Reassembly held, int seq)
    {
        for (int i = 0; i < held.Count; i++)
        {
            if (Sequence.LessOrEqual(held.Left[i], seq) && Sequence.Less(seq, held.Right[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
