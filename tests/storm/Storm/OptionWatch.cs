using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>
/// Judges the options of one conversation by what is known on the wire alone: nothing is used that was not offered and taken, a block
/// reports what arrived, and a timestamp echoes one that arrived.
/// </summary>
internal sealed class OptionWatch
{
    private readonly End[] _ends = { new End(), new End() };

    /// <summary>A segment leaves <paramref name="side"/>.</summary>
    /// <returns>What is wrong with its options, or null.</returns>
    internal string Leaves(int side, in WireFrame f)
    {
        End own = _ends[side];
        if (f.BadOptions)
        {
            return "sends an option that does not belong there, or of a wrong length";
        }

        if ((f.Flags & TcpFlags.Syn) != 0)
        {
            if (!own.HasIss || own.Iss != f.Seq)
            {
                // Another incarnation, whose clock may be another.
                own.HasIss = true;
                own.Iss = f.Seq;
                own.HasSent = false;
            }

            own.Sent = f.Offers;
            return (f.Flags & TcpFlags.Ack) != 0 && (f.Offers & ~own.Heard) != 0 ? "takes an option that no SYN which reached it offered" : null;
        }

        // Segments of an older incarnation, from a TIME_WAIT record, and answers about no connection know nothing of this one's options.
        if (!own.HasIss || !own.HasHeard)
        {
            return null;
        }

        int agreed = own.Sent & own.Heard;
        if (f.Sack != null)
        {
            string wrong = (agreed & TcpFeatures.Sack) == 0 ? "reports blocks although SACK was not agreed on (RFC 2018 §2)" : Blocks(own, in f);
            if (wrong != null)
            {
                return wrong;
            }
        }

        if (!f.HasTimestamp)
        {
            return null;
        }

        if ((agreed & TcpFeatures.Timestamps) == 0)
        {
            return "sends a timestamp although none was agreed on (RFC 7323 §3.2)";
        }

        if (own.HasSent && f.TimestampValue - own.LastSent < 0)
        {
            return "sends a timestamp that goes back (RFC 7323 §5.4)";
        }

        own.HasSent = true;
        own.LastSent = f.TimestampValue;
        return own.Echoable.Contains(f.TimestampEcho) ? null : $"echoes timestamp {(uint)f.TimestampEcho}, which never reached it (RFC 7323 §3.2)";
    }

    /// <summary>An undamaged segment reaches <paramref name="side"/>.</summary>
    internal void Arrives(int side, in WireFrame f)
    {
        End own = _ends[side];
        if ((f.Flags & TcpFlags.Syn) != 0)
        {
            // Repeated SYNs may offer less (RFC 3168 §6.1.1 leaves ECN out), and either may be the one that is answered.
            own.Heard |= f.Offers;
            own.HasHeard = true;
        }

        if (f.HasTimestamp)
        {
            own.Echoable.Add(f.TimestampValue);
        }

        if (f.TextLength > 0)
        {
            own.Arrived.Add((f.Seq, f.Seq + f.TextLength));
        }
    }

    // RFC 2018 §4: each block is text that arrived and lies beyond the acknowledgment; but for the first, which may report a duplicate
    // (RFC 2883 §4).
    private static string Blocks(End own, in WireFrame f)
    {
        for (int i = 0; i < f.Sack.Length; i += 2)
        {
            int left = f.Sack[i];
            int right = f.Sack[i + 1];
            if (right - left <= 0)
            {
                return "reports an empty block (RFC 2018 §3)";
            }

            if (i > 0 && left - f.Ack <= 0)
            {
                return $"reports what it has acknowledged, {(uint)left} to {(uint)right} (RFC 2018 §4)";
            }

            if (!Covered(own, left, right))
            {
                return $"reports {(uint)left} to {(uint)right}, which never reached it (RFC 2018 §4)";
            }
        }

        return null;
    }

    private static bool Covered(End own, int left, int right)
    {
        for (bool moved = true; moved && right - left > 0;)
        {
            moved = false;
            foreach ((int From, int To) text in own.Arrived)
            {
                if (text.From - left <= 0 && text.To - left > 0)
                {
                    left = text.To;
                    moved = true;
                }
            }
        }

        return right - left <= 0;
    }

    private sealed class End
    {
        internal readonly HashSet<(int From, int To)> Arrived = new HashSet<(int, int)>();
        internal readonly HashSet<int> Echoable = new HashSet<int>();
        internal bool HasIss;
        internal int Iss;
        internal int Sent;
        internal bool HasHeard;
        internal int Heard;
        internal bool HasSent;
        internal int LastSent;
    }
}
