using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.Bench;

/// <summary>A device whose frames take their time and are lost now and then, the same ones each time.</summary>
internal sealed class DelayLine : MemoryDevice
{
    private const int LargeFrame = 500;

    private readonly Queue<(long At, byte[] Frame)> _flying = new Queue<(long, byte[])>();
    private readonly Random _random = new Random(7);
    private readonly int _latencyMs;
    private readonly double _loss;
    private long _lastArrival;

    internal DelayLine(int latencyMs, double loss)
        : base(256)
    {
        _latencyMs = latencyMs;
        _loss = loss;
    }

    /// <summary>The time in milliseconds.</summary>
    internal long Clock { get; set; }

    /// <summary>When the next frame arrives; <see cref="long.MaxValue"/> for none.</summary>
    internal long NextDue
    {
        get { return _flying.Count == 0 ? long.MaxValue : _flying.Peek().At; }
    }

    /// <summary>Hands over what has arrived by now.</summary>
    internal void Deliver()
    {
        while (_flying.Count > 0 && _flying.Peek().At <= Clock)
        {
            byte[] frame = _flying.Dequeue().Frame;
            Peer.Deliver(frame, frame.Length);
        }
    }

    /// <inheritdoc />
    protected override void Transmitted(byte[] frame, int length)
    {
        // About 12 Mbit/s: a full frame takes a millisecond.
        _lastArrival = Math.Max(Clock + _latencyMs, _lastArrival + (length > LargeFrame ? 1 : 0));
        if (length <= LargeFrame || _random.NextDouble() >= _loss)
        {
            _flying.Enqueue((_lastArrival, frame[..length]));
        }
    }
}
