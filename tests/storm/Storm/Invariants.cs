using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>What must hold in every transmission control block and table after every poll.</summary>
internal sealed class Invariants
{
    private readonly NetworkInterface _net;
    private readonly string _name;
    private readonly int[] _rcvAdv;
    private readonly int[] _sndUna;
    private readonly int[] _rcvNxt;
    private readonly long[] _identity;

    internal Invariants(NetworkInterface net, string name)
    {
        _net = net;
        _name = name;
        int slots = net.Tcp.SlotCount;
        _rcvAdv = new int[slots];
        _sndUna = new int[slots];
        _rcvNxt = new int[slots];
        _identity = new long[slots];
    }

    /// <summary>Checks everything.</summary>
    /// <param name="wait">What the last poll or flush returned.</param>
    /// <param name="refused">The device refused a frame since the last check: something may rightly wait for it.</param>
    internal void Check(int wait, bool refused)
    {
        TcpEngine tcp = _net.Tcp;
        Tables(tcp, wait);
        for (int i = 0; i < tcp.SlotCount; i++)
        {
            TcpConnection c = tcp.SlotAt(i);
            bool live = c.State != TcpState.Closed && c.State != TcpState.TimeWait;
            bool found = tcp.FindSlot(c.RemoteAddressBits, c.RemotePortNumber, c.LocalPortNumber) == c;
            Require(found == live, c, "is in the hash although it has ended, or is not although it lives");
            if (!live)
            {
                Require(c.Timers.Armed == 0, c, "has ended and has a timer armed");
                _identity[i] = 0;
                continue;
            }

            SequenceNumbers(c);
            Buffers(c);
            Progress(c, refused);
            Timers(c, wait);
        }
    }

    private void Tables(TcpEngine tcp, int wait)
    {
        if (wait < 0 || wait > NetworkInterface.Never)
        {
            throw new StormFailure($"{_name}: the poll returned {wait}");
        }

        int used = 0;
        for (int i = 0; i < tcp.HalfOpen.Capacity; i++)
        {
            if (tcp.HalfOpen.InUseAt(i))
            {
                used++;
                Deadline("a half-open entry", tcp.HalfOpen.RemainingMsAt(i), wait);
            }
        }

        if (used != tcp.HalfOpen.Count)
        {
            throw new StormFailure($"{_name}: {used} half-open entries in use, {tcp.HalfOpen.Count} counted");
        }

        used = 0;
        for (int i = 0; i < tcp.TimeWait.Capacity; i++)
        {
            if (tcp.TimeWait.InUseAt(i))
            {
                used++;
                Deadline("a TIME_WAIT record", tcp.TimeWait.RemainingMsAt(i), wait);
            }
        }

        if (used != tcp.TimeWait.Count)
        {
            throw new StormFailure($"{_name}: {used} TIME_WAIT records in use, {tcp.TimeWait.Count} counted");
        }

        for (int i = 0; i < tcp.ListenerCount; i++)
        {
            TcpListener listener = tcp.ListenerAt(i);
            if (listener != null && (listener.Pending < 0 || listener.Pending > listener.Backlog))
            {
                throw new StormFailure($"{_name}: {listener.Pending} wait at a backlog of {listener.Backlog}");
            }
        }
    }

    private void SequenceNumbers(TcpConnection c)
    {
        int outstanding = c.SndNxt - c.SndUna;
        Require(outstanding >= 0, c, "SND.UNA > SND.NXT");
        bool opening = c.State == TcpState.SynSent || c.State == TcpState.SynReceived;
        int most = opening ? 1 : c.SendBuffer.Count + (c.FinSent ? 1 : 0);
        Require(outstanding <= most, c, "more is outstanding than was queued");
        if (c.Retransmitting)
        {
            Require(c.RtxNxt - c.SndUna >= 0 && c.RtxNxt - c.SndNxt < 0, c, "RtxNxt lies outside SND.UNA to SND.NXT");
        }

        if (c.State == TcpState.SynSent)
        {
            return;
        }

        // The announced window fits into the ring, beside what is not read yet; a FIN takes a number but no room.
        int window = c.RcvAdv - c.RcvNxt;
        Require(window >= 0, c, "the announced right edge lies left of RCV.NXT");
        Require(window <= c.ReceiveBuffer.Size - c.ReceiveBuffer.Count, c, "more window is announced than there is room");

        long identity = ((long)c.Iss << 32) | (uint)c.Irs;
        if (_identity[c.Index] == identity)
        {
            Require(c.RcvAdv - _rcvAdv[c.Index] >= 0, c, "the right edge moved left");
            Require(c.SndUna - _sndUna[c.Index] >= 0, c, "SND.UNA moved left");
            Require(c.RcvNxt - _rcvNxt[c.Index] >= 0, c, "RCV.NXT moved left");
        }

        _identity[c.Index] = identity;
        _rcvAdv[c.Index] = c.RcvAdv;
        _sndUna[c.Index] = c.SndUna;
        _rcvNxt[c.Index] = c.RcvNxt;
    }

    private void Buffers(TcpConnection c)
    {
        Require(c.SendBuffer.Count >= 0 && c.SendBuffer.Count <= c.SendBuffer.Size, c, "the send ring's count is off");
        Require(c.ReceiveBuffer.Count >= 0 && c.ReceiveBuffer.Count <= c.ReceiveBuffer.Size, c, "the receive ring's count is off");
        Require(!c.FinSent || c.FinQueued, c, "a FIN was sent that nobody asked for");
        Reassembly r = c.Reassembly;
        int left = c.RcvNxt;
        for (int i = 0; i < r.Count; i++)
        {
            Require(r.Left[i] - left > 0 && r.Right[i] - r.Left[i] > 0, c, "out-of-order ranges overlap, touch, or lie left of RCV.NXT");
            left = r.Right[i];
        }

        Require(r.Count == 0 || left - c.RcvAdv <= 0, c, "an out-of-order range lies beyond the announced window");
        bool peerDone = c.State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing;
        Require(c.PeerFinReceived == peerDone, c, "its state and the peer's FIN disagree");
    }

    // No silent stall: whatever waits has a timer that will look after it.
    private void Progress(TcpConnection c, bool refused)
    {
        int outstanding = c.SndNxt - c.SndUna;
        bool retransmission = c.Timers.IsArmed(ConnectionTimers.Retransmission);
        bool persist = c.Timers.IsArmed(ConnectionTimers.Persist);
        Require(!retransmission || outstanding > 0, c, "the retransmission timer runs with nothing outstanding");
        if (c.OutputPending)
        {
            // It is asked again at the next poll.
            Require(refused, c, "output is pending after a flush that the device did not refuse");
            return;
        }

        Require(outstanding == 0 || retransmission || persist, c, "something is outstanding and no timer will repeat it");
        bool unsent = c.SendBuffer.Count - outstanding > 0 || (c.FinQueued && !c.FinSent);
        if (unsent && c.State >= TcpState.Established)
        {
            Require(retransmission || persist, c, "something waits to be sent and no timer will see to it");
        }

        Require(!c.AckNow || refused, c, "an acknowledgment is owed after a flush that the device did not refuse");
        Require(
            c.SegmentsToAck == 0 || c.AckNow || c.Timers.IsArmed(ConnectionTimers.DelayedAck), c, "a delayed acknowledgment has no timer");
        if (!c.OwnedByApplication && !c.InAcceptQueue)
        {
            Require(
                c.Timers.IsArmed(ConnectionTimers.Orphan) || c.Timers.IsArmed(ConnectionTimers.FinWait2),
                c,
                "nobody owns it and no deadline will free its slot");
        }
    }

    private void Timers(TcpConnection c, int wait)
    {
        for (int timer = 0; timer < ConnectionTimers.Count; timer++)
        {
            if (c.Timers.IsArmed(timer))
            {
                Deadline($"timer {timer}", c.Timers.At[timer] - _net.Now, wait);
            }
        }
    }

    private void Deadline(string what, int left, int wait)
    {
        if (left < wait)
        {
            throw new StormFailure($"{_name}: the poll announced nothing for {wait} ms, but {what} is due in {left} ms");
        }
    }

    private void Require(bool holds, TcpConnection c, string otherwise)
    {
        if (!holds)
        {
            throw new StormFailure(
                $"{_name} slot {c.Index} {TcpStateName.Of(c.State)} {c.LocalPort}>{c.RemotePort}: {otherwise}"
                + $" (una +{c.SndUna - c.Iss} nxt +{c.SndNxt - c.Iss} rtx {(c.Retransmitting ? "+" + (c.RtxNxt - c.Iss) : "no")} wnd {c.SndWnd}"
                + $" queued {c.SendBuffer.Count} fin {c.FinQueued}/{c.FinSent}; rcv +{c.RcvNxt - c.Irs} adv +{c.RcvAdv - c.Irs}"
                + $" unread {c.ReceiveBuffer.Count}; timers {c.Timers.Armed:X2} owned {c.OwnedByApplication})");
        }
    }
}
