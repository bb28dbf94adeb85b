using System;

namespace EmbeddedTcp.App;

/// <summary>Words of a line, and the word that may have been meant.</summary>
public static class Words
{
    private const int MaxLiteral = 16;

    /// <summary>Splits a line at spaces and tabs.</summary>
    /// <param name="line">The line.</param>
    /// <param name="most">Words at most.</param>
    /// <returns>The words, none of them empty; null when there are more.</returns>
    public static string[] Split(string line, int most)
    {
        string[] words = new string[most];
        int count = 0;
        int start = -1;
        for (int i = 0; i <= line.Length; i++)
        {
            bool inside = i < line.Length && line[i] != ' ' && line[i] != '\t';
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                if (count == most)
                {
                    return null;
                }

                words[count++] = line.Substring(start, i - start);
                start = -1;
            }
        }

        return Cut(words, count);
    }

    /// <summary>Where a word is in a list.</summary>
    /// <returns>−1 when it is not there.</returns>
    public static int IndexOf(string[] list, string word)
    {
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] == word)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The words of a usage that are typed as they stand: those that begin with a hyphen or a small letter.</summary>
    public static string[] Literal(string usage)
    {
        string[] found = new string[MaxLiteral];
        int count = 0;
        int start = -1;
        for (int i = 0; i <= usage.Length; i++)
        {
            char c = i < usage.Length ? usage[i] : ' ';
            bool inside = c != ' ' && c != '[' && c != ']' && c != '|';
            if (inside && start < 0)
            {
                start = i;
            }
            else if (!inside && start >= 0)
            {
                char first = usage[start];
                if ((first == '-' || (first >= 'a' && first <= 'z')) && count < MaxLiteral)
                {
                    found[count++] = usage.Substring(start, i - start);
                }

                start = -1;
            }
        }

        return Cut(found, count);
    }

    /// <summary>The first words of a list.</summary>
    public static string[] Cut(string[] words, int count)
    {
        string[] result = new string[count];
        Array.Copy(words, 0, result, 0, count);
        return result;
    }

    /// <summary>The command that resembles a word: one that begins with it, or one that is at most two typing mistakes away.</summary>
    /// <returns>Null when none does.</returns>
    public static string Nearest(string word, Shell shell)
    {
        string nearest = null;
        int least = word.Length < 5 ? 2 : 3; // Of short words, nearly all are two mistakes away from each other.
        for (int i = 0; i < shell.CommandCount; i++)
        {
            string name = shell.CommandAt(i).Name;
            bool begins = name.Length >= word.Length && name.Substring(0, word.Length) == word;
            int distance = begins ? 0 : Distance(word.ToLower(), name);
            if (distance < least)
            {
                least = distance;
                nearest = name;
            }
        }

        return nearest;
    }

    // Levenshtein's distance, with one row of its matrix.
    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                int insert = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
                row[j] = change < insert ? change : insert;
            }
        }

        return row[b.Length];
    }
}
