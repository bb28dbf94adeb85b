using System.Globalization;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>Reads numbers as they are written everywhere, whatever the computer's language.</summary>
internal static class Numbers
{
    /// <summary>A whole number within a range: digits, with a sign in front where the range allows it.</summary>
    public static bool TryInteger(string text, int minimum, int maximum, out int value)
    {
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= minimum && value <= maximum;
    }

    /// <summary>A decimal number within a range, with a point.</summary>
    public static bool TryDecimal(string text, double minimum, double maximum, out double value)
    {
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        return double.TryParse(text, styles, CultureInfo.InvariantCulture, out value) && value >= minimum && value <= maximum;
    }
}
