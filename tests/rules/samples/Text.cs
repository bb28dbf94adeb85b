namespace EmbeddedTcp.RuleSamples;

public enum Colour
{
    Red,
    Green,
}

[Breaks("enum-to-string")]
public class PrintsEnum
{
    public string Text(Colour colour) => colour.ToString();
}

[Breaks("enum-to-string")]
public class ConcatenatesEnum
{
    public string Text(Colour colour) => "colour " + colour;
}

[Breaks("enum-to-string")]
public class InterpolatesEnum
{
    public string Text(Colour colour) => $"colour {colour}";
}

[Breaks("enum-to-string")]
public class FormatsEnum
{
    public string Text(Colour colour, int count) => string.Format("{0} {1} {2} {3}", count, count, count, colour);
}

[Breaks("enum-to-string")]
public class FormatsLibraryEnum
{
    public string Text(System.DayOfWeek day) => "it is " + day;
}

[Breaks("format")]
public class FormatsCustom
{
    public string Text(int value) => value.ToString("000");
}

[Breaks("format")]
public class InterpolatesCustom
{
    public string Text(int value) => $"{value:#,##0}";
}

[Breaks("format")]
public class InterpolatesAlignedExponent
{
    public string Text(double value) => $"{value,10:E3}";
}

[Breaks("format")]
public class FormatsComposite
{
    public string Text(int value) => string.Format("{0,6:C}", value);
}
