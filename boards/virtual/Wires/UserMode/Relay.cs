using System;
using System.Net.Sockets;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>
/// Joins a socket of the host and a connection of the gateway to the board: bytes, half-closes and resets pass both ways.
/// </summary>
/// <remarks>
/// One block of memory and at most one socket operation per direction: the next bytes are asked for when the last ones are
/// through, so that a slow board slows the host's sender, and a slow host closes the board's window. The operations end on
/// threads of the pool, but everything here happens on the loop's thread, where <see cref="UserNet.Post"/> brings their results.
/// </remarks>
internal sealed class Relay
{
    private const int BlockSize = 16 * 1024;
    private const int Failed = -1;

    private readonly UserNet _net;
    private readonly Socket _host;
    private readonly TcpConnection _board;
    private readonly byte[] _toBoard = new byte[BlockSize];
    private readonly byte[] _toHost = new byte[BlockSize];
    private int _toBoardStart;
    private int _toBoardEnd;
    private bool _receiving;
    private bool _sending;
    private bool _hostFinished;
    private bool _boardFinished;
    private bool _finToBoard;
    private bool _ended;

    public Relay(UserNet net, Socket host, TcpConnection board)
    {
        _net = net;
        _host = host;
        _board = board;
        _board.NoDelay = true;
        _board.Tag = this;
        try
        {
            _host.NoDelay = true;
        }
        catch (SocketException)
        {
            // Reset already, which the first receive will report.
        }
    }

    /// <summary>Moves what can be moved. Called when either side may have changed; never waits.</summary>
    public void Pump()
    {
        if (_ended)
        {
            return;
        }

        _board.TakeEvents();
        TcpState state = _board.State;
        if (state == TcpState.SynSent || state == TcpState.SynReceived)
        {
            // Nothing is taken from the host before the board has agreed: a refusal then reaches it as a reset.
            return;
        }

        TcpEndReason reason = _board.EndReason;
        if (reason != TcpEndReason.None && reason != TcpEndReason.Closed)
        {
            Break();
            return;
        }

        MoveToBoard();
        MoveToHost();
        if (_finToBoard && _boardFinished && !_sending)
        {
            _board.Close();
            _host.Close();
            End();
        }
    }

    /// <summary>Ends both sides at once, with a reset on either.</summary>
    public void Break()
    {
        if (_ended)
        {
            return;
        }

        _board.Abort();
        Reset(_host);
        End();
    }

    /// <summary>Closes a socket so that its peer sees a reset.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // The peer was faster: the socket is dead already.
        }

        socket.Close();
    }

    private void MoveToBoard()
    {
        while (_toBoardStart < _toBoardEnd)
        {
            int taken = _board.Write(_toBoard, _toBoardStart, _toBoardEnd - _toBoardStart);
            if (taken <= 0)
            {
                return;
            }

            _toBoardStart += taken;
        }

        if (_hostFinished)
        {
            if (!_finToBoard)
            {
                _finToBoard = true;
                _board.Shutdown();
            }
        }
        else if (!_receiving)
        {
            _receiving = true;
            ReceiveFromHost();
        }
    }

    private void MoveToHost()
    {
        if (_sending || _boardFinished)
        {
            return;
        }

        int count = _board.Read(_toHost, 0, BlockSize);
        if (count > 0)
        {
            _sending = true;
            SendToHost(count);
        }
        else if (count < 0)
        {
            _boardFinished = true;
            try
            {
                _host.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The pending or the next receive reports what became of the socket.
            }
        }
    }

    private async void ReceiveFromHost()
    {
        int count;
        try
        {
            count = await _host.ReceiveAsync(_toBoard.AsMemory(), SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            count = Failed;
        }

        _net.Post(() => HostReceived(count));
    }

    private async void SendToHost(int count)
    {
        int sent = 0;
        try
        {
            while (sent < count)
            {
                sent += await _host.SendAsync(_toHost.AsMemory(sent, count - sent), SocketFlags.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            sent = Failed;
        }

        _net.Post(() => HostSent(sent));
    }

    private void HostReceived(int count)
    {
        _receiving = false;
        if (count == Failed)
        {
            Break();
            return;
        }

        _toBoardStart = 0;
        _toBoardEnd = count;
        _hostFinished = count == 0;
        Pump();
    }

    private void HostSent(int sent)
    {
        _sending = false;
        if (sent == Failed)
        {
            Break();
            return;
        }

        Pump();
    }

    private void End()
    {
        _ended = true;
        _net.Forget(this);
    }
}
