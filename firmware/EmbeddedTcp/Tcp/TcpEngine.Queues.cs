using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <content>Which connections have something to send, which have events for the application, and the timers of all.</content>
public sealed partial class TcpEngine
{
    // Lists through the connections themselves: a connection stands in each at most once.
    internal TcpConnection FirstPending;
    private TcpConnection _lastPending;
    private TcpConnection _firstReady;
    private TcpConnection _lastReady;

    /// <summary>The connection may have something to send: it is asked at the end of the poll.</summary>
    internal void AddPending(TcpConnection c)
    {
        if (c.OutputPending || c.CurrentState == TcpState.Closed)
        {
            return;
        }

        c.OutputPending = true;
        c.PendingNext = null;
        if (FirstPending == null)
        {
            FirstPending = c;
        }
        else
        {
            _lastPending.PendingNext = c;
        }

        _lastPending = c;
    }

    internal void AddReady(TcpConnection c)
    {
        if (c.Service != null)
        {
            c.Service.Wake();
            return;
        }

        c.ReadyPending = true;
        c.ReadyNext = null;
        if (_firstReady == null)
        {
            _firstReady = c;
        }
        else
        {
            _lastReady.ReadyNext = c;
        }

        _lastReady = c;
    }

    internal void RemoveReady(TcpConnection c)
    {
        if (!c.ReadyPending)
        {
            return;
        }

        TcpConnection previous = null;
        for (TcpConnection at = _firstReady; at != c; at = at.ReadyNext)
        {
            previous = at;
        }

        if (previous == null)
        {
            _firstReady = c.ReadyNext;
        }
        else
        {
            previous.ReadyNext = c.ReadyNext;
        }

        if (_lastReady == c)
        {
            _lastReady = previous;
        }

        c.ReadyPending = false;
    }

    /// <summary>The next connection with events to be taken by <see cref="TcpConnection.TakeEvents"/>, or null. Those with a <see cref="TcpConnection.Service"/> are not among them.</summary>
    public TcpConnection TakeReady()
    {
        TcpConnection c = _firstReady;
        while (c != null)
        {
            _firstReady = c.ReadyNext;
            c.ReadyPending = false;
            if (c.OwnedByApplication && c.Events != 0)
            {
                return c;
            }

            c = _firstReady;
        }

        return null;
    }

    /// <summary>Asks every pending connection for its segments.</summary>
    /// <returns>False when the device refused one: the rest waits.</returns>
    internal bool SendPending()
    {
        TcpConnection c = FirstPending;
        while (c != null)
        {
            if (!Sender.Output(c))
            {
                return false;
            }

            c.OutputPending = false;
            c = FirstPending = c.PendingNext;
        }

        return true;
    }

    /// <summary>Fires what is due.</summary>
    /// <returns>Milliseconds until the next deadline, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int next = HalfOpen.Tick();
        int wait = TimeWait.Tick();
        if (wait < next)
        {
            next = wait;
        }

        for (int i = 0; i < _slots.Length; i++)
        {
            TcpConnection c = _slots[i];
            if (c.Timers.Armed == 0)
            {
                continue;
            }

            wait = c.Timers.Tick();
            if (wait < next)
            {
                next = wait;
            }
        }

        return next;
    }
}
