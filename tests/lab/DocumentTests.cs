using System.Text.RegularExpressions;
using System.Xml.Linq;
using EmbeddedTcp.LabTests.Support;
using EmbeddedTcp.VirtualBoard.Lab.Draw;

namespace EmbeddedTcp.LabTests;

/// <summary>The pages of docs/scenarios are those that are made today, their drawings are drawings, and their links lead somewhere.</summary>
[TestClass]
public partial class DocumentTests
{
    private const string Remedy = "make them anew: dotnet run --project boards/virtual -- lab --docs docs/scenarios";

    // Figure 5 of RFC 9293 without the two that a sockets-like interface does not have: SEND on a listener, and the FIN of a CLOSE in
    // SYN-RECEIVED before the SYN is acknowledged, which is queued until then.
    private static readonly string[] s_figure5 =
    [
        "CLOSED LISTEN", "LISTEN CLOSED", "CLOSED SYN_SENT", "SYN_SENT CLOSED", "LISTEN SYN_RCVD", "SYN_RCVD LISTEN", "SYN_SENT SYN_RCVD",
        "SYN_RCVD ESTABLISHED", "SYN_SENT ESTABLISHED", "ESTABLISHED FIN_WAIT_1", "ESTABLISHED CLOSE_WAIT", "FIN_WAIT_1 FIN_WAIT_2",
        "FIN_WAIT_1 CLOSING", "CLOSE_WAIT LAST_ACK", "FIN_WAIT_2 TIME_WAIT", "CLOSING TIME_WAIT", "LAST_ACK CLOSED", "TIME_WAIT CLOSED",
    ];

    private static readonly IReadOnlyDictionary<string, string> s_made = Documents.Make();

    private static string Folder
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "EmbeddedTcp.sln")))
            {
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not run within the repository");
            }

            return Path.Combine(folder, "docs", "scenarios");
        }
    }

    [TestMethod]
    public void Pages_and_drawings_are_current()
    {
        var wrong = new List<string>();
        foreach ((string name, string text) in s_made)
        {
            string path = Path.Combine(Folder, name);
            if (!File.Exists(path))
            {
                wrong.Add($"{name} is missing");
            }
            else if (File.ReadAllText(path).ReplaceLineEndings("\n") != text)
            {
                wrong.Add($"{name} is not what is played today");
            }
        }

        wrong.AddRange(Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)).Where(f => !s_made.ContainsKey(f)).Select(f => $"{f} is of no scenario"));
        Assert.IsEmpty(wrong, string.Join('\n', wrong) + "\n" + Remedy);
    }

    [TestMethod]
    public void Drawings_are_well_formed()
    {
        foreach ((string name, string text) in s_made.Where(f => f.Key.EndsWith(".svg", StringComparison.Ordinal)))
        {
            XElement root = XDocument.Parse(text).Root!;
            Assert.AreEqual("svg", root.Name.LocalName, name);
            Assert.DoesNotContain("NaN", text, name);
            Assert.DoesNotContain("∞", text, name);
            Assert.IsGreaterThan(5, root.Elements().Count(), name);
        }
    }

    [TestMethod]
    public void Links_lead_somewhere()
    {
        foreach ((string name, string text) in s_made.Where(f => f.Key.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (Match link in Link().Matches(text))
            {
                Assert.IsTrue(s_made.ContainsKey(link.Groups[1].Value), $"{name}: {link.Value}");
            }
        }
    }

    [TestMethod]   // every segment has its arrow, and the mermaid page says the same
    public void A_ladder_shows_every_segment()
    {
        using var folder = new TemporaryFolder();
        LabCommand.Run("third-ack-lost", "--svg", folder.File("x.svg"), "--markdown", folder.File("x.md")).Succeeded();
        string svg = File.ReadAllText(folder.File("x.svg"));
        string markdown = File.ReadAllText(folder.File("x.md"));
        foreach (string label in new[] { "SYN seq=0", "SYN,ACK seq=0 ack=1", "ACK seq=1 ack=1", "PSH,ACK seq=1 ack=1 len=10", "ACK seq=1 ack=11" })
        {
            Assert.Contains($">{label}", svg);
            Assert.Contains($": {label}", markdown);
        }

        Assert.Contains("```mermaid\nsequenceDiagram\n", markdown);
        Assert.Contains("C-xS: ACK seq=1 ack=1 win=4096 (lost)", markdown);
    }

    [TestMethod]   // the arrows are the engine's own transitions: all that the scenarios took, and those of figure 5
    public void The_state_machine_is_what_was_taken()
    {
        string[] drawn = [.. Drawn(s_made["state-machine.svg"]).Order()];
        var taken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Scenario scenario in Catalogue.All)
        {
            LabStage stage = scenario.Run(new LabOptions());
            foreach (StateEvent change in stage.Events.OfType<StateEvent>())
            {
                for (int i = 1; i < change.Path.Count; i++)
                {
                    taken.Add($"{Tcp.TcpStateName.Of(change.Path[i - 1])} {Tcp.TcpStateName.Of(change.Path[i])}");
                }
            }
        }

        CollectionAssert.AreEquivalent(taken.ToArray(), drawn);
        Assert.IsEmpty(s_figure5.Except(drawn), "not drawn: " + string.Join(", ", s_figure5.Except(drawn)));
        Assert.IsEmpty(drawn.Except(s_figure5).Where(t => !t.EndsWith(" CLOSED", StringComparison.Ordinal)), "only ends are not in the figure");
    }

    private static IEnumerable<string> Drawn(string svg) => XDocument.Parse(svg).Descendants()
        .Where(e => e.Attribute("data-from") != null).Select(e => $"{e.Attribute("data-from")!.Value} {e.Attribute("data-to")!.Value}");

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Link();
}
