namespace EmbeddedTcp.Services.Time;

/// <summary>
/// A moment in UTC taken apart, from the seconds since 1970. By hand, since the device's DateTime counts its ticks
/// from another origin in some versions.
/// </summary>
public sealed class CivilTime
{
    private static readonly string[] WeekdayNames = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };

    private static readonly string[] MonthNames =
    {
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    };

    /// <summary>The year, as in 2026.</summary>
    public int Year;

    /// <summary>The month, 1 to 12.</summary>
    public int Month;

    /// <summary>The day of the month, 1 to 31.</summary>
    public int Day;

    /// <summary>The day of the week; 0 is Sunday.</summary>
    public int Weekday;

    /// <summary>The hour, 0 to 23.</summary>
    public int Hour;

    /// <summary>The minute, 0 to 59.</summary>
    public int Minute;

    /// <summary>The second, 0 to 59. Leap seconds do not show in such a count.</summary>
    public int Second;

    /// <summary>The English name of the day of the week.</summary>
    public string WeekdayName => WeekdayNames[Weekday];

    /// <summary>The English name of the month.</summary>
    public string MonthName => MonthNames[Month - 1];

    /// <summary>Takes a moment apart.</summary>
    /// <param name="unixSeconds">Seconds since 1970-01-01 00:00:00 UTC, not negative.</param>
    public void Set(long unixSeconds)
    {
        int days = (int)(unixSeconds / 86400);
        int rest = (int)(unixSeconds % 86400);
        Hour = rest / 3600;
        Minute = rest / 60 % 60;
        Second = rest % 60;
        Weekday = (days + 4) % 7; // 1970-01-01 was a Thursday.

        // Years are counted from March, so that the leap day is a year's last: 400 years have 146,097 days,
        // 719,468 days lie between 0000-03-01 and 1970-01-01, and five months from March have 153 days.
        int shifted = days + 719468;
        int era = shifted / 146097;
        int dayOfEra = shifted % 146097;
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        Day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        Month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        Year = yearOfEra + (era * 400) + (Month <= 2 ? 1 : 0);
    }
}
