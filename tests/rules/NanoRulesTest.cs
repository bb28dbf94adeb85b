using EmbeddedTcp.RulesTests.House;
using EmbeddedTcp.RulesTests.Metadata;
using EmbeddedTcp.RulesTests.Nano;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.RulesTests;

/// <summary>
/// What is built for the device as well is examined here in its host build: it may use nothing that nanoFramework 1.x
/// lacks or gets wrong. The device's own compiler would notice a missing member, but it is not on every machine, and
/// what goes wrong silently nobody would notice.
/// </summary>
[TestClass]
public sealed class NanoRulesTest
{
    [TestMethod]
    public void The_components_use_only_what_the_device_has()
    {
        List<Component> components = [];
        try
        {
            foreach (string project in DeviceProjects())
            {
                components.Add(new Component(Open(project), PackagesOf(project)));
            }

            Exemptions exemptions = new(Repository.RulesFile("NanoExemptions.txt"));
            Finding[] findings = [.. NewScanner(components).Scan().Where(finding => !exemptions.Cover(finding))];
            string[] unused = [.. exemptions.Unused];

            Assert.IsEmpty(findings, $"{findings.Length} breaches\n{string.Join('\n', findings.Select(Relative))}");
            Assert.IsEmpty(unused, "NanoExemptions.txt exempts what no longer happens:\n" + string.Join('\n', unused));
        }
        finally
        {
            components.ForEach(static component => component.Module.Dispose());
        }
    }

    [TestMethod]
    public void The_engine_is_among_the_examined() =>
        Assert.Contains("firmware/EmbeddedTcp/EmbeddedTcp.csproj", DeviceProjects());

    [TestMethod]
    public void What_a_compiler_choice_becomes_on_the_device_is_on_the_allow_list()
    {
        AllowList allowed = new(Repository.RulesFile("NanoAllowList.txt"));
        HostCompilerChoices choices = new(Repository.RulesFile("HostCompilerChoices.txt"));
        string[] missing = [.. choices.All
            .SelectMany(static choice => choice.Nano)
            .Where(nano => !nano.Contains("!!", StringComparison.Ordinal) && allowed.PackageOf(nano) is null)];
        Assert.IsEmpty(missing, string.Join('\n', missing));
    }

    [TestMethod]
    public void What_is_on_the_allow_list_exists_on_the_host_or_stands_in_for_something_that_does()
    {
        AllowList allowed = new(Repository.RulesFile("NanoAllowList.txt"));
        HostCompilerChoices choices = new(Repository.RulesFile("HostCompilerChoices.txt"));
        HashSet<string> standIns = [.. choices.All.SelectMany(static choice => choice.Nano)];
        string[] strangers = [.. allowed.Entries
            .Where(entry => allowed.PackageOf(entry) != "nanoFramework.TestFramework" && !standIns.Contains(entry))
            .Where(static entry => !HostSurface.Has(entry))];
        Assert.IsEmpty(strangers, "misspelt, or of use to nobody:\n" + string.Join('\n', strangers));
    }

    [TestMethod]
    [DataRow("T System.Object : thing")]
    [DataRow("M System.Object::ToString()")]
    [DataRow("F System.Int32 System.Int32::MaxValue()")]
    public void A_malformed_line_of_the_allow_list_is_refused(string line) =>
        Assert.ThrowsExactly<FormatException>(() => new AllowList(["[package 1]", line]));

    /// <summary>The solution's projects that are built for the device too.</summary>
    private static string[] DeviceProjects() =>
        [.. Repository.SolutionProjects().Where(static project => Repository.Text(project).Contains("Dual.props", StringComparison.Ordinal))];

    /// <summary>The packages that a project and those it references name for the device.</summary>
    private static HashSet<string> PackagesOf(string project) =>
        [.. Repository.ProjectAndReferences(project)
            .Append("firmware/build/Dual.props")
            .SelectMany(static p => Repository.Items(p, "PackageReference"))];

    private static LoadedModule Open(string project)
    {
        string path = Path.Combine(AppContext.BaseDirectory, Path.GetFileNameWithoutExtension(project) + ".dll");
        Assert.IsTrue(File.Exists(path), $"{project} is built for the device but not examined: reference it from EmbeddedTcp.RulesTests.csproj");
        return new LoadedModule(path);
    }

    private static NanoScanner NewScanner(IReadOnlyList<Component> components) =>
        new(new AllowList(Repository.RulesFile("NanoAllowList.txt")), new HostCompilerChoices(Repository.RulesFile("HostCompilerChoices.txt")), components);

    private static string Relative(Finding finding) => finding.ToString().Replace(Repository.Root, "", StringComparison.Ordinal);
}
