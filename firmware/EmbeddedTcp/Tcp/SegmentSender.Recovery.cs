namespace EmbeddedTcp.Tcp;

/// <content>Segments that are sent again because of what acknowledgments say (after a timeout, the ordinary way serves).</content>
internal sealed partial class SegmentSender
{
    /// <summary>Sends the segment at SND.UNA again (fast retransmit, partial acknowledgment).</summary>
    /// <returns>How many octets of the sequence space it covered; 0 when there was nothing to send or the device refused it.</returns>
    internal int Resend(TcpConnection c)
    {
        int una = c.SndUna;
        int outstanding = c.SndNxt - una;
        int text = c.SendBuffer.Count < outstanding ? c.SendBuffer.Count : outstanding;
        int mss = c.Features == 0 ? c.SendMss : SegmentRoom(c, una);
        return SendAgain(c, una, text < mss ? text : mss);
    }

    // RFC 6675 §5 (C): while the pipe has room for a segment, holes are filled; what is new follows (NextSeg() rules (1) to (3)).
    private bool ResendHoles(TcpConnection c)
    {
        SackScoreboard board = c.Scoreboard;
        int una = c.SndUna;
        int next = c.SndNxt;
        int mss = SegmentRoom(c, next);
        bool nothingNew = c.SendBuffer.Count <= next - una || c.SndWnd <= next - una;
        while (c.Congestion.Window - board.Pipe(una, next, mss) >= mss && board.NextSeg(una, mss, nothingNew))
        {
            // Blocks of our own take their room from the text.
            int room = SegmentRoom(c, board.HoleAt);
            int length = board.HoleLength < room ? board.HoleLength : room;
            if (SendAgain(c, board.HoleAt, length) == 0)
            {
                return false;
            }

            board.HighRxt = board.HoleAt + length;
        }

        return true;
    }

    private int SendAgain(TcpConnection c, int seq, int length)
    {
        int from = seq - c.SndUna;
        bool fin = c.FinSent && from + length == c.SendBuffer.Count;
        if (length == 0 && !fin)
        {
            return 0;
        }

        c.StopTiming();
        if (!Emit(c, seq, from, length, fin ? TcpFlags.Ack | TcpFlags.Fin : TcpFlags.Ack))
        {
            return 0;
        }

        _counters.Retransmissions++;
        c.Timers.Arm(ConnectionTimers.Retransmission, c.Rtt.Rto);
        return fin ? length + 1 : length;
    }
}
