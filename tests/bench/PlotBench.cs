using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;
using EmbeddedTcp.VirtualBoard.Lab.Draw;

namespace EmbeddedTcp.Bench;

/// <summary>A transfer over a wire with delay and loss, in virtual time, drawn as a time-sequence plot from the sender's trace.</summary>
internal static class PlotBench
{
    private const int Octets = 300_000;
    private const int LatencyMs = 20;
    private const int Window = 32768;
    private const int LongestMs = 600_000;

    /// <summary>Plays the transfer and draws it.</summary>
    /// <param name="path">Receives the SVG.</param>
    /// <param name="loss">Probability that a data segment is lost, 0 to 0.5.</param>
    internal static void Draw(string path, double loss)
    {
        var forward = new DelayLine(LatencyMs, loss);
        var back = new DelayLine(LatencyMs, 0);
        forward.Peer = back;
        back.Peer = forward;
        var sending = new StackOptions { SendBufferSize = Window };
        var t = new TwoStacks(sending, new StackOptions { ReceiveBufferSize = Window }, forward, back);
        var trace = new TraceRing(t.A, 4096, 96) { On = true };
        long end = Play(t, forward, back);
        List<PlotPoint> points = Points(trace);
        File.WriteAllText(path, TimeSequencePlot.Draw($"{Octets} octets, {2 * LatencyMs} ms round trip, {loss:P0} loss", points));
        Console.WriteLine($"{path}: {Octets} octets in {end} ms, {t.A.Counters.Retransmissions} segments sent again, "
            + $"{t.A.Counters.RetransmissionTimeouts} timeouts, {t.A.Counters.FastRetransmits} fast retransmits");
    }

    private static long Play(TwoStacks t, DelayLine forward, DelayLine back)
    {
        TcpListener listener = t.B.Tcp.Listen(7, 1);
        TcpConnection client = null;
        TcpConnection server = null;
        byte[] data = new byte[Window];
        int written = 0;
        int read = 0;
        long now = 1000;
        while (read < Octets)
        {
            forward.Clock = back.Clock = now;
            forward.Deliver();
            back.Deliver();
            int wait = Math.Min(t.A.Poll(now), t.B.Poll(now));
            client ??= t.A.Tcp.Connect(TwoStacks.AddressB, 7);
            server ??= listener.Accept();
            if (client.State == TcpState.Established && written < Octets)
            {
                written += client.Write(data, 0, Math.Min(data.Length, Octets - written));
            }

            int n;
            while (server != null && (n = server.Read(data, 0, data.Length)) > 0)
            {
                read += n;
            }

            wait = Math.Min(wait, Math.Min(t.A.Flush(), t.B.Flush()));
            now = Math.Max(now + 1, Math.Min(now + wait, Math.Min(forward.NextDue, back.NextDue)));
            if (now > LongestMs)
            {
                throw new InvalidOperationException("the transfer does not end");
            }
        }

        return now - 1000;
    }

    private static List<PlotPoint> Points(TraceRing trace)
    {
        var points = new List<PlotPoint>();
        var entry = new TraceEntry(trace.SnapLength);
        uint origin = 0;
        uint highest = 0;
        int scale = 0;
        for (int i = trace.Oldest; trace.Read(i, entry); i++)
        {
            bool syn = (entry.Flags & TcpFlags.Syn) != 0;
            if (entry.Kind == TraceKind.SegmentOut && syn)
            {
                origin = entry.Seq;
                highest = entry.Seq + 1;
            }
            else if (entry.Kind == TraceKind.SegmentOut && entry.TextLength > 0)
            {
                long from = entry.Seq - origin;
                bool again = (int)(entry.Seq - highest) < 0;
                points.Add(new PlotPoint(entry.AtMs, again ? PlotKind.Again : PlotKind.Data, from, from + entry.TextLength));
                highest = again ? highest : entry.Seq + (uint)entry.TextLength;
            }
            else if (entry.Kind == TraceKind.SegmentIn)
            {
                int at = syn ? entry.FindOption(3, out _) : -1;
                scale = at >= 0 ? entry.Frame[at] : scale;
                long ack = entry.Ack - origin;
                points.Add(new PlotPoint(entry.AtMs, PlotKind.Acknowledgment, ack, ack + ((long)entry.Window << (syn ? 0 : scale))));
            }
        }

        return points;
    }
}
