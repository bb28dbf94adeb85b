using System.Diagnostics;
using EmbeddedTcp.VirtualBoard.Lab.Draw;

namespace EmbeddedTcp.Bench;

/// <summary>The same figures in a few seconds: the median of five runs by the stopwatch.</summary>
internal static class QuickBench
{
    private const int Runs = 5;

    /// <summary>DESIGN goal: a full segment, both ends, all acknowledgments, on .NET 10.</summary>
    private const double GoalNanoseconds = 300;

    private const int Figures = 7;

    private static int _sink;
    private static ProgressLine _progress;

    internal static void Run()
    {
        Console.WriteLine($"{"",-44}{"ns",10}{"bytes allocated",18}");
        using var progress = new ProgressLine(Figures);
        _progress = progress;
        double alone = 0;
        foreach (int open in new[] { 1, 8, 64 })
        {
            Pair pair = new Pair(open);
            double ns = Measure($"1460-byte segment, {open} open", 20000, Pair.SegmentsPerRound, pair.Bulk);
            alone = open == 1 ? ns : alone;
        }

        foreach (int open in new[] { 1, 64 })
        {
            Pair pair = new Pair(open);
            Measure($"64-byte request and reply, {open} open", 200000, 1, pair.RequestAndReply);
        }

        byte[] data = new byte[1600];
        Measure("checksum of 1460 bytes, vectors", 2000000, 1, () => _sink += Wire.Checksum.Sum(data, 54, 1460));
        Measure("checksum of 1460 bytes, words", 500000, 1, () => _sink += Wire.Checksum.SumOfWords(data, 54, 1460));
        _progress.Done($"goal for a segment: {GoalNanoseconds} ns, {(alone <= GoalNanoseconds ? "met" : "missed")}");
    }

    /// <summary>Sends segments for so many seconds, for a profiler to look at.</summary>
    internal static void Burn(int seconds)
    {
        Pair pair = new Pair(1);
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            for (int i = 0; i < 1000; i++)
            {
                pair.Bulk();
            }
        }

        Console.WriteLine($"{pair.SegmentsSent} segments, {pair.AcksSent} acknowledgments, {pair.Retransmissions} sent again");
    }

    private static double Measure(string name, int rounds, int perRound, Action round)
    {
        _progress.At(name);

        // Long enough for the tiered compiler to have done its work.
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < 400)
        {
            round();
        }

        double[] ns = new double[Runs];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < rounds; i++)
            {
                round();
            }

            ns[run] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / ((double)rounds * perRound);
        }

        double allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / ((double)rounds * perRound * Runs);
        Array.Sort(ns);
        double median = ns[Runs / 2];
        _progress.Done($"{name,-44}{median,10:F1}{allocated,18:F3}");
        return median;
    }
}
