using System.Reflection.Metadata;
using EmbeddedTcp.RulesTests.House;
using EmbeddedTcp.RulesTests.Metadata;
using EmbeddedTcp.RulesTests.Nano;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.RulesTests;

/// <summary>Proves the scanner on code that was written to be caught, and on code that must not be.</summary>
[TestClass]
public sealed class RuleProofTest
{
    private const string Samples = "EmbeddedTcp.RuleSamples";

    private static readonly List<Finding> s_findings = ScanSamples();

    [TestMethod]
    public void Every_sample_is_reported_for_the_rules_it_breaks_and_for_no_other()
    {
        List<string> wrong = [];
        foreach ((string sample, string[] expected) in Expectations())
        {
            string[] reported = [.. s_findings.Where(f => IsIn(f.Caller, sample)).Select(static f => f.Rule.Id).Distinct().Order(StringComparer.Ordinal)];
            if (!reported.SequenceEqual(expected.Order(StringComparer.Ordinal)))
            {
                wrong.Add($"{sample}: expected [{string.Join(", ", expected)}], reported [{string.Join(", ", reported)}]");
                wrong.AddRange(s_findings.Where(f => IsIn(f.Caller, sample)).Select(static f => "    " + f));
            }
        }

        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    [TestMethod]
    public void Every_rule_is_proven_by_a_sample()
    {
        HashSet<string> proven = [.. Expectations().SelectMany(static e => e.Expected)];
        string[] unproven = [.. Rule.All.Select(static r => r.Id).Where(id => !proven.Contains(id))];
        Assert.IsEmpty(unproven, string.Join(", ", unproven));
    }

    [TestMethod]
    public void A_finding_names_member_caller_file_and_line()
    {
        Finding finding = s_findings.Single(static f => f.Caller == Samples + ".JoinsStrings.Text");
        string[] source = Repository.Lines("tests/rules/samples/Members.cs");
        int line = Array.FindIndex(source, static text => text.Contains("the proof looks for this line")) + 1;

        Assert.AreEqual("System.String System.String::Join(System.String,System.String[])", finding.What);
        Assert.EndsWith($"tests/rules/samples/Members.cs:{line}", finding.Where!.Replace('\\', '/'));
    }

    [TestMethod]
    public void A_lambda_counts_as_its_method()
    {
        Finding finding = s_findings.Single(static f => f.Caller.StartsWith(Samples + ".CallsInLambda", StringComparison.Ordinal));
        Assert.AreEqual(Samples + ".CallsInLambda.Later", finding.Caller);
    }

    [TestMethod]
    public void An_exemption_covers_what_it_names_and_one_that_covers_nothing_is_told()
    {
        Finding finding = s_findings.Single(static f => f.Caller == Samples + ".JoinsStrings.Text");
        Exemptions exemptions = new(
        [
            "# comment",
            Samples + ".JoinsStrings.Text | System.String System.String::Join* | proof",
            Samples + ".JoinsStrings.Text | System.String System.String::Replace* | covers nothing",
            Samples + ".JoinsStrings | System.String System.String::Join* | another caller",
        ]);

        Assert.IsTrue(exemptions.Cover(finding));
        string[] unused = [.. exemptions.Unused];
        Assert.HasCount(2, unused);
        Assert.Contains("covers nothing", unused[0]);
        Assert.Contains("another caller", unused[1]);
    }

    [TestMethod]
    [DataRow("Caller | What")]
    [DataRow("Caller | What | ")]
    public void An_exemption_without_a_reason_is_refused(string line) =>
        Assert.ThrowsExactly<FormatException>(() => new Exemptions([line]));

    [TestMethod]
    public void A_package_opens_its_section_of_the_allow_list()
    {
        using LoadedModule module = OpenSamples();
        HashSet<string> packages = ["nanoFramework.CoreLibrary", "nanoFramework.System.Text"];
        List<Finding> findings = Scan(module, packages);
        Assert.DoesNotContain(static f => f.Caller.StartsWith(Samples + ".BuildsString", StringComparison.Ordinal), findings);
        Assert.Contains(static f => f.Caller.StartsWith(Samples + ".ReadsTicks", StringComparison.Ordinal), findings);
    }

    private static bool IsIn(string caller, string type) =>
        caller == type || caller.StartsWith(type + ".", StringComparison.Ordinal);

    private static List<Finding> ScanSamples()
    {
        using LoadedModule module = OpenSamples();
        return Scan(module, ["nanoFramework.CoreLibrary"]);
    }

    private static LoadedModule OpenSamples() => new(Path.Combine(AppContext.BaseDirectory, Samples + ".dll"));

    private static List<Finding> Scan(LoadedModule module, HashSet<string> packages)
    {
        AllowList allowed = new(Repository.RulesFile("NanoAllowList.txt"));
        HostCompilerChoices choices = new(Repository.RulesFile("HostCompilerChoices.txt"));
        return new NanoScanner(allowed, choices, [new Component(module, packages)]).Scan();
    }

    /// <summary>Each sample's name and the rules its attribute announces.</summary>
    private static List<(string Sample, string[] Expected)> Expectations()
    {
        using LoadedModule module = OpenSamples();
        List<(string, string[])> expectations = [];
        foreach (TypeDefinitionHandle handle in module.Reader.TypeDefinitions)
        {
            foreach (CustomAttributeHandle attributeHandle in module.Reader.GetTypeDefinition(handle).GetCustomAttributes())
            {
                CustomAttribute attribute = module.Reader.GetCustomAttribute(attributeHandle);
                switch (MemberUse.Read(module, attribute.Constructor).TypeName)
                {
                    case Samples + ".BreaksAttribute":
                        expectations.Add((module.NameOf(handle), ReadStrings(module.Reader.GetBlobReader(attribute.Value))));
                        break;
                    case Samples + ".CleanAttribute":
                        expectations.Add((module.NameOf(handle), []));
                        break;
                }
            }
        }

        return expectations;
    }

    /// <summary>The one string[] argument of an attribute (ECMA-335 §II.23.3).</summary>
    private static string[] ReadStrings(BlobReader blob)
    {
        _ = blob.ReadUInt16(); // prolog
        string[] strings = new string[blob.ReadInt32()];
        for (int i = 0; i < strings.Length; i++)
        {
            strings[i] = blob.ReadSerializedString()!;
        }

        return strings;
    }
}
