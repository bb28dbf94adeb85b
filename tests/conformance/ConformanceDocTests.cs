using System.IO;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>CONFORMANCE.md says nothing that cannot be looked up: every requirement has a test that exists, or a reason.</summary>
[TestClass]
public partial class ConformanceDocTests
{
    // RFC 9293, Appendix B and the labels in its text.
    private const int Musts = 69;
    private const int Shoulds = 31;
    private const int Mays = 18;
    private const int Recommendations = 1;

    private static readonly string Root = Path.GetFullPath(Path.Combine(Folder(), "..", ".."));

    private static readonly Requirement[] Requirements = Read();

    [TestMethod]   // each label of RFC 9293 stands there exactly once, with its level
    public void Every_requirement_of_rfc_9293_is_listed()
    {
        string[] labels =
        [
            .. Enumerable.Range(1, Musts).Select(i => $"MUST-{i}"), .. Enumerable.Range(1, Shoulds).Select(i => $"SHLD-{i}"),
            .. Enumerable.Range(1, Mays).Select(i => $"MAY-{i}"), .. Enumerable.Range(1, Recommendations).Select(i => $"REC-{i}"),
        ];
        string[] listed = [.. Requirements.Select(r => r.Id)];
        Assert.IsEmpty(labels.Except(listed), "missing: " + string.Join(' ', labels.Except(listed)));
        Assert.AreEqual(listed.Length, listed.Distinct().Count(), "twice: " + string.Join(' ', listed.GroupBy(x => x).Where(g => g.Count() > 1).Select(g => g.Key)));
        foreach (Requirement r in Requirements.Where(r => r.Id.StartsWith("MUST-", StringComparison.Ordinal)))
        {
            Assert.StartsWith("MUST", r.Level, $"level of {r.Id}");
        }

        foreach (int rfc in new[] { 5961, 6298, 5681, 1122 })
        {
            Assert.IsTrue(listed.Any(id => id.StartsWith($"{rfc}-", StringComparison.Ordinal)), $"nothing of RFC {rfc}");
        }
    }

    [TestMethod]   // a claim names its tests, a restriction its reason
    public void Every_requirement_has_a_test_or_a_reason()
    {
        var offenders = new List<string>();
        foreach (Requirement r in Requirements)
        {
            if (r.Section.Length == 0 || r.Text.Length == 0)
            {
                offenders.Add($"{r.Id}: section or text is missing");
            }

            if (r.Status is "yes" or "partly" && r.Tests.Count == 0)
            {
                offenders.Add($"{r.Id}: {r.Status} without a test");
            }

            if (r.Status != "yes" && r.Reason.Length == 0)
            {
                offenders.Add($"{r.Id}: {r.Status} without a reason");
            }

            if (r.Status is not ("yes" or "partly" or "no" or "n/a"))
            {
                offenders.Add($"{r.Id}: status {r.Status}");
            }
        }

        Assert.IsEmpty(offenders, string.Join('\n', offenders));
    }

    [TestMethod]
    public void Every_test_that_is_named_exists()
    {
        HashSet<string> tests = Tests();
        Assert.IsTrue(tests.Contains("ConformanceDocTests.Every_test_that_is_named_exists"), "the search for tests finds nothing");
        string[] missing = [.. Requirements.SelectMany(r => r.Tests.Where(t => !tests.Contains(t)).Select(t => $"{r.Id}: {t}"))];
        Assert.IsEmpty(missing, "no such test: " + string.Join(", ", missing));
    }

    private static Requirement[] Read()
    {
        var requirements = new List<Requirement>();
        foreach (string line in File.ReadAllLines(Path.Combine(Root, "CONFORMANCE.md")))
        {
            string[] f = [.. line.Trim().Trim('|').Split('|').Select(x => x.Trim())];
            if (line.StartsWith('|') && Id().IsMatch(f[0]))
            {
                Assert.HasCount(7, f, "columns of " + line);
                requirements.Add(new Requirement(f[0], f[1], f[2], f[3], f[4], [.. Named().Matches(f[5]).Select(m => m.Groups[1].Value)], f[6]));
            }
        }

        return [.. requirements];
    }

    // Class.Method of every test method under tests/, from the sources: not every test project is loaded here.
    private static HashSet<string> Tests()
    {
        var tests = new HashSet<string>();
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            string type = "";
            bool marked = false;
            foreach (string line in File.ReadLines(path))
            {
                if (Class().Match(line) is { Success: true } c)
                {
                    type = c.Groups[1].Value;
                }

                marked |= Mark().IsMatch(line);
                if (marked && Method().Match(line) is { Success: true } m)
                {
                    tests.Add($"{type}.{m.Groups[1].Value}");
                    marked = false;
                }
            }
        }

        return tests;
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"^(MUST|SHLD|MAY|REC|\d{4})-\d+$")]
    private static partial Regex Id();

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"^\s*public [a-z ]*class (\w+)")]
    private static partial Regex Class();

    [GeneratedRegex(@"\[(TestMethod|DataTestMethod|TapTestMethod|\w*TestMethod)\b")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^\s*public (?:static |async )*(?:void|Task) (\w+)\(")]
    private static partial Regex Method();

    private sealed record Requirement(string Id, string Section, string Text, string Level, string Status, IReadOnlyList<string> Tests, string Reason);
}
