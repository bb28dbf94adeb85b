namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>
/// A TCP segment as a test writes it down. In an expectation, what is null is not compared, and PSH is compared only when it is asked for.
/// </summary>
public sealed record Segment(int Flags, uint Seq, uint Ack)
{
    /// <summary>The text; null in an expectation means any text.</summary>
    public byte[]? Text { get; init; } = [];

    /// <summary>SEG.WND; null composes the peer's current window.</summary>
    public int? Window { get; init; }

    /// <summary>The value of an MSS option; in an expectation null means that there is none to be compared.</summary>
    public int? Mss { get; init; }

    /// <summary>The shift count of a window scale option (RFC 7323 §2.2).</summary>
    public int? WindowScale { get; init; }

    /// <summary>SACK-permitted (RFC 2018 §2); compared only when it is true.</summary>
    public bool SackPermitted { get; init; }

    /// <summary>TSval of a timestamps option (RFC 7323 §3.2).</summary>
    public uint? Tsval { get; init; }

    /// <summary>TSecr of it.</summary>
    public uint? Tsecr { get; init; }

    /// <summary>SACK blocks in their order; in an expectation an empty list says that there are none.</summary>
    public IReadOnlyList<Block>? Sack { get; init; }

    /// <summary>The two bits of RFC 3168 §5 in the IP header: 0 not capable, 2 ECT(0), 3 congestion experienced. Not compared.</summary>
    public int EcnCodepoint { get; init; }

    /// <summary>The differentiated services code point of the datagram. Not compared.</summary>
    public int Dscp { get; init; }

    /// <summary>The datagram's time to live. Not compared.</summary>
    public int TimeToLive { get; init; }

    /// <summary>Raw option bytes, padded with zeros to whole words; takes the place of all other options.</summary>
    public byte[]? Options { get; init; }

    /// <summary>The urgent pointer.</summary>
    public int UrgentPointer { get; init; }

    /// <summary>The sender's port when it is not the dialogue's.</summary>
    public int? SourcePort { get; init; }

    /// <summary>The receiver's port when it is not the dialogue's.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>True in an expectation: PSH must be as in <see cref="Flags"/>.</summary>
    public bool ComparePush { get; init; }

    /// <summary>The same with blocks reported.</summary>
    public Segment Reporting(params Block[] blocks) => this with { Sack = blocks };

    /// <summary>SEG.LEN.</summary>
    public int Length => (Text?.Length ?? 0) + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    /// <summary>The sequence number behind the segment.</summary>
    public uint End => Seq + (uint)Length;

    /// <summary>As the ladder shows it.</summary>
    public override string ToString()
    {
        string names = "";
        foreach ((int bit, string name) in new[]
        {
            (TcpFlags.Syn, "SYN"), (TcpFlags.Fin, "FIN"), (TcpFlags.Rst, "RST"), (TcpFlags.Psh, "PSH"), (TcpFlags.Ack, "ACK"),
            (TcpFlags.Urg, "URG"), (TcpFlags.Ece, "ECE"), (TcpFlags.Cwr, "CWR"),
        })
        {
            if ((Flags & bit) != 0)
            {
                names += names.Length > 0 ? "," + name : name;
            }
        }

        return $"<SEQ={Seq}><ACK={Ack}><CTL={names}>" + (Window is int w ? $"<WND={w}>" : "") + (Text is { Length: > 0 } t ? $"<{t.Length} octets>" : "")
            + (Mss is int m ? $"<MSS={m}>" : "") + (WindowScale is int scale ? $"<WS={scale}>" : "") + (SackPermitted ? "<SACKOK>" : "")
            + (Tsval is uint value ? $"<TS={value},{Tsecr}>" : "") + (Sack is { Count: > 0 } blocks ? $"<SACK={string.Join(' ', blocks)}>" : "")
            + (EcnCodepoint == 0 ? "" : $"<ECN={EcnCodepoint}>");
    }
}

/// <summary>A SYN.</summary>
public static class Syn
{
    /// <summary>&lt;SEQ=seq&gt;&lt;CTL=SYN&gt;</summary>
    public static Segment At(uint seq) => new(TcpFlags.Syn, seq, 0);
}

/// <summary>A SYN that acknowledges one.</summary>
public static class SynAck
{
    /// <summary>&lt;SEQ=seq&gt;&lt;ACK=ack&gt;&lt;CTL=SYN,ACK&gt;</summary>
    public static Segment At(uint seq, uint ack) => new(TcpFlags.Syn | TcpFlags.Ack, seq, ack);
}

/// <summary>An acknowledgment, with or without text.</summary>
public static class Ack
{
    /// <summary>&lt;SEQ=seq&gt;&lt;ACK=ack&gt;&lt;CTL=ACK&gt;</summary>
    public static Segment At(uint seq, uint ack) => new(TcpFlags.Ack, seq, ack);
}

/// <summary>Octets of the stream.</summary>
public static class Text
{
    /// <summary>&lt;SEQ=seq&gt;&lt;ACK=ack&gt;&lt;CTL=ACK&gt; and text.</summary>
    public static Segment At(uint seq, uint ack, byte[] text) => new(TcpFlags.Ack, seq, ack) { Text = text };

    /// <summary>As the other, with text that is a function of its place in the stream, so that any misplaced octet shows.</summary>
    public static Segment At(uint seq, uint ack, uint streamStart, int count) => At(seq, ack, Pattern.Of(seq - streamStart, count));

    /// <summary>Text of which only the length is compared.</summary>
    public static Segment OfAnyKind(uint seq, uint ack) => new(TcpFlags.Ack, seq, ack) { Text = null };
}

/// <summary>A FIN, which always carries an acknowledgment.</summary>
public static class Fin
{
    /// <summary>&lt;SEQ=seq&gt;&lt;ACK=ack&gt;&lt;CTL=FIN,ACK&gt;</summary>
    public static Segment At(uint seq, uint ack) => new(TcpFlags.Fin | TcpFlags.Ack, seq, ack);
}

/// <summary>A RST.</summary>
public static class Rst
{
    /// <summary>&lt;SEQ=seq&gt;&lt;CTL=RST&gt;</summary>
    public static Segment At(uint seq) => new(TcpFlags.Rst, seq, 0);

    /// <summary>&lt;SEQ=seq&gt;&lt;ACK=ack&gt;&lt;CTL=RST,ACK&gt;</summary>
    public static Segment At(uint seq, uint ack) => new(TcpFlags.Rst | TcpFlags.Ack, seq, ack);
}

/// <summary>Any set of control bits.</summary>
public static class Control
{
    /// <summary>A segment with the given bits.</summary>
    public static Segment At(int flags, uint seq, uint ack) => new(flags, seq, ack);
}

/// <summary>Stream content that is a function of the position.</summary>
public static class Pattern
{
    /// <summary>The octet at a position of the stream.</summary>
    public static byte At(uint position) => (byte)((position * 2654435761u) >> 23);

    /// <summary>Octets from a position on.</summary>
    public static byte[] Of(uint position, int count)
    {
        byte[] text = new byte[count];
        for (int i = 0; i < count; i++)
        {
            text[i] = At(position + (uint)i);
        }

        return text;
    }
}
