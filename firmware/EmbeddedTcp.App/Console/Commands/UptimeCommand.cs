using EmbeddedTcp.Services.Time;

namespace EmbeddedTcp.App;

/// <summary>Prints how long the board has been running, and the time of day where it is known.</summary>
public sealed class UptimeCommand : Command
{
    /// <summary>The command.</summary>
    public UptimeCommand()
        : base("uptime", "", "time since the start, and the time of day")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        string clock = "clock not set";
        long now = application.UnixSeconds;
        if (now >= 0)
        {
            CivilTime time = new CivilTime();
            time.Set(now);
            clock = time.Year.ToString("D4") + "-" + time.Month.ToString("D2") + "-" + time.Day.ToString("D2") + " "
                + time.Hour.ToString("D2") + ":" + time.Minute.ToString("D2") + ":" + time.Second.ToString("D2") + " UTC";
        }

        output.WriteLine("up " + Format.Span(application.UptimeMs) + "; " + clock);
        return null;
    }
}
