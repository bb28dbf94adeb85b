using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Texts for the console: columns, times, endpoints.</summary>
public static class Format
{
    /// <summary>The console's width in characters. No line that we compose is longer.</summary>
    public const int Columns = 80;

    /// <summary>A text flush left in a column.</summary>
    public static string Left(string text, int width)
    {
        return text.PadRight(width, ' ');
    }

    /// <summary>A text flush right in a column.</summary>
    public static string Right(string text, int width)
    {
        return text.PadLeft(width, ' ');
    }

    /// <summary>A number flush right in a column.</summary>
    public static string Right(long value, int width)
    {
        return value.ToString().PadLeft(width, ' ');
    }

    /// <summary>An address and a port, as in 10.77.0.2:80.</summary>
    public static string Endpoint(uint address, int port)
    {
        return Ipv4Address.Format(address) + ":" + port.ToString();
    }

    /// <summary>A span of time as days and hours:minutes:seconds.</summary>
    /// <param name="milliseconds">The span; negative counts as none.</param>
    public static string Span(long milliseconds)
    {
        long seconds = milliseconds < 0 ? 0 : milliseconds / 1000;
        long days = seconds / 86400;
        int rest = (int)(seconds % 86400);
        string time = TwoDigits(rest / 3600) + ":" + TwoDigits(rest / 60 % 60) + ":" + TwoDigits(rest % 60);
        return days.ToString() + (days == 1 ? " day " : " days ") + time;
    }

    /// <summary>A count with its noun, as in "1 byte" or "2 bytes".</summary>
    public static string Count(long count, string noun)
    {
        return count.ToString() + " " + noun + (count == 1 ? "" : "s");
    }

    /// <summary>Reads an unsigned decimal number: digits only, no sign, no spaces.</summary>
    /// <param name="text">The digits.</param>
    /// <param name="largest">The largest value that is accepted.</param>
    /// <param name="value">The number, or 0.</param>
    /// <returns>False when the text is no such number.</returns>
    public static bool TryParse(string text, int largest, out int value)
    {
        value = 0;
        long sum = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9)
            {
                return false;
            }

            sum = (sum * 10) + digit;
            if (sum > largest)
            {
                return false;
            }
        }

        value = (int)sum;
        return text.Length != 0;
    }

    private static string TwoDigits(int value)
    {
        return value.ToString("D2");
    }
}
