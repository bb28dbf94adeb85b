namespace EmbeddedTcp.App;

/// <summary>
/// Prints whatever a peer sent so that it cannot upset a terminal: printable ASCII as it is, everything else escaped, in lines
/// that fit the console. A line of the peer's begins with "| ", its continuation with "+ ".
/// </summary>
public sealed class EscapedPrinter
{
    private const string Hexadecimal = "0123456789abcdef";

    private readonly TextOutput _output;
    private readonly char[] _line = new char[Format.Columns - 3];
    private int _length;
    private int _left;
    private bool _continues;
    private bool _return;

    /// <summary>A printer at the begin of a line.</summary>
    /// <param name="output">Where it prints.</param>
    /// <param name="limit">After so many bytes it only counts.</param>
    public EscapedPrinter(TextOutput output, int limit)
    {
        _output = output;
        _left = limit;
    }

    /// <summary>Bytes that were not printed, since there were too many.</summary>
    public long Suppressed { get; private set; }

    /// <summary>True once nothing is printed any more, only counted.</summary>
    public bool Full => _left == 0;

    /// <summary>True while a part of a line has not been printed.</summary>
    public bool Pending => _length != 0;

    /// <summary>Prints bytes, up to the last complete line.</summary>
    /// <param name="data">Holds them from index 0 on.</param>
    /// <param name="count">How many.</param>
    public void Print(byte[] data, int count)
    {
        int printed = count < _left ? count : _left;
        for (int i = 0; i < printed; i++)
        {
            PrintByte(data[i]);
        }

        _left -= printed;
        Suppressed += count - printed;
    }

    /// <summary>Prints the part of a line that is pending. What follows of it begins with "+ ".</summary>
    public void Flush()
    {
        if (_length != 0)
        {
            _output.WriteLine((_continues ? "+ " : "| ") + new string(_line, 0, _length));
            _length = 0;
            _continues = true;
        }
    }

    /// <summary>Nothing more comes: prints what is left.</summary>
    public void End()
    {
        TakeReturn();
        Flush();
    }

    private void PrintByte(int value)
    {
        if (value == '\n')
        {
            _return = false;
            if (_length == 0 && !_continues)
            {
                _output.WriteLine("|");
            }

            Flush();
            _continues = false;
            return;
        }

        TakeReturn();
        if (value == '\r')
        {
            _return = true; // Shown only if no LF follows.
        }
        else if (value == '\\')
        {
            Put('\\', '\\');
        }
        else if (value >= ' ' && value < 0x7F)
        {
            Reserve(1);
            _line[_length++] = (char)value;
        }
        else
        {
            Reserve(4);
            Put('\\', 'x');
            Put(Hexadecimal[value >> 4], Hexadecimal[value & 15]);
        }
    }

    private void TakeReturn()
    {
        if (_return)
        {
            _return = false;
            Put('\\', 'r');
        }
    }

    private void Put(char first, char second)
    {
        Reserve(2);
        _line[_length++] = first;
        _line[_length++] = second;
    }

    private void Reserve(int count)
    {
        if (_length + count > _line.Length)
        {
            Flush();
        }
    }
}
