using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>A listening socket on 127.0.0.1 whose callers are put through to a port of the board.</summary>
internal sealed class HostForward : IDisposable
{
    private const int Backlog = 128;

    // Before the next try when accepting failed, so that a lack of descriptors, for instance, does not keep the loop busy.
    private const int RetryMilliseconds = 100;

    private readonly UserNet _net;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private bool _accepting;
    private bool _closed;

    public HostForward(UserNet net, PortForward ports)
    {
        _net = net;
        BoardPort = ports.BoardPort;
        HostPort = ports.HostPort;
    }

    /// <summary>The host's port; after <see cref="Start"/> never 0.</summary>
    public int HostPort { get; private set; }

    public int BoardPort { get; }

    /// <summary>Starts to listen.</summary>
    /// <returns>Null, or in one line why that is not possible.</returns>
    public string? Start()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Elsewhere this is the default; here two programs could share a port without knowing.
                _listener.ExclusiveAddressUse = true;
            }

            _listener.Bind(new IPEndPoint(IPAddress.Loopback, HostPort));
            _listener.Listen(Backlog);
            HostPort = ((IPEndPoint)_listener.LocalEndPoint!).Port;
            return null;
        }
        catch (SocketException e)
        {
            string why = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "is in use",
                SocketError.AccessDenied => "may not be used without more privileges",
                _ => "cannot be used: " + e.Message,
            };
            return $"port {HostPort} of 127.0.0.1 {why}: nothing is forwarded to the board's port {BoardPort} (choose another with --forward HOST:{BoardPort})";
        }
    }

    /// <summary>Waits for the next caller, unless it does so already.</summary>
    public void AcceptNext()
    {
        if (!_accepting && !_closed)
        {
            _accepting = true;
            Accept();
        }
    }

    public void Dispose()
    {
        _closed = true;
        _listener.Close();
    }

    private async void Accept()
    {
        Socket? caller = null;
        try
        {
            caller = await _listener.AcceptAsync();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The caller gave up, the host has no descriptor left, or the board is being switched off.
            await Task.Delay(RetryMilliseconds);
        }

        _net.Post(() => Accepted(caller));
    }

    private void Accepted(Socket? caller)
    {
        _accepting = false;
        if (caller == null)
        {
            return;
        }

        if (_closed)
        {
            caller.Close();
        }
        else
        {
            _net.PutThrough(caller, BoardPort);
        }
    }
}
