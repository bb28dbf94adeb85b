using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// What the entries of a trace have told about one connection so far: our state, the peer's as far as it can be concluded from its
/// segments, and the numbers that relative ones are measured from.
/// </summary>
internal sealed class TracedConnection
{
    private uint _remote;
    private int _remotePort;
    private int _localPort;
    private uint _ourOrigin;
    private uint _peerOrigin;
    private uint _ourHighest;
    private uint _peerHighest;
    private uint _ourFinEnd;
    private bool _ourKnown;
    private bool _peerKnown;
    private bool _ourFin;
    private bool _peerFin;

    /// <summary>Our state; null while no entry has told it.</summary>
    internal string OurState { get; private set; }

    /// <summary>The peer's state, with a question mark when it depends on a segment of ours that may be lost.</summary>
    internal string PeerState { get; private set; } = "";

    /// <summary>True when the last segment repeats what its sender had sent before.</summary>
    internal bool Again { get; private set; }

    internal bool Is(TraceEntry e)
    {
        return _remote == e.RemoteAddress && _remotePort == e.RemotePort && _localPort == e.LocalPort;
    }

    internal void Begin(TraceEntry e)
    {
        _remote = e.RemoteAddress;
        _remotePort = e.RemotePort;
        _localPort = e.LocalPort;
        OurState = null;
        PeerState = "";
        _ourKnown = false;
        _peerKnown = false;
        _ourFin = false;
        _peerFin = false;
    }

    internal void Enter(TcpState state)
    {
        OurState = TcpStateName.Of(state);
    }

    /// <summary>SEG.SEQ of a segment, relative to its sender's first number.</summary>
    internal uint RelativeSeq(TraceEntry e)
    {
        return e.Seq - (e.Kind == TraceKind.SegmentOut ? _ourOrigin : _peerOrigin);
    }

    /// <summary>SEG.ACK of a segment, relative to its receiver's first number.</summary>
    internal uint RelativeAck(TraceEntry e)
    {
        return e.Ack - (e.Kind == TraceKind.SegmentOut ? _peerOrigin : _ourOrigin);
    }

    /// <summary>A segment of ours.</summary>
    internal void Sent(TraceEntry e)
    {
        uint end = e.Seq + (uint)e.SequenceLength;
        bool syn = (e.Flags & TcpFlags.Syn) != 0;
        if (!_ourKnown || (syn && e.Seq != _ourOrigin))
        {
            _ourKnown = true;
            _ourOrigin = e.Seq;
            _ourHighest = e.Seq;
            _ourFin = false;
        }

        Again = e.SequenceLength > 0 && (int)(end - _ourHighest) <= 0;
        if ((int)(end - _ourHighest) > 0)
        {
            _ourHighest = end;
        }

        if ((e.Flags & TcpFlags.Ack) != 0 && !_peerKnown)
        {
            _peerKnown = true;
            _peerOrigin = e.Ack;
            _peerHighest = e.Ack;
        }

        if ((e.Flags & TcpFlags.Fin) != 0)
        {
            _ourFin = true;
            _ourFinEnd = end;
        }

        // What this makes of the peer when it arrives.
        bool coversFin = _peerFin && (e.Flags & TcpFlags.Ack) != 0 && e.Ack == _peerHighest;
        if ((e.Flags & TcpFlags.Rst) != 0)
        {
            PeerState = "CLOSED?";
        }
        else if (syn && (e.Flags & TcpFlags.Ack) != 0)
        {
            PeerState = "SYN_SENT";
        }
        else if (PeerState == "SYN_RCVD")
        {
            PeerState = "ESTABLISHED?";
        }
        else if (coversFin && PeerState == "FIN_WAIT_1")
        {
            PeerState = "FIN_WAIT_2?";
        }
        else if (coversFin && PeerState == "LAST_ACK")
        {
            PeerState = "CLOSED?";
        }
    }

    /// <summary>A segment of the peer.</summary>
    internal void Received(TraceEntry e)
    {
        uint end = e.Seq + (uint)e.SequenceLength;
        bool syn = (e.Flags & TcpFlags.Syn) != 0;
        bool ack = (e.Flags & TcpFlags.Ack) != 0;
        if (!_peerKnown || (syn && e.Seq != _peerOrigin))
        {
            _peerKnown = true;
            _peerOrigin = e.Seq;
            _peerHighest = e.Seq;
            _peerFin = false;
        }

        Again = e.SequenceLength > 0 && (int)(end - _peerHighest) <= 0;
        if ((int)(end - _peerHighest) > 0)
        {
            _peerHighest = end;
        }

        if (ack && !_ourKnown)
        {
            _ourKnown = true;
            _ourOrigin = e.Ack;
            _ourHighest = e.Ack;
        }

        bool coversOurFin = _ourFin && ack && e.Ack == _ourFinEnd;
        if ((e.Flags & TcpFlags.Rst) != 0)
        {
            PeerState = "CLOSED";
        }
        else if (syn)
        {
            PeerState = ack ? "SYN_RCVD" : "SYN_SENT";
        }
        else if ((e.Flags & TcpFlags.Fin) != 0)
        {
            // Its FIN came before or after it had seen ours.
            _peerFin = true;
            PeerState = coversOurFin ? "LAST_ACK" : "FIN_WAIT_1";
        }
        else if (_peerFin)
        {
            PeerState = coversOurFin && PeerState != "LAST_ACK" ? "TIME_WAIT" : PeerState;
        }
        else
        {
            PeerState = coversOurFin ? "CLOSE_WAIT" : "ESTABLISHED";
        }
    }
}
