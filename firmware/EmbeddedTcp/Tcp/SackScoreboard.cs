namespace EmbeddedTcp.Tcp;

/// <summary>
/// The sender's side of selective acknowledgment: which octets between SND.UNA and SND.NXT the peer holds, and what follows from that
/// about the others (RFC 6675, whose function names are used).
/// </summary>
internal sealed class SackScoreboard
{
    private const int MaxRanges = 8;

    // DupThresh of RFC 6675 §2.
    private const int DuplicateThreshold = 3;

    private readonly SequenceRanges _sacked = new SequenceRanges(MaxRanges);

    /// <summary>HighRxt: everything left of it has been sent again in this recovery.</summary>
    internal int HighRxt;

    /// <summary>First octet of the hole that <see cref="NextSeg"/> found.</summary>
    internal int HoleAt;

    /// <summary>Octets of it.</summary>
    internal int HoleLength;

    internal bool IsEmpty
    {
        get { return _sacked.Count == 0; }
    }

    internal void Clear()
    {
        _sacked.Count = 0;
    }

    /// <summary>Update(): takes the blocks of a segment in.</summary>
    /// <returns>True when they cover octets that were not covered before.</returns>
    internal bool Update(TcpSegment s, int una, int nxt)
    {
        bool news = false;
        for (int i = 0; i < s.SackCount; i++)
        {
            int left = s.SackLeft(i);
            int right = s.SackRight(i);

            // A block left of the cumulative acknowledgment reports a duplicate (RFC 2883 §4); one beyond what was sent is a lie.
            if (Sequence.LessOrEqual(right, left) || Sequence.Less(left, una) || Sequence.LessOrEqual(left, s.Ack)
                || Sequence.Less(nxt, right) || _sacked.Covers(left, right))
            {
                continue;
            }

            news |= _sacked.Add(left, right);
        }

        return news;
    }

    /// <summary>SND.UNA has moved.</summary>
    internal void Acknowledged(int una)
    {
        _sacked.TakeUpTo(una);
        if (Sequence.Less(HighRxt, una))
        {
            HighRxt = una;
        }
    }

    /// <summary>
    /// IsLost(): DupThresh discontiguous ranges, or more than (DupThresh − 1) · SMSS octets, were received beyond the octet.
    /// </summary>
    internal bool IsLost(int seq, int mss)
    {
        int ranges = 0;
        int octets = 0;
        for (int i = 0; i < _sacked.Count; i++)
        {
            if (Sequence.Less(seq, _sacked.Left[i]))
            {
                ranges++;
                octets += _sacked.Right[i] - _sacked.Left[i];
            }
        }

        return ranges >= DuplicateThreshold || octets > (DuplicateThreshold - 1) * mss;
    }

    /// <summary>SetPipe(): an estimate of the octets that are in the network. Between two ranges IsLost is the same for all octets.</summary>
    internal int Pipe(int una, int nxt, int mss)
    {
        int pipe = 0;
        int at = una;
        for (int i = 0; i <= _sacked.Count; i++)
        {
            int end = i < _sacked.Count ? _sacked.Left[i] : nxt;
            if (!IsLost(at, mss))
            {
                pipe += end - at;
            }

            if (Sequence.Less(at, HighRxt))
            {
                pipe += (Sequence.Less(HighRxt, end) ? HighRxt : end) - at;
            }

            if (i < _sacked.Count)
            {
                at = _sacked.Right[i];
            }
        }

        return pipe;
    }

    /// <summary>
    /// NextSeg() rules (1) and (3): the lowest octets right of HighRxt and left of something received that are lost, or, when there is nothing
    /// new to send, might be.
    /// </summary>
    /// <returns>False when there are none; else <see cref="HoleAt"/> and <see cref="HoleLength"/> are set.</returns>
    internal bool NextSeg(int una, int mss, bool evenIfNotLost)
    {
        int at = una;
        for (int i = 0; i < _sacked.Count; i++)
        {
            int from = Sequence.Less(at, HighRxt) ? HighRxt : at;
            int length = _sacked.Left[i] - from;
            if (length > 0 && (evenIfNotLost || IsLost(from, mss)))
            {
                HoleAt = from;
                HoleLength = length < mss ? length : mss;
                return true;
            }

            at = _sacked.Right[i];
        }

        return false;
    }

    /// <summary>After a timeout everything is sent again, but for what has been reported since: moves to the next octet that the peer lacks.</summary>
    internal int Skip(int seq)
    {
        for (int i = 0; i < _sacked.Count; i++)
        {
            if (Sequence.LessOrEqual(_sacked.Left[i], seq) && Sequence.Less(seq, _sacked.Right[i]))
            {
                return _sacked.Right[i];
            }
        }

        return seq;
    }

    /// <summary>Octets from <paramref name="seq"/> on that the peer lacks, <paramref name="length"/> at most.</summary>
    internal int Until(int seq, int length)
    {
        for (int i = 0; i < _sacked.Count; i++)
        {
            int distance = _sacked.Left[i] - seq;
            if (distance > 0 && distance < length)
            {
                length = distance;
            }
        }

        return length;
    }
}
