using System;
using System.Threading;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Sockets.Engine;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Sockets;

/// <summary>
/// Where blocking sockets meet a stack that never blocks: one lock that every verb takes and every turn of the poll loop, and the threads
/// that wait.
/// </summary>
/// <remarks>
/// <para>The thread that polls the interface does so between <see cref="BeginTurn"/> and <see cref="EndTurn"/>, and sleeps outside. Verbs change
/// rings and queues at once; what they want sent goes out in the loop's next turn, at its time, so they end its sleep by <see cref="WakeLoop"/>.</para>
/// <para>A thread that has to wait takes a waiter: an object with an event, made when more threads wait at once than ever before and kept.
/// The stack tells the host when something happens on its sockets, and the next turn wakes those whose verb can go on. Nothing else is allocated
/// by reading and writing; each connection has a few small objects of its own.</para>
/// </remarks>
public sealed partial class SocketHost : NetworkService
{
    internal readonly object Gate = new object();

    private readonly DnsClient _dns;
    private Waiter _waiting;
    private Waiter _idle;
    private bool _inTurn;
    private bool _loopWoken;
    private bool _stopped;

    /// <summary>Makes a host. Before other threads run.</summary>
    /// <param name="net">The stack.</param>
    /// <param name="dns">The resolver of names, or null: then only addresses are names.</param>
    public SocketHost(NetworkInterface net, DnsClient dns)
        : base(net)
    {
        _dns = dns;
        _groups = new uint[net.Options.MulticastGroups];
        _memberships = new int[_groups.Length];
    }

    /// <inheritdoc/>
    public override string OwnerName
    {
        get { return "sockets"; }
    }

    /// <summary>The host of sockets that are made without naming one. The firmware sets it once, before any such socket is made.</summary>
    public static SocketHost Default { get; set; }

    /// <summary>
    /// Ends the poll loop's sleep; called by any thread, with the lock held, so it must not wait. Null for none: then what is written waits
    /// for the loop's next turn.
    /// </summary>
    public Action WakeLoop { get; set; }

    /// <summary>Threads that wait now.</summary>
    public int Waiting { get; private set; }

    /// <summary>Threads that ever waited at once: so many events were made.</summary>
    public int Waiters { get; private set; }

    /// <summary>True after <see cref="Abort"/>: sockets that are closed from now on find their part of the stack gone.</summary>
    internal bool Aborted { get; private set; }

    /// <summary>Begins a turn of the poll loop: no other thread touches the stack until <see cref="EndTurn"/>.</summary>
    public void BeginTurn()
    {
        Monitor.Enter(Gate);
        _inTurn = true;
        _loopWoken = false;
    }

    /// <summary>Ends a turn. To be called from a finally block, before the loop sleeps.</summary>
    public void EndTurn()
    {
        _inTurn = false;
        Monitor.Exit(Gate);
    }

    /// <summary>
    /// Ends the service: every verb, also those that wait, fails with <see cref="SocketError.NetworkDown"/> from now on. Closing a socket still
    /// closes its connection in good order.
    /// </summary>
    public void Stop()
    {
        lock (Gate)
        {
            _stopped = true;
            for (Waiter w = _waiting; w != null; w = w.Next)
            {
                w.Wake();
            }
        }
    }

    /// <summary>As <see cref="Stop"/>, and resets every connection of a socket and gives back every listener and UDP socket at once.</summary>
    public void Abort()
    {
        lock (Gate)
        {
            Stop();
            TcpEngine tcp = Net.Tcp;
            for (int i = 0; i < tcp.SlotCount; i++)
            {
                if (tcp.SlotAt(i).Service == this)
                {
                    tcp.SlotAt(i).Abort();
                }
            }

            for (int i = 0; i < tcp.ListenerCount; i++)
            {
                if (tcp.ListenerAt(i) != null && tcp.ListenerAt(i).Service == this)
                {
                    tcp.ListenerAt(i).Close();
                }
            }

            for (int i = 0; Net.Udp != null && i < Net.Udp.SocketCount; i++)
            {
                if (Net.Udp.SocketAt(i).Service == this)
                {
                    Net.Udp.SocketAt(i).Close();
                }
            }

            Aborted = true;
        }
    }

    /// <summary>As <see cref="Dns.GetHostEntry"/>, by this host's resolver.</summary>
    public IPHostEntry GetHostEntry(string hostNameOrAddress)
    {
        if (hostNameOrAddress == null)
        {
            throw new ArgumentNullException("hostNameOrAddress");
        }

        IPAddress literal;
        if (IPAddress.TryParse(hostNameOrAddress, out literal))
        {
            return new IPHostEntry { HostName = hostNameOrAddress, AddressList = new IPAddress[] { literal } };
        }

        if (_dns == null)
        {
            throw new SocketException(SocketError.NoRecovery);
        }

        // The resolver ends every lookup by itself: each server is asked a few times, and that is all.
        LookupHandle lookup = new LookupHandle(this, _dns, hostNameOrAddress);
        try
        {
            Block(lookup, Handle.Resolve, null, 0, 0, null, Timeout.Infinite);
            return new IPHostEntry { HostName = hostNameOrAddress, AddressList = lookup.Addresses };
        }
        finally
        {
            lock (Gate)
            {
                lookup.Close();
            }
        }
    }

    /// <summary>The given host, or the default one.</summary>
    /// <exception cref="InvalidOperationException">There is no default one.</exception>
    internal static SocketHost Required(SocketHost host)
    {
        if (host == null)
        {
            host = Default;
        }

        if (host == null)
        {
            throw new InvalidOperationException("SocketHost.Default");
        }

        return host;
    }
}
