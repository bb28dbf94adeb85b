namespace EmbeddedTcp.StormTests.Storm;

/// <summary>What one direction of the wire does to frames. Chances are in thousandths.</summary>
internal sealed class Faults
{
    internal int Loss;
    internal int Duplicate;
    internal int Reorder;
    internal int Corrupt;
    internal int Truncate;

    /// <summary>Every frame takes this long, in milliseconds.</summary>
    internal int Delay;

    /// <summary>And up to this much more.</summary>
    internal int Jitter;

    /// <summary>A frame that is overtaken is held back this long at most.</summary>
    internal int HoldBack;

    /// <summary>Nothing passes from <see cref="OutageFrom"/> for <see cref="OutageLength"/> milliseconds; 0 for no outage.</summary>
    internal long OutageFrom;
    internal int OutageLength;

    internal int LongestFlight
    {
        get { return Delay + Jitter + HoldBack + 1; }
    }

    internal static Faults Draw(Dice d, bool calm)
    {
        Faults f = new Faults();
        int weather = d.Below(10);
        if (calm || weather == 0)
        {
            // A good wire: the invariants hold there too, and the counts can be judged exactly.
            f.Delay = d.Below(4);
            return f;
        }

        bool foul = weather >= 8;
        f.Loss = d.Chance(700) ? d.Skewed(foul ? 250 : 80) : 0;
        f.Duplicate = d.Chance(500) ? d.Skewed(foul ? 300 : 60) : 0;
        f.Reorder = d.Chance(500) ? d.Skewed(foul ? 400 : 100) : 0;
        f.Corrupt = d.Chance(400) ? d.Skewed(foul ? 100 : 30) : 0;
        f.Truncate = d.Chance(300) ? d.Skewed(foul ? 60 : 20) : 0;
        f.Delay = d.Chance(700) ? d.Skewed(foul ? 800 : 60) : 0;
        f.Jitter = d.Chance(500) ? d.Skewed(foul ? 1500 : 40) : 0;
        f.HoldBack = d.Between(1, foul ? 400 : 30);
        if (d.Chance(80))
        {
            f.OutageFrom = d.Below(4000);
            f.OutageLength = d.Between(100, 20000);
        }

        return f;
    }

    public override string ToString()
    {
        return $"loss {Loss}‰ dup {Duplicate}‰ reorder {Reorder}‰ corrupt {Corrupt}‰ truncate {Truncate}‰ delay {Delay}+{Jitter} ms hold {HoldBack} ms"
            + (OutageLength > 0 ? $" outage {OutageFrom}+{OutageLength} ms" : string.Empty);
    }
}
