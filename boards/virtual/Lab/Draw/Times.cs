using System.Globalization;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>Spans of time in few characters.</summary>
internal static class Times
{
    internal static string Span(long milliseconds) => milliseconds switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms"),
        < 600_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.##} s"),
        < 7_200_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000.0:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 3_600_000.0:0.##} h"),
    };
}
