using System;
using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace EmbeddedTcp.RuleSamples;

// Everything that is known to work on the device as on .NET, so that no rule forbids too much.

[Clean]
public class FormatsText
{
    public string Interpolate(int value, string name, byte low, bool on, char c, object any) =>
        $"{name}: {value:X4} {value,6} {low,-4:D3} {on} {c} {any}";

    public string Concatenate(string a, char c, string b, int n) => a + c + b + n + c;

    public string ConcatenateMany(string a, string b, string c, string d, string e) => a + b + c + d + e;

    public string ConcatenateCharacters(char a, string b, char c, string d) => a + b + c + d;

    public string Format(int a, int b, int c, int d, int e) =>
        string.Format("{0} {1:X2}", a, b) + string.Format("{0}{1}{2}{3}{4,3}", a, b, c, d, e) + string.Format("{{0:Q}} {0}", a);

    public string Numbers(int a, double b, uint c) => a.ToString() + b.ToString("F2") + c.ToString("x8") + a.ToString("N0");

    public string[] Split(string value) => value.Split(',');

    public string[] SplitAtBoth(string value) => value.Split(',', ' ');

    public string Trim(string value) => value.Trim().Trim('"').TrimStart(' ', '\t').TrimEnd('\r').PadLeft(8).PadRight(10, '.');

    public bool Same(string a, string b) => a == b || a.Equals(b) || a.ToLower() == b.ToUpper();

    public int Parse(string value) => int.TryParse(value, out int number) ? number : Convert.ToInt32(value, 16);
}

[Clean]
public class DecidesByPattern
{
    public enum Step
    {
        First,
        Second,
    }

    public string Name(Step step) => step switch
    {
        Step.First => "first",
        Step.Second => "second",
        _ => "none",
    };

    public int Incomplete(bool value) => value switch
    {
        true => 1,
        false => 0,
    };

    public int Number(string name) => name switch
    {
        "alpha" => 1,
        "beta" => 2,
        "gamma" => 3,
        "delta" => 4,
        "epsilon" => 5,
        "zeta" => 6,
        "theta" => 7,
        _ => throw new ArgumentException("name"),
    };

    public int Weight(object value) => value switch
    {
        null => 0,
        int and > 10 => 2,
        string { Length: > 3 } text => text.Length,
        Step.First => 7,
        _ => 1,
    };

    public bool Includes(Step all, Step one) => all.HasFlag(one);
}

[Clean]
public class HoldsDelegates
{
    private readonly object _gate = new();
    private int _count;

    public delegate int Operation(int value);

    public event EventHandler Changed;

    public Operation Add(int amount) => value => value + amount;

    public Operation Twice() => Double;

    public void Raise()
    {
        lock (_gate)
        {
            _count++;
            int Local(int value) => value + _count;
            Changed?.Invoke(this, EventArgs.Empty);
            _count = Local(1);
        }

        Interlocked.Increment(ref _count);
    }

    private static int Double(int value) => 2 * value;
}

[Clean]
public class WorksInTheBackground : IDisposable
{
    private readonly AutoResetEvent _signal = new(false);
    private Timer _timer;
    private Thread _thread;

    public void Start()
    {
        _thread = new Thread(Run);
        _thread.Start();
        _timer = new Timer(static state => { }, null, 10, Timeout.Infinite);
        _signal.Set();
    }

    void IDisposable.Dispose()
    {
        _timer.Dispose();
        _thread.Join(100);
    }

    private void Run()
    {
        while (_signal.WaitOne(100, false))
        {
            Thread.Sleep(1);
        }
    }
}

[Clean]
public class HandlesErrors
{
    public int Try(Array data, int index)
    {
        using Resource resource = new();
        try
        {
            return (int)data.GetValue(index) / index;
        }
        catch (IndexOutOfRangeException e) when (e.Message.Length > 0)
        {
            Debug.WriteLine(e.Message);
            return -1;
        }
        catch (Exception e)
        {
            Console.WriteLine(e.GetType().FullName + ": " + e.Message);
            throw;
        }
        finally
        {
            resource.Dispose();
        }
    }

    private sealed class Resource : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

[Clean]
public abstract class UsesTheLanguage(int size)
{
    private static readonly byte[] s_table = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
    private static readonly string[] s_names = { "one", "two" };
    private readonly int[][] _jagged = new int[size][];

    public int Size { get; init; } = size;

    public int this[int index] => s_table[index];

    public static UsesTheLanguage operator +(UsesTheLanguage left, int right) => left;

    public abstract int Take(params int[] values);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong Mix(uint a, ulong b, ref long total, out int count)
    {
        ref int first = ref _jagged[0][0];
        first++;
        count = Take(1, 2, 3) + Take();
        total += (long)(a * b) >> 3;
        return unchecked((a << 5) ^ (b >> 7)) + BitConverter.ToUInt64(s_table, 0);
    }

    public int Enumerate(ArrayList list, string text)
    {
        int sum = 0;
        foreach (object item in list)
        {
            sum += item is int number ? number : s_names.Length;
        }

        foreach (char c in text)
        {
            sum += c;
        }

        foreach (string name in s_names)
        {
            sum += (name ?? "").Length;
        }

        return sum;
    }

    public bool IsSame(object other) => other.GetType() == typeof(UsesTheLanguage);

    public DateTime Then(long ms) => DateTime.UtcNow + new TimeSpan(ms * TimeSpan.TicksPerMillisecond);
}

[Clean]
public readonly struct PointsSomewhere(int x, int y)
{
    public int X { get; } = x;

    public int Y { get; } = y;

    public int Distance(in PointsSomewhere other) => X - other.X + Y - other.Y;

    public override string ToString() => X.ToString() + ":" + Y.ToString();
}

[Clean]
public interface ICounts
{
    public const int Most = 7;

    int Count { get; }

    static int Limit(int value) => value > Most ? Most : value;
}
