using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Sends its share of the character generator's text and then a FIN, and says whether the same came back.</summary>
public sealed class PatternJob : Conversation
{
    private readonly byte[] _expected = new byte[ChargenPattern.LineLength];
    private readonly int _bytes;
    private int _toSend;
    private int _sendPosition;
    private int _comparePosition;
    private bool _differs;

    /// <summary>A job that has not opened its connection yet.</summary>
    /// <param name="application">Owns the table the connection goes to.</param>
    /// <param name="output">Where it prints.</param>
    /// <param name="bytes">How much to send, 0 or more.</param>
    public PatternJob(Application application, TextOutput output, int bytes)
        : base("connect", application, output)
    {
        _bytes = bytes;
        _toSend = bytes;
    }

    /// <inheritdoc/>
    protected override int Written => _bytes - _toSend;

    /// <inheritdoc/>
    protected override string Verdict => _bytes == 0 || Received != _bytes ? "" : _differs ? ", not what was sent" : ", the same as sent";

    /// <summary>Opens the connection.</summary>
    /// <returns>False when no slot or no local port is free.</returns>
    public bool Open(uint address, int port)
    {
        TcpConnection connection = Application.Dispatcher.Connect(Handler, address, port, Application.Options.ConnectLimit);
        Begin(connection);
        return connection != null;
    }

    /// <inheritdoc/>
    protected override bool Send(TcpConnection connection)
    {
        byte[] scratch = Application.Dispatcher.Scratch;
        bool moved = false;
        int room;
        while (_toSend > 0 && (room = connection.WriteSpace) > 0)
        {
            int piece = room < scratch.Length ? room : scratch.Length;
            if (piece > _toSend)
            {
                piece = _toSend;
            }

            int next = ChargenPattern.Fill(scratch, 0, piece, _sendPosition);
            if (connection.Write(scratch, 0, piece) != piece)
            {
                break; // It ended under our hands; the event follows.
            }

            _sendPosition = next;
            _toSend -= piece;
            moved = true;
        }

        if (_toSend == 0)
        {
            connection.Shutdown(); // Half-close: the peer learns that this was all, its answer still comes.
        }

        return moved;
    }

    // Whether an echo is true: the text is periodic, so one period, a line at a time, is enough to compare with.
    /// <inheritdoc/>
    protected override void OnData(byte[] data, int count)
    {
        byte[] line = _expected;
        for (int i = 0; i < count && !_differs;)
        {
            int piece = count - i < line.Length ? count - i : line.Length;
            _comparePosition = ChargenPattern.Fill(line, 0, piece, _comparePosition);
            for (int j = 0; j < piece; j++)
            {
                _differs |= line[j] != data[i + j];
            }

            i += piece;
        }
    }
}
