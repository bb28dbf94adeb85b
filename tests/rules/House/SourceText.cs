using System.Text;
using System.Text.RegularExpressions;

namespace EmbeddedTcp.RulesTests.House;

/// <summary>C# source as the device's compiler sees it: without comments, literals and the host's branches.</summary>
internal static partial class SourceText
{
    /// <summary>Replaces what is not code for the device by nothing; the number of lines stays.</summary>
    public static string[] CodeForTheDevice(IEnumerable<string> lines)
    {
        string[] kept = [.. WithoutHostBranches(lines)];
        return NotCode().Replace(string.Join('\n', kept), static match => OnlyNewlines(match.Value)).Split('\n');
    }

    private static IEnumerable<string> WithoutHostBranches(IEnumerable<string> lines)
    {
        // One entry per open #if: true while in the host's branch. A condition without the symbol keeps all branches.
        Stack<bool?> branches = [];
        foreach (string line in lines)
        {
            string directive = line.Trim();
            if (directive.StartsWith("#if", StringComparison.Ordinal))
            {
                branches.Push(directive.Contains("NANOFRAMEWORK_1_0", StringComparison.Ordinal)
                    ? directive.Contains('!', StringComparison.Ordinal)
                    : null);
            }
            else if (directive.StartsWith("#else", StringComparison.Ordinal))
            {
                branches.Push(!branches.Pop());
            }
            else if (directive.StartsWith("#endif", StringComparison.Ordinal))
            {
                branches.Pop();
            }

            bool isDirective = directive.StartsWith('#');
            yield return isDirective || branches.Any(static host => host == true) ? "" : line;
        }
    }

    private static string OnlyNewlines(string text)
    {
        StringBuilder newlines = new();
        newlines.Append('\n', text.Count(static c => c == '\n'));
        return newlines.ToString();
    }

    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/                 # comments
        | "{3}.*?"{3}                        # raw strings
        | (@\$?|\$@)"(""|[^"])*"             # verbatim strings
        | "(\\.|[^"\\\n])*"                  # strings
        | '(\\.[^']*|[^'\\\n])'              # characters
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex NotCode();
}
