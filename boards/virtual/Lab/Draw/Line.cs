using System.Collections.Generic;
using System.Linq;
using Spectre.Console;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>A line of the ladder in pieces of different styles.</summary>
internal sealed class Line
{
    internal const int Width = 79;

    private readonly List<(string Text, string Style)> _pieces = [];

    internal string Plain => string.Concat(_pieces.Select(p => p.Text)).TrimEnd();

    internal string Markup => string.Concat(_pieces.Select(p => p.Style.Length == 0 ? p.Text.EscapeMarkup() : $"[{p.Style}]{p.Text.EscapeMarkup()}[/]"));

    internal Line Add(string text, string style = "")
    {
        _pieces.Add((text, style));
        return this;
    }
}
