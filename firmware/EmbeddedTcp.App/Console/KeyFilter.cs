namespace EmbeddedTcp.App;

/// <summary>
/// Takes what a terminal sends for cursor and function keys (ECMA-48 §5.4: ESC [ parameters final, and ESC O final) out of the
/// stream, so that an arrow key does not type "[A" into the line.
/// </summary>
public sealed class KeyFilter
{
    private const byte Escape = 0x1B;

    private int _state; // 0 text, 1 after ESC, 2 inside a control sequence, 3 before the final character of ESC O

    /// <summary>Takes a byte.</summary>
    /// <returns>True when it is text or a control character for the line editor.</returns>
    public bool Passes(byte value)
    {
        switch (_state)
        {
            case 1:
                _state = value == (byte)'[' ? 2 : value == (byte)'O' ? 3 : 0;
                return false;
            case 2:
                _state = value >= 0x40 && value <= 0x7E ? 0 : value < 0x20 ? 0 : 2;
                return value < 0x20; // A control character ends a sequence that was torn.
            case 3:
                _state = 0;
                return false;
            default:
                _state = value == Escape ? 1 : 0;
                return value != Escape && value < 0x80;
        }
    }

    /// <summary>Forgets a sequence that was begun.</summary>
    public void Reset()
    {
        _state = 0;
    }
}
