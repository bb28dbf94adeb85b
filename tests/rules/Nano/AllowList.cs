using System.Text.RegularExpressions;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>What NanoAllowList.txt says the device has, package by package. The file's head describes its form.</summary>
internal sealed partial class AllowList
{
    private readonly Dictionary<string, string> _packageOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _enums = new(StringComparer.Ordinal);

    public AllowList(IEnumerable<string> lines)
    {
        string package = "";
        int number = 0;
        foreach (string raw in lines)
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == '[')
            {
                package = line.Trim('[', ']').Split(' ')[0];
                continue;
            }

            Match match = EntryForm().Match(line);
            if (!match.Success || package.Length == 0)
            {
                throw new FormatException($"NanoAllowList.txt, line {number}: neither a package, a type, a field nor a method: {line}");
            }

            string entry = match.Groups["entry"].Value;
            foreach (string spelling in WithAndWithoutOptional(entry))
            {
                if (!_packageOf.TryAdd(spelling, package))
                {
                    throw new FormatException($"NanoAllowList.txt, line {number}: listed twice: {spelling}");
                }
            }

            if (match.Groups["kind"].Value == "enum")
            {
                _enums.Add(entry);
            }
        }
    }

    /// <summary>Every type name and member signature, optional parameters present and absent.</summary>
    public IEnumerable<string> Entries => _packageOf.Keys;

    /// <summary>The package that has a type (full name) or member (signature); null if none of them does.</summary>
    public string? PackageOf(string entry) => _packageOf.GetValueOrDefault(entry);

    /// <summary>True for a listed enumeration.</summary>
    public bool IsEnum(string typeName) => _enums.Contains(typeName);

    /// <summary>"M(A,B=)" stands for M(A) and M(A,B).</summary>
    private static IEnumerable<string> WithAndWithoutOptional(string entry)
    {
        yield return entry.Replace("=", "", StringComparison.Ordinal);
        for (int mark = entry.LastIndexOf('='); mark >= 0; mark = entry.LastIndexOf('='))
        {
            int start = Math.Max(entry.LastIndexOf(','), entry.LastIndexOf('(') + 1);
            entry = entry[..start] + ")";
            yield return entry.Replace("=", "", StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"^(T (?<entry>\S+) : (?<kind>class|struct|enum|interface|delegate)|F (?<entry>\S+ \S+::[^\s(]+)|M (?<entry>\S+ \S+::[^\s(]+\(\S*\)))$")]
    private static partial Regex EntryForm();
}
