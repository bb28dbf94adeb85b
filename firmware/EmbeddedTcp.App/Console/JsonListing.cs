using EmbeddedTcp.Services.Text;

namespace EmbeddedTcp.App;

/// <summary>A listing in JSON: one document, composed in pieces and broken into lines that fit the console.</summary>
public abstract class JsonListing : Listing
{
    private const int MaxPiece = 560; // With the ends of the lines it is broken into no more than a step may print.

    private readonly TextBuffer _text = new TextBuffer(MaxPiece);
    private readonly char[] _line = new char[MaxPiece];

    /// <summary>A document that has not begun yet.</summary>
    /// <param name="output">Where it prints.</param>
    protected JsonListing(TextOutput output)
        : base(output)
    {
        Json = new JsonText();
        Json.Text = _text;
    }

    /// <summary>Composes the pieces.</summary>
    protected JsonText Json { get; }

    /// <inheritdoc/>
    protected sealed override bool Print(int step)
    {
        _text.Clear();
        bool more = Compose(step);
        PrintLines();
        return more;
    }

    /// <summary>Composes a piece.</summary>
    /// <param name="step">0, 1, 2 …</param>
    /// <returns>False when that was the last.</returns>
    protected abstract bool Compose(int step);

    // Lines end behind a comma or a bracket, never within a string.
    private void PrintLines()
    {
        byte[] text = _text.Bytes;
        int start = 0;
        int end = 0; // Behind the last place where the line may end.
        bool quoted = false;
        for (int i = 0; i < _text.Length; i++)
        {
            int c = text[i];
            if (c == '\\' && quoted)
            {
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }

            if (!quoted && (c == ',' || c == '{' || c == '[' || c == ']' || c == '}' || c == '\n'))
            {
                if (i + 1 - start > Format.Columns && end > start)
                {
                    PrintLine(start, end);
                    start = end;
                }

                end = i + 1;
                if (c == '\n')
                {
                    PrintLine(start, i);
                    start = end;
                }
            }
        }

        if (start < _text.Length)
        {
            PrintLine(start, _text.Length);
        }
    }

    private void PrintLine(int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            _line[i - start] = (char)_text.Bytes[i];
        }

        if (end > start)
        {
            Output.WriteLine(new string(_line, 0, end - start));
        }
    }
}
