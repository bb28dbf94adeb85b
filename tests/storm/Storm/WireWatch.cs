using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>
/// Judges every segment by what is known on the wire alone: nothing is sent beyond the edge that reached the sender, nothing is
/// acknowledged that did not reach the acknowledger, and no announced edge moves left.
/// </summary>
internal sealed class WireWatch
{
    private readonly Dictionary<int, Conversation> _conversations = new Dictionary<int, Conversation>();

    /// <summary>A segment leaves <paramref name="side"/>, whatever becomes of it.</summary>
    internal void Leaves(int side, in WireFrame f)
    {
        if (!f.IsTcp || (f.Flags & TcpFlags.Rst) != 0)
        {
            return;
        }

        Conversation c = Find(side, in f);
        ref End own = ref c.Ends[side];
        string wrong = c.Options.Leaves(side, in f);
        if (wrong != null)
        {
            throw new StormFailure($"{Name(side)} {wrong}: {Text(in f)}");
        }

        if ((f.Flags & TcpFlags.Syn) != 0)
        {
            if (own.HasIss && own.Iss != f.Seq)
            {
                // A new incarnation, or a half-open entry that was forgotten and made again: what was known of this side's
                // numbers is void, and so is what it had announced before (an old SYN may come again after the end).
                own.HasEdge = false;
                own.HasAnnounced = false;
                ref End other = ref c.Ends[1 - side];
                other.HasPrevious = other.Heard;
                other.PreviousTo = other.HeardTo;
                other.Heard = false;
                c.Ends[1 - side].HasAnnounced = false;
            }

            own.HasIss = true;
            own.Iss = f.Seq;
        }

        if ((f.Flags & TcpFlags.Ack) != 0 && own.HasPrevious && f.Ack == own.PreviousTo)
        {
            // A TIME_WAIT record answers the other side's new SYN with the numbers of the old connection (RFC 5961 §4.2); or the other
            // side has forgotten its half-open entry and made it again from a duplicate of the SYN, while this one, established by the
            // first SYN,ACK, goes on with that, text included, until it is reset.
        }
        else if ((f.Flags & TcpFlags.Ack) != 0)
        {
            if (!own.Heard || f.Ack - own.HeardTo > 0)
            {
                throw new StormFailure(
                    $"{Name(side)} acknowledges what never reached it: {Text(in f)}, heard {(own.Heard ? "up to " + (uint)own.HeardTo : "nothing")}");
            }

            int edge = f.Ack + f.Window;
            if (own.HasAnnounced && edge - own.Announced < 0)
            {
                throw new StormFailure(
                    $"{Name(side)} moves its window's right edge left by {own.Announced - edge} (RFC 9293 §3.8.6): {Text(in f)}");
            }

            own.HasAnnounced = true;
            own.Announced = edge;
        }

        int length = f.SequenceLength;
        if (length > 0 && (f.Flags & TcpFlags.Syn) == 0)
        {
            int beyond = f.Seq + length - own.Edge;
            if (!own.HasEdge || (beyond > 0 && (length > 1 || beyond > 1)))
            {
                throw new StormFailure(
                    $"{Name(side)} sends {beyond} beyond the right edge that reached it, and it is no window probe: {Text(in f)}");
            }
        }
    }

    /// <summary>An undamaged segment reaches <paramref name="side"/>.</summary>
    internal void Arrives(int side, in WireFrame f)
    {
        if (!f.IsTcp || (f.Flags & TcpFlags.Rst) != 0)
        {
            return;
        }

        Conversation c = Find(1 - side, in f);
        c.Options.Arrives(side, in f);
        ref End own = ref c.Ends[side];
        int to = f.Seq + f.SequenceLength;
        if (!own.Heard || to - own.HeardTo > 0)
        {
            own.Heard = true;
            own.HeardTo = to;
        }

        if ((f.Flags & TcpFlags.Ack) != 0)
        {
            int edge = f.Ack + f.Window;
            if (!own.HasEdge || edge - own.Edge > 0)
            {
                own.HasEdge = true;
                own.Edge = edge;
            }
        }
    }

    private Conversation Find(int sender, in WireFrame f)
    {
        int key = sender == 0 ? (f.SourcePort << 16) | f.DestinationPort : (f.DestinationPort << 16) | f.SourcePort;
        if (!_conversations.TryGetValue(key, out Conversation c))
        {
            c = new Conversation();
            _conversations.Add(key, c);
        }

        return c;
    }

    private static string Name(int side)
    {
        return side == 0 ? "A" : "B";
    }

    private static string Text(in WireFrame f)
    {
        return $"{f.SourcePort}>{f.DestinationPort} flags {f.Flags:X2} seq {(uint)f.Seq} ack {(uint)f.Ack} len {f.TextLength} wnd {f.Window}";
    }

    private sealed class Conversation
    {
        internal readonly End[] Ends = new End[2];
        internal readonly OptionWatch Options = new OptionWatch();
    }

    private struct End
    {
        internal bool HasIss;
        internal int Iss;
        internal bool Heard;
        internal int HeardTo;
        internal bool HasPrevious;
        internal int PreviousTo;
        internal bool HasAnnounced;
        internal int Announced;
        internal bool HasEdge;
        internal int Edge;
    }
}
