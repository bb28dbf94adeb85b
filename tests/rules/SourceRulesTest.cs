using System.Text.RegularExpressions;
using EmbeddedTcp.RulesTests.House;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.RulesTests;

/// <summary>
/// Constructs that the host's compiler lowers without a trace, so that the assembly does not show them, while the device's
/// compiler asks for a type that is not there. One such thing stays unseen: ?. before a member that gives a number.
/// </summary>
[TestClass]
public sealed partial class SourceRulesTest
{
    private static readonly (Regex Pattern, string What)[] s_rules =
    [
        (FromEnd(), "an index from the end (System.Index)"),
        (Range(), "a range, slice or spread (System.Range)"),
        (ListPattern(), "a list pattern (System.Index)"),
        (Deconstruction(), "a tuple on the left of an assignment (System.ValueTuple)"),
        (ArrayEmpty(), "Array.Empty (generic)"),
    ];

    [TestMethod]
    public void Sources_for_the_device_use_nothing_that_only_the_host_lowers_away()
    {
        string[] offenders = [.. DeviceSources().SelectMany(static path => Offences(path, Repository.Lines(path)))];
        Assert.IsEmpty(offenders, string.Join('\n', offenders));
    }

    [TestMethod]
    public void There_are_sources_to_look_at() => Assert.Contains("firmware/EmbeddedTcp/StackOptions.cs", DeviceSources());

    [TestMethod]
    [DataRow("byte last = data[^1];")]
    [DataRow("string tail = text[1..];")]
    [DataRow("int[] all = [.. some];")]
    [DataRow("if (data is [1, 2])")]
    [DataRow("case [_, 2]:")]
    [DataRow("        (a, b) = (b, a);")]
    [DataRow("        var (low, high) = limits;")]
    [DataRow("return Array.Empty<byte>();")]
    public void What_the_host_lowers_away_is_reported(string line) => Assert.HasCount(1, Offences("file", [line]));

    [TestMethod]
    [DataRow("int x = table[a ^ b]; // and so on..")]
    [DataRow("string dots = \"..\" + '.' + \"[^1]\";")]
    [DataRow("/* [^1] */ int[] two = [1, 2];")]
    [DataRow("Operation add = (a, b) => a + b;")]
    [DataRow("if (Compare(a, b) == (c, d).Length)")]
    [DataRow("string c = @\"a\\\"; // a string that ends in a backslash..")]
    [DataRow("char quote = '\"'; int y = 1; // ..\"")]
    public void What_the_device_has_is_not(string line) => Assert.IsEmpty(Offences("file", [line]));

    [TestMethod]
    public void The_host_s_branch_is_not_looked_at()
    {
        string[] source =
        [
            "#if NANOFRAMEWORK_1_0", "a = b[^1];", "#else", "a = b[^2];", "#endif",
            "#if !NANOFRAMEWORK_1_0", "a = b[^3];", "#else", "a = b[^4];", "#endif",
            "#if DEBUG", "a = b[^5];", "#else", "a = b[^6];", "#endif",
        ];
        string[] offences = [.. Offences("file", source)];
        CollectionAssert.AreEqual(new[] { "file:2", "file:9", "file:12", "file:14" }, offences.Select(static o => o.Split(": ")[0]).ToArray());
    }

    private static IEnumerable<string> Offences(string path, string[] lines)
    {
        string[] code = SourceText.CodeForTheDevice(lines);
        return from index in Enumerable.Range(0, code.Length)
               from rule in s_rules
               where rule.Pattern.IsMatch(code[index])
               select $"{path}:{index + 1}: {rule.What}: {lines[index].Trim()}";
    }

    private static IEnumerable<string> DeviceSources() =>
        new[] { "firmware", "drivers", "boards/EmbeddedTcp.ChipModels", "tests/unit", "tests/services" }.SelectMany(static folder => Repository.Files(folder, "*.cs"));

    [GeneratedRegex(@"\[\s*\^")]
    private static partial Regex FromEnd();

    [GeneratedRegex(@"\.\.")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(is|is\s+not|case)\s*\[")]
    private static partial Regex ListPattern();

    [GeneratedRegex(@"^\s*(var\s*)?\((\s*[\w.\s\[\]]+,)+\s*[\w.\s\[\]]+\)\s*=[^=>]")]
    private static partial Regex Deconstruction();

    [GeneratedRegex(@"\bArray\s*\.\s*Empty\b")]
    private static partial Regex ArrayEmpty();
}
