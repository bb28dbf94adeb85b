
namespace EmbeddedTcp.RulesTests.Nano;

/// <summary>
/// One entry of HostCompilerChoices.txt: what the compiler emits against .NET, and what the same source becomes on the device.
/// </summary>
internal sealed record HostCompilerChoice(string[] Host, string[] Nano, string When, string Why)
{
    /// <summary>True when the entry holds for any use.</summary>
    public bool IsUnconditional => When.Length == 0;
}

/// <summary>The entries, by what the host's code names.</summary>
internal sealed class HostCompilerChoices
{
    private readonly Dictionary<string, HostCompilerChoice> _byHost = new(StringComparer.Ordinal);

    public HostCompilerChoices(IEnumerable<string> lines)
    {
        List<string> host = [];
        List<string> nano = [];
        string when = "";
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            string value = colon < 0 ? "" : line[(colon + 2)..].Trim();
            switch (colon < 0 ? "" : line[..colon])
            {
                case "host": host.Add(value); break;
                case "nano": nano.Add(value); break;
                case "when": when = value; break;
                case "why":
                    Add(new HostCompilerChoice([.. host], [.. nano.Where(static n => n != "nothing")], when, value), nano.Count, number);
                    host.Clear();
                    nano.Clear();
                    when = "";
                    break;
                default:
                    throw new FormatException($"HostCompilerChoices.txt, line {number}: expected host, nano, when or why: {line}");
            }
        }

        if (host.Count + nano.Count != 0)
        {
            throw new FormatException("HostCompilerChoices.txt: the last entry gives no reason");
        }
    }

    /// <summary>All entries.</summary>
    public IEnumerable<HostCompilerChoice> All => _byHost.Values.Distinct();

    /// <summary>The entry for a type's full name or a member's signature, or null.</summary>
    public HostCompilerChoice? Find(string host) => _byHost.GetValueOrDefault(host);

    private void Add(HostCompilerChoice choice, int nanoLines, int number)
    {
        if (choice.Host.Length == 0 || nanoLines == 0)
        {
            throw new FormatException($"HostCompilerChoices.txt, line {number}: an entry needs host and nano lines (or \"nano: nothing\")");
        }

        foreach (string host in choice.Host)
        {
            if (!_byHost.TryAdd(host, choice))
            {
                throw new FormatException($"HostCompilerChoices.txt, line {number}: listed twice: {host}");
            }
        }
    }
}
