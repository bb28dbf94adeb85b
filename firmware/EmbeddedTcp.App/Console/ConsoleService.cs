using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The console on a TCP port, usually 23, for one client at a time: the same commands, a shell of its own.
/// </summary>
/// <remarks>
/// <para>There is no password and no encryption: whoever reaches the port may reboot the board and have it connect elsewhere.
/// No board opens it by itself.</para>
/// <para>The board adds it to the application as a service and to the loop as a work.</para>
/// </remarks>
public sealed class ConsoleService : Service, ILoopWork
{
    private const int InputSize = 64;

    private readonly OutputRing _ring;
    private readonly byte[] _input = new byte[InputSize];
    private readonly byte[] _output = new byte[512];
    private readonly KeyFilter _keys = new KeyFilter();
    private readonly TelnetCodec _telnet;
    private TcpConnection _connection;
    private int _inputCount;
    private int _inputNext;
    private bool _finishing;

    /// <summary>A console on a port.</summary>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="application">What its commands are about.</param>
    public ConsoleService(int port, Application application)
        : base("console", port)
    {
        _ring = new OutputRing(OutputRing.UsualSize);
        _telnet = new TelnetCodec(_ring);
        Shell = new Shell(application, new RingOutput(_ring));
        Shell.Prompt = "> ";
        Shell.ExitSummary = "ends this session; the board goes on";
    }

    /// <summary>The clients' shell, for commands of the board's own.</summary>
    public Shell Shell { get; }

    /// <summary>Clients turned away because there was one already.</summary>
    public int TurnedAway { get; private set; }

    // While a command runs its Ctrl+C must get through, however much of its answer is waiting.
    private bool Listens => Shell.HasRoom && !Shell.ExitRequested && (Shell.Busy || _ring.Count < OutputRing.NearlyEmpty);

    /// <inheritdoc/>
    public override int MemoryBytes => base.MemoryBytes + _ring.Size + _input.Length + _output.Length + Shell.MemoryBytes;

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        base.OnAccepted(connection);
        if (_connection == null || _finishing)
        {
            // One that has said goodbye only waits for its peer to do so too.
            _connection = connection;
            _finishing = false;
            _inputCount = 0;
            _inputNext = 0;
            _ring.Clear();
            _telnet.Reset();
            _keys.Reset();
            Shell.Reset();
            Shell.Editor.Echo = false;
            Shell.ExitRequested = false;
            Shell.Start();
        }
    }

    /// <inheritdoc/>
    public override void OnReleased(TcpConnection connection)
    {
        if (connection == _connection)
        {
            _connection = null;
            Shell.Reset();
        }
    }

    /// <inheritdoc/>
    public int Run(long nowMs)
    {
        if (_connection == null)
        {
            return PollLoop.LongestWait;
        }

        int wait = Shell.Run(nowMs);
        bool moved = Send();
        if ((_inputNext < _inputCount || _connection.Available > 0) && Listens && !_finishing)
        {
            Serve(_connection);
            moved = true;
        }

        if (Shell.ExitRequested && !_finishing && _ring.Count == 0)
        {
            End();
            moved = true;
        }

        return moved ? 0 : wait;
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        if (connection != _connection)
        {
            TurnedAway++;
            byte[] scratch = Dispatcher.Scratch;
            connection.Write(scratch, 0, Ascii("the console is in use\r\n", scratch));
            Finish(connection);
            return;
        }

        // A line at a time, and the next one when most of the last answer has gone out: so a script that is pasted loses nothing.
        while (Listens)
        {
            if (_inputNext == _inputCount)
            {
                _inputNext = 0;
                _inputCount = connection.Read(_input, 0, InputSize);
                if (_inputCount < 0)
                {
                    _inputCount = 0;
                    End();
                    return;
                }

                if (_inputCount == 0)
                {
                    break;
                }

                Dispatcher.SetDeadline(connection, Dispatcher.Options.IdleLimit);
            }

            int value = _telnet.Feed(_input[_inputNext++]);
            Shell.Editor.Echo = _telnet.Echoes;
            if (value >= 0 && _keys.Passes((byte)value))
            {
                Shell.Feed((char)value);
            }

            if (value == '\r' || value == '\n')
            {
                break;
            }
        }

        Send();
    }

    private void End()
    {
        _finishing = true;
        Shell.Stop();
        Finish(_connection);
    }

    private bool Send()
    {
        bool moved = false;
        while (!_finishing && _ring.Count > 0)
        {
            int room = _connection.WriteSpace;
            if (room <= 0)
            {
                break;
            }

            int count = _ring.Take(_output, room < _output.Length ? room : _output.Length);
            if (_connection.Write(_output, 0, count) != count)
            {
                break; // It ended under our hands; the event follows.
            }

            moved = true;
        }

        return moved;
    }

    private static int Ascii(string text, byte[] buffer)
    {
        for (int i = 0; i < text.Length; i++)
        {
            buffer[i] = (byte)text[i];
        }

        return text.Length;
    }

    private sealed class RingOutput : TextOutput
    {
        private readonly OutputRing _ring;

        public RingOutput(OutputRing ring)
        {
            _ring = ring;
        }

        public override int Room => _ring.Room;

        public override void Write(string text)
        {
            _ring.Write(text);
        }
    }
}
