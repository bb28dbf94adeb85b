using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Services.Time;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The daytime protocol (RFC 867): one line with the date and time, then the end. What the peer sends is thrown away.
/// </summary>
/// <remarks>A board whose clock is not set says so and gives the time since its start.</remarks>
public sealed class DaytimeService : Service
{
    private readonly Application _application;
    private readonly TextBuffer _line = new TextBuffer(128);
    private readonly CivilTime _time = new CivilTime();

    /// <summary>A daytime service on a port.</summary>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="application">Knows the clock and the time since the start.</param>
    public DaytimeService(int port, Application application)
        : base("daytime", port)
    {
        _application = application;
    }

    /// <inheritdoc/>
    public override int MemoryBytes => base.MemoryBytes + _line.Bytes.Length;

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        WriteLine();
        if (connection.WriteSpace >= _line.Length)
        {
            connection.Write(_line.Bytes, 0, _line.Length);
            Finish(connection);
        }
    }

    private void WriteLine()
    {
        TextBuffer line = _line;
        line.Clear();
        long now = _application.UnixSeconds;
        if (now < 0)
        {
            line.Append("clock not set; up ");
            line.Append(Format.Span(_application.UptimeMs));
        }
        else
        {
            // The first of the two layouts RFC 867 recommends: Weekday, Month Day, Year Time-Zone.
            _time.Set(now);
            line.Append(_time.WeekdayName);
            line.Append(", ");
            line.Append(_time.MonthName);
            line.AppendByte(' ');
            line.Append(_time.Day);
            line.Append(", ");
            line.Append(_time.Year);
            line.AppendByte(' ');
            line.AppendTwoDigits(_time.Hour);
            line.AppendByte(':');
            line.AppendTwoDigits(_time.Minute);
            line.AppendByte(':');
            line.AppendTwoDigits(_time.Second);
            line.Append("-UTC");
        }

        line.Append("\r\n");
    }
}
