namespace EmbeddedTcp.Tcp;

/// <summary>The retransmission timeout of RFC 6298, in integer milliseconds. SRTT is kept times 8 and RTTVAR times 4.</summary>
internal sealed class RoundTripEstimator
{
    // G, the clock granularity: ticks are milliseconds.
    private const int Granularity = 1;

    private readonly int _initial;
    private readonly int _minimum;
    private readonly int _maximum;
    private int _srtt8;
    private int _rttvar4;

    internal RoundTripEstimator(StackOptions options)
    {
        _initial = options.InitialRto;
        _minimum = options.MinimumRto;
        _maximum = options.MaximumRto;
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
        Rto = _initial;
    }

    /// <summary>A round trip of a segment that was sent once (Karn's algorithm: never of a retransmitted one).</summary>
    internal void Sample(int milliseconds)
    {
        if (!HasSample)
        {
            // RFC 6298 (2.2): SRTT = R, RTTVAR = R/2.
            HasSample = true;
            _srtt8 = milliseconds << 3;
            _rttvar4 = milliseconds << 1;
        }
        else
        {
            // RFC 6298 (2.3): RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R|, then SRTT = 7/8 SRTT + 1/8 R.
            int error = milliseconds - (_srtt8 >> 3);
            _srtt8 += error;
            if (error < 0)
            {
                error = -error;
            }

            _rttvar4 += error - (_rttvar4 >> 2);
        }

        SetRto();
    }

    // RFC 6298 (2.3): RTO = SRTT + max(G, 4 RTTVAR), between its floor and its ceiling.
    private void SetRto()
    {
        int rto = (_srtt8 >> 3) + (_rttvar4 > Granularity ? _rttvar4 : Granularity);
        Rto = rto < _minimum ? _minimum : rto > _maximum ? _maximum : rto;
    }

    /// <summary>RFC 6298 (5.5): doubles the timeout, up to its ceiling; it stays doubled until the next sample.</summary>
    internal void BackOff()
    {
        Rto = Rto > _maximum >> 1 ? _maximum : Rto << 1;
    }

    /// <summary>A spurious timeout has shown that round trips are longer than thought (RFC 4015 §3.2 (6)).</summary>
    internal void Slower(int milliseconds)
    {
        if (_srtt8 < milliseconds << 3)
        {
            _srtt8 = milliseconds << 3;
        }

        if (_rttvar4 < milliseconds << 1)
        {
            _rttvar4 = milliseconds << 1;
        }

        HasSample = true;
        SetRto();
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
