namespace EmbeddedTcp.App;

/// <summary>
/// Makes lines of the characters a serial terminal sends: backspace, Ctrl+U for the whole line, CR, LF or both for its end.
/// </summary>
public sealed class LineEditor
{
    /// <summary>Longest line in characters.</summary>
    public const int MaxLine = 128;

    /// <summary>Ctrl+C, which asks the running command to end.</summary>
    public const char Interrupt = '\x03';

    private const char Backspace = '\b';
    private const char Delete = '\x7f';
    private const char EraseLine = '\x15';

    private readonly TextOutput _output;
    private readonly char[] _line = new char[MaxLine];
    private int _length;
    private bool _lastWasReturn;

    /// <summary>An editor with an empty line.</summary>
    /// <param name="output">Where it echoes, when <see cref="Echo"/> is set.</param>
    public LineEditor(TextOutput output)
    {
        _output = output;
    }

    /// <summary>True when what is typed is sent back, as a terminal without local echo wants it. Off at first.</summary>
    public bool Echo { get; set; }

    /// <summary>True when the finished line had more than <see cref="MaxLine"/> characters.</summary>
    public bool TooLong { get; private set; }

    /// <summary>What has been typed of the line so far; null when it is too long already.</summary>
    public string Line => _length > MaxLine ? null : new string(_line, 0, _length);

    /// <summary>Takes a character.</summary>
    /// <param name="c">Anything but <see cref="Interrupt"/>; control characters without a meaning are ignored.</param>
    /// <returns>The finished line without its end, or null while there is none.</returns>
    public string Feed(char c)
    {
        bool second = c == '\n' && _lastWasReturn; // CR LF ends one line, not two.
        _lastWasReturn = c == '\r';
        if (second)
        {
            return null;
        }

        if (c == '\r' || c == '\n')
        {
            Print("\n");
            string line = new string(_line, 0, _length > MaxLine ? MaxLine : _length);
            TooLong = _length > MaxLine;
            _length = 0;
            return line;
        }

        if (c == Backspace || c == Delete)
        {
            Erase(1);
        }
        else if (c == EraseLine)
        {
            Erase(_length);
        }
        else if (c >= ' ')
        {
            if (_length < MaxLine)
            {
                _line[_length++] = c;
                Print(c.ToString());
            }
            else
            {
                _length = MaxLine + 1; // Remembered, so that no line is executed that was not meant.
            }
        }

        return null;
    }

    /// <summary>Forgets the line that was begun.</summary>
    public void Clear()
    {
        _length = 0;
    }

    private void Erase(int count)
    {
        for (; count > 0 && _length > 0; count--)
        {
            _length--;
            if (_length < MaxLine)
            {
                Print("\b \b");
            }
        }
    }

    private void Print(string text)
    {
        if (Echo)
        {
            _output.Write(text);
        }
    }
}
