using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>
/// Prints a trace as a ladder that fits 80 columns: time, our state, the segment, the peer's state as far as it is known, the peer's port.
/// </summary>
internal sealed class TraceLadder : Job
{
    // Connections whose numbers are remembered at once; the one that was silent longest gives way.
    private const int Remembered = 8;
    private const int StateWidth = 11;
    private const int Middle = 38;
    private const int LinesInTurn = 8;
    private const int RetryMs = 5;
    private const int LiveMs = 100;

    private readonly TraceRing _ring;
    private readonly TextOutput _output;
    private readonly bool _absolute;
    private readonly bool _live;
    private readonly TraceEntry _entry;
    private readonly TraceEntry _ahead;
    private readonly TracedConnection[] _connections = new TracedConnection[Remembered];
    private int _at;
    private int _started;
    private bool _headed;

    /// <summary>A ladder of what is in the ring.</summary>
    /// <param name="ring">The trace.</param>
    /// <param name="output">Where it is printed.</param>
    /// <param name="absolute">Sequence numbers as they are on the wire, not relative to the first one seen.</param>
    /// <param name="live">Goes on with what is recorded later, until it is interrupted.</param>
    internal TraceLadder(TraceRing ring, TextOutput output, bool absolute, bool live)
    {
        _ring = ring;
        _output = output;
        _absolute = absolute;
        _live = live;
        _entry = new TraceEntry(ring.SnapLength);
        _ahead = new TraceEntry(ring.SnapLength);
        _at = ring.Oldest;
        if (ring.Read(_at, _entry))
        {
            _started = _entry.AtMs;
        }

        for (int i = 0; i < Remembered; i++)
        {
            _connections[i] = new TracedConnection();
        }
    }

    /// <inheritdoc/>
    public override int Run(long nowMs)
    {
        if (!_headed)
        {
            _headed = true;
            _output.WriteLine(" seconds " + Format.Right("board", StateWidth) + "  " + Format.Left("", Middle) + "  peer          port");
        }

        for (int i = 0; i < LinesInTurn && !Done; i++)
        {
            if (_output.Room < Listing.StepSize)
            {
                return RetryMs;
            }

            if (_at < _ring.Oldest)
            {
                _output.WriteLine("         (" + (_ring.Oldest - _at).ToString() + " entries were overwritten)");
                _at = _ring.Oldest;
            }

            if (!_ring.Read(_at, _entry))
            {
                Done |= !_live;
                return LiveMs;
            }

            _at++;
            Print();
        }

        return 0;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        Done = true;
    }

    private void Print()
    {
        TracedConnection c = Find(_entry);
        if (_at == _entry.Number + 1 && _entry.Number == _ring.Oldest)
        {
            _started = _live ? _started : _entry.AtMs;
        }

        int atMs = _entry.AtMs;
        int port = _entry.RemotePort;
        switch (_entry.Kind)
        {
            case TraceKind.StateChange:
                c.Enter(_entry.To);
                if (!Next(c) || _ahead.Kind != TraceKind.SegmentOut)
                {
                    Row(atMs, c, "", port);
                }

                break;
            case TraceKind.Timer:
                Row(atMs, c, " timer " + TraceTimer.NameOf(_entry.Timer) + " fires", port);
                break;
            case TraceKind.Drop:
                Row(atMs, c, Format.Right("dropped: " + DropReasonName.Of(_entry.Reason) + " ", Middle), port);
                break;
            case TraceKind.SegmentOut:
                c.Sent(_entry);
                string line = "--" + Label(c, _entry) + (c.Again ? " again" : IsRepeated() ? " lost?" : "");
                string sent = Cut(line, Middle - 1);
                TakeStates(c);
                Row(atMs, c, sent + Dashes(Middle - 1 - sent.Length) + ">", port);
                break;
            default:
                c.Received(_entry);
                string came = Cut(Label(c, _entry) + (c.Again ? " again" : "") + "--", Middle - 1);
                string arrow = "<" + Dashes(Middle - 1 - came.Length) + came;
                TakeStates(c);
                Row(atMs, c, arrow, port);
                break;
        }
    }

    // The states that a segment leads to stand in its line.
    private void TakeStates(TracedConnection c)
    {
        while (Next(c) && _ahead.Kind == TraceKind.StateChange)
        {
            c.Enter(_ahead.To);
            _at++;
        }
    }

    // The entry behind the one in hand, when it is about the same connection and of the same moment.
    private bool Next(TracedConnection c)
    {
        return _ring.Read(_at, _ahead) && c.Is(_ahead) && _ahead.AtMs == _entry.AtMs;
    }

    // A segment that we send once more later has been lost, or its acknowledgment has.
    private bool IsRepeated()
    {
        if (_live || _entry.SequenceLength == 0)
        {
            return false;
        }

        for (int i = _at; _ring.Read(i, _ahead); i++)
        {
            if (_ahead.Kind == TraceKind.SegmentOut && _ahead.RemotePort == _entry.RemotePort && _ahead.LocalPort == _entry.LocalPort
                && _ahead.RemoteAddress == _entry.RemoteAddress && _ahead.SequenceLength > 0 && _ahead.Seq == _entry.Seq)
            {
                return true;
            }
        }

        return false;
    }

    private string Label(TracedConnection c, TraceEntry e)
    {
        string label = TraceFlags.NamesOf(e.Flags) + " seq=" + (_absolute ? e.Seq : c.RelativeSeq(e)).ToString();
        if ((e.Flags & TcpFlags.Ack) != 0)
        {
            label += " ack=" + (_absolute ? e.Ack : c.RelativeAck(e)).ToString();
        }

        if (e.TextLength > 0)
        {
            label += " len=" + e.TextLength.ToString();
        }

        int length;
        int mss = e.FindOption(TcpHeader.OptionMaximumSegmentSize, out length);
        if (mss >= 0 && length == 2)
        {
            label += " mss " + BigEndian.ReadUInt16(e.Frame, mss).ToString();
        }

        if (label.Length < Middle - 16)
        {
            label += " win=" + e.Window.ToString();
        }

        return label;
    }

    private void Row(int atMs, TracedConnection c, string middle, int port)
    {
        int since = atMs - _started;
        string time = (since / 1000).ToString() + "." + (since % 1000).ToString("D3");
        _output.WriteLine(Format.Right(time, 8) + " " + Format.Right(c.OurState == null ? "" : c.OurState, StateWidth) + " |"
            + Format.Left(middle, Middle) + "| " + Format.Left(c.PeerState, StateWidth + 1) + Format.Right(port, 6));
    }

    // An object for every connection: that of the entry is first afterwards.
    private TracedConnection Find(TraceEntry e)
    {
        int at = 0;
        while (at < Remembered - 1 && !_connections[at].Is(e))
        {
            at++;
        }

        TracedConnection found = _connections[at];
        if (!found.Is(e))
        {
            found.Begin(e);
        }

        for (; at > 0; at--)
        {
            _connections[at] = _connections[at - 1];
        }

        _connections[0] = found;
        return found;
    }

    private static string Cut(string text, int width)
    {
        return text.Length > width ? text.Substring(0, width) : text;
    }

    private static string Dashes(int count)
    {
        return new string('-', count);
    }
}
