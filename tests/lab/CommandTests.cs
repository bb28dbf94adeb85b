using EmbeddedTcp.LabTests.Support;

namespace EmbeddedTcp.LabTests;

/// <summary>The command line of the lab, as its user meets it.</summary>
[TestClass]
public class CommandTests
{
    private const int Columns = 80;

    public static IEnumerable<object[]> Names => Catalogue.All.Select(s => new object[] { s.Name });

    [TestMethod]
    public void Without_a_name_the_scenarios_are_listed()
    {
        ToolResult result = LabCommand.Run().Succeeded();
        foreach (Scenario scenario in Catalogue.All)
        {
            Assert.Contains($"{scenario.Name} ", result.Text);
            Assert.Contains(scenario.Title, result.Text);
        }
    }

    [TestMethod]
    public void All_of_them_can_be_checked()
    {
        ToolResult result = LabCommand.Run("--all", "--check").Succeeded();
        Assert.Contains($"all {Catalogue.All.Count} are as they must be", result.Text);
        Assert.HasCount(Catalogue.All.Count, result.Text.Split('\n').Where(l => l.StartsWith("ok ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_ladder_fits_the_screen_and_says_what_matters()
    {
        ToolResult result = LabCommand.Run("last-ack-lost").Succeeded();
        string[] lines = result.Text.ReplaceLineEndings("\n").Split('\n');
        Assert.IsEmpty(lines.Where(l => l.Length >= Columns), "too wide");
        Assert.DoesNotContain("\u001b", result.Text, "no colours in a pipe");
        string text = string.Join(' ', result.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("LOST", text);
        Assert.Contains("timer rtx fires", text);
        Assert.Contains("our last ACK was lost: acknowledge it, and restart the 2MSL timeout", text);
        Assert.Contains("As it must be", text);
    }

    [TestMethod]
    public void What_was_changed_is_said_and_not_compared()
    {
        ToolResult result = LabCommand.Run("handshake", "--drop", "syn-ack:1", "--drop", "ack:3", "--speed", "100000").Succeeded();
        Assert.Contains("the wire: drop syn-ack:1, drop ack:3", result.Text);
        Assert.Contains("nothing is compared", result.Text);
    }

    [TestMethod]
    [DataRow("no-such-scenario", "there is no scenario 'no-such-scenario'")]
    [DataRow("handshake --drop syn", "'syn' is not KIND:N")]
    [DataRow("handshake --drop ping:1", "'ping:1' is not KIND:N")]
    [DataRow("handshake --drop ack:0", "'ack:0' is not KIND:N")]
    [DataRow("handshake --drop peer.ack:1", "neither client nor server")]
    [DataRow("handshake --drop ack:1=5", "nothing lost arrives late")]
    [DataRow("handshake --delay ack:1=x", "needs milliseconds")]
    [DataRow("handshake --check --drop ack:1", "--check compares")]
    [DataRow("handshake --all", "exclude each other")]
    [DataRow("--svg x.svg", "name it")]
    [DataRow("handshake --rx-buffer 10", "ReceiveBufferSize: 10")]
    [DataRow("handshake --latency -1", "--latency")]
    [DataRow("handshake --msl 1000", "--msl")]
    [DataRow("handshake --speed -1", "--speed")]
    [DataRow("handshake --svg /no/such/folder/x.svg", "/no/such/folder")]
    [DataRow("handshake --nonsense", "--nonsense")]
    public void A_wrong_argument_is_explained_in_one_line(string arguments, string expected)
    {
        ToolResult result = LabCommand.Run(arguments.Split(' '));
        Assert.AreEqual(2, result.ExitCode, result.Text);
        Assert.StartsWith("error: ", result.Error);
        Assert.Contains(expected, result.Error);
        Assert.AreEqual(1, result.Error.Trim().Split('\n').Length);
    }

    [TestMethod]
    public void A_plot_needs_data()
    {
        using var folder = new TemporaryFolder();
        ToolResult result = LabCommand.Run("handshake", "--plot", folder.File("x.svg"));
        Assert.AreEqual(1, result.ExitCode);
        Assert.Contains("sends no data", result.Error);
    }

    [TestMethod]   // opened by somebody else's program without a complaint, and with every segment in it
    [DynamicData(nameof(Names))]
    public void A_saved_capture_is_read_without_complaint(string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("wire.pcapng");
        LabCommand.Run(name, "--pcap", path).Succeeded();
        string[] read =
        [
            "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields", "-e", "tcp.flags", "-e", "tcp.checksum.status",
            "-e", "ip.checksum.status", "-e", "_ws.malformed",
        ];
        ToolResult tshark = Tool.Run("tshark", read).Succeeded();
        string[] rows = tshark.Text.Trim().ReplaceLineEndings("\n").Split('\n');
        Flight[] flights = [.. Catalogue.Find(name)!.Run(new LabOptions()).Flights];
        Assert.HasCount(flights.Length, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            string[] fields = rows[i].Split('\t');
            Assert.AreEqual(flights[i].Segment.Flags, Convert.ToInt32(fields[0], 16), $"segment {i + 1}");
            Assert.AreEqual("1", fields[1], $"TCP checksum of segment {i + 1}");
            Assert.AreEqual("1", fields[2], $"IP checksum of segment {i + 1}");
            Assert.AreEqual("", fields.Length > 3 ? fields[3] : "", $"segment {i + 1} is malformed");
        }
    }
}
