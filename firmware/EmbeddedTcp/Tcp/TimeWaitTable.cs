using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// Connections in TIME_WAIT (RFC 9293 §3.3.2, §3.10.7.4): a few words each instead of a slot with its buffers. A full table gives up
/// its oldest record.
/// </summary>
public sealed class TimeWaitTable : PeerTable
{
    private const int TimestampsBit = 1 << 24;

    private readonly int _lifetime;
    private readonly int[] _sndNxt;
    private readonly int[] _rcvNxt;

    // The window field in the low 16 bits, the shift count in the next eight, then one bit for timestamps.
    private readonly int[] _window;

    // TS.Recent; null when timestamps are not offered.
    private readonly int[] _timestamps;

    internal TimeWaitTable(NetworkInterface net, TcpEngine engine, StackOptions options)
        : base(engine, options.TimeWaitTableSize)
    {
        _lifetime = options.MaximumSegmentLifetime * 2;
        int capacity = Capacity;
        _sndNxt = new int[capacity];
        _rcvNxt = new int[capacity];
        _window = new int[capacity];
        if (options.Timestamps)
        {
            _timestamps = new int[capacity];
        }

        net.Memory.Add("TIME_WAIT records", capacity, capacity * (options.Timestamps ? BytesPerRecord + 4 : BytesPerRecord));
    }

    /// <summary>Bytes one record takes; four more where timestamps are offered.</summary>
    public const int BytesPerRecord = 6 * 4 + 1;

    /// <summary>Remembers a connection that enters TIME_WAIT, for 2MSL.</summary>
    internal void Add(TcpConnection c)
    {
        int at = -1;
        for (int i = 0; i < Capacity && at < 0; i++)
        {
            if (!InUseAt(i))
            {
                at = i;
            }
        }

        if (at < 0)
        {
            at = 0;
            for (int i = 1; i < Capacity; i++)
            {
                if (DueAt[i] - DueAt[at] < 0)
                {
                    at = i;
                }
            }

            Engine.Counters.TimeWaitEvicted++;
            Remove(at);
        }

        Occupy(at, c.RemoteAddressBits, c.RemotePortNumber, c.LocalPortNumber);
        _sndNxt[at] = c.SndNxt;
        _rcvNxt[at] = c.RcvNxt;
        _window[at] = SegmentSender.WindowField((c.RcvAdv - c.RcvNxt) >> c.RcvScale) | (c.RcvScale << 16);
        if ((c.Features & TcpFeatures.Timestamps) != 0)
        {
            _window[at] |= TimestampsBit;
            _timestamps[at] = c.Stamps.Recent;
        }

        Restart(at);
    }

    internal int RcvNxtAt(int index)
    {
        return _rcvNxt[index];
    }

    internal int SndNxtAt(int index)
    {
        return _sndNxt[index];
    }

    internal int WindowAt(int index)
    {
        return (_window[index] & 0xFFFF) << ((_window[index] >> 16) & 0xFF);
    }

    /// <summary>The window field of a segment.</summary>
    internal int AnnouncedWindowAt(int index)
    {
        return _window[index] & 0xFFFF;
    }

    /// <summary>True when the connection had agreed on timestamps.</summary>
    internal bool HasTimestampsAt(int index)
    {
        return (_window[index] & TimestampsBit) != 0;
    }

    /// <summary>TS.Recent.</summary>
    internal int TimestampAt(int index)
    {
        return _timestamps[index];
    }

    /// <summary>The peer's FIN came again: our last ACK was lost, and 2MSL begins anew.</summary>
    internal void Restart(int index)
    {
        DueIn(index, _lifetime);
    }

    internal override void Remove(int index)
    {
        base.Remove(index);
        StateChanged(index, TcpState.TimeWait, TcpState.Closed);
        Engine.TimeWaitEnded((int)RemoteAddressAt(index), RemotePortAt(index), LocalPortAt(index));
    }

    /// <summary>2MSL are over.</summary>
    internal override void Due(int index)
    {
        TimerFired(index, TraceTimer.TwoMsl);
        Remove(index);
    }
}
