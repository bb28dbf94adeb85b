namespace EmbeddedTcp.App;

/// <summary>
/// A person at a serial terminal: what is typed goes to a shell, what the shell prints goes out as fast as the line takes it.
/// </summary>
/// <remarks>
/// It hands the UART no more than its transmit FIFO has room for, reckoned from the time that has passed, so writing never waits
/// for the line: 2 KB of state dump take 180 ms at 115,200 baud, and nobody but the reader waits for them.
/// </remarks>
public abstract class SerialTerminal : TextOutput, ILoopWork
{
    private const int InputSize = 64;

    private readonly OutputRing _ring;
    private readonly KeyFilter _keys = new KeyFilter();
    private readonly byte[] _input = new byte[InputSize];
    private readonly byte[] _output;
    private readonly int _bytesPerSecond;
    private int _inputCount;
    private int _inputNext;
    private long _lastRun = -1;
    private int _underWay; // In thousandths of a byte: what the FIFO may still hold.

    /// <summary>A terminal on a line of 8 data bits, no parity, 1 stop bit.</summary>
    /// <param name="baud">Bits per second, 300 to 1,000,000.</param>
    /// <param name="fifo">Bytes the UART's transmit FIFO holds, 16 to 1,024.</param>
    /// <param name="waiting">Bytes of output that may wait, usually <see cref="OutputRing.UsualSize"/>.</param>
    protected SerialTerminal(int baud, int fifo, int waiting)
    {
        _ring = new OutputRing(waiting);
        _bytesPerSecond = baud / 10;
        _output = new byte[fifo];
    }

    /// <summary>Where typed characters go; null while nobody listens.</summary>
    public Shell Shell { get; set; }

    /// <summary>Characters of output that found no room.</summary>
    public int Lost => _ring.Lost;

    /// <inheritdoc/>
    public override int Room => _ring.Room;

    /// <inheritdoc/>
    public override void Write(string text)
    {
        _ring.Write(text);
    }

    /// <inheritdoc/>
    public int Run(long nowMs)
    {
        bool fed = FeedShell();
        int wait = Drain(nowMs);
        return fed ? 0 : wait;
    }

    /// <summary>Takes what has arrived; never waits.</summary>
    /// <param name="buffer">Receives it, from index 0.</param>
    /// <returns>How many bytes, 0 for none.</returns>
    protected abstract int Receive(byte[] buffer);

    /// <summary>Gives bytes to the UART, never more than its FIFO has room for.</summary>
    /// <param name="buffer">Holds them, from index 0.</param>
    /// <param name="count">1 to the size of the FIFO.</param>
    protected abstract void Transmit(byte[] buffer, int count);

    private bool FeedShell()
    {
        if (Shell == null)
        {
            return false;
        }

        // A line at a time, and the next one when most of the last answer has gone out: so a script that is pasted loses nothing.
        // While a command runs its Ctrl+C must get through, however much of its answer is waiting.
        bool fed = false;
        while (Shell.HasRoom && !Shell.ExitRequested && (Shell.Busy || _ring.Count < OutputRing.NearlyEmpty))
        {
            if (_inputNext == _inputCount)
            {
                _inputNext = 0;
                _inputCount = Receive(_input);
                if (_inputCount <= 0)
                {
                    _inputCount = 0;
                    break;
                }
            }

            byte value = _input[_inputNext++];
            if (_keys.Passes(value))
            {
                Shell.Feed((char)value);
                fed = true;
            }

            if (value == '\r' || value == '\n')
            {
                break;
            }
        }

        return fed;
    }

    private int Drain(long nowMs)
    {
        long elapsed = _lastRun < 0 ? 0 : nowMs - _lastRun;
        _lastRun = nowMs;
        long left = _underWay - (elapsed * _bytesPerSecond);
        _underWay = left < 0 ? 0 : (int)left;
        if (_ring.Count == 0)
        {
            return PollLoop.LongestWait;
        }

        int room = _output.Length - ((_underWay + 999) / 1000);
        if (room >= _output.Length / 2 || room >= _ring.Count)
        {
            int count = _ring.Take(_output, room);
            Transmit(_output, count);
            _underWay += count * 1000;
        }

        // Half a FIFO's time: late enough for a burst worth the call, early enough that the line never runs dry.
        return _ring.Count == 0 ? PollLoop.LongestWait : 1 + (_output.Length * 500 / _bytesPerSecond);
    }
}
