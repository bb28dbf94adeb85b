using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>
/// A connection opened from the console: sends its share of the character generator's text and then a FIN, prints what
/// comes back until the peer closes, and sums up.
/// </summary>
/// <remarks>Without anything to send it does not close its side first: it waits for what the peer has to say.</remarks>
public sealed class ConnectJob : Job
{
    private const int FlushAfterMs = 200;

    private readonly Application _application;
    private readonly TextOutput _output;
    private readonly uint _address;
    private readonly int _port;
    private readonly int _bytes;
    private readonly EscapedPrinter _printer;
    private readonly Owner _owner;

    private readonly byte[] _expected = new byte[ChargenPattern.LineLength];

    private TcpConnection _connection;
    private string _outcome;
    private long _openedMs;
    private long _heardMs;
    private int _toSend;
    private int _sendPosition;
    private long _received;
    private int _comparePosition;
    private bool _differs;
    private bool _connected;
    private bool _peerClosed;
    private int _unsent;

    /// <summary>A job that has not opened its connection yet.</summary>
    /// <param name="application">Owns the table the connection goes to.</param>
    /// <param name="output">Where it prints.</param>
    /// <param name="address">The peer's address, most significant octet first.</param>
    /// <param name="port">The peer's port, 1 to 65,535.</param>
    /// <param name="bytes">How much to send, 0 or more.</param>
    public ConnectJob(Application application, TextOutput output, uint address, int port, int bytes)
    {
        _application = application;
        _output = output;
        _address = address;
        _port = port;
        _bytes = bytes;
        _toSend = bytes;
        _printer = new EscapedPrinter(output, application.Options.ConnectPrintLimit);
        _owner = new Owner(this);
        _owner.Attach(application.Dispatcher);
    }

    /// <summary>Opens the connection.</summary>
    /// <returns>False when that is impossible; the console says why.</returns>
    public bool Open()
    {
        _openedMs = _application.Dispatcher.NowMs;
        _heardMs = _openedMs;
        _connection = _application.Dispatcher.Connect(_owner, _address, _port, _application.Options.ConnectLimit);
        if (_connection == null)
        {
            _output.WriteLine("connect: no slot or no local port is free");
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override int Run(long nowMs)
    {
        if (_connection == null)
        {
            _printer.End();
            PrintSummary(nowMs);
            Done = true;
            return 0;
        }

        if (!_printer.Pending)
        {
            return Shell.LongestWait;
        }

        // Somebody may be waiting to read a line that has no end, such as a prompt.
        int left = (int)(_heardMs + FlushAfterMs - nowMs);
        if (left > 0)
        {
            return left;
        }

        _printer.Flush();
        return Shell.LongestWait;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (_connection != null)
        {
            _outcome = "aborted";
            _application.Dispatcher.Abort(_connection);
        }
    }

    private void Serve(TcpConnection connection)
    {
        if (connection.State == TcpState.SynSent || connection.State == TcpState.SynReceived)
        {
            return;
        }

        if (!_connected)
        {
            if (connection.State == TcpState.Closed)
            {
                return; // It never was; the end's event tells why.
            }

            _connected = true;
            _output.WriteLine("connected to " + Format.Endpoint(_address, _port) + " from port " + connection.LocalPort.ToString());
            Touch(connection);
        }

        bool sent = Send(connection);
        bool received = Receive(connection);
        if (sent || received)
        {
            Touch(connection);
        }
    }

    private void Touch(TcpConnection connection)
    {
        if (!_peerClosed)
        {
            _application.Dispatcher.SetDeadline(connection, _application.Options.ConnectIdleLimit);
        }
    }

    private bool Send(TcpConnection connection)
    {
        byte[] scratch = _application.Dispatcher.Scratch;
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

        if (_bytes != 0 && _toSend == 0)
        {
            connection.Shutdown(); // Half-close: the peer learns that this was all, its answer still comes.
        }

        return moved;
    }

    private bool Receive(TcpConnection connection)
    {
        byte[] scratch = _application.Dispatcher.Scratch;
        bool moved = false;
        int count;
        while ((count = connection.Read(scratch, 0, scratch.Length)) > 0)
        {
            moved = true;
            _received += count;
            _heardMs = _application.Dispatcher.NowMs;
            Compare(scratch, count);
            _printer.Print(scratch, count);
        }

        if (count < 0 && !_peerClosed && connection.State != TcpState.Closed)
        {
            _peerClosed = true;
            connection.Shutdown();
            _application.Dispatcher.SetDeadline(connection, _application.Options.LingerLimit);
        }

        return moved;
    }

    // Whether an echo is true: the text is periodic, so one period, a line at a time, is enough to compare with.
    private void Compare(byte[] data, int count)
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

    private void Expire(TcpConnection connection)
    {
        if (!_peerClosed)
        {
            int limit = _connected ? _application.Options.ConnectIdleLimit : _application.Options.ConnectLimit;
            _outcome = (_connected ? "nothing moved for " : "no answer within ") + (limit / 1000).ToString() + " s";
        }

        if (_peerClosed)
        {
            _application.Dispatcher.Close(connection); // All that is missing is the acknowledgment of our FIN.
        }
        else
        {
            _application.Dispatcher.Abort(connection);
        }
    }

    private void Release(TcpConnection connection)
    {
        if (_connected)
        {
            Receive(connection);
        }

        _unsent = connection.SendQueued;
        if (_outcome == null)
        {
            TcpEndReason reason = connection.EndReason;
            _outcome = reason == TcpEndReason.None && _peerClosed ? "closed" : TcpEndReasonName.Of(reason);
        }

        _connection = null;
    }

    private void PrintSummary(long nowMs)
    {
        _output.WriteLine("connect: " + _outcome + " after " + (nowMs - _openedMs).ToString() + " ms");
        if (!_connected)
        {
            return;
        }

        if (_printer.Suppressed != 0)
        {
            _output.WriteLine("(" + Format.Count(_printer.Suppressed, "more byte") + " not printed)");
        }

        int sent = _bytes - _toSend - _unsent;
        string verdict = _bytes == 0 || _received != _bytes ? "" : _differs ? ", not what was sent" : ", the same as sent";
        _output.WriteLine("sent " + Format.Count(sent, "byte") + ", received " + Format.Count(_received, "byte") + verdict);
    }

    // The connection's owner as the dispatcher sees it.
    private sealed class Owner : ConnectionHandler
    {
        private readonly ConnectJob _job;

        public Owner(ConnectJob job)
            : base("connect")
        {
            _job = job;
        }

        public override void OnReady(TcpConnection connection)
        {
            _job.Serve(connection);
        }

        public override void OnDeadline(TcpConnection connection)
        {
            _job.Expire(connection);
        }

        public override void OnReleased(TcpConnection connection)
        {
            _job.Release(connection);
        }

        public override void OnStop(TcpConnection connection)
        {
            _job.Abort();
        }
    }
}
