using System;
using System.Threading;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Sockets;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.SocketTests.Support;

/// <summary>Two stacks on one cable, each with its host of sockets, and a thread that polls both by the real clock.</summary>
public sealed class Pair : IDisposable
{
    /// <summary>The stacks.</summary>
    public readonly TwoStacks Stacks;

    /// <summary>Sockets of 10.0.0.1.</summary>
    public readonly SocketHost A;

    /// <summary>Sockets of 10.0.0.2.</summary>
    public readonly SocketHost B;

    private readonly AutoResetEvent _wake = new AutoResetEvent(false);
    private readonly Thread _loop;
    private bool _ended;

    /// <summary>Two stacks with four slots each and some UDP.</summary>
    public Pair()
        : this(Options(4), Options(4))
    {
    }

    /// <summary>Two stacks of the test's choice.</summary>
    public Pair(StackOptions a, StackOptions b)
    {
        Stacks = new TwoStacks(a, b);
        DnsClient dns = new DnsClient(Stacks.A, 1, 2);
        dns.SetServer(0, TwoStacks.AddressB);
        A = new SocketHost(Stacks.A, dns) { WakeLoop = Wake };
        B = new SocketHost(Stacks.B, null) { WakeLoop = Wake };
        _loop = new Thread(Run);
        _loop.Start();
    }

    /// <summary>Options with so many slots.</summary>
    public static StackOptions Options(int slots)
    {
        return new StackOptions
        {
            Connections = slots,
            ReceiveBufferSize = 2048,
            SendBufferSize = 2048,
            UdpSockets = 3,
            MulticastGroups = 2,
            MaximumSegmentLifetime = 50,
        };
    }

    /// <summary>10.0.0.2, with a port.</summary>
    public static IPEndPoint AtB(int port)
    {
        return new IPEndPoint(new IPAddress(new byte[] { 10, 0, 0, 2 }), port);
    }

    /// <summary>Any address, with a port.</summary>
    public static IPEndPoint Any(int port)
    {
        return new IPEndPoint(IPAddress.Any, port);
    }

    /// <summary>A listener of B.</summary>
    public TcpListener Listen(int port, int backlog)
    {
        TcpListener listener = new TcpListener(B, Any(port));
        listener.Start(backlog);
        return listener;
    }

    /// <summary>A client of A, connected to B.</summary>
    public TcpClient Connect(int port)
    {
        TcpClient client = new TcpClient(A);
        client.Connect(AtB(port));
        return client;
    }

    /// <summary>Waits until the slots, half-open entries and TIME_WAIT records of both are free, and nobody waits.</summary>
    /// <returns>False when they do not become so.</returns>
    public bool BackAtTheStart()
    {
        for (int i = 0; i < 500; i++)
        {
            A.BeginTurn();
            B.BeginTurn();
            bool free = IsFree(Stacks.A) && IsFree(Stacks.B) && A.Waiting == 0 && B.Waiting == 0;
            B.EndTurn();
            A.EndTurn();
            if (free)
            {
                return true;
            }

            Thread.Sleep(10);
        }

        return false;
    }

    /// <summary>Ends the loop.</summary>
    public void Dispose()
    {
        _ended = true;
        _wake.Set();
        _loop.Join();
    }

    /// <summary>Ends the loop's sleep.</summary>
    public void Wake()
    {
        _wake.Set();
    }

    private static bool IsFree(Link.NetworkInterface net)
    {
        bool free = net.Tcp.FreeSlots == net.Tcp.SlotCount;
        for (int i = 0; i < net.Tcp.TimeWait.Capacity; i++)
        {
            free &= !net.Tcp.TimeWait.InUseAt(i);
        }

        for (int i = 0; i < net.Tcp.ListenerCount; i++)
        {
            free &= net.Tcp.ListenerAt(i) == null;
        }

        for (int i = 0; i < net.Udp.SocketCount; i++)
        {
            free &= net.Udp.SocketAt(i).LocalPort == 0;
        }

        return free;
    }

    private void Run()
    {
        while (!_ended)
        {
            long now = Environment.TickCount64;
            A.BeginTurn();
            int wait = Stacks.A.Poll(now);
            A.EndTurn();
            B.BeginTurn();
            int waitB = Stacks.B.Poll(now);
            B.EndTurn();
            wait = waitB < wait ? waitB : wait;
            if (wait > 0 && Stacks.DeviceA.Waiting == 0 && Stacks.DeviceB.Waiting == 0)
            {
                _wake.WaitOne(wait, false);
            }
        }
    }
}
