namespace EmbeddedTcp.Tcp;

/// <summary>
/// Slow start and congestion avoidance (RFC 5681), fast retransmit and NewReno recovery (RFC 6582), limited transmit (RFC 3042)
/// and early retransmit (RFC 5827); with selective acknowledgments the recovery of RFC 6675. Windows in octets.
/// </summary>
internal sealed class CongestionControl
{
    // More than any send ring holds: ssthresh before a loss.
    private const int MaxWindow = 2 * StackOptions.MaxBufferSize;

    private readonly TcpConnection _c;
    private int _recover;

    // How far the acknowledgment leapt that acknowledged all that was out at the last timeout.
    private int _lastAcked;
    private int _avoidanceAcked;
    private int _flightBefore;

    internal CongestionControl(TcpConnection connection)
    {
        _c = connection;
    }

    /// <summary>cwnd.</summary>
    internal int Window;

    /// <summary>ssthresh.</summary>
    internal int Threshold;

    /// <summary>Duplicate acknowledgments in a row.</summary>
    internal int DuplicateAcks;

    /// <summary>True between a fast retransmit and the acknowledgment of all that was outstanding then.</summary>
    internal bool InRecovery;

    private bool UsesSack
    {
        get { return (_c.Features & TcpFeatures.Sack) != 0; }
    }

    internal void Reset()
    {
        Window = 0;
        Threshold = MaxWindow;
        DuplicateAcks = 0;
        InRecovery = false;
    }

    /// <summary>The connection is established: IW by RFC 6928, or one segment when the SYN was lost (RFC 5681 §3.1).</summary>
    internal void Established(bool synLost)
    {
        Window = synLost ? _c.SendMss : InitialWindow();
        _recover = _c.Iss;
        _avoidanceAcked = 0;
    }

    /// <summary>
    /// What may be outstanding now: cwnd, and one segment of new data for each of the first two duplicate ACKs (RFC 3042). While everything is
    /// sent again after a timeout, nothing is new.
    /// </summary>
    internal int Allowance()
    {
        if ((DuplicateAcks == 0 && !InRecovery) || _c.Retransmitting)
        {
            return Window;
        }

        if (InRecovery)
        {
            // RFC 6675 §5 (C): cwnd bounds the pipe, not all that is outstanding.
            int flight = _c.SndNxt - _c.SndUna;
            return UsesSack ? Window + flight - _c.Scoreboard.Pipe(_c.SndUna, _c.SndNxt, _c.SendMss) : Window;
        }

        return Window + (DuplicateAcks < 2 ? DuplicateAcks : 2) * _c.SendMss;
    }

    /// <summary>After an idle time of more than an RTO, cwnd is reduced to the restart window (RFC 5681 §4.1).</summary>
    internal void RestartAfterIdle()
    {
        int restart = InitialWindow();
        if (Window > restart)
        {
            Window = restart;
        }
    }

    /// <summary>New data was acknowledged. SND.UNA has moved already.</summary>
    internal void OnAck(int acked)
    {
        int mss = _c.SendMss;
        DuplicateAcks = 0;
        if (InRecovery)
        {
            if (_c.SndUna - _recover < 0)
            {
                if (UsesSack)
                {
                    // RFC 6675 §5 (A) to (C): the sender fills holes as the pipe allows.
                    _c.Engine.AddPending(_c);
                    return;
                }

                // RFC 6582 §3.2 step 3, partial acknowledgment: the next hole is sent, cwnd deflated by what was acknowledged.
                _c.Engine.Sender.Resend(_c);
                Window -= acked;
                if (acked >= mss)
                {
                    Window += mss;
                }

                if (Window < mss)
                {
                    Window = mss;
                }

                return;
            }

            // Full acknowledgment: option (1), which avoids a burst.
            int flight = _c.SndNxt - _c.SndUna;
            int limit = (flight > mss ? flight : mss) + mss;
            Window = Threshold < limit ? Threshold : limit;
            InRecovery = false;

            // Recovery resent holes only, so no duplicate acknowledgment can come of it: the next loss may be recovered at once.
            // After a timeout, where more than holes is resent, "recover" stays (RFC 6582 §3.2 step 4).
            _recover = _c.SndUna - 1;
            return;
        }

        if (Window >= _c.SendBuffer.Size << 1)
        {
            // More than the ring holds: growth beyond it would mean nothing.
            return;
        }

        if (_c.SndUna == _recover)
        {
            _lastAcked = acked;
        }

        if (Window < Threshold)
        {
            // RFC 5681 (2): cwnd += min(N, SMSS).
            Window += acked < mss ? acked : mss;
        }
        else
        {
            // RFC 5681 §3.1, the byte-counting form: one SMSS for each cwnd of acknowledged octets.
            _avoidanceAcked += acked;
            if (_avoidanceAcked >= Window)
            {
                _avoidanceAcked -= Window;
                Window += mss;
            }
        }
    }

    /// <summary>A duplicate acknowledgment as RFC 5681 §2 defines it.</summary>
    internal void OnDuplicateAck()
    {
        _c.Engine.Counters.DuplicateAcks++;
        DuplicateAcks++;
        int mss = _c.SendMss;
        if (InRecovery)
        {
            if (!UsesSack)
            {
                Window += mss;
            }

            _c.Engine.AddPending(_c);
            return;
        }

        int flight = _c.SndNxt - _c.SndUna;
        if (DuplicateAcks == 1)
        {
            _flightBefore = flight;
        }

        bool lost = DuplicateAcks >= RetransmitThreshold(flight, mss) || (UsesSack && _c.Scoreboard.IsLost(_c.SndUna, mss));

        // RFC 6582 §4.1: after a timeout the duplicates mean a loss too if the acknowledgment before them made no leap: segments that were sent
        // again in vain would have shown as one.
        bool again = !UsesSack && _c.SndUna == _recover && Window > mss && _lastAcked <= mss << 2;
        if (lost && (again || _c.SndUna - _recover > 0))
        {
            // RFC 6582 §3.2 step 2 and RFC 5681 §3.2 (2): what limited transmit has sent must not be counted.
            HalveThreshold(_flightBefore);
            _recover = _c.SndNxt;
            InRecovery = true;
            _c.Engine.Counters.FastRetransmits++;
            if (UsesSack)
            {
                // RFC 6675 §5 (4.2) and (4.3).
                Window = Threshold;
                _c.Scoreboard.HighRxt = _c.SndUna;
                _c.Scoreboard.HighRxt = _c.SndUna + _c.Engine.Sender.Resend(_c);
            }
            else
            {
                _c.Engine.Sender.Resend(_c);
                Window = Threshold + DuplicateAcks * mss;
            }

            if ((_c.Features & TcpFeatures.Ecn) != 0)
            {
                _c.Ecn.Reduced(_c);
            }
        }

        _c.Engine.AddPending(_c);
    }

    /// <summary>The retransmission timer fired (RFC 5681 §3.1 (4), RFC 6582 §3.2 step 4).</summary>
    internal void OnTimeout()
    {
        if (_c.Retransmits == 1)
        {
            HalveThreshold(_c.SndNxt - _c.SndUna);
        }

        Window = _c.SendMss;
        _recover = _c.SndNxt;
        _lastAcked = int.MaxValue;
        InRecovery = false;
        DuplicateAcks = 0;
        if (UsesSack)
        {
            // RFC 2018 §8: the timeout may mean that the peer has thrown away what it had reported.
            _c.Scoreboard.Clear();
        }

        if ((_c.Features & TcpFeatures.Ecn) != 0)
        {
            _c.Ecn.Reduced(_c);
        }
    }

    /// <summary>The timeout was spurious (RFC 4015 §3.2): ssthresh as before, and cwnd for what is outstanding and a little more.</summary>
    internal void Undo(int pipeBefore, int acked)
    {
        int initial = InitialWindow();
        DuplicateAcks = 0;
        Threshold = pipeBefore;
        Window = _c.SndNxt - _c.SndUna + (acked < initial ? acked : initial);

        // Nothing goes out twice now, so duplicate acknowledgments are no echo of it: a loss may be recovered at once.
        _recover = _c.SndUna - 1;
    }

    /// <summary>The peer echoes a congestion mark: "react as to a single dropped packet" (RFC 3168 §6.1.2), but nothing is sent again.</summary>
    internal void OnEcnEcho()
    {
        if (InRecovery)
        {
            return;
        }

        HalveThreshold(_c.SndNxt - _c.SndUna);
        if (Window > Threshold)
        {
            Window = Threshold;
        }
    }

    // RFC 5827 §3.1: with fewer than four segments outstanding and nothing new to send, one less than there are suffices.
    private int RetransmitThreshold(int flight, int mss)
    {
        bool nothingNew = _c.SendBuffer.Count <= flight || _c.SndWnd <= flight;
        if (nothingNew && flight < 4 * mss && flight > mss)
        {
            int segments = (flight + mss - 1) / mss;
            return segments - 1 < 3 ? segments - 1 : 3;
        }

        return 3;
    }

    private void HalveThreshold(int flight)
    {
        int half = flight >> 1;
        int two = _c.SendMss << 1;
        Threshold = half > two ? half : two;
    }

    // RFC 6928: min(10 SMSS, max(2 SMSS, 14600)).
    private int InitialWindow()
    {
        int mss = _c.SendMss;
        int two = mss << 1;
        int window = two > 14600 ? two : 14600;
        return window < 10 * mss ? window : 10 * mss;
    }
}
