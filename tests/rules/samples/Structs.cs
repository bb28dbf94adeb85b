namespace EmbeddedTcp.RuleSamples;

public struct Pair
{
    public int Low;
    public int High;

    public void Raise() => High++;

    public int Sum() => Low + High;

    public static void RaiseBoth(ref Pair pair)
    {
        pair.Low++;
        pair.High++;
    }

    public static int SumOf(in Pair pair) => pair.Low + pair.High;
}

public class Holder
{
    public Pair Kept;
    public Pair Shared;
}

[Breaks("struct-copy")]
public class ChangesCopyOfLocal
{
    public int Go(int value)
    {
        Pair a = new() { Low = value };
        Pair b = a;
        b.High = 2;
        return a.High + b.High;
    }
}

[Breaks("struct-copy")]
public class ChangesOriginalAfterCopy
{
    public int Go(int value)
    {
        Pair a = new() { Low = value };
        Pair b = a;
        a.High = 2;
        return a.High + b.High;
    }
}

[Breaks("struct-copy")]
public class ChangesCopyOfField
{
    public int Go(Holder holder)
    {
        Pair copy = holder.Kept;
        copy.Raise();
        return copy.High + holder.Kept.High;
    }
}

[Breaks("struct-copy")]
public class ChangesCopyOfElement
{
    public int Go(Pair[] pairs)
    {
        Pair copy = pairs[0];
        Pair.RaiseBoth(ref copy);
        return copy.High;
    }
}

[Breaks("struct-copy")]
public class ChangesCopyInLoop
{
    public int Go(Pair[] pairs)
    {
        int sum = 0;
        Pair last = default;
        for (int i = 0; i < pairs.Length; i++)
        {
            last.High++;
            sum += last.High;
            last = pairs[i];
        }

        return sum;
    }
}

[Breaks("struct-copy")]
public class ChangesParameter
{
    public int Go(Pair pair)
    {
        pair.High = 3;
        return pair.Sum();
    }
}

[Breaks("struct-copy")]
public class CopiesIntoChangedField
{
    private Pair _pair;

    public void Take(Holder holder) => _pair = holder.Kept;

    public void Raise() => _pair.Raise();
}

[Clean]
public class OnlyReadsCopies
{
    private Pair _pair;

    public int Go(Holder holder, Pair[] pairs)
    {
        Pair a = holder.Kept;
        Pair b = pairs[0];
        return a.Sum() + b.Low + Pair.SumOf(in a) + _pair.Sum();
    }
}

[Clean]
public class ChangesWhatItMade
{
    private Pair _own;

    public int Go(int value)
    {
        Pair pair = new() { Low = value };
        pair.High = 2;
        pair.Raise();
        Pair.RaiseBoth(ref pair);
        _own = new Pair { Low = value };
        _own.High = pair.High;
        _own.Raise();
        return pair.Sum() + _own.Sum();
    }

    public void Fill(Holder holder, int value)
    {
        holder.Kept.Low = value;
        holder.Kept.Raise();
    }
}
