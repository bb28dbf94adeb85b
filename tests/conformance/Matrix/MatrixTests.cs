using System.IO;
using System.Runtime.CompilerServices;
using EmbeddedTcp.Services.Tracing;

namespace EmbeddedTcp.ConformanceTests.Matrix;

/// <summary>Plays every cell of Matrix.md: RFC 9293 §3.10.7, state by state and segment by segment.</summary>
[TestClass]
public class MatrixTests
{
    private const int LeastCells = 500;

    // What the peer announces in the segment under test; SND.WND is 8,192 before.
    private const int NewWindow = 6000;

    private static readonly IReadOnlyList<Chapter> Chapters = Chapter.Read(Path.Combine(Folder(), "Matrix.md"));

    public static IEnumerable<object[]> Names
        => Chapters.SelectMany(c => new object[][] { [c.Name, false, false], [c.Name, true, false], [c.Name, false, true], [c.Name, true, true] });

    // Every state in which there are stamps to be compared.
    public static IEnumerable<object[]> StampedNames
        => Chapters.Where(c => c.Name is not ("CLOSED" or "LISTEN" or "SYN_SENT")).Select(c => new object[] { c.Name });

    [TestMethod]   // each state of the RFC has its cells, each cell its step, and there are enough of them
    public void Matrix_is_complete()
    {
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            Assert.IsTrue(Chapters.Any(c => c.Name.Split(' ', ',')[0] == TcpStateName.Of(state)), $"{state} has no cells");
        }

        foreach (Chapter chapter in Chapters)
        {
            Assert.AreEqual(chapter.Cells.Count, chapter.Cells.Select(c => c.Segment).Distinct().Count(), $"{chapter.Name}: a segment stands there twice");
            foreach (Cell cell in chapter.Cells)
            {
                Assert.IsTrue(cell.Step.Length > 3 && !cell.Step.EndsWith("CHOICE:", StringComparison.Ordinal), $"{cell}: no step");
            }
        }

        int cells = Chapters.Sum(c => c.Cells.Count);
        Assert.IsTrue(cells >= LeastCells, $"{cells} cells");
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Every_segment_is_answered_as_the_rfc_says(string chapter, bool wrapping, bool stamped)
        => Play(chapter, wrapping, stamped, segment => segment, cell => cell);

    [TestMethod]   // RFC 7323 §5.3 R1, in every state: an older stamp: an ACK, and nothing of the segment counts. A RST is exempt (§5.2)
    [DynamicData(nameof(StampedNames))]
    public void Every_segment_with_an_old_stamp_is_dropped(string chapter)
        => Play(
            chapter, false, true, segment => segment with { Tsval = 999_999, Tsecr = 0 },
            cell => IsExempt(cell, chapter) ? cell : cell with { Reply = "ACK", Next = "=", Effects = [] });

    // The peer's SYN again, while we are half open, gets the SYN,ACK that was lost.
    private static bool IsExempt(Cell cell, string chapter)
        => cell.Segment.Split(' ')[0].Split(',').Contains("RST") || (chapter == "SYN_RCVD (passive)" && cell.Reply == "SYN,ACK");

    private static void Play(string chapter, bool wrapping, bool stamped, Func<Segment, Segment> change, Func<Cell, Cell> expectation)
    {
        var failures = new List<string>();
        var taken = new HashSet<string>();
        foreach (Cell cell in Chapters.Single(c => c.Name == chapter).Cells)
        {
            try
            {
                Situation s = Situation.Of(chapter, wrapping, stamped);
                Play(expectation(cell), s, chapter, change);
                if (s.T.Net.Trace is TraceRing trace)
                {
                    taken.UnionWith(Transitions.TakenBy(trace));
                }
            }
            catch (Exception e) when (e is AssertFailedException or FormatException)
            {
                failures.Add($"{cell} ({cell.Step}): {e.Message}");
            }
        }

        Assert.IsEmpty(failures, $"{failures.Count} cells of {chapter}\n" + string.Join('\n', failures));
        Assert.IsEmpty(taken.Except(Transitions.Drawn), "taken, but not in docs/scenarios/state-machine.svg: " + string.Join(", ", taken.Except(Transitions.Drawn)));
    }

    private static void Play(Cell cell, Situation s, string chapter, Func<Segment, Segment> change)
    {
        Dialogue t = s.T;
        Segment segment = Parse(cell.Segment, s);
        t.Receives(change(segment));
        CheckReply(cell.Reply, segment, s, chapter);

        // Nothing comes later either, as long as no retransmission can be due.
        int left = cell.Reply.StartsWith("LATER", StringComparison.Ordinal) ? 1 : 499;
        t.Wait(left);
        t.SendsNothing();

        TcpState next = s.Named(cell.Next == "=" ? chapter.Split(' ', ',')[0] : cell.Next);
        TcpState actual = t.Slot == null || chapter.StartsWith("TIME_WAIT", StringComparison.Ordinal) ? t.State : t.C.State;
        Assert.AreEqual(next, actual, "next state");
        CheckEffects(cell, segment, s, next, chapter);
    }

    private static void CheckReply(string reply, Segment segment, Situation s, string chapter)
    {
        Dialogue t = s.T;
        string kind = reply.Split('+')[0];
        List<Segment> sent = t.All();
        if (kind == "LATER")
        {
            Assert.AreEqual(0, sent.Count, "at once: " + string.Join(" ", sent));
            t.WaitForSegment(499);
            sent = t.All();
            kind = "ACK";
        }

        if (kind == "none")
        {
            Assert.AreEqual(0, sent.Count, "sent: " + string.Join(" ", sent));
            return;
        }

        Assert.AreEqual(1, sent.Count, "sent: " + string.Join(" ", sent));
        Segment r = sent[0];
        uint rcvNxt = chapter == "SYN_SENT" ? segment.Seq + 1 : s.RcvNxt;
        Segment expected = kind switch
        {
            "ACK" => Ack.At(s.SndNxt, rcvNxt + Advance(reply)),
            "RST" => Rst.At(segment.Ack),
            "RST,ACK" => Rst.At(0, segment.End),
            "SYN,ACK" => SynAck.At(s.Iss, segment.Seq + 1) with { Window = t.Options.ReceiveBufferSize, Mss = t.Options.Mtu - 40 },
            "ABORT" => Rst.At(s.SndNxt),
            _ => throw new FormatException("reply " + reply),
        };
        if (kind == "ABORT")
        {
            // §3.10.5 has no ACK in it, §3.5.2 allows one.
            Assert.IsTrue((r.Flags & TcpFlags.Rst) != 0 && r.Seq == expected.Seq, $"expected {expected}, the engine sent {r}");
            return;
        }

        if (kind == "SYN,ACK" && !chapter.StartsWith("SYN", StringComparison.Ordinal))
        {
            // A new initial number; after TIME_WAIT one beyond the old connection's last (§3.6.1, MAY-2, condition 1).
            Assert.IsTrue(chapter == "LISTEN" || (int)(r.Seq - s.SndNxt) >= 0, $"ISS of {r} is not beyond {s.SndNxt}");
            expected = expected with { Seq = r.Seq };
        }

        Assert.IsTrue(
            r.Flags == expected.Flags && r.Seq == expected.Seq && r.Ack == expected.Ack && r.Text!.Length == 0 && r.Mss == expected.Mss
            && (expected.Window == null || expected.Window == r.Window),
            $"expected {expected}, the engine sent {r}");
    }

    private static void CheckEffects(Cell cell, Segment segment, Situation s, TcpState next, string chapter)
    {
        Dialogue t = s.T;
        var effects = cell.Effects.ToList();
        if (chapter.StartsWith("TIME_WAIT", StringComparison.Ordinal) && next == TcpState.TimeWait)
        {
            int elapsed = effects.Remove("2MSL") ? 499 : 1499;
            Assert.AreEqual(2 * t.Options.MaximumSegmentLifetime - elapsed, t.Tcp.TimeWait.RemainingMsAt(0), "rest of 2 MSL");
        }

        int end = effects.FindIndex(e => e.StartsWith("ENDS=", StringComparison.Ordinal));
        Assert.AreEqual(next == TcpState.Closed && t.Slot != null, end >= 0, "an end needs its reason");
        if (end >= 0)
        {
            Assert.AreEqual(Enum.Parse<TcpEndReason>(effects[end][5..]), t.C.EndReason, "what the application is told");
            effects.RemoveAt(end);
        }

        bool una = effects.Remove("UNA");
        bool wnd = effects.Remove("WND");
        bool held = effects.Remove("HELD");
        int text = effects.Where(e => e.StartsWith('+')).Sum(e => int.Parse(e[1..]));
        Assert.IsFalse(effects.Any(e => !e.StartsWith('+')), "effects that are not known: " + string.Join(' ', effects));
        TcpConnection? c = t.Slot ?? Enumerable.Range(0, t.Tcp.SlotCount).Select(t.Tcp.SlotAt).FirstOrDefault(x => x.State != TcpState.Closed);
        if (c == null || next is TcpState.Closed or TcpState.Listen or TcpState.TimeWait)
        {
            return;
        }

        int before = chapter == "SYN_SENT" ? 0 : t.PeerWindow;
        uint sndUna = una ? segment.Ack : s.SndUna;
        Assert.AreEqual(sndUna, c.SendUnacknowledged, "SND.UNA");
        int window = wnd ? segment.Window ?? NewWindow : before - (int)(sndUna - s.SndUna);
        Assert.AreEqual(window, c.SendWindow, "SND.WND");
        Assert.AreEqual(s.Unread + text, c.Available, "octets to be read");
        if (chapter != "SYN_SENT")
        {
            Assert.AreEqual(s.RcvNxt + Advance(cell.Reply), c.ReceiveNext, "RCV.NXT");
        }

        if (held && !s.Orphan)
        {
            FillTheGap(segment, s, sndUna);
        }
    }

    // What was kept is acknowledged with the octets that were missing before it.
    private static void FillTheGap(Segment segment, Situation s, uint ack)
    {
        Dialogue t = s.T;
        for (uint at = s.RcvNxt; at != segment.Seq;)
        {
            uint count = Math.Min(segment.Seq - at, 1000);
            t.Receives(Text.At(at, ack, s.Irs + 1, (int)count));
            at += count;
        }

        t.Wait(499);
        uint textEnd = segment.Seq + (uint)segment.Text!.Length;
        bool fin = (segment.Flags & TcpFlags.Fin) != 0 && (int)(textEnd - s.RcvEdge) <= 0;
        uint expected = (int)(textEnd - s.RcvEdge) > 0 ? s.RcvEdge : textEnd + (fin ? 1u : 0u);
        Assert.AreEqual(expected, t.All()[^1].Ack, "acknowledgment once the gap is filled");
    }

    private static uint Advance(string reply) => reply.Contains('+') ? uint.Parse(reply[(reply.IndexOf('+') + 1)..]) : 0;

    private static Segment Parse(string text, Situation s)
    {
        string[] words = text.Split(' ');
        int flags = words[0] == "-" ? 0 : words[0].Split(',').Aggregate(0, (all, name) => all | Bit(name));
        var fields = words[1..].Select(w => w.Split('=')).ToDictionary(p => p[0], p => p[1]);
        uint seq = s.Evaluate(fields["SEQ"]);
        Assert.AreEqual((flags & TcpFlags.Ack) != 0, fields.ContainsKey("ACK"), "an ACK field with the ACK bit only");
        int length = fields.TryGetValue("LEN", out string? l) ? int.Parse(l) : 0;
        return new Segment(flags, seq, fields.TryGetValue("ACK", out string? ack) ? s.Evaluate(ack) : 0)
        {
            Text = Pattern.Of(seq + ((flags & TcpFlags.Syn) != 0 ? 1u : 0u) - s.Irs - 1, length),
            Window = fields.TryGetValue("WND", out string? window) ? int.Parse(window) : NewWindow,
            UrgentPointer = fields.TryGetValue("UP", out string? urgent) ? int.Parse(urgent) : 0,
        };
    }

    private static int Bit(string name)
        => name switch
        {
            "SYN" => TcpFlags.Syn,
            "ACK" => TcpFlags.Ack,
            "FIN" => TcpFlags.Fin,
            "RST" => TcpFlags.Rst,
            "PSH" => TcpFlags.Psh,
            "URG" => TcpFlags.Urg,
            _ => throw new FormatException("control bit " + name),
        };

    internal static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
