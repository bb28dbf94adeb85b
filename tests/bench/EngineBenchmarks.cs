using BenchmarkDotNet.Attributes;

namespace EmbeddedTcp.Bench;

/// <summary>Two stacks in memory: time and allocation per full segment with all acknowledgments, both ends together.</summary>
[MemoryDiagnoser]
public class BulkBenchmarks
{
    private Pair _pair;

    /// <summary>Connections that are open, of which one carries data.</summary>
    [Params(1, 8, 64)]
    public int Open { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _pair = new Pair(Open);
    }

    [Benchmark(OperationsPerInvoke = Pair.SegmentsPerRound)]
    public void Segment()
    {
        _pair.Bulk();
    }
}

/// <summary>64 octets there and 64 back, both ends together.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private Pair _pair;

    [Params(1, 64)]
    public int Open { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _pair = new Pair(Open);
    }

    [Benchmark]
    public void RequestAndReply()
    {
        _pair.RequestAndReply();
    }
}

/// <summary>The Internet checksum alone, as it runs on a PC and as it runs on the device.</summary>
[MemoryDiagnoser]
public class ChecksumBenchmarks
{
    private readonly byte[] _data = new byte[1600];

    [Params(64, 1460)]
    public int Length { get; set; }

    [Benchmark(Baseline = true)]
    public int Vectors()
    {
        return Wire.Checksum.Sum(_data, 54, Length);
    }

    [Benchmark]
    public int Words()
    {
        return Wire.Checksum.SumOfWords(_data, 54, Length);
    }
}
