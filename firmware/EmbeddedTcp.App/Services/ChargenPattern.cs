using System;

namespace EmbeddedTcp.App;

/// <summary>
/// The character generator's endless text (RFC 864): lines of 72 of the 95 printing ASCII characters, each line starting
/// one character further on, so that it repeats after 95 lines.
/// </summary>
public static class ChargenPattern
{
    /// <summary>Characters in a line, with its CR and LF.</summary>
    public const int LineLength = 74;

    /// <summary>After so many bytes the text repeats.</summary>
    public const int Period = 95 * LineLength;

    private const int Printing = 95;
    private const int Visible = 72;

    // The printing characters, then as many again as the last line needs to be one piece.
    private static readonly byte[] Characters = CreateCharacters();

    /// <summary>Writes a piece of the text.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="offset">The first index.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="position">Where in the text the piece starts, 0 to <see cref="Period"/> − 1.</param>
    /// <returns>Where the next piece starts.</returns>
    public static int Fill(byte[] buffer, int offset, int count, int position)
    {
        int line = position / LineLength;
        int column = position % LineLength;
        while (count > 0)
        {
            int piece;
            if (column < Visible)
            {
                piece = Visible - column < count ? Visible - column : count;
                Array.Copy(Characters, line + column, buffer, offset, piece);
            }
            else
            {
                piece = 1;
                buffer[offset] = column == Visible ? (byte)'\r' : (byte)'\n';
            }

            offset += piece;
            count -= piece;
            column += piece;
            if (column == LineLength)
            {
                column = 0;
                line = line + 1 == Printing ? 0 : line + 1;
            }
        }

        return (line * LineLength) + column;
    }

    private static byte[] CreateCharacters()
    {
        byte[] characters = new byte[Printing + Visible - 1];
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = (byte)(' ' + (i % Printing));
        }

        return characters;
    }
}
