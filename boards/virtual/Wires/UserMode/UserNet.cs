using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Security.Cryptography;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>
/// A network that needs no privileges: a gateway on the far end of the wire that turns the board's conversations into
/// sockets of the host and the other way round.
/// </summary>
/// <remarks>
/// The gateway is a second instance of this project's own engine, so there is a real TCP conversation on the wire.
/// Everything runs on the loop's thread; socket operations end elsewhere and <see cref="Post"/> their results.
/// </remarks>
public sealed class UserNet : WireEnd
{
    private const int Slots = 32;
    private const int RingSize = 32 * 1024;

    private readonly LoopSignal _signal;
    private readonly uint _boardAddress;
    private readonly GatewayDevice _device;
    private readonly NetworkInterface _gateway;
    private readonly OutwardConnects _outward;
    private readonly NetServices _services;
    private readonly List<HostForward> _forwards = new();
    private readonly HashSet<Relay> _relays = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private long _now;

    /// <summary>Sets the network up; nothing listens before <see cref="Forward"/>.</summary>
    /// <param name="address">The gateway's address, most significant octet first.</param>
    /// <param name="prefixLength">Length of the network prefix in bits.</param>
    /// <param name="boardAddress">Where callers are put through to.</param>
    /// <param name="names">Names, in lower case, that the gateway's name server knows.</param>
    /// <param name="signal">Set when a socket operation has ended.</param>
    public UserNet(uint address, int prefixLength, uint boardAddress, IReadOnlyDictionary<string, uint> names, LoopSignal signal)
    {
        _signal = signal;
        _boardAddress = boardAddress;
        _device = new GatewayDevice(this);
        _gateway = new NetworkInterface(_device, new StackOptions
        {
            MacAddress = [0x02, 0x00, 0x00, 0x00, 0x00, 0xFE],
            Address = address,
            PrefixLength = prefixLength,
            Connections = Slots,
            ReceiveBufferSize = RingSize,
            SendBufferSize = RingSize,
            Listeners = 64,
            SynTableSize = 64,
            TimeWaitTableSize = 256,
            UdpSockets = 2,
            BootSecret = RandomNumberGenerator.GetBytes(16),
        });
        if (!_gateway.Open())
        {
            throw new WireException("the gateway of the user-mode network: " + _gateway.Error);
        }

        _services = new NetServices(_gateway, boardAddress, names);
        _outward = new OutwardConnects(this, _device, _gateway.Tcp, address);
    }

    /// <inheritdoc/>
    public override string Description => $"user-mode network, gateway {Ipv4Address.Format(_gateway.Address)}";

    /// <summary>The gateway's own stack, for its counters and connections.</summary>
    public NetworkInterface Gateway => _gateway;

    /// <summary>Callers and calls that are being relayed now.</summary>
    public int ActiveRelays => _relays.Count;

    /// <summary>Callers turned away because the gateway had no slot left.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>Starts to forward a port of 127.0.0.1.</summary>
    /// <param name="ports">The host's port, 0 for any, and the board's.</param>
    /// <param name="hostPort">The host's port in use.</param>
    /// <returns>Null, or in one line why that is not possible; the network goes on without it.</returns>
    public string? Forward(PortForward ports, out int hostPort)
    {
        var forward = new HostForward(this, ports);
        string? error = forward.Start();
        hostPort = forward.HostPort;
        if (error != null)
        {
            forward.Dispose();
            return error;
        }

        _forwards.Add(forward);
        _signal.Set();
        return null;
    }

    /// <inheritdoc/>
    public override void Receive(ReadOnlySpan<byte> frame)
    {
        if (_services.Takes(frame))
        {
            return;
        }

        byte[] copy = frame.ToArray();
        if (!_outward.Withholds(copy, _now))
        {
            _device.Enqueue(copy);
        }
    }

    /// <inheritdoc/>
    public override long Poll(long nowMicroseconds)
    {
        _now = nowMicroseconds;
        while (_posted.TryDequeue(out Action? result))
        {
            result();
        }

        long nowMs = nowMicroseconds / 1000;
        int wait = _gateway.Poll(nowMs);
        if (Serve())
        {
            // What was written just now goes out at once and not at the next deadline.
            wait = _gateway.Flush();
        }

        foreach (HostForward forward in _forwards)
        {
            // While slots are short, callers wait in the host's own backlog, where they cost nothing.
            if (_gateway.Tcp.FreeSlots > _forwards.Count)
            {
                forward.AcceptNext();
            }
        }

        return Math.Min((nowMs + wait) * 1000, _outward.NextDue);
    }

    /// <summary>Resets what is open and gives the host's ports back.</summary>
    public override void Dispose()
    {
        foreach (HostForward forward in _forwards)
        {
            forward.Dispose();
        }

        _outward.Close();
        foreach (Relay relay in new List<Relay>(_relays))
        {
            relay.Break();
        }

        base.Dispose();
    }

    /// <summary>Brings the result of a socket operation to the loop's thread. Any thread may call this.</summary>
    internal void Post(Action result)
    {
        _posted.Enqueue(result);
        _signal.Set();
    }

    /// <summary>A caller on a forwarded port: opens the conversation with the board.</summary>
    internal void PutThrough(Socket caller, int boardPort)
    {
        TcpConnection? connection = _gateway.Tcp.Connect(_boardAddress, boardPort);
        if (connection == null)
        {
            TurnedAway++;
            Relay.Reset(caller);
            return;
        }

        Join(caller, connection);
    }

    /// <summary>Joins a socket and a connection until both have ended.</summary>
    internal void Join(Socket socket, TcpConnection connection)
    {
        var relay = new Relay(this, socket, connection);
        _relays.Add(relay);
        relay.Pump();
    }

    internal void Forget(Relay relay)
    {
        _relays.Remove(relay);
    }

    private bool Serve()
    {
        bool any = _services.Poll() | _outward.Poll(_now);
        while (_gateway.Tcp.TakeReady() is { } connection)
        {
            any = true;
            (connection.Tag as Relay)?.Pump();
        }

        return any;
    }
}
