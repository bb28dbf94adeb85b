using System.Linq;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>What the RFCs ask for at each step, one sentence for each event that changes something; § without more is RFC 9293.</summary>
internal static class Sentences
{
    internal static string? For(LabStage stage, LabEvent happening) => happening switch
    {
        StateEvent e => OfState(stage, e),
        TimerEvent e => OfTimer(e),
        DropEvent e => OfDrop(e),
        SendEvent { Flight: { Lost: true, Segment.Length: > 0 } } => "It is lost. Only its sender's timer will find out.",
        SendEvent { Flight.Lost: true } => "It is lost. It occupies no sequence number, so no timer watches over it.",
        SendEvent { Flight.Replayed: true } => "A copy that has been on its way for a long time comes out of the network.",
        SendEvent { Flight: { KeepAlive: true } } => "A keep-alive probe: an ACK at SND.NXT-1, which the peer must answer (§3.8.4).",
        ArriveEvent { Copy: > 0 } => "The same segment once more.",
        ArriveEvent { Flight.Segment: var s, Side.State: TcpState.TimeWait } when s.Has(TcpFlags.Fin)
            => "The FIN again, so our last ACK was lost: acknowledge it, and restart the 2MSL timeout (§3.10.7.4, TIME-WAIT).",
        ArriveEvent { Flight.Segment: { Window: 0, Text: 0 } s } when !s.Has(TcpFlags.Rst)
            => "A window of 0: nothing more may be sent until it reopens (§3.8.6.1).",
        _ => null,
    };

    private static string OfState(LabStage stage, StateEvent e) => (e.From, e.To) switch
    {
        (TcpState.Closed, TcpState.Listen) => "Passive OPEN: from now on a SYN to this port is answered (§3.10.1).",
        (TcpState.Listen, TcpState.Closed) => "CLOSE on a listener deletes it; nobody has to be told (§3.10.4).",
        (TcpState.Closed, TcpState.SynSent) => "Active OPEN: choose an initial number, send <SEQ=ISS><CTL=SYN>, enter SYN-SENT (§3.10.1).",
        (TcpState.Listen, TcpState.SynReceived)
            => "A SYN in LISTEN: note its number, choose an own one, answer <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK> (§3.10.7.2, third).",
        (TcpState.SynSent, TcpState.Established)
            => "Its ACK covers our SYN: enter ESTABLISHED, and acknowledge its SYN (§3.10.7.3, fourth).",
        (TcpState.SynSent, TcpState.SynReceived)
            => "A SYN without ACK: both have called. Enter SYN-RECEIVED, answer SYN,ACK with the same ISS (§3.10.7.3, fourth).",
        (TcpState.SynReceived, TcpState.Established)
            => "SND.UNA < SEG.ACK =< SND.NXT: our SYN has arrived. Enter ESTABLISHED (§3.10.7.4, fifth).",
        (TcpState.SynReceived, TcpState.Listen)
            => "A RST after a passive open: return to LISTEN; the user need not be informed (§3.10.7.4, second).",
        (TcpState.Established, TcpState.FinWait1) => "CLOSE: a FIN goes behind what is queued; enter FIN-WAIT-1 (§3.10.4).",
        (_, TcpState.CloseWait) => "A FIN: RCV.NXT moves over it, it is acknowledged, the user is told. Enter CLOSE-WAIT (§3.10.7.4, eighth).",
        (TcpState.CloseWait, TcpState.LastAck) => "CLOSE in CLOSE-WAIT: send a FIN, enter LAST-ACK (§3.10.4).",
        (TcpState.FinWait1, TcpState.FinWait2) => "Our FIN is acknowledged: enter FIN-WAIT-2. The peer may still send (§3.10.7.4, fifth).",
        (TcpState.FinWait1, TcpState.Closing)
            => "A FIN, but no ACK of ours: acknowledge it, and wait for that ACK in CLOSING (§3.10.7.4, eighth).",
        (TcpState.FinWait1, TcpState.TimeWait)
            => "Its FIN and the ACK of ours in one segment: FIN-WAIT-2 and at once TIME-WAIT (§3.10.7.4, fifth and eighth).",
        (TcpState.FinWait2, TcpState.TimeWait) => "A FIN: acknowledge it, enter TIME-WAIT, start the 2MSL timer (§3.10.7.4, eighth).",
        (TcpState.Closing, TcpState.TimeWait) => "The ACK of our FIN: enter TIME-WAIT and wait 2MSL (§3.10.7.4, fifth).",
        (TcpState.LastAck, TcpState.Closed) => "The ACK of our FIN: delete the TCB, enter CLOSED (§3.10.7.4, fifth).",
        (_, TcpState.Closed) => OfEnd(stage, e),
        _ => $"{TcpStateName.Of(e.From)} becomes {TcpStateName.Of(e.To)}.",
    };

    // Why a connection is gone: the last thing that happened to this side.
    private static string OfEnd(LabStage stage, StateEvent e)
    {
        LabEvent? cause = stage.Events.LastOrDefault(c => c.Side == e.Side && c is ArriveEvent or TimerEvent or ApplicationEvent && c.Side == e.Side && c.AtMs == e.AtMs);
        return (cause, e.From) switch
        {
            (TimerEvent, TcpState.TimeWait) => "2MSL have passed: whatever was left in the network is dead. Delete the TCB (§3.10.8).",
            (TimerEvent, TcpState.SynReceived) => "Sent often enough: the half-open entry is forgotten (§3.8.3, R2).",
            (TimerEvent, _) => "Waited long enough (R2): delete the TCB and tell the user (§3.8.3).",
            (ApplicationEvent, TcpState.SynSent) => "CLOSE in SYN-SENT: delete the TCB; there is nothing to end (§3.10.4).",
            (ApplicationEvent, _) => "ABORT: send a RST, delete the TCB (§3.10.5).",
            (ArriveEvent, TcpState.SynSent) => "A RST that acknowledges our SYN: tell the user \"connection refused\" (§3.10.7.3, second).",
            (ArriveEvent, TcpState.TimeWait) => "The new handshake is complete, so its SYN was no old duplicate: the record may go (§3.6.1).",
            _ => "A RST at exactly RCV.NXT: the connection is gone, and the user is told (§3.10.7.4, second; RFC 5961 §3.2).",
        };
    }

    private static string? OfTimer(TimerEvent e) => e.Timer switch
    {
        ConnectionTimers.Retransmission => "Not acknowledged within the RTO: send the oldest segment again and double the RTO (RFC 6298 (5.4) to (5.6)).",
        ConnectionTimers.Persist => "The window has been closed for one RTO: probe it with an octet, then ever more seldom (§3.8.6.1).",
        ConnectionTimers.DelayedAck => "No data came along for the ACK to ride on: it goes alone, within 500 ms at the latest (§3.8.6.3).",
        ConnectionTimers.KeepAlive => "Idle for so long: is the peer still there? (§3.8.4)",
        ConnectionTimers.FinWait2 => "The peer does not end its side, and our application is gone: a deadline of our own.",
        TraceTimer.SynAck => "The SYN,ACK was not acknowledged: send it again, and wait twice as long (§3.8.1).",
        TraceTimer.TwoMsl => null,
        _ => $"The timer {TraceTimer.NameOf(e.Timer)}.",
    };

    private static string OfDrop(DropEvent e) => (e.Reason, e.Side!.State) switch
    {
        (DropReason.NoConnection, _) => "There is nothing it could belong to: answer with a RST (§3.10.7.1).",
        (DropReason.BadAcknowledgment, TcpState.SynSent) => "It does not acknowledge our SYN: <SEQ=SEG.ACK><CTL=RST> (§3.10.7.3, first).",
        (DropReason.BadAcknowledgment, _) => "It acknowledges what was never sent: an ACK says what is right (RFC 5961 §5.2).",
        (DropReason.OutOfWindow, TcpState.TimeWait) => "Old: it is answered with an ACK and never delivered (§3.10.7.4, first).",
        (DropReason.OutOfWindow, _) => "Not acceptable: answer with an ACK that says what is expected (§3.10.7.4, first).",
        (DropReason.RstIgnored, TcpState.TimeWait) => "An old RST must not cut the wait short (RFC 1337).",
        (DropReason.RstIgnored, _) => "A RST that does not hit RCV.NXT exactly is not believed (RFC 5961 §3.2).",
        (DropReason.SynInWindow, _) => "A SYN in a synchronised state proves nothing: a challenge ACK asks its sender (RFC 5961 §4.2).",
        _ => $"Discarded: {DropReasonName.Of(e.Reason)}.",
    };
}
