using System;
using System.IO;
using System.Text;
using EmbeddedTcp.Tcp;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.AppTests.Bench;

/// <summary>A raw connection from the peer's stack to the board: sends what it is told to, keeps what comes.</summary>
internal sealed class Client
{
    private readonly Board _board;
    private readonly MemoryStream _received = new();
    private readonly byte[] _scratch = new byte[4096];
    private byte[] _toSend = [];
    private bool _shutdown;

    public Client(Board board, TcpConnection? connection)
    {
        Assert.IsNotNull(connection, "the peer has no slot");
        _board = board;
        Connection = connection;
    }

    public TcpConnection Connection { get; }

    /// <summary>Set to leave everything unread.</summary>
    public bool Deaf { get; set; }

    /// <summary>True once everything was read up to the board's FIN.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>True when no handshake took place or the connection is over.</summary>
    public bool Ended => Connection.State == TcpState.Closed;

    public int Unsent => _toSend.Length;

    public byte[] Received => _received.ToArray();

    public string ReceivedText => Encoding.ASCII.GetString(Received);

    /// <summary>Queues bytes to be sent as there is room.</summary>
    public Client Send(byte[] data)
    {
        _toSend = [.. _toSend, .. data];
        Move();
        return this;
    }

    public Client Send(string text)
    {
        return Send(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>Sends a FIN after everything queued.</summary>
    public Client Shutdown()
    {
        _shutdown = true;
        Move();
        return this;
    }

    /// <summary>Writes and reads what can be.</summary>
    public void Move()
    {
        if (Connection.State is TcpState.SynSent or TcpState.SynReceived)
        {
            return;
        }

        int written = _toSend.Length == 0 ? 0 : Connection.Write(_toSend, 0, _toSend.Length);
        if (written > 0)
        {
            _toSend = _toSend[written..];
        }

        if (_shutdown && _toSend.Length == 0)
        {
            Connection.Shutdown();
        }

        int count = 0;
        while (!Deaf && (count = Connection.Read(_scratch, 0, _scratch.Length)) > 0)
        {
            _received.Write(_scratch, 0, count);
        }

        AtEnd |= count < 0 && Connection.EndReason is TcpEndReason.None or TcpEndReason.Closed;
    }

    /// <summary>Runs both stacks until something is true of this connection.</summary>
    public Client Until(Func<bool> met, string what, long withinMs = 10000)
    {
        _board.RunUntil(met, what, withinMs, this);
        return this;
    }

    public Client UntilConnected()
    {
        return Until(() => Connection.State == TcpState.Established, "connected");
    }

    public Client UntilReceived(int bytes, long withinMs = 10000)
    {
        return Until(() => _received.Length >= bytes, $"{bytes} bytes received", withinMs);
    }

    public Client UntilEnd(long withinMs = 10000)
    {
        return Until(() => AtEnd, "the board's FIN", withinMs);
    }

    /// <summary>Gives the connection back: a FIN, or a RST when something is unread.</summary>
    public void Close()
    {
        Connection.Close();
    }
}
