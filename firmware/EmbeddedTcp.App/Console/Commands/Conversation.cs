using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// A connection in the hands of the console: prints what the peer sends until it closes, as fast as the console takes it, and sums up.
/// </summary>
public abstract class Conversation : Job
{
    private const int FlushAfterMs = 200;
    private const int RetryMs = 10;

    // A byte may be printed as four characters, and a line of 77 has three more.
    private const int CharactersOfByte = 5;

    private readonly string _verb;
    private readonly EscapedPrinter _printer;
    private TcpConnection _connection;
    private string _outcome;
    private long _heardMs;
    private long _received;
    private bool _connected;
    private bool _peerClosed;
    private int _unsent;

    /// <summary>A conversation without a connection.</summary>
    /// <param name="verb">The command's name.</param>
    /// <param name="application">Owns the table the connection goes to.</param>
    /// <param name="output">Where it prints.</param>
    protected Conversation(string verb, Application application, TextOutput output)
    {
        _verb = verb;
        Application = application;
        Output = output;
        _printer = new EscapedPrinter(output, application.Options.ConnectPrintLimit);
        Handler = new Owner(verb, this);
        Handler.Attach(application.Dispatcher);
    }

    /// <summary>Owns the table the connection goes to.</summary>
    protected Application Application { get; }

    /// <summary>Where it prints.</summary>
    protected TextOutput Output { get; }

    /// <summary>The connection's owner as the dispatcher sees it.</summary>
    protected ConnectionHandler Handler { get; }

    /// <summary>The connection while the handshake is complete and the peer has not closed; else null.</summary>
    protected TcpConnection Connection => _connected && !_peerClosed ? _connection : null;

    /// <summary>True once there was a connection and it has ended, or could not be had.</summary>
    protected bool Over { get; private set; }

    /// <summary>Bytes received so far.</summary>
    protected long Received => _received;

    /// <summary>When the connection was asked for, in milliseconds.</summary>
    protected long OpenedMs { get; private set; }

    /// <inheritdoc/>
    public override int Run(long nowMs)
    {
        if (Over)
        {
            _printer.End();
            PrintSummary(nowMs);
            Done = true;
            return 0;
        }

        TcpConnection connection = _connection;
        if (connection != null && _connected && connection.Available > 0)
        {
            Serve(connection);
            return RetryMs;
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
            Application.Dispatcher.Abort(_connection);
        }
    }

    /// <summary>There is a connection, or an attempt at one.</summary>
    /// <param name="connection">What the dispatcher gave; null for nothing.</param>
    protected void Begin(TcpConnection connection)
    {
        OpenedMs = Application.Dispatcher.NowMs;
        _heardMs = OpenedMs;
        _connection = connection;
    }

    /// <summary>It ends without ever having had a connection.</summary>
    protected void GiveUp(string outcome)
    {
        _outcome = outcome;
        Over = true;
    }

    /// <summary>Ends it in good order: what was written still goes out.</summary>
    protected void Leave()
    {
        if (_connection != null)
        {
            _outcome = "left";
            Application.Dispatcher.Close(_connection);
        }
    }

    /// <summary>Something moved: the idle limit begins anew.</summary>
    protected void Touch()
    {
        if (_connection != null && !_peerClosed)
        {
            Application.Dispatcher.SetDeadline(_connection, Application.Options.ConnectIdleLimit);
        }
    }

    /// <summary>The handshake is complete.</summary>
    protected virtual void OnConnected(TcpConnection connection)
    {
        Output.WriteLine("connected to " + Format.Endpoint(connection.RemoteAddress, connection.RemotePort) + " from port "
            + connection.LocalPort.ToString());
    }

    /// <summary>Writes what can be written.</summary>
    /// <returns>True when something was.</returns>
    protected abstract bool Send(TcpConnection connection);

    /// <summary>Bytes written to the connection so far.</summary>
    protected abstract int Written { get; }

    /// <summary>What is to be said of the bytes received; empty for nothing.</summary>
    protected virtual string Verdict => "";

    /// <summary>Looks at what came.</summary>
    protected virtual void OnData(byte[] data, int count)
    {
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
            OnConnected(connection);
            Touch();
        }

        bool sent = Send(connection);
        bool received = Receive(connection, false);
        if (sent || received)
        {
            Touch();
        }
    }

    // What finds no room on the console stays where it is, and the peer's window closes. At the end of the connection it is now or never.
    private bool Receive(TcpConnection connection, bool all)
    {
        byte[] scratch = Application.Dispatcher.Scratch;
        bool moved = false;
        int count = 0;
        int most;
        while ((most = all ? scratch.Length : MostToRead(scratch.Length)) > 0 && (count = connection.Read(scratch, 0, most)) > 0)
        {
            moved = true;
            _received += count;
            _heardMs = Application.Dispatcher.NowMs;
            OnData(scratch, count);
            _printer.Print(scratch, count);
        }

        if (count < 0 && !_peerClosed && connection.State != TcpState.Closed)
        {
            _peerClosed = true;
            connection.Shutdown();
            Application.Dispatcher.SetDeadline(connection, Application.Options.LingerLimit);
        }

        return moved;
    }

    private int MostToRead(int scratch)
    {
        int room = _printer.Full ? scratch : (Output.Room - Format.Columns) / CharactersOfByte;
        return room < scratch ? room : scratch;
    }

    private void Expire(TcpConnection connection)
    {
        if (_peerClosed)
        {
            Application.Dispatcher.Close(connection); // All that is missing is the acknowledgment of our FIN.
            return;
        }

        int limit = _connected ? Application.Options.ConnectIdleLimit : Application.Options.ConnectLimit;
        _outcome = (_connected ? "nothing moved for " : "no answer within ") + (limit / 1000).ToString() + " s";
        Application.Dispatcher.Abort(connection);
    }

    private void Release(TcpConnection connection)
    {
        if (_connected)
        {
            Receive(connection, true);
        }

        _unsent = connection.SendQueued;
        if (_outcome == null)
        {
            TcpEndReason reason = connection.EndReason;
            _outcome = reason == TcpEndReason.None && _peerClosed ? "closed" : TcpEndReasonName.Of(reason);
        }

        _connection = null;
        Over = true;
    }

    private void PrintSummary(long nowMs)
    {
        Output.WriteLine(_verb + ": " + _outcome + " after " + (nowMs - OpenedMs).ToString() + " ms");
        if (!_connected)
        {
            return;
        }

        if (_printer.Suppressed != 0)
        {
            Output.WriteLine("(" + Format.Count(_printer.Suppressed, "more byte") + " not printed)");
        }

        Output.WriteLine("sent " + Format.Count(Written - _unsent, "byte") + ", received " + Format.Count(_received, "byte") + Verdict);
    }

    private sealed class Owner : ConnectionHandler
    {
        private readonly Conversation _conversation;

        public Owner(string name, Conversation conversation)
            : base(name)
        {
            _conversation = conversation;
        }

        public override void OnReady(TcpConnection connection)
        {
            _conversation.Serve(connection);
        }

        public override void OnDeadline(TcpConnection connection)
        {
            _conversation.Expire(connection);
        }

        public override void OnReleased(TcpConnection connection)
        {
            _conversation.Release(connection);
        }

        public override void OnStop(TcpConnection connection)
        {
            _conversation.Abort();
        }
    }
}
