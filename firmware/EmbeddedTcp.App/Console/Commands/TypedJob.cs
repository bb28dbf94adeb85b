using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// A connection that a person types into, as with nc: each line is sent with a line feed behind it. A line "~." leaves, "~d" sends the
/// FIN and reads on.
/// </summary>
public sealed class TypedJob : Conversation
{
    /// <summary>The line that leaves.</summary>
    public const string LeaveLine = "~.";

    /// <summary>The line that closes our direction.</summary>
    public const string FinLine = "~d";

    private TcpListener _listener;
    private bool _left;
    private bool _finished;
    private int _written;

    /// <summary>A job without connection.</summary>
    /// <param name="verb">The command's name.</param>
    /// <param name="application">Owns the table the connection goes to.</param>
    /// <param name="output">Where it prints.</param>
    public TypedJob(string verb, Application application, TextOutput output)
        : base(verb, application, output)
    {
    }

    /// <inheritdoc/>
    public override bool WantsLine => !Over && (_listener != null || _finished
        || (Connection != null && Connection.WriteSpace > LineEditor.MaxLine));

    /// <inheritdoc/>
    public override bool DropsLines => !_left;

    /// <inheritdoc/>
    protected override int Written => _written;

    /// <summary>Opens a connection.</summary>
    /// <returns>False when no slot or no local port is free.</returns>
    public bool Open(uint address, int port)
    {
        TcpConnection connection = Application.Dispatcher.Connect(Handler, address, port, Application.Options.ConnectLimit);
        Begin(connection);
        return connection != null;
    }

    /// <summary>Waits for one.</summary>
    /// <returns>False when the port is taken or no listener is free.</returns>
    public bool Listen(int port)
    {
        Begin(null);
        _listener = Application.Net.Tcp.Listen(port, 1);
        return _listener != null;
    }

    /// <inheritdoc/>
    public override int Run(long nowMs)
    {
        if (_listener != null)
        {
            TcpConnection connection = Application.Dispatcher.Accept(Handler, _listener, Application.Options.ConnectIdleLimit);
            if (connection == null)
            {
                return Shell.LongestWait;
            }

            StopListening();
            Begin(connection);
            Handler.OnReady(connection); // Data may have come with the handshake.
        }

        return base.Run(nowMs);
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (_listener != null)
        {
            StopListening();
            GiveUp("nobody came");
        }

        base.Abort();
    }

    /// <inheritdoc/>
    public override void TakeLine(string line)
    {
        if (line == LeaveLine)
        {
            _left = true;
            if (_listener != null)
            {
                Abort();
            }

            Leave();
        }
        else if (_listener != null)
        {
            Output.WriteLine("(nobody is connected yet; " + LeaveLine + " leaves)");
        }
        else if (_finished)
        {
            Output.WriteLine("(our FIN is sent; " + LeaveLine + " leaves)");
        }
        else if (line == FinLine)
        {
            _finished = true;
            Connection.Shutdown();
        }
        else
        {
            byte[] scratch = Application.Dispatcher.Scratch;
            for (int i = 0; i < line.Length; i++)
            {
                scratch[i] = (byte)line[i];
            }

            scratch[line.Length] = (byte)'\n';
            _written += Connection.Write(scratch, 0, line.Length + 1);
            Touch();
        }
    }

    /// <inheritdoc/>
    protected override void OnConnected(TcpConnection connection)
    {
        Output.WriteLine("connected to " + Format.Endpoint(connection.RemoteAddress, connection.RemotePort) + " from port "
            + connection.LocalPort.ToString() + " (" + LeaveLine + " leaves)");
    }

    /// <inheritdoc/>
    protected override bool Send(TcpConnection connection)
    {
        return false; // Lines are written as they are typed.
    }

    private void StopListening()
    {
        _listener.Close();
        _listener = null;
    }
}
