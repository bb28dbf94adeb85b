namespace EmbeddedTcp.Services.Dns;

/// <summary>
/// Domain names as they stand in messages (RFC 1035 §3.1): labels with their lengths, ended by an empty one, lower case throughout.
/// </summary>
internal static class DnsName
{
    /// <summary>RFC 1035 §2.3.4.</summary>
    internal const int MaximumLength = 255;

    private const int MaximumLabel = 63;
    private const int Pointer = 0xC0;

    /// <summary>Text to labels; a dot at the end is allowed.</summary>
    /// <returns>Bytes written, or −1 when the text is no name.</returns>
    internal static int Encode(string text, byte[] name)
    {
        if (text == null || text.Length == 0 || text.Length > MaximumLength)
        {
            return -1;
        }

        int label = 0;
        int at = 1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '.')
            {
                int length = at - label - 1;
                if (length == 0)
                {
                    return -1;
                }

                name[label] = (byte)length;
                label = at;
                at++;
            }
            else if (c <= ' ' || c > '~' || at - label > MaximumLabel || at >= MaximumLength - 1)
            {
                return -1;
            }
            else
            {
                name[at] = Lower((byte)c);
                at++;
            }
        }

        int last = at - label - 1;
        name[label] = (byte)last;
        if (last == 0)
        {
            return at;
        }

        if (at >= MaximumLength)
        {
            return -1;
        }

        name[at] = 0;
        return at + 1;
    }

    /// <summary>A name in a message, pointers followed (RFC 1035 §4.1.4).</summary>
    /// <param name="b">Holds the message.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="end">One past its last byte.</param>
    /// <param name="at">First byte of the name.</param>
    /// <param name="name">Receives it; null only skips.</param>
    /// <returns>The first byte behind the name in the message, or −1: cut off, too long, or compressed in a circle.</returns>
    /// <remarks>A pointer is believed only if it leads to before everything read so far, so no chain of them is endless.</remarks>
    internal static int Read(byte[] b, int start, int end, int at, byte[] name)
    {
        int next = -1;
        int length = 0;
        int lowest = at;
        while (at < end)
        {
            int label = b[at];
            if ((label & Pointer) == Pointer)
            {
                int target = at + 1 < end ? start + (((label & 0x3F) << 8) | b[at + 1]) : end;
                if (target >= lowest)
                {
                    return -1;
                }

                next = next < 0 ? at + 2 : next;
                lowest = target;
                at = target;
                continue;
            }

            if (label > MaximumLabel || at + label >= end || length + label + 1 > MaximumLength)
            {
                return -1;
            }

            for (int i = 0; i <= label && name != null; i++)
            {
                name[length + i] = i == 0 ? (byte)label : Lower(b[at + i]);
            }

            length += label + 1;
            at += label + 1;
            if (label == 0)
            {
                return next < 0 ? at : next;
            }
        }

        return -1;
    }

    /// <summary>Length of a name with its empty label.</summary>
    internal static int LengthOf(byte[] name)
    {
        int at = 0;
        while (name[at] != 0)
        {
            at += name[at] + 1;
        }

        return at + 1;
    }

    internal static bool Same(byte[] a, int aAt, byte[] b, int bAt, int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (a[aAt + i] != b[bAt + i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when both are the same name.</summary>
    internal static bool Same(byte[] a, byte[] b)
    {
        return Same(a, 0, b, 0, LengthOf(a));
    }

    /// <summary>The order of two names, octet by octet: negative when the first stands before the second, 0 when they are the same.</summary>
    internal static int Compare(byte[] a, byte[] b)
    {
        int length = LengthOf(a);
        int other = LengthOf(b);
        for (int i = 0; i < length && i < other; i++)
        {
            if (a[i] != b[i])
            {
                return a[i] - b[i];
            }
        }

        return length - other;
    }

    private static byte Lower(byte c)
    {
        return c >= (byte)'A' && c <= (byte)'Z' ? (byte)(c + 32) : c;
    }
}
