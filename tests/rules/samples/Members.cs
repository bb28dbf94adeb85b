using System;
using System.Collections;
using System.Diagnostics;
using System.Text;
using System.Threading;

namespace EmbeddedTcp.RuleSamples;

[Breaks("member")]
public class JoinsStrings
{
    public string Text(string[] parts)
    {
        return string.Join(",", parts); // the proof looks for this line
    }
}

[Breaks("member")]
public class ReplacesInString
{
    public string Text(string value) => value.Replace("a", "b");
}

[Breaks("member")]
public class PulsesMonitor
{
    public void Pulse(object gate) => Monitor.Pulse(gate);
}

[Breaks("member")]
public class SeedsRandom
{
    public int Next() => new Random(42).Next();
}

[Breaks("member")]
public class IncrementsLong
{
    private long _value;

    public long Next() => Interlocked.Increment(ref _value);
}

[Breaks("member")]
public class NamesThread
{
    public string Name() => Thread.CurrentThread.Name;
}

[Breaks("member")]
public class WaitsWithOneArgument
{
    public bool Wait(AutoResetEvent signal) => signal.WaitOne(10);
}

[Breaks("member")]
public class TakesPartOfSplitLimit
{
    public string[] Parts(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

[Breaks("member")]
public class CallsInLambda
{
    public Action Later() => () => GC.Collect();
}

[Breaks("member")]
public class CallsInFieldInitializer
{
    private readonly string _line = Environment.NewLine.Insert(0, "x");
}

[Breaks("type")]
public class UsesMath
{
    public int Larger(int a, int b) => Math.Max(a, b);
}

[Breaks("type")]
public class CopiesBlocks
{
    public void Copy(byte[] from, byte[] to) => Buffer.BlockCopy(from, 0, to, 0, 4);
}

[Breaks("type")]
public class KeepsStopwatch
{
    private Stopwatch _watch;
}

[Breaks("type")]
public class CatchesOverflow
{
    public int Half(int value)
    {
        try
        {
            return 100 / value;
        }
        catch (OverflowException)
        {
            return 0;
        }
    }
}

[Breaks("type")]
public class ThrowsDivideByZero
{
    public void Fail() => throw new DivideByZeroException();
}

[Breaks("type")]
public class CountsInDecimal
{
    public decimal Total;
}

[Breaks("type")]
public class TakesVirtualIn
{
    public virtual int Sum(in int value) => value;
}

[Breaks("type")]
public class DerivesFromUnknown : CollectionBase
{
}

[Breaks("type")]
public class CastsToUnknown
{
    public bool Is(object value) => value is SortedList;
}

[Breaks("type")]
[Serializable]
public class CarriesUnknownAttribute
{
    [ContextStatic]
    public static int Value;
}

[Breaks("package")]
public class BuildsString
{
    public string Text()
    {
        StringBuilder builder = new();
        builder.Append('x');
        return builder.ToString();
    }
}

[Breaks("package")]
public class ReadsTicks
{
    public long Now() => Environment.TickCount64;
}

[Breaks("external")]
public class CallsNative
{
    [System.Runtime.InteropServices.DllImport("c")]
    public static extern int getpid();
}
