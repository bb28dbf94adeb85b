using System;
using EmbeddedTcp.App;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>
/// The board's end of a transfer in both directions at once: one block goes out, our FIN behind it, while another comes in up to the
/// peer's FIN. One connection at a time, accepted or opened.
/// </summary>
internal sealed class Courier : Service
{
    private const int Patience = 3_600_000;

    private readonly byte[] _outgoing;
    private readonly byte[] _incoming;
    private int _sent;
    private bool _finished;

    /// <summary>Prepares a transfer.</summary>
    /// <param name="port">Where the board listens for it.</param>
    /// <param name="outgoing">What it sends.</param>
    /// <param name="expected">How much it expects, in bytes; one more is noticed.</param>
    public Courier(int port, byte[] outgoing, int expected)
        : base("courier", port)
    {
        _outgoing = outgoing;
        _incoming = new byte[expected + 1];
    }

    /// <summary>The connection is aborted once so many bytes have arrived.</summary>
    public int AbortAfter { get; init; } = int.MaxValue;

    /// <summary>Bytes that have arrived.</summary>
    public int Received { get; private set; }

    /// <summary>True once the peer's FIN, or the connection's end, was seen.</summary>
    public bool SawEnd { get; private set; }

    /// <summary>True once the connection was given back.</summary>
    public bool Done { get; private set; }

    /// <summary>Why the connection had ended by then; <see cref="TcpEndReason.None"/> for not yet.</summary>
    public TcpEndReason EndReason { get; private set; }

    /// <summary>What was agreed on, bits of <see cref="TcpFeatures"/>.</summary>
    public int Features { get; private set; }

    /// <summary>What has arrived.</summary>
    public ReadOnlySpan<byte> Incoming => _incoming.AsSpan(0, Received);

    /// <summary>Opens the connection instead of waiting for it. On the board's thread.</summary>
    public bool Connect(uint address, int port)
    {
        return Dispatcher.Connect(this, address, port, Patience) != null;
    }

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        base.OnAccepted(connection);
        Dispatcher.SetDeadline(connection, Patience);
    }

    /// <inheritdoc/>
    public override void OnReleased(TcpConnection connection)
    {
        EndReason = connection.EndReason;
        Done = true;
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        int count;
        Features = connection.NegotiatedFeatures;
        while (_sent < _outgoing.Length && (count = connection.Write(_outgoing, _sent, _outgoing.Length - _sent)) > 0)
        {
            _sent += count;
        }

        if (_sent == _outgoing.Length && !_finished)
        {
            _finished = true;
            connection.Shutdown();
        }

        while (Received < _incoming.Length && (count = connection.Read(_incoming, Received, _incoming.Length - Received)) != 0)
        {
            if (count < 0)
            {
                SawEnd = true;
                break;
            }

            Received += count;
        }

        if (Received >= AbortAfter)
        {
            Dispatcher.Abort(connection);
        }
        else if (SawEnd && _finished)
        {
            Dispatcher.Close(connection);
        }
    }
}
