using System.Reflection.Metadata;
using System.Text.RegularExpressions;
using EmbeddedTcp.RulesTests.House;
using EmbeddedTcp.RulesTests.Metadata;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.RulesTests;

/// <summary>How the house is built: arrows point down, a folder says who may call it, a file fits on a few screens.</summary>
[TestClass]
public sealed partial class HouseTest
{
    private const int MostLines = 400;

    private static readonly string[] s_notForTheEngine =
    [
        "System.Threading.", "System.Random", "System.DateTime", "System.Environment", "System.Console", "System.IO.", "System.Net.",
    ];

    // Their packages are not everywhere to be had, and the solution needs nothing but what it always needed.
    private static readonly string[] s_outsideTheSolution =
    [
        "boards/linux-spi/EmbeddedTcp.LinuxSpi.csproj", "tests/linux-spi/EmbeddedTcp.LinuxSpiTests.csproj",
    ];

    [TestMethod]
    public void Source_files_are_short()
    {
        string[] offenders = [.. Sources("firmware", "drivers", "boards")
            .Select(static path => (Path: path, Repository.Lines(path).Length))
            .Where(static file => file.Length > MostLines)
            .Select(static file => $"{file.Path}: {file.Length} lines; split it by role before {MostLines}")];
        Assert.IsEmpty(offenders, string.Join('\n', offenders));
    }

    [TestMethod]
    public void Every_project_is_in_the_solution_unless_it_is_a_device_board()
    {
        string[] missing = [.. Repository.Files(".", "*.csproj")
            .Where(static project => !project.StartsWith("boards/common-esp32/", StringComparison.Ordinal)
                && !Repository.Text(project).Contains("common-esp32/Board.props", StringComparison.Ordinal))
            .Except(Repository.SolutionProjects())
            .Except(s_outsideTheSolution)];
        Assert.IsEmpty(missing, "dotnet sln EmbeddedTcp.sln add " + string.Join(' ', missing));
    }

    [TestMethod]
    public void What_stays_outside_the_solution_is_there_and_nothing_in_the_solution_needs_it()
    {
        string[] projects = [.. Repository.SolutionProjects()];
        Assert.IsEmpty(s_outsideTheSolution.Intersect(projects));
        foreach (string project in s_outsideTheSolution)
        {
            Assert.IsTrue(Repository.Files(".", "*.csproj").Contains(project), project);
        }

        string[] needing = [.. projects.Where(static project => Repository.ProjectAndReferences(project).Intersect(s_outsideTheSolution).Any())];
        Assert.IsEmpty(needing, string.Join(' ', needing));
    }

    [TestMethod]
    public void What_the_solution_builds_for_the_device_nf_proj_builds_too()
    {
        string deviceBuild = Repository.Text("nf.proj");
        string[] missing = [.. Repository.SolutionProjects()
            .Where(static project => Repository.Text(project).Contains("Dual.props", StringComparison.Ordinal))
            .Where(project => !deviceBuild.Contains(project, StringComparison.Ordinal))];
        Assert.IsEmpty(missing, "nf.proj lacks " + string.Join(", ", missing));
    }

    [TestMethod]
    [DataRow("firmware/EmbeddedTcp/EmbeddedTcp.csproj", "")]
    [DataRow("drivers/EmbeddedTcp.Drivers/EmbeddedTcp.Drivers.csproj", "EmbeddedTcp")]
    [DataRow("firmware/EmbeddedTcp.App/EmbeddedTcp.App.csproj", "EmbeddedTcp EmbeddedTcp.Services EmbeddedTcp.Http EmbeddedTcp.Sockets")]
    [DataRow("firmware/EmbeddedTcp.Services/EmbeddedTcp.Services.csproj", "EmbeddedTcp")]
    [DataRow("firmware/EmbeddedTcp.Http/EmbeddedTcp.Http.csproj", "EmbeddedTcp EmbeddedTcp.Services")]
    [DataRow("firmware/EmbeddedTcp.Messaging/EmbeddedTcp.Messaging.csproj", "EmbeddedTcp EmbeddedTcp.Services")]
    [DataRow("firmware/samples/EmbeddedTcp.Samples.csproj", "EmbeddedTcp EmbeddedTcp.Services EmbeddedTcp.App EmbeddedTcp.Http EmbeddedTcp.Messaging EmbeddedTcp.Sockets")]
    [DataRow("firmware/EmbeddedTcp.Sockets/EmbeddedTcp.Sockets.csproj", "EmbeddedTcp EmbeddedTcp.Services")]
    [DataRow("boards/EmbeddedTcp.ChipModels/EmbeddedTcp.ChipModels.csproj", "EmbeddedTcp EmbeddedTcp.Drivers")]
    public void Arrows_point_down(string project, string allowed)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string[] below = allowed.Split(' ');
        using LoadedModule module = Open(name);
        string[] compiled = [.. module.Reader.AssemblyReferences
            .Select(handle => module.Reader.GetString(module.Reader.GetAssemblyReference(handle).Name))
            .Where(static reference => !reference.StartsWith("System.", StringComparison.Ordinal))];
        IEnumerable<string> declared = Repository.ProjectAndReferences(project).Skip(1).Select(static p => Path.GetFileNameWithoutExtension(p));

        string[] wrong = [.. compiled.Concat(declared).Where(reference => !below.Contains(reference)).Distinct()];
        Assert.IsEmpty(wrong, $"{name} must not know {string.Join(", ", wrong)}");
    }

    [TestMethod]
    public void The_engine_owns_no_thread_clock_random_source_or_device()
    {
        using LoadedModule module = Open("EmbeddedTcp");
        string[] wrong = [.. TypesNamedBy(module).Where(static type => s_notForTheEngine.Any(type.StartsWith))];
        Assert.IsEmpty(wrong, "frames and ticks go in, frames come out; the engine must not use " + string.Join(", ", wrong));
    }

    [TestMethod]
    public void Neither_the_engine_nor_the_application_names_a_chip()
    {
        string[] offenders = [.. LinesWith(ChipName(), Sources("firmware"), static lines => lines)];
        Assert.IsEmpty(offenders, string.Join('\n', offenders));
    }

    [TestMethod]
    public void The_drivers_know_nothing_above_the_link()
    {
        using LoadedModule module = Open("EmbeddedTcp.Drivers");
        string[] wrong = [.. TypesNamedBy(module).Where(static type => AboveTheLink().IsMatch(type))];
        Assert.IsEmpty(wrong, "a driver moves frames; it must not use " + string.Join(", ", wrong));

        string[] offenders = [.. LinesWith(TcpName(), Sources("drivers"), SourceText.CodeForTheDevice)];
        Assert.IsEmpty(offenders, string.Join('\n', offenders));
    }

    [TestMethod]
    [DataRow("the W5500's FIFO", true)]
    [DataRow("class Enc28j60Driver", true)]
    [DataRow("a controller on SPI", false)]
    public void A_chip_is_recognised_by_its_name(string line, bool named) => Assert.AreEqual(named, ChipName().IsMatch(line));

    [TestMethod]
    [DataRow("TcpSegment segment;", true)]
    [DataRow("using EmbeddedTcp.Tcp;", true)]
    [DataRow("void SendTcp(int length)", true)]
    [DataRow("namespace EmbeddedTcp.Drivers;", false)]
    public void Tcp_is_recognised_by_its_name(string line, bool named) => Assert.AreEqual(named, TcpName().IsMatch(line));

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders.SelectMany(static folder => Repository.Files(folder, "*.cs"));

    private static IEnumerable<string> LinesWith(Regex pattern, IEnumerable<string> files, Func<string[], string[]> part) =>
        from file in files
        from line in part(Repository.Lines(file)).Select(static (text, index) => (Text: text, Number: index + 1))
        where pattern.IsMatch(line.Text)
        select $"{file}:{line.Number}: {line.Text.Trim()}";

    private static IEnumerable<string> TypesNamedBy(LoadedModule module) =>
        module.Reader.TypeReferences.Select(module.NameOf).Order(StringComparer.Ordinal);

    private static LoadedModule Open(string name) => new(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    [GeneratedRegex("W5[0-9]00|ENC[0-9]+J|WIZnet|Microchip|ESP32", RegexOptions.IgnoreCase)]
    private static partial Regex ChipName();

    [GeneratedRegex(@"^EmbeddedTcp\.(Ip|Tcp|Udp|Dhcp|Dns|Sockets|Http|App)\.")]
    private static partial Regex AboveTheLink();

    [GeneratedRegex(@"(?<!Embedded)Tcp")]
    private static partial Regex TcpName();
}
