namespace EmbeddedTcp.App;

/// <summary>Completes what was typed so far: verbs, and the options and fixed words of a verb's usage.</summary>
public static class Completion
{
    /// <summary>Finds what can follow.</summary>
    /// <param name="shell">Knows the commands.</param>
    /// <param name="line">The line so far.</param>
    /// <param name="output">Where the candidates are listed when there are several and nothing can be added.</param>
    /// <returns>Characters to be added; empty when there is nothing to add.</returns>
    public static string Of(Shell shell, string line, TextOutput output)
    {
        int start = line.LastIndexOf(' ') + 1;
        string begin = line.Substring(start);
        string[] candidates = Matching(Candidates(shell, line.Substring(0, start)), begin);
        if (candidates.Length == 0)
        {
            return "";
        }

        string common = candidates[0];
        for (int i = 1; i < candidates.Length; i++)
        {
            common = Common(common, candidates[i]);
        }

        if (candidates.Length == 1)
        {
            return common.Substring(begin.Length) + " ";
        }

        if (common.Length == begin.Length)
        {
            LineWrap list = new LineWrap(output, "\n", "");
            for (int i = 0; i < candidates.Length; i++)
            {
                list.Add(candidates[i]);
            }

            list.End();
            output.Write(shell.Prompt + line);
        }

        return common.Substring(begin.Length);
    }

    private static string[] Candidates(Shell shell, string before)
    {
        string[] words = Words.Split(before, Shell.MaxWords);
        if (words == null)
        {
            return new string[0];
        }

        if (words.Length == 0 || (words.Length == 1 && words[0] == "help"))
        {
            string[] names = new string[shell.CommandCount];
            for (int i = 0; i < names.Length; i++)
            {
                names[i] = shell.CommandAt(i).Name;
            }

            return names;
        }

        Command command = shell.Find(words[0]);
        return command == null ? new string[0] : Words.Literal(command.Arguments);
    }

    private static string[] Matching(string[] candidates, string begin)
    {
        int count = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            if (Common(candidates[i], begin).Length == begin.Length)
            {
                candidates[count++] = candidates[i];
            }
        }

        return Words.Cut(candidates, count);
    }

    private static string Common(string a, string b)
    {
        int length = 0;
        while (length < a.Length && length < b.Length && a[length] == b[length])
        {
            length++;
        }

        return a.Substring(0, length);
    }
}
