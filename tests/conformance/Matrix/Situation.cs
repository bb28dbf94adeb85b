using EmbeddedTcp.Services.Tracing;

namespace EmbeddedTcp.ConformanceTests.Matrix;

/// <summary>
/// An engine in one of the states of Matrix.md, brought there segment by segment, and the peer's view of its variables: they are
/// computed from what went over the wire, the engine is not asked for them.
/// </summary>
public sealed class Situation
{
    private const int Outstanding = 100;

    private Situation(Dialogue dialogue)
    {
        T = dialogue;
    }

    public Dialogue T { get; }

    public uint Irs { get; private set; }

    public uint Iss { get; private set; }

    public uint SndUna { get; private set; }

    public uint SndNxt { get; private set; }

    public uint RcvNxt { get; private set; }

    /// <summary>RCV.NXT+RCV.WND.</summary>
    public uint RcvEdge { get; private set; }

    /// <summary>SND.UNA−MAX.SND.WND.</summary>
    public uint SndOld => SndUna - (uint)T.PeerWindow;

    /// <summary>True after CLOSE: the application has no handle any more.</summary>
    public bool Orphan { get; private set; }

    /// <summary>Octets that the application has not read yet.</summary>
    public int Unread { get; private set; }

    /// <summary>Brings a fresh engine into a state.</summary>
    /// <param name="chapter">The state's name in Matrix.md.</param>
    /// <param name="wrapping">True lets the numbers pass 2³² between SND.UNA and SND.NXT and a few octets behind RCV.NXT.</param>
    /// <param name="stamped">True lets both ends agree on timestamps and selective acknowledgment; the peer's clock stands still.</param>
    public static Situation Of(string chapter, bool wrapping, bool stamped)
    {
        if (!wrapping)
        {
            return Of(chapter, 0, _ => Dialogue.PeerIss, Outstanding, true, stamped);
        }

        // An initial number moves on by 250 a millisecond: a second engine that starts so much later begins 251 to 500 before 2³², and 50
        // octets remain to 2³² when the rest has been acknowledged.
        Situation first = Of(chapter, 0, _ => Dialogue.PeerIss, Outstanding, false, stamped);
        int wait = first.Iss == 0 ? 0 : (int)((uint.MaxValue - first.Iss) / 250) - 1;
        uint left = 0 - (first.Iss + (uint)(wait * 250));
        return Of(chapter, wait, behind => uint.MaxValue - 4 - behind, first.Iss == 0 ? 0 : (int)left - 51, false, stamped);
    }

    /// <summary>The sequence number, acknowledgment or edge that an expression of Matrix.md names.</summary>
    public uint Evaluate(string expression)
    {
        int sign = expression.IndexOfAny(['+', '-']);
        uint offset = sign < 0 ? 0 : uint.Parse(expression[(sign + 1)..]);
        string name = sign < 0 ? expression : expression[..sign];
        uint value = name switch
        {
            "IRS" => Irs,
            "ISS" => Iss,
            "RCV.NXT" => RcvNxt,
            "RCV.EDGE" => RcvEdge,
            "SND.UNA" => SndUna,
            "SND.NXT" => SndNxt,
            "SND.OLD" => SndOld,
            _ => uint.Parse(name),
        };
        return sign < 0 ? value : expression[sign] == '+' ? value + offset : value - offset;
    }

    // What is traced goes the long way; the other run takes the short one where it may.
    private static Situation Of(string chapter, int wait, Func<uint, uint> irs, int acknowledged, bool traced, bool stamped)
    {
        string state = chapter.Split(' ', ',')[0];
        int window = chapter.EndsWith("RCV.WND = 0", StringComparison.Ordinal) ? 0 : chapter.EndsWith("RCV.WND = 10", StringComparison.Ordinal) ? 10 : -1;
        bool active = state == "SYN_SENT" || chapter.EndsWith("(active)", StringComparison.Ordinal) || chapter.EndsWith("(no listener)", StringComparison.Ordinal);
        var options = new StackOptions { ReceiveBufferSize = window < 0 ? 4096 : 1000 };
        int features = stamped ? TcpFeatures.Sack | TcpFeatures.Timestamps : 0;
        Dialogue.Offering(features, options);
        var t = new Dialogue(options);
        if (traced)
        {
            _ = new TraceRing(t.Net, 1, 54);
        }

        if (!active && state != "CLOSED")
        {
            t.Listens();
        }

        t.PeerOffers(features);
        t.StoppedClock = 1_000_000;
        t.Wait(wait);
        int filled = window < 0 ? 0 : 950 - window;
        var s = new Situation(t) { Irs = irs(state.StartsWith("SYN", StringComparison.Ordinal) ? 0 : (uint)(51 + filled)) };
        if (state is "CLOSED" or "LISTEN")
        {
            return s;
        }

        s.Open(state, active);
        if (!state.StartsWith("SYN", StringComparison.Ordinal))
        {
            s.Converse(acknowledged, filled);
            s.Enter(state, chapter.EndsWith("closed", StringComparison.Ordinal));
        }

        t.SendsNothing();
        t.IsIn(s.Named(state));
        return s;
    }

    /// <summary>The state of a name; the connection is what counts, not the listener beside it.</summary>
    public TcpState Named(string name)
        => name switch
        {
            "CLOSED" when T.Listener != null && (Orphan || T.Slot == null) => TcpState.Listen,
            "SYN_RCVD" => TcpState.SynReceived,
            _ => Enum.Parse<TcpState>(name.Replace("_", ""), true),
        };

    // The handshake, or as much of it as the state has seen.
    private void Open(string state, bool active)
    {
        if (active)
        {
            T.Connects();
            Iss = T.Iss;
        }
        else if (state != "SYN_RCVD")
        {
            T.Opens(Irs);
            Iss = T.Iss;
        }
        else
        {
            T.Receives(Syn.At(Irs) with { Mss = 1460 });
            Iss = TakeSynAck();
        }

        SndUna = Iss;
        SndNxt = Iss + 1;
        RcvNxt = Irs + 1;
        if (active && state == "SYN_RCVD")
        {
            T.Receives(Syn.At(Irs) with { Mss = 1460 });
            TakeSynAck();
        }
        else if (active && state != "SYN_SENT")
        {
            T.Receives(SynAck.At(Irs, Iss + 1) with { Mss = 1460 });
            T.Sends(Ack.At(Iss + 1, Irs + 1));
        }
    }

    private uint TakeSynAck()
    {
        Segment s = T.Next();
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, s.Flags);
        RcvEdge = s.Ack + (uint)s.Window!.Value;
        return s.Seq;
    }

    // Both have sent something, so that old text and old acknowledgments exist; the rest fills the receive buffer.
    private void Converse(int acknowledged, int filled)
    {
        T.Writes(acknowledged);
        T.SendsText(Iss + 1, acknowledged);
        SndUna = SndNxt = Iss + 1 + (uint)acknowledged;
        T.Receives(Ack.At(RcvNxt, SndUna));
        PeerSends(50);
        T.Reads(50);
        if (filled > 0)
        {
            PeerSends(filled);
            Unread = filled;
        }
    }

    private void PeerSends(int count)
    {
        T.Receives(Text.At(RcvNxt, SndUna, Irs + 1, count));
        T.WaitForSegment(500);
        Segment ack = T.Next();
        RcvNxt += (uint)count;
        Assert.AreEqual(RcvNxt, ack.Ack);
        RcvEdge = ack.Ack + (uint)ack.Window!.Value;
    }

    private void Enter(string state, bool close)
    {
        if (state is "CLOSE_WAIT" or "LAST_ACK")
        {
            PeerCloses();
        }

        T.Writes(Outstanding);
        if (state is "ESTABLISHED" or "CLOSE_WAIT")
        {
            T.SendsText(SndUna, Outstanding);
            SndNxt += Outstanding;
            return;
        }

        if (close)
        {
            T.C.Close();
            T.Slot = null;
            Orphan = true;
        }
        else
        {
            T.C.Shutdown();
        }

        Segment fin = T.Next();
        Assert.AreEqual(SndUna, fin.Seq);
        Assert.AreEqual(Outstanding + 1, fin.Length);
        SndNxt = fin.End;
        if (state is "FIN_WAIT_2" or "TIME_WAIT")
        {
            T.Receives(Ack.At(RcvNxt, SndNxt));
            SndUna = SndNxt;
        }

        if (state is "CLOSING" or "TIME_WAIT")
        {
            PeerCloses();
        }

        if (state == "TIME_WAIT")
        {
            // A second of the 2 MSL is over, so that a restart of the wait shows.
            T.Wait(1000);
        }
    }

    private void PeerCloses()
    {
        T.Receives(Fin.At(RcvNxt, SndUna));
        RcvNxt++;
        T.Sends(Ack.At(SndNxt, RcvNxt));
    }
}
