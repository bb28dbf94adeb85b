using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// Half-open peers: SYN_RECEIVED after a passive open (RFC 9293 §3.10.7.2), a few words each instead of a slot with its buffers
/// (RFC 4987 §3.4). When it is full, the oldest entry whose SYN,ACK was already sent again gives way.
/// </summary>
public sealed class SynTable : PeerTable
{
    private readonly NetworkInterface _net;
    private readonly int _retransmissions;
    private readonly int _initialRto;
    private readonly int _window;
    private readonly int[] _irs;
    private readonly int[] _iss;
    private readonly int[] _mss;
    private readonly int[] _sentAt;
    private readonly int[] _dueAt;
    private readonly int[] _retries;

    internal SynTable(NetworkInterface net, TcpEngine engine, StackOptions options)
        : base(engine, options.SynTableSize)
    {
        _net = net;
        _retransmissions = options.SynAckRetransmissions;
        _initialRto = options.InitialRto;
        _window = options.ReceiveBufferSize;
        int capacity = Capacity;
        _irs = new int[capacity];
        _iss = new int[capacity];
        _mss = new int[capacity];
        _sentAt = new int[capacity];
        _dueAt = new int[capacity];
        _retries = new int[capacity];
        net.Memory.Add("SYN table entries", capacity, capacity * BytesPerEntry);
    }

    /// <summary>Bytes one entry takes.</summary>
    public const int BytesPerEntry = 8 * 4 + 1;

    /// <summary>How often the SYN,ACK was sent again.</summary>
    public int RetransmissionsAt(int index)
    {
        return _retries[index];
    }

    /// <summary>Milliseconds until the SYN,ACK is sent again or the entry is forgotten.</summary>
    public int DeadlineInMsAt(int index)
    {
        int left = _dueAt[index] - _net.Now;
        return left < 0 ? 0 : left;
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
        return _mss[index];
    }

    internal int SentAt(int index)
    {
        return _sentAt[index];
    }

    /// <summary>The window every entry was offered: the whole receive ring of the slot it will get.</summary>
    internal int Window
    {
        get { return _window; }
    }

    /// <summary>Remembers a SYN and answers it.</summary>
    /// <returns>False when the table is full of entries younger than their first retransmission.</returns>
    internal bool Add(TcpSegment s, int iss, int mss)
    {
        int at = Free();
        if (at < 0)
        {
            return false;
        }

        Occupy(at, s.RemoteAddress, s.RemotePort, s.LocalPort);
        _irs[at] = s.Seq;
        _iss[at] = iss;
        _mss[at] = mss;
        _retries[at] = 0;
        _sentAt[at] = _net.Now;
        _dueAt[at] = _net.Now + _initialRto;
        _net.WakeIn(_initialRto);
        StateChanged(at, TcpState.Listen, TcpState.SynReceived);
        SendSynAck(at);
        return true;
    }

    /// <summary>&lt;SEQ=ISS&gt;&lt;ACK=RCV.NXT&gt;&lt;CTL=SYN,ACK&gt; (RFC 9293 §3.10.7.2).</summary>
    internal void SendSynAck(int index)
    {
        Engine.Sender.SendControl(
            (int)RemoteAddressAt(index),
            LocalPortAt(index),
            RemotePortAt(index),
            _iss[index],
            _irs[index] + 1,
            TcpFlags.Syn | TcpFlags.Ack,
            _window,
            true);
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

    /// <summary>Sends SYN,ACKs again with exponential back-off, a bounded number of times.</summary>
    /// <returns>Milliseconds until this is to be called again, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int next = NetworkInterface.Never;
        if (Count == 0)
        {
            return next;
        }

        for (int i = 0; i < Capacity; i++)
        {
            if (!InUseAt(i))
            {
                continue;
            }

            int left = _dueAt[i] - _net.Now;
            if (left <= 0)
            {
                TimerFired(i, TraceTimer.SynAck);
                if (_retries[i] >= _retransmissions)
                {
                    Engine.Counters.HalfOpenExpired++;
                    GiveUp(i, TcpState.Closed);
                    continue;
                }

                _retries[i]++;
                Engine.Counters.Retransmissions++;
                left = _initialRto << _retries[i];
                _dueAt[i] = _net.Now + left;
                SendSynAck(i);
            }

            if (left < next)
            {
                next = left;
            }
        }

        return next;
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
