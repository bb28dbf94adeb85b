using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using EmbeddedTcp.VirtualBoard.Lab.Play;
using EmbeddedTcp.VirtualBoard.Lab.Scenarios;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>The pages of docs/scenarios, made by playing all scenarios.</summary>
public static class Documents
{
    /// <summary>Every file by its name.</summary>
    public static IReadOnlyDictionary<string, string> Make()
    {
        var files = new SortedDictionary<string, string>(System.StringComparer.Ordinal);
        var stages = new List<LabStage>();
        var index = new StringBuilder(
            """
            # TCP, played

            Two stacks of this repository talk to each other over a cable that misbehaves where the scenario wants it. The pages and their
            drawings are made by playing the scenarios, and a test compares them with what is played today; nobody draws them.

            ```
            dotnet run --project boards/virtual -- lab                                the list
            dotnet run --project boards/virtual -- lab last-ack-lost                  one of them, in the terminal
            dotnet run --project boards/virtual -- lab last-ack-lost --speed 2        in twice real time, with states and timers
            dotnet run --project boards/virtual -- lab handshake --drop syn-ack:1     what if? --delay and --duplicate, too
            dotnet run --project boards/virtual -- lab --all --check                  all of them, compared with what must be
            dotnet run --project boards/virtual -- lab --docs docs/scenarios          these pages, made anew
            ```

            `--svg`, `--markdown`, `--pcap` and `--plot` save what was played; `lab --help` explains every option.

            | | scenario | the question it answers |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (Scenario scenario in Catalogue.All)
        {
            LabStage stage = scenario.Run(new LabOptions());
            stages.Add(stage);
            string name = ScenarioPage.FileName(scenario);
            files[name + ".md"] = ScenarioPage.WriteBesideDrawing(scenario, stage);
            files[name + ".svg"] = LadderSvg.Draw(scenario, stage, scenario.Absolute);
            if (scenario.Plotted)
            {
                files[name + "-plot.svg"] = Drawings.Plot(scenario, stage);
            }

            index.Append($"| {scenario.Number} | [{scenario.Title}]({name}.md) | {scenario.Question} |\n");
        }

        index.Append(
            """

            ## The state machine, as it was taken

            ![The eleven states and their transitions](state-machine.svg)

            Every arrow is a transition that the engine made while the scenarios above were played, counted at the one place in the code where a state is
            left for another. Black arrows are those of figure 5 of RFC 9293; grey ones are the ends by RST, abort or deadline that the figure
            leaves out. Two arrows of the figure are not here: LISTEN to SYN_SENT, since a listener of ours cannot send, and SYN_RCVD to FIN_WAIT_1,
            since a CLOSE in SYN_RCVD is queued until ESTABLISHED, as §3.10.4 allows when data is queued, and is then done at once. A FIN that also
            acknowledges ours leads from FIN_WAIT_1 over FIN_WAIT_2 to TIME_WAIT in one step.

            On a board, the console's `fsm` prints the same counts for what has happened there.

            """.ReplaceLineEndings("\n"));
        files["README.md"] = index.ToString();
        files["state-machine.svg"] = StateMachineSvg.Draw($"The state machine, as the {Catalogue.All.Count} scenarios took it", Drawings.Sum(stages));
        return files;
    }

    /// <summary>Writes every file, and removes pages of scenarios that are no more.</summary>
    /// <returns>How many there are.</returns>
    internal static int Write(string folder)
    {
        IReadOnlyDictionary<string, string> files = Make();
        Directory.CreateDirectory(folder);
        foreach (string old in Directory.EnumerateFiles(folder).Where(f => !files.ContainsKey(Path.GetFileName(f)) && Path.GetFileName(f)[0] is >= '0' and <= '9'))
        {
            File.Delete(old);
        }

        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return files.Count;
    }
}
