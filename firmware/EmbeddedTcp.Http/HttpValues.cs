namespace EmbeddedTcp.Http;

/// <summary>Names and values as forms send them and queries hold them: application/x-www-form-urlencoded.</summary>
internal static class HttpValues
{
    /// <summary>Finds the first value of a name.</summary>
    /// <param name="b">Holds the pairs.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="name">ASCII.</param>
    /// <param name="valueEnd">Behind the value.</param>
    /// <returns>Where the value starts, still encoded; −1 when the name is not there.</returns>
    internal static int Find(byte[] b, int start, int end, string name, out int valueEnd)
    {
        for (int at = start; at < end;)
        {
            int pairEnd = at;
            int equals = -1;
            while (pairEnd < end && b[pairEnd] != '&')
            {
                if (b[pairEnd] == '=' && equals < 0)
                {
                    equals = pairEnd;
                }

                pairEnd++;
            }

            int nameEnd = equals < 0 ? pairEnd : equals;
            if (NameIs(b, at, nameEnd, name))
            {
                valueEnd = pairEnd;
                return equals < 0 ? pairEnd : equals + 1;
            }

            at = pairEnd + 1;
        }

        valueEnd = end;
        return -1;
    }

    internal static string Text(byte[] b, int start, int end, string name)
    {
        int at = Find(b, start, end, name, out int valueEnd);
        return at < 0 ? null : HttpText.DecodeString(b, at, valueEnd, true);
    }

    internal static int Copy(byte[] b, int start, int end, string name, byte[] into, int offset)
    {
        int at = Find(b, start, end, name, out int valueEnd);
        return at < 0 ? -1 : HttpText.Decode(b, at, valueEnd, true, into, offset);
    }

    private static bool NameIs(byte[] b, int at, int end, string name)
    {
        int i = 0;
        while (at < end)
        {
            int c = HttpText.Decoded(b, ref at, end, true);
            if (i == name.Length || c != name[i++])
            {
                return false;
            }
        }

        return i == name.Length;
    }
}
