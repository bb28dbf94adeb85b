using System;

namespace EmbeddedTcp.Services.Text;

/// <summary>
/// ASCII text composed in a byte array of fixed size, without allocating. Whatever is appended, only ASCII comes out.
/// </summary>
public sealed class TextBuffer
{
    /// <summary>The text's bytes, from index 0 to <see cref="Length"/>.</summary>
    public readonly byte[] Bytes;

    /// <summary>Bytes in use.</summary>
    public int Length;

    /// <summary>Allocates the buffer.</summary>
    /// <param name="capacity">Its size in bytes.</param>
    public TextBuffer(int capacity)
    {
        Bytes = new byte[capacity];
    }

    /// <summary>Empties the buffer.</summary>
    public void Clear()
    {
        Length = 0;
    }

    /// <summary>Appends one ASCII character.</summary>
    /// <param name="value">Its code, 0 to 127.</param>
    public void AppendByte(int value)
    {
        if (Length == Bytes.Length)
        {
            // A text that does not fit is a mistake of ours, not of a peer: the dispatcher reports it as a fault.
            throw new InvalidOperationException("text buffer full");
        }

        Bytes[Length++] = (byte)value;
    }

    /// <summary>Appends a text as it is; what is not ASCII becomes '?'.</summary>
    public void Append(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            AppendByte(c < 128 ? c : '?');
        }
    }

    /// <summary>Appends a number in decimal.</summary>
    public void Append(long value)
    {
        Append(value, 0);
    }

    /// <summary>Appends a number in decimal, flush right in a field of spaces.</summary>
    /// <param name="value">The number.</param>
    /// <param name="width">The field's least width in characters; 20 holds every long.</param>
    public void Append(long value, int width)
    {
        ulong rest = value < 0 ? (ulong)(-value) : (ulong)value;
        int digits = 1;
        for (ulong r = rest / 10; r != 0; r /= 10)
        {
            digits++;
        }

        int length = value < 0 ? digits + 1 : digits;
        AppendSpaces(width - length);
        if (value < 0)
        {
            AppendByte('-');
        }

        AppendSpaces(digits);
        int at = Length;
        for (int i = 0; i < digits; i++)
        {
            Bytes[--at] = (byte)('0' + (int)(rest % 10));
            rest /= 10;
        }
    }

    /// <summary>Appends a number of two digits, as times and dates want it.</summary>
    /// <param name="value">0 to 99.</param>
    public void AppendTwoDigits(int value)
    {
        AppendByte('0' + (value / 10));
        AppendByte('0' + (value % 10));
    }

    /// <summary>Appends an IPv4 address in dotted decimal.</summary>
    /// <param name="address">Most significant octet first.</param>
    public void AppendAddress(uint address)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            Append((int)((address >> shift) & 0xFF), 0);
            if (shift != 0)
            {
                AppendByte('.');
            }
        }
    }

    /// <summary>Appends a text as a JSON string with its quotes, escaped so that it is valid whatever it holds (RFC 8259 §7).</summary>
    public void AppendJson(string text)
    {
        AppendByte('"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' || c == '\\')
            {
                AppendByte('\\');
                AppendByte(c);
            }
            else if (c >= 0x20 && c < 0x7F)
            {
                AppendByte(c);
            }
            else if (c >= 0xD800 && c <= 0xDFFF)
            {
                // Half of a surrogate pair. Alone it would be no valid string for strict readers.
                AppendByte('?');
            }
            else
            {
                Append("\\u");
                Append(((int)c).ToString("X4"));
            }
        }

        AppendByte('"');
    }

    /// <summary>Appends a text as HTML character data, fit for elements and quoted attributes.</summary>
    public void AppendHtml(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || (c > 0x7E && (c < 0xD800 || c > 0xDFFF)))
            {
                Append("&#");
                Append((int)c, 0);
                AppendByte(';');
            }
            else
            {
                AppendByte(c < 0x20 ? ' ' : c < 0x7F ? c : '?');
            }
        }
    }

    /// <summary>Appends spaces up to a length, so that a field takes the same room whatever it holds.</summary>
    /// <param name="length">The buffer's length afterwards. A buffer that is longer already stays as it is.</param>
    public void FillTo(int length)
    {
        AppendSpaces(length - Length);
    }

    private void AppendSpaces(int count)
    {
        for (; count > 0; count--)
        {
            AppendByte(' ');
        }
    }
}
