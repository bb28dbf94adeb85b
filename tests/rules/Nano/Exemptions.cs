
using System.Text.RegularExpressions;

namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>NanoExemptions.txt: code of the host's branch of an #if, which the device never sees.</summary>
internal sealed class Exemptions
{
    private readonly List<Entry> _entries = [];

    public Exemptions(IEnumerable<string> lines)
    {
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string[] parts = [.. line.Split(" | ").Select(static part => part.Trim())];
            if (parts.Length != 3 || parts.Any(static part => part.Length == 0))
            {
                throw new FormatException($"NanoExemptions.txt, line {number}: expected CALLER | WHAT | REASON: {line}");
            }

            _entries.Add(new Entry(parts[0], parts[1], line));
        }
    }

    /// <summary>Entries that exempted nothing since the list was read: they must go.</summary>
    public IEnumerable<string> Unused => _entries.Where(static entry => !entry.Used).Select(static entry => entry.Line);

    /// <summary>True when an entry covers the finding; the entry counts as used from then on.</summary>
    public bool Cover(Finding finding)
    {
        bool covered = false;
        foreach (Entry entry in _entries.Where(entry => entry.Covers(finding)))
        {
            entry.Used = true;
            covered = true;
        }

        return covered;
    }

    private sealed class Entry(string caller, string what, string line)
    {
        private readonly Regex _what = new("^" + Regex.Escape(what).Replace(@"\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant);

        public string Line => line;

        public bool Used { get; set; }

        public bool Covers(Finding finding) => finding.Caller == caller && _what.IsMatch(finding.What);
    }
}
