using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// Half-open peers: SYN_RECEIVED after a passive open (RFC 9293 §3.10.7.2), a few words each instead of a slot with its buffers
/// (RFC 4987 §3.4). When it is full, the oldest entry whose SYN,ACK was already sent again gives way.
/// </summary>
public sealed class SynTable : PeerTable
{
    private readonly StackOptions _options;
    private readonly int[] _irs;
    private readonly int[] _iss;

    // The MSS in the low 16 bits, the features both SYNs carry in the next eight, the peer's shift count in the highest.
    private readonly int[] _agreed;

    // TSval of the peer's SYN; null when timestamps are not offered.
    private readonly int[] _timestamps;
    private readonly int[] _sentAt;
    private readonly byte[] _retries;

    internal SynTable(NetworkInterface net, TcpEngine engine, StackOptions options)
        : base(engine, options.SynTableSize)
    {
        _options = options;
        int capacity = Capacity;
        _irs = new int[capacity];
        _iss = new int[capacity];
        _agreed = new int[capacity];
        if (options.Timestamps)
        {
            _timestamps = new int[capacity];
        }

        _sentAt = new int[capacity];
        _retries = new byte[capacity];
        net.Memory.Add("SYN table entries", capacity, capacity * (options.Timestamps ? BytesPerEntry + 4 : BytesPerEntry));
    }

    /// <summary>Bytes one entry takes; four more where timestamps are offered.</summary>
    public const int BytesPerEntry = 7 * 4 + 2;

    /// <summary>How often the SYN,ACK was sent again.</summary>
    public int RetransmissionsAt(int index)
    {
        return _retries[index];
    }

    internal int IrsAt(int index)
    {
        return _irs[index];
    }

    internal int IssAt(int index)
    {
        return _iss[index];
    }

    internal int MssAt(int index)
    {
        return _agreed[index] & 0xFFFF;
    }

    /// <summary>Features that both SYNs carry, bits of <see cref="TcpFeatures"/>.</summary>
    internal int FeaturesAt(int index)
    {
        return (_agreed[index] >> 16) & 0xFF;
    }

    /// <summary>The peer's shift count.</summary>
    internal int ScaleAt(int index)
    {
        return _agreed[index] >> 24;
    }

    /// <summary>TSval of the peer's SYN, 0 without timestamps.</summary>
    internal int TimestampAt(int index)
    {
        return _timestamps == null ? 0 : _timestamps[index];
    }

    /// <summary>The window field of a segment without SYN.</summary>
    internal int AnnouncedWindowAt(int index)
    {
        int scale = (FeaturesAt(index) & TcpFeatures.WindowScale) != 0 ? Engine.Sender.OurScale : 0;
        return SegmentSender.WindowField(_options.ReceiveBufferSize >> scale);
    }

    internal int SentAt(int index)
    {
        return _sentAt[index];
    }

    /// <summary>The window every entry was offered: the whole receive ring of the slot it will get.</summary>
    internal int Window
    {
        get { return _options.ReceiveBufferSize; }
    }

    /// <summary>Remembers a SYN and answers it.</summary>
    /// <param name="s">The SYN.</param>
    /// <param name="iss">Our initial sequence number.</param>
    /// <param name="mss">Eff.snd.MSS.</param>
    /// <param name="features">What both SYNs carry, bits of <see cref="TcpFeatures"/>.</param>
    /// <returns>False when the table is full of entries younger than their first retransmission.</returns>
    internal bool Add(TcpSegment s, int iss, int mss, int features)
    {
        int at = Free();
        if (at < 0)
        {
            return false;
        }

        Occupy(at, s.RemoteAddress, s.RemotePort, s.LocalPort);
        _irs[at] = s.Seq;
        _iss[at] = iss;
        _agreed[at] = mss | (features << 16) | ((s.WindowScale > 0 ? s.WindowScale : 0) << 24);
        if (_timestamps != null)
        {
            _timestamps[at] = s.TimestampValue;
        }

        _retries[at] = 0;
        _sentAt[at] = Engine.Net.Now;
        DueIn(at, _options.InitialRto);
        StateChanged(at, TcpState.Listen, TcpState.SynReceived);
        SendSynAck(at);
        return true;
    }

    /// <summary>&lt;SEQ=ISS&gt;&lt;ACK=RCV.NXT&gt;&lt;CTL=SYN,ACK&gt; (RFC 9293 §3.10.7.2).</summary>
    internal void SendSynAck(int index)
    {
        SegmentSender sender = Engine.Sender;
        int remote = (int)RemoteAddressAt(index);
        int features = FeaturesAt(index);
        sender.ComposeSynOptions(features);
        if ((features & TcpFeatures.Timestamps) != 0)
        {
            sender.AddTimestamp(Engine.TimestampValue(remote, RemotePortAt(index), LocalPortAt(index)), _timestamps[index]);
        }

        // RFC 3168 §6.1.1: ECE without CWR says yes to the ECN-setup SYN.
        int flags = (features & TcpFeatures.Ecn) != 0 ? TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Ece : TcpFlags.Syn | TcpFlags.Ack;
        sender.SendControl(
            remote, LocalPortAt(index), RemotePortAt(index), _iss[index], _irs[index] + 1, flags, SegmentSender.WindowField(_options.ReceiveBufferSize), true);
    }

    /// <summary>The peer's SYN came again without the bits that ask for ECN (RFC 3168 §6.1.1.1): there will be none.</summary>
    internal void ForgetEcn(int index)
    {
        _agreed[index] &= ~(TcpFeatures.Ecn << 16);
    }

    /// <summary>Forgets the half-open peers of a port that is listened on no more, or of every port (0).</summary>
    internal void RemovePort(int localPort)
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (InUseAt(i) && (localPort == 0 || LocalPortAt(i) == localPort))
            {
                GiveUp(i, TcpState.Closed);
            }
        }
    }

    /// <summary>Forgets a half-open peer whose handshake will not be completed.</summary>
    internal void GiveUp(int index, TcpState state)
    {
        StateChanged(index, TcpState.SynReceived, state);
        Remove(index);
    }

    /// <summary>The SYN,ACK is sent again with exponential back-off, a bounded number of times.</summary>
    internal override void Due(int index)
    {
        TimerFired(index, TraceTimer.SynAck);
        if (_retries[index] >= _options.SynAckRetransmissions)
        {
            Engine.Counters.HalfOpenExpired++;
            GiveUp(index, TcpState.Closed);
            return;
        }

        _retries[index]++;
        Engine.Counters.Retransmissions++;
        DueIn(index, _options.InitialRto << _retries[index]);
        SendSynAck(index);
    }

    private int Free()
    {
        int oldest = -1;
        for (int i = 0; i < Capacity; i++)
        {
            if (!InUseAt(i))
            {
                return i;
            }

            if (_retries[i] > 0 && (oldest < 0 || _sentAt[i] - _sentAt[oldest] < 0))
            {
                oldest = i;
            }
        }

        if (oldest >= 0)
        {
            Engine.Counters.HalfOpenExpired++;
            GiveUp(oldest, TcpState.Closed);
        }

        return oldest;
    }
}
