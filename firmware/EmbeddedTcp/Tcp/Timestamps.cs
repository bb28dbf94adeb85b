namespace EmbeddedTcp.Tcp;

/// <summary>
/// The timestamps of one connection (RFC 7323 §3 to §5): TS.Recent, the test against wrapped sequence numbers, and round trips of segments
/// that were sent more than once.
/// </summary>
internal sealed class Timestamps
{
    // RFC 7323 §5.5: a connection that was idle for 24 days has no use for its TS.Recent any more.
    private const int OutdatedMs = 24 * 24 * 3600 * 1000;

    internal readonly SpuriousTimeout Spurious = new SpuriousTimeout();

    private int _recentAt;

    /// <summary>What is added to the clock, so that TSval tells nobody how long the device has been up (RFC 7323 §7.1).</summary>
    internal int Offset;

    /// <summary>TS.Recent, which every segment echoes.</summary>
    internal int Recent;

    /// <summary>SEG.TSecr of the segment in hand.</summary>
    internal int Echo;

    /// <summary>Begins with the TSval of the peer's SYN.</summary>
    internal void Start(int offset, int recent, int now)
    {
        Offset = offset;
        Recent = recent;
        _recentAt = now;
    }

    /// <summary>Our TSval: a clock of milliseconds (§5.4 asks for 1 ms to 1 s).</summary>
    internal int Value(int now)
    {
        return now + Offset;
    }

    /// <summary>PAWS, §5.3 R1: the segment is older than one that was accepted.</summary>
    internal bool IsOld(int value, int now)
    {
        return value - Recent < 0 && !Outdated(now);
    }

    /// <summary>§4.3 (2): TS.Recent is the TSval of the segment that holds the octet at the last acknowledgment sent, or begins left of it.</summary>
    internal void Update(int value, int seq, int lastAckSent, int now)
    {
        if (seq - lastAckSent <= 0 && (value - Recent >= 0 || Outdated(now)))
        {
            Recent = value;
            _recentAt = now;
        }
    }

    /// <summary>
    /// The round trip that the segment in hand ends: TSecr names the very segment that it answers, so that even one that was sent twice may
    /// be measured (RFC 6298 §3).
    /// </summary>
    /// <returns>Milliseconds, or −1 when the peer echoes what was never sent.</returns>
    internal int RoundTrip(int now)
    {
        int elapsed = now + Offset - Echo;
        return elapsed < 0 || elapsed >= OutdatedMs ? -1 : elapsed;
    }

    private bool Outdated(int now)
    {
        int age = now - _recentAt;
        return age < 0 || age >= OutdatedMs;
    }
}
