namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>The left and the right edge of a SACK block (RFC 2018 §3).</summary>
public readonly record struct Block(uint Left, uint Right)
{
    /// <summary>As the ladder shows it.</summary>
    public override string ToString() => $"{Left}-{Right}";
}

/// <summary>TCP options by the RFCs' figures: composed for the peer, and taken apart, with a complaint about everything ill-formed, for the engine.</summary>
public static class TcpOptions
{
    public const int ReservedBits = TcpFlags.Ece | TcpFlags.Cwr;

    /// <summary>What a segment says in its options, each preceded by as many no-operations as align its numbers (RFC 7323 Appendix A).</summary>
    public static byte[] Compose(Segment s)
    {
        var b = new List<byte>();
        if (s.Mss is int mss)
        {
            b.AddRange([2, 4, (byte)(mss >> 8), (byte)mss]);
        }

        if (s.WindowScale is int scale)
        {
            b.AddRange([1, 3, 3, (byte)scale]);
        }

        if (s.SackPermitted)
        {
            b.AddRange([1, 1, 4, 2]);
        }

        if (s.Tsval is uint value)
        {
            b.AddRange([1, 1, 8, 10, .. Frames.Octets(value), .. Frames.Octets(s.Tsecr ?? 0)]);
        }

        if (s.Sack is { Count: > 0 } blocks)
        {
            b.AddRange([1, 1, 5, (byte)(2 + 8 * blocks.Count)]);
            foreach (Block block in blocks)
            {
                b.AddRange([.. Frames.Octets(block.Left), .. Frames.Octets(block.Right)]);
            }
        }

        return [.. b];
    }

    /// <summary>Reads the peer's options as far as they make sense; used for frames that may be ill-formed on purpose.</summary>
    public static Segment Read(Segment s, ReadOnlySpan<byte> options) => Walk(s, options, false);

    /// <summary>Reads the engine's options and fails at whatever is not as the RFCs draw it.</summary>
    public static Segment Checked(Segment s, ReadOnlySpan<byte> options)
    {
        Segment read = Walk(s, options, true);
        bool syn = (s.Flags & TcpFlags.Syn) != 0;
        Assert.AreEqual(syn, read.Mss != null, "RFC 9293 §3.7.1: the MSS option goes with a SYN, and with a SYN only");
        Assert.IsTrue(syn || !read.SackPermitted, "RFC 2018 §2: SACK-permitted on a segment without SYN");
        Assert.IsTrue(syn || read.WindowScale == null, "RFC 7323 §2.2: window scale on a segment without SYN");
        Assert.IsTrue(!syn || read.Sack!.Count == 0, "SACK blocks on a SYN");
        Assert.IsTrue((s.Flags & TcpFlags.Ack) != 0 || read.Tsecr is null or 0, "RFC 7323 §3.2: TSecr without ACK must be zero");
        if ((s.Flags & TcpFlags.Rst) != 0)
        {
            Assert.AreEqual(0, read.Sack!.Count, "blocks on a RST");
        }

        return read;
    }

    private static Segment Walk(Segment s, ReadOnlySpan<byte> o, bool strict)
    {
        var seen = new HashSet<int>();
        var blocks = new List<Block>();
        int i = 0;
        while (i < o.Length && o[i] != 0)
        {
            int kind = o[i];
            if (kind == 1)
            {
                i++;
                continue;
            }

            int length = i + 1 < o.Length ? o[i + 1] : 0;
            if (length < 2 || i + length > o.Length)
            {
                Assert.IsFalse(strict, $"option {kind} of length {length} at {i} of {o.Length}");
                break;
            }

            ReadOnlySpan<byte> value = o[(i + 2)..(i + length)];
            if (strict)
            {
                Assert.IsTrue(seen.Add(kind), $"option {kind} twice");
                CheckForm(kind, length, i);
            }

            switch (kind, length)
            {
                case (2, 4):
                    s = s with { Mss = Frames.UInt16(value, 0) };
                    break;
                case (3, 3):
                    s = s with { WindowScale = value[0] };
                    break;
                case (4, 2):
                    s = s with { SackPermitted = true };
                    break;
                case (8, 10):
                    s = s with { Tsval = Frames.UInt32(value, 0), Tsecr = Frames.UInt32(value, 4) };
                    break;
                case (5, _):
                    for (int at = 0; at + 8 <= value.Length; at += 8)
                    {
                        blocks.Add(new Block(Frames.UInt32(value, at), Frames.UInt32(value, at + 4)));
                    }

                    break;
            }

            i += length;
        }

        if (strict)
        {
            // RFC 9293 §3.1, MUST-69: the padding behind the list is zeros; ours ends with the last word.
            Assert.IsTrue(o.Length - i < 4 && o[i..].IndexOfAnyExcept((byte)0) < 0, "padding");
            foreach (Block b in blocks)
            {
                Assert.IsTrue((int)(b.Right - b.Left) > 0, $"RFC 2018 §3: block {b}");
            }
        }

        return s with { Sack = blocks };
    }

    private static void CheckForm(int kind, int length, int at)
    {
        switch (kind)
        {
            case 2:
                Assert.AreEqual(4, length, "MSS length");
                break;
            case 3:
                Assert.AreEqual(3, length, "window scale length");
                break;
            case 4:
                Assert.AreEqual(2, length, "SACK-permitted length");
                break;
            case 5:
                Assert.IsTrue(length is 10 or 18 or 26 or 34, $"SACK option of {length} bytes");
                Assert.AreEqual(2, at & 3, "RFC 2018 §3: the edges stand on word boundaries");
                break;
            case 8:
                Assert.AreEqual(10, length, "timestamps length");
                Assert.AreEqual(2, at & 3, "RFC 7323 Appendix A: the stamps stand on word boundaries");
                break;
            default:
                Assert.Fail($"an option of kind {kind}");
                break;
        }
    }
}
