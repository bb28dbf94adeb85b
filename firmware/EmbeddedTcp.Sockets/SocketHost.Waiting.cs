using System;
using System.Threading;
using EmbeddedTcp.Link;
using EmbeddedTcp.Sockets.Engine;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Sockets;

/// <content>How a verb waits, and who ends its wait.</content>
public sealed partial class SocketHost
{
    // While something waits for the device itself, which tells nobody when it can take a frame again.
    private const int RetryMs = 1;

    private readonly uint[] _groups;
    private readonly int[] _memberships;

    /// <summary>Does a verb, and waits for it if it must.</summary>
    /// <param name="handle">Whose verb it is.</param>
    /// <param name="verb">One of the handle's.</param>
    /// <param name="buffer">Data, or null.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Number of bytes.</param>
    /// <param name="peer">Other end of a datagram or connection, or null.</param>
    /// <param name="timeout">Milliseconds, 0 to not wait at all, negative to wait for ever.</param>
    /// <returns>The verb's result, or <see cref="Handle.Again"/> when the time is over.</returns>
    internal int Block(Handle handle, int verb, byte[] buffer, int offset, int count, Peer peer, int timeout)
    {
        Waiter waiter;
        lock (Gate)
        {
            if (handle.Closed)
            {
                throw new ObjectDisposedException("Socket");
            }

            int result = Attempt(handle, verb, buffer, offset, count, peer);
            if (result != Handle.Again || timeout == 0)
            {
                return result;
            }

            if (_inTurn)
            {
                // Only the poll loop's own thread can be here, and it would wait for itself.
                throw new InvalidOperationException("poll loop");
            }

            waiter = Begin(handle, verb);
        }

        try
        {
            return Wait(waiter, buffer, offset, count, peer, timeout);
        }
        finally
        {
            lock (Gate)
            {
                End(waiter);
            }
        }
    }

    /// <summary>Something happened to a handle that no poll will tell of.</summary>
    internal void Stirred(Handle handle)
    {
        for (Waiter w = _waiting; w != null; w = w.Next)
        {
            if (w.Handle == handle)
            {
                w.Wake();
            }
        }

        Hurry(true);
    }

    /// <summary>Ends the loop's sleep if something waits to be sent.</summary>
    /// <param name="always">True when a frame may have gone already: the loop then has new deadlines, and on a board the chip's answer to see to.</param>
    internal void Hurry(bool always)
    {
        if (!_loopWoken && !_inTurn && WakeLoop != null && (always || Net.OutputPending))
        {
            _loopWoken = true;
            WakeLoop();
        }
    }

    /// <summary>True when there is a way to an address.</summary>
    internal bool HasRoute(uint address)
    {
        return address == Ipv4Address.Broadcast || Ipv4Address.IsMulticast(address)
            || (Net.Address != 0 && (Net.Gateway != 0 || ((address ^ Net.Address) & Net.SubnetMask) == 0));
    }

    /// <summary>Joins a group for one more socket.</summary>
    internal void JoinGroup(uint group)
    {
        if (!Ipv4Address.IsMulticast(group))
        {
            throw new SocketException(SocketError.InvalidArgument);
        }

        int free = -1;
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group)
            {
                _memberships[i]++;
                return;
            }

            free = _groups[i] == 0 ? i : free;
        }

        // A group that a service of the stack is in stays that service's: it is counted once more than there are sockets.
        int others = Net.Udp.IsMember(group) ? 1 : 0;
        if (free < 0 || !Net.Udp.Join(group))
        {
            throw new SocketException(SocketError.NoBufferSpaceAvailable);
        }

        _groups[free] = group;
        _memberships[free] = 1 + others;
    }

    /// <summary>A socket leaves a group.</summary>
    internal void LeaveGroup(uint group)
    {
        for (int i = 0; i < _groups.Length; i++)
        {
            if (_groups[i] == group && --_memberships[i] == 0)
            {
                Net.Udp.Leave(group);
                _groups[i] = 0;
            }
        }
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        int next = NetworkInterface.Never;
        for (Waiter w = _waiting; w != null; w = w.Next)
        {
            if (!w.Handle.Turn(w.Verb))
            {
                next = RetryMs;
            }

            if (!w.Woken && w.Handle.Ready(w.Verb))
            {
                w.Wake();
            }
        }

        return next;
    }

    private int Wait(Waiter waiter, byte[] buffer, int offset, int count, Peer peer, int timeout)
    {
        long end = timeout < 0 ? 0 : Environment.TickCount64 + timeout;
        int left = timeout < 0 ? Timeout.Infinite : timeout;
        while (true)
        {
            waiter.Signal.WaitOne(left, false);
            lock (Gate)
            {
                waiter.Woken = false;
                if (waiter.Handle.Closed)
                {
                    throw new SocketException(SocketError.Interrupted);
                }

                int result = Attempt(waiter.Handle, waiter.Verb, buffer, offset, count, peer);
                if (result != Handle.Again)
                {
                    return result;
                }

                if (timeout >= 0)
                {
                    left = (int)(end - Environment.TickCount64);
                    if (left <= 0)
                    {
                        return Handle.Again;
                    }
                }
            }
        }
    }

    private int Attempt(Handle handle, int verb, byte[] buffer, int offset, int count, Peer peer)
    {
        if (_stopped)
        {
            throw new SocketException(SocketError.NetworkDown);
        }

        int result = verb < Handle.PollRead ? handle.Attempt(verb, buffer, offset, count, peer) : handle.Ready(verb) ? 1 : Handle.Again;
        Hurry(verb == Handle.Send);
        return result;
    }

    private Waiter Begin(Handle handle, int verb)
    {
        Waiter w = _idle;
        if (w == null)
        {
            w = new Waiter();
            Waiters++;
        }
        else
        {
            _idle = w.Next;

            // It may have been woken at the moment its last wait ended.
            w.Signal.Reset();
        }

        w.Handle = handle;
        w.Verb = verb;
        w.Woken = false;
        w.Next = _waiting;
        _waiting = w;
        Waiting++;
        if (verb == Handle.Connect || verb == Handle.Resolve || verb == Handle.Send)
        {
            // Begun by the loop, in its own time.
            Wake();
            Hurry(true);
        }

        return w;
    }

    private void End(Waiter waiter)
    {
        Waiter previous = null;
        for (Waiter w = _waiting; w != waiter; w = w.Next)
        {
            previous = w;
        }

        if (previous == null)
        {
            _waiting = waiter.Next;
        }
        else
        {
            previous.Next = waiter.Next;
        }

        Waiting--;
        waiter.Handle = null;
        waiter.Next = _idle;
        _idle = waiter;
    }
}
