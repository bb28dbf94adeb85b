using System.Globalization;
using System.Text;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>A drawing in the making: shapes with coordinates rounded to a tenth, so that the same play gives the same bytes.</summary>
internal sealed class Svg
{
    internal const string Font = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";

    private readonly StringBuilder _body = new();

    internal static string Escape(string text)
        => text.Replace("&", "&amp;", System.StringComparison.Ordinal).Replace("<", "&lt;", System.StringComparison.Ordinal)
            .Replace(">", "&gt;", System.StringComparison.Ordinal).Replace("\"", "&quot;", System.StringComparison.Ordinal);

    internal static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    internal void Line(double x1, double y1, double x2, double y2, string colour, double width = 1, string more = "")
        => Add($"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" stroke=\"{colour}\" stroke-width=\"{N(width)}\"{more}/>");

    internal void Box(double x, double y, double width, double height, string fill, string more = "")
        => Add($"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\" fill=\"{fill}\"{more}/>");

    internal void Path(string data, string colour, double width = 1, string more = "")
        => Add($"<path d=\"{data}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{N(width)}\"{more}/>");

    internal void Text(double x, double y, string text, string colour, string anchor = "start", double size = 11, string more = "")
        => Add($"<text x=\"{N(x)}\" y=\"{N(y)}\" fill=\"{colour}\" text-anchor=\"{anchor}\" font-size=\"{N(size)}\"{more}>{Escape(text)}</text>");

    internal void Head(double x, double y, double angle, string colour)
        => Add($"<path d=\"M0,0 L-9,-3.5 L-9,3.5 Z\" fill=\"{colour}\" transform=\"translate({N(x)},{N(y)}) rotate({N(angle)})\"/>");

    internal string Document(double width, double height, string title)
        => $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{N(width)}\" height=\"{N(height)}\" viewBox=\"0 0 {N(width)} {N(height)}\" "
            + $"font-family=\"{Font}\" role=\"img\">\n<title>{Escape(title)}</title>\n"
            + $"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{_body}</svg>\n";

    private void Add(string element) => _body.Append(element).Append('\n');
}
