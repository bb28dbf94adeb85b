namespace EmbeddedTcp.App;

/// <summary>
/// Text on its way to a line that is slower than the application: a UART, a connection. What does not fit is dropped and counted,
/// and the count is printed once there is room again: nobody ever waits.
/// </summary>
public sealed class OutputRing
{
    private const int RoomForNotice = 40;

    /// <summary>Below this many waiting bytes the next line of a script may be executed: its answer will find room.</summary>
    public const int NearlyEmpty = 128;

    private readonly byte[] _bytes;
    private int _first;
    private int _lostSinceNotice;

    /// <summary>An empty ring.</summary>
    /// <param name="size">Bytes it holds, 64 to 65,536.</param>
    public OutputRing(int size)
    {
        _bytes = new byte[size];
    }

    /// <summary>A size that is enough for every board: long answers are printed as the ring empties.</summary>
    public const int UsualSize = 4096;

    /// <summary>Bytes that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes it holds.</summary>
    public int Size => _bytes.Length;

    /// <summary>Characters that fit, whatever they are: the end of a line takes two bytes.</summary>
    public int Room => (_bytes.Length - Count) / 2;

    /// <summary>Characters dropped since start.</summary>
    public int Lost { get; private set; }

    /// <summary>Adds a text. '\n' becomes CR LF, what is not ASCII a question mark.</summary>
    public void Write(string text)
    {
        if (_lostSinceNotice > 0 && _bytes.Length - Count >= RoomForNotice)
        {
            int lost = _lostSinceNotice;
            _lostSinceNotice = 0;
            Write("\n[" + lost.ToString() + " characters lost]\n");
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n' ? !PutLineEnd() : !Put(c > '~' ? (byte)'?' : (byte)c))
            {
                Lost++;
                _lostSinceNotice++;
            }
        }
    }

    /// <summary>Adds a byte as it is.</summary>
    /// <returns>False when the ring is full.</returns>
    public bool Put(byte value)
    {
        if (Count == _bytes.Length)
        {
            return false;
        }

        _bytes[(_first + Count) % _bytes.Length] = value;
        Count++;
        return true;
    }

    /// <summary>Takes the oldest bytes out.</summary>
    /// <param name="buffer">Receives them, from index 0.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many there were.</returns>
    public int Take(byte[] buffer, int count)
    {
        int taken = count < Count ? count : Count;
        for (int i = 0; i < taken; i++)
        {
            buffer[i] = _bytes[_first];
            _first = _first + 1 == _bytes.Length ? 0 : _first + 1;
        }

        Count -= taken;
        return taken;
    }

    /// <summary>Forgets everything that waits.</summary>
    public void Clear()
    {
        _first = 0;
        Count = 0;
        _lostSinceNotice = 0;
    }

    private bool PutLineEnd()
    {
        return _bytes.Length - Count >= 2 && Put((byte)'\r') && Put((byte)'\n');
    }
}
