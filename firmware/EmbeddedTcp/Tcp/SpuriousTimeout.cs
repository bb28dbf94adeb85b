namespace EmbeddedTcp.Tcp;

/// <summary>
/// Finds out that a retransmission timeout was a mistake, and undoes what it cost: the Eifel detection algorithm (RFC 3522) with the
/// response of RFC 4015. Needs timestamps, since only they tell which copy of a segment was acknowledged.
/// </summary>
internal sealed class SpuriousTimeout
{
    private bool _suspected;
    private int _retransmittedAt;
    private int _pipeBefore;

    internal void Clear()
    {
        _suspected = false;
    }

    /// <summary>The timer fired and the first segment is about to be sent again (RFC 3522 §3.2 steps 1 to 3).</summary>
    /// <remarks>To be called before the congestion control hears of it. Later timeouts of the same segment keep the first one's numbers.</remarks>
    internal void Suspect(TcpConnection c, int stamp)
    {
        if (_suspected)
        {
            return;
        }

        _suspected = true;
        _retransmittedAt = stamp;

        // RFC 4015 §3.2 (DET.1): pipe_prev is the larger of what was outstanding and ssthresh.
        int flight = c.SndNxt - c.SndUna;
        int threshold = c.Congestion.Threshold;
        _pipeBefore = flight > threshold ? flight : threshold;
    }

    /// <summary>The first acceptable ACK since then (RFC 3522 §3.2 step 5): it answers the original if its TSecr is older than the retransmission.</summary>
    /// <returns>True when the timeout was spurious: windows and timer have been set then.</returns>
    internal bool OnAck(TcpConnection c, int echo, int acked, int roundTrip)
    {
        if (!_suspected)
        {
            return false;
        }

        _suspected = false;
        if (echo - _retransmittedAt >= 0)
        {
            return false;
        }

        c.Engine.Counters.SpuriousTimeouts++;

        // RFC 4015 §3.2 (4) to (6): go on with new data, as if nothing had happened but that the path has become slower.
        c.Retransmitting = false;
        c.Congestion.Undo(_pipeBefore, acked);
        if (roundTrip >= 0)
        {
            c.Rtt.Slower(roundTrip);
        }

        return true;
    }
}
