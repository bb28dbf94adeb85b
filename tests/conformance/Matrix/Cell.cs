using System.IO;

namespace EmbeddedTcp.ConformanceTests.Matrix;

/// <summary>One line of Matrix.md.</summary>
public sealed record Cell(int Line, string Segment, string Reply, string Next, IReadOnlyList<string> Effects, string Step)
{
    /// <summary>True when the text of the RFC is not followed to the letter, or leaves a choice; the step then says why.</summary>
    public bool IsChoice => Step.Contains("CHOICE:", StringComparison.Ordinal);

    /// <summary>As the file has it.</summary>
    public override string ToString() => $"line {Line}: {Segment}";
}

/// <summary>One state of Matrix.md with its cells.</summary>
public sealed record Chapter(string Name, IReadOnlyList<Cell> Cells)
{
    /// <summary>Reads the file; a line that is not understood is an error.</summary>
    public static IReadOnlyList<Chapter> Read(string path)
    {
        var chapters = new List<Chapter>();
        List<Cell>? cells = null;
        string[] lines = File.ReadAllLines(path);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
            {
                chapters.Add(new Chapter(lines[i][3..].Trim(), cells = []));
            }
            else if (lines[i].StartsWith('|') && !lines[i].StartsWith("|---", StringComparison.Ordinal) && !lines[i].StartsWith("| Segment", StringComparison.Ordinal))
            {
                string[] f = [.. lines[i].Trim().Trim('|').Split('|').Select(x => x.Trim())];
                if (cells == null || f.Length != 5)
                {
                    throw new FormatException($"Matrix.md, line {i + 1}: not a cell");
                }

                cells.Add(new Cell(i + 1, f[0], f[1], f[2], f[3].Split(' ', StringSplitOptions.RemoveEmptyEntries), f[4]));
            }
        }

        return chapters;
    }
}
