using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace EmbeddedTcp.RuleSamples;

[Breaks("generic")]
public class DefinesGenericType<T>
{
    public T Value;
}

[Breaks("generic")]
public class DefinesGenericMethod
{
    public void Take<T>()
    {
    }
}

[Breaks("generic")]
public class KeepsList
{
    private List<int> _list;
}

[Breaks("generic")]
public class CallsFunc
{
    public int Call(Func<int, int> function) => function(1);
}

[Breaks("generic")]
public class HandlesGenericEvent
{
    public event EventHandler<EventArgs> Changed;
}

[Breaks("generic")]
public class TakesNullable
{
    public int OrZero(int? value) => value ?? 0;
}

[Breaks("generic", "type")]
public class ReturnsTuple
{
    public (int Low, int High) Limits() => (1, 2);
}

[Breaks("generic")]
public class MakesAnonymousType
{
    public object Make() => new { Low = 1, High = 2 };
}

[Breaks("generic")]
public class SlicesSpan
{
    public int Length(byte[] data) => data.AsSpan(1).Length;
}

[Breaks("generic", "member")]
public class ConvertsStringToSpan
{
    public int Length(string text)
    {
        ReadOnlySpan<char> span = text; // not an operand of string + char
        return span.Length;
    }
}

[Breaks("generic")]
public class EncodesAtCompileTime
{
    public int Length() => "GET "u8.Length;
}

[Breaks("generic", "type")]
public class TakesRange
{
    public byte[] Middle(byte[] data) => data[1..3];
}

[Breaks("generic")]
public class ImplementsGenericInterface : IComparable<ImplementsGenericInterface>
{
    public int CompareTo(ImplementsGenericInterface other) => 0;
}

[Breaks("generic")]
public class NamesGenericTypeOnly
{
    public bool IsOne(object value) => value.GetType() == typeof(List<int>);
}

[Breaks("generic")]
public class KeepsPropertyOfArrays
{
    public Func<int>[] Operations { get; set; }
}

[Breaks("generic")]
public class UsesLocalFunction
{
    public int Count()
    {
        return Local(null);

        static int Local(IEnumerable<int> numbers) => numbers == null ? 0 : 1;
    }
}

[Breaks("generic")]
public class ExchangesObjects
{
    private string _value;

    public void Set(string value) => System.Threading.Interlocked.Exchange(ref _value, value);
}

[Breaks("iterator")]
public class Yields
{
    public IEnumerable<int> Numbers()
    {
        yield return 1;
        yield return 2;
    }
}

[Breaks("async")]
public class Awaits
{
    public async Task<int> Later(Task<int> task) => await task + 1;
}

[Breaks("checked")]
public class AddsChecked
{
    public int Sum(int a, int b) => checked(a + b);
}

[Breaks("checked")]
public class ConvertsChecked
{
    public byte Low(int value) => checked((byte)value);
}

[Breaks("checked")]
public class IndexesByLong
{
    public byte At(byte[] data, long index) => data[index];
}

[Breaks("multi-dimensional-array")]
public class KeepsTable
{
    private readonly int[,] _table = new int[2, 3];

    public int At(int row, int column) => _table[row, column];
}

[Breaks("pointer", "stackalloc", "native-integer")]
public unsafe class AllocatesOnStack
{
    public int First()
    {
        int* numbers = stackalloc int[4];
        numbers[1] = 2;
        return numbers[0] + numbers[1];
    }
}

[Breaks("generic", "stackalloc", "native-integer")]
public class AllocatesSpanOnStack
{
    public int First()
    {
        Span<int> numbers = stackalloc int[4];
        return numbers[0];
    }
}

[Breaks("pointer", "native-integer")]
public unsafe class FixesArray
{
    public byte First(byte[] data)
    {
        fixed (byte* start = data)
        {
            return *start;
        }
    }
}

[Breaks("function-pointer")]
public unsafe class CallsFunctionPointer
{
    public int Call(delegate*<int, int> function) => function(1);
}

[Breaks("fixed-buffer", "type")]
public unsafe struct KeepsFixedBuffer
{
    public fixed byte Data[16];
}

[Breaks("explicit-layout")]
[StructLayout(LayoutKind.Explicit)]
public struct LaysOutFields
{
    [FieldOffset(0)]
    public int Value;
}

[Breaks("volatile")]
public class KeepsVolatile
{
    private volatile bool _stop;

    public bool Stopped() => _stop;
}

[Breaks("default-interface-method")]
public interface IHasBody
{
    int Twice(int value) => 2 * value;
}

[Breaks("record")]
public record RecordsValue(int Value);

[Breaks("record")]
public record struct RecordsValueInStruct(int Value);

[Breaks("required")]
public class RequiresValue
{
    public required int Value { get; init; }
}

[Breaks("dynamic", "generic", "type")]
public class CallsDynamically
{
    public void Call(dynamic value) => value.Run();
}

[Breaks("native-integer")]
public class AddsNativeIntegers
{
    public nint Sum(nint a, nint b) => a + b;
}

[Breaks("aggressive-inlining")]
public class InlinesAggressively
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Twice(int value) => 2 * value;
}

[Breaks("opcode")]
public unsafe class MeasuresStruct
{
    public int Size() => sizeof(Pair);
}
