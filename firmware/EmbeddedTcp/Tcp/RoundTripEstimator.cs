namespace EmbeddedTcp.Tcp;

/// <summary>The retransmission timeout of RFC 6298, in integer milliseconds. SRTT is kept times 8 and RTTVAR times 4.</summary>
internal sealed class RoundTripEstimator
{
    // G, the clock granularity: ticks are milliseconds.
    private const int Granularity = 1;

    private readonly StackOptions _options;
    private int _srtt8;
    private int _rttvar4;

    // The sample that would change nothing, as on a quiet LAN nearly each is, or −1.
    private int _settledAt;

    internal RoundTripEstimator(StackOptions options)
    {
        _options = options;
        Reset();
    }

    /// <summary>The timeout now in force, back-off included, in milliseconds.</summary>
    internal int Rto;

    /// <summary>True once a round trip was measured.</summary>
    internal bool HasSample;

    internal int SmoothedRtt
    {
        get { return _srtt8 >> 3; }
    }

    internal int Variation
    {
        get { return _rttvar4 >> 2; }
    }

    internal void Reset()
    {
        HasSample = false;
        _srtt8 = 0;
        _rttvar4 = 0;
        _settledAt = -1;
        Rto = _options.InitialRto;
    }

    /// <summary>A round trip of a segment that was sent once (Karn's algorithm: never of a retransmitted one).</summary>
    internal void Sample(int milliseconds)
    {
        if (milliseconds == _settledAt)
        {
            return;
        }

        // More would change nothing, and what a peer echoes need not be true.
        if (milliseconds > _options.MaximumRto)
        {
            milliseconds = _options.MaximumRto;
        }

        int srtt8 = milliseconds << 3;
        int rttvar4 = milliseconds << 1;
        if (HasSample)
        {
            // RFC 6298 (2.3): RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R|, then SRTT = 7/8 SRTT + 1/8 R.
            srtt8 = _srtt8;
            rttvar4 = _rttvar4;
            int error = milliseconds - (srtt8 >> 3);
            srtt8 += error;
            rttvar4 += (error < 0 ? -error : error) - (rttvar4 >> 2);
        }

        // Else RFC 6298 (2.2): SRTT = R, RTTVAR = R/2. What follows is SetRto, written out for the short way.
        HasSample = true;
        _srtt8 = srtt8;
        _rttvar4 = rttvar4;
        _settledAt = srtt8 >> 3 == milliseconds && rttvar4 < 4 ? milliseconds : -1;
        int rto = (srtt8 >> 3) + (rttvar4 > Granularity ? rttvar4 : Granularity);
        StackOptions options = _options;
        int limit = options.MinimumRto;
        if (rto > limit)
        {
            limit = options.MaximumRto;
            if (rto < limit)
            {
                limit = rto;
            }
        }

        Rto = limit;
    }

    // RFC 6298 (2.3): RTO = SRTT + max(G, 4 RTTVAR), between its floor and its ceiling.
    private void SetRto(int srtt8, int rttvar4)
    {
        _settledAt = -1;
        HasSample = true;
        _srtt8 = srtt8;
        _rttvar4 = rttvar4;
        int rto = (srtt8 >> 3) + (rttvar4 > Granularity ? rttvar4 : Granularity);
        StackOptions options = _options;
        int minimum = options.MinimumRto;
        Rto = rto < minimum ? minimum : rto > options.MaximumRto ? options.MaximumRto : rto;
    }

    /// <summary>RFC 6298 (5.5): doubles the timeout, up to its ceiling; it stays doubled until the next sample.</summary>
    internal void BackOff()
    {
        _settledAt = -1;
        Rto = Rto > _options.MaximumRto >> 1 ? _options.MaximumRto : Rto << 1;
    }

    /// <summary>A spurious timeout has shown that round trips are longer than thought (RFC 4015 §3.2 (6)).</summary>
    internal void Slower(int milliseconds)
    {
        if (milliseconds > _options.MaximumRto)
        {
            milliseconds = _options.MaximumRto;
        }

        int srtt8 = milliseconds << 3;
        int rttvar4 = milliseconds << 1;
        SetRto(_srtt8 < srtt8 ? srtt8 : _srtt8, _rttvar4 < rttvar4 ? rttvar4 : _rttvar4);
    }

    /// <summary>RFC 6298 (5.7): when the SYN itself timed out, data transmission begins with 3 seconds.</summary>
    internal void SynTimedOut()
    {
        if (!HasSample)
        {
            Rto = 3000;
        }
    }
}
