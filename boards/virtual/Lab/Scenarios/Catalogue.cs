using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>All scenarios, by number.</summary>
public static class Catalogue
{
    /// <summary>The scenarios. The first nineteen are the textbook's list; the rest answer what it leaves open.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
        [.. Opening.All.Concat(Closing.All).Concat(Duplicates.All).Concat(Failing.All).Concat(Streaming.All).OrderBy(s => s.Number)];

    /// <summary>A scenario by name or number, or null.</summary>
    public static Scenario? Find(string text) => All.FirstOrDefault(s => s.Name == text || s.Number.ToString("D", null) == text);
}
