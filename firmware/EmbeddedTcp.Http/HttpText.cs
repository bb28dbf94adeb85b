namespace EmbeddedTcp.Http;

/// <summary>Comparing, classifying and decoding bytes of a message.</summary>
internal static class HttpText
{
    /// <summary>tchar of RFC 9110 §5.6.2.</summary>
    internal static bool IsToken(int c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c)
            || (c > ' ' && c < 0x7F && "!#$%&'*+-.^_`|~".IndexOf((char)c) >= 0);
    }

    internal static bool IsDigit(int c)
    {
        return c >= '0' && c <= '9';
    }

    internal static int Lower(int c)
    {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }

    /// <summary>The value of a hexadecimal digit; negative when it is none.</summary>
    internal static int Hexadecimal(int c)
    {
        return IsDigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    /// <summary>Compares exactly.</summary>
    internal static bool Is(byte[] b, int start, int end, string text)
    {
        if (end - start != text.Length)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (b[start + i] != text[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Compares without regard to case.</summary>
    /// <param name="b">The bytes.</param>
    /// <param name="start">The first.</param>
    /// <param name="end">Behind the last.</param>
    /// <param name="lower">What they are compared with, in lower case.</param>
    internal static bool IsIgnoringCase(byte[] b, int start, int end, string lower)
    {
        if (end - start != lower.Length)
        {
            return false;
        }

        for (int i = 0; i < lower.Length; i++)
        {
            if (Lower(b[start + i]) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A byte of a percent-encoded text (RFC 3986 §2.1). What is no valid encoding stands for itself.</summary>
    /// <param name="b">The text.</param>
    /// <param name="at">Where; moves behind what was read.</param>
    /// <param name="end">Behind its last byte.</param>
    /// <param name="plusIsSpace">True in query and form values (application/x-www-form-urlencoded).</param>
    internal static int Decoded(byte[] b, ref int at, int end, bool plusIsSpace)
    {
        int c = b[at++];
        if (c == '+' && plusIsSpace)
        {
            return ' ';
        }

        if (c == '%' && at + 1 < end)
        {
            int high = Hexadecimal(b[at]);
            int low = Hexadecimal(b[at + 1]);
            if (high >= 0 && low >= 0)
            {
                at += 2;
                return (high << 4) | low;
            }
        }

        return c;
    }

    /// <summary>Decodes into a buffer.</summary>
    /// <returns>The length, or −2 when the buffer is too short.</returns>
    internal static int Decode(byte[] b, int start, int end, bool plusIsSpace, byte[] into, int offset)
    {
        int to = offset;
        for (int at = start; at < end;)
        {
            int c = Decoded(b, ref at, end, plusIsSpace);
            if (to == into.Length)
            {
                return -2;
            }

            into[to++] = (byte)c;
        }

        return to - offset;
    }

    /// <summary>Decodes into a string. The bytes are taken for UTF-8; what is none becomes '?'.</summary>
    internal static string DecodeString(byte[] b, int start, int end, bool plusIsSpace)
    {
        byte[] decoded = new byte[end - start];
        char[] text = new char[end - start];
        int length = Decode(b, start, end, plusIsSpace, decoded, 0);
        int count = 0;
        for (int at = 0; at < length;)
        {
            int sequence = Utf8(decoded, at, length);
            int c = sequence == 1 ? decoded[at] : sequence == 0 ? '?' : decoded[at] & (0x7F >> sequence);
            for (int i = 1; i < sequence; i++)
            {
                c = (c << 6) | (decoded[at + i] & 0x3F);
            }

            if (c >= 0x10000)
            {
                text[count++] = (char)(0xD7C0 + (c >> 10)); // The first half of a surrogate pair.
                c = 0xDC00 | (c & 0x3FF);
            }

            text[count++] = (char)c;
            at += sequence == 0 ? 1 : sequence;
        }

        return new string(text, 0, count);
    }

    // The length of a well-formed sequence (RFC 3629 §4), 0 where there is none. By hand, since what a decoder does with others differs.
    private static int Utf8(byte[] b, int at, int end)
    {
        int c = b[at];
        if (c < 0x80)
        {
            return 1;
        }

        int more = c >= 0xC2 && c <= 0xDF ? 1 : c >= 0xE0 && c <= 0xEF ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
        if (more == 0 || at + more >= end)
        {
            return 0;
        }

        int second = b[at + 1];
        int least = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
        int most = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most)
        {
            return 0;
        }

        for (int i = 2; i <= more; i++)
        {
            if ((b[at + i] & 0xC0) != 0x80)
            {
                return 0;
            }
        }

        return more + 1;
    }
}
