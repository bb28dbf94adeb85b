namespace EmbeddedTcp.Tcp;

/// <summary>
/// The throttle of challenge ACKs (RFC 5961 §7): some per connection and second, and a total per second that is drawn anew each
/// second, so that an off-path attacker cannot count the remainder (CVE-2016-5696). ACKs of data never pass here.
/// </summary>
internal sealed class ChallengeAcks
{
    internal const int PerConnection = 10;
    private const int TotalBase = 50;
    private const int IntervalMs = 1000;

    private readonly InitialSequence _random;
    private int _startedAt;
    private int _left;

    internal ChallengeAcks(InitialSequence random)
    {
        _random = random;
        _left = TotalBase;
    }

    /// <summary>Asks for one challenge ACK of a connection.</summary>
    internal bool Allow(TcpConnection c, int now)
    {
        if (Passed(now - c.ChallengeStartedAt))
        {
            c.ChallengeStartedAt = now;
            c.Challenges = 0;
        }

        if (c.Challenges >= PerConnection || !AllowAny(now))
        {
            return false;
        }

        c.Challenges++;
        return true;
    }

    /// <summary>Asks for one answer that belongs to no slot: half-open entries, TIME_WAIT, RSTs about nothing.</summary>
    internal bool AllowAny(int now)
    {
        if (Passed(now - _startedAt))
        {
            _startedAt = now;
            _left = TotalBase + (_random.Hash(now, 0, 0, 1) & 63);
        }

        if (_left == 0)
        {
            return false;
        }

        _left--;
        return true;
    }

    // A negative difference is one of more than 24 days: the clock is kept modulo 2³² ms.
    private static bool Passed(int milliseconds)
    {
        return milliseconds >= IntervalMs || milliseconds < 0;
    }
}
