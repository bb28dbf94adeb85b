using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Services.Time;

namespace EmbeddedTcp.Http;

/// <summary>Dates of HTTP (RFC 9110 §5.6.7).</summary>
internal static class HttpDate
{
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";

    /// <summary>Appends a date in the form that is sent, IMF-fixdate.</summary>
    internal static void Append(TextBuffer text, CivilTime time, long unixSeconds)
    {
        time.Set(unixSeconds);
        text.Append(time.WeekdayName.Substring(0, 3)); // The names are cut to three letters.
        text.Append(", ");
        text.AppendTwoDigits(time.Day);
        text.AppendByte(' ');
        text.Append(time.MonthName.Substring(0, 3));
        text.AppendByte(' ');
        text.Append(time.Year);
        text.AppendByte(' ');
        text.AppendTwoDigits(time.Hour);
        text.AppendByte(':');
        text.AppendTwoDigits(time.Minute);
        text.AppendByte(':');
        text.AppendTwoDigits(time.Second);
        text.Append(" GMT");
    }

    /// <summary>Reads a date in any of the three forms that have to be understood.</summary>
    /// <returns>Seconds since 1970, or −1 when it is none.</returns>
    internal static long Parse(byte[] b, int start, int end)
    {
        int at = start;
        while (at < end && b[at] != ',' && b[at] != ' ')
        {
            at++; // The day of the week says nothing new.
        }

        bool comma = at < end && b[at] == ',';
        at += comma ? 2 : 1;
        int day = 0;
        int month;
        int year = 0;
        if (comma)
        {
            // "Sun, 06 Nov 1994 08:49:37 GMT" and, obsolete, "Sunday, 06-Nov-94 08:49:37 GMT".
            day = Number(b, ref at, end, 2);
            at++;
            month = Month(b, ref at, end);
            at++;
            int yearAt = at;
            year = Number(b, ref at, end, 4);
            if (at - yearAt == 2)
            {
                year += year < 70 ? 2000 : 1900;
            }
        }
        else
        {
            // Obsolete too: "Sun Nov  6 08:49:37 1994".
            month = Month(b, ref at, end);
            at++;
            if (at < end && b[at] == ' ')
            {
                at++;
            }

            day = Number(b, ref at, end, 2);
        }

        at++;
        int hour = Number(b, ref at, end, 2);
        at++;
        int minute = Number(b, ref at, end, 2);
        at++;
        int second = Number(b, ref at, end, 2);
        at++;
        if (comma)
        {
            if (!HttpText.Is(b, at, end, "GMT"))
            {
                return -1;
            }
        }
        else
        {
            year = Number(b, ref at, end, 4);
            if (at != end)
            {
                return -1;
            }
        }

        if (month < 1 || day < 1 || day > 31 || year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        {
            return -1;
        }

        return (Days(year, month, day) * 86400L) + (hour * 3600) + (minute * 60) + second;
    }

    private static int Number(byte[] b, ref int at, int end, int digits)
    {
        int value = -1;
        for (; digits > 0 && at < end && HttpText.IsDigit(b[at]); digits--)
        {
            value = ((value < 0 ? 0 : value) * 10) + b[at++] - '0';
        }

        return value;
    }

    private static int Month(byte[] b, ref int at, int end)
    {
        for (int i = 0; i < 12 && at + 3 <= end; i++)
        {
            if (HttpText.IsIgnoringCase(b, at, at + 3, Months.Substring(3 * i, 3)))
            {
                at += 3;
                return i + 1;
            }
        }

        return -1;
    }

    // Days since 1970-01-01, by years that begin in March, as CivilTime counts them.
    private static int Days(int year, int month, int day)
    {
        int fromMarch = (month + 9) % 12;
        int y = month <= 2 ? year - 1 : year;
        return (365 * y) + (y / 4) - (y / 100) + (y / 400) + (((153 * fromMarch) + 2) / 5) + day - 1 - 719468;
    }
}
