using EmbeddedTcp.Link;

namespace EmbeddedTcp.Tcp;

/// <content>Which connections have something to send, which have events for the application, and the timers of all.</content>
public sealed partial class TcpEngine
{
    private readonly TcpConnection[] _pending;
    private readonly TcpConnection[] _ready;
    private int _pendingHead;
    internal int PendingCount;
    private int _readyHead;
    private int _readyCount;

    /// <summary>The connection may have something to send: it is asked at the end of the poll.</summary>
    internal void AddPending(TcpConnection c)
    {
        if (c.OutputPending || c.CurrentState == TcpState.Closed)
        {
            return;
        }

        c.OutputPending = true;
        int at = _pendingHead + PendingCount;
        _pending[at >= _pending.Length ? at - _pending.Length : at] = c;
        PendingCount++;
    }

    internal void AddReady(TcpConnection c)
    {
        c.ReadyPending = true;
        int at = _readyHead + _readyCount;
        _ready[at >= _ready.Length ? at - _ready.Length : at] = c;
        _readyCount++;
    }

    /// <summary>Asks every pending connection for its segments.</summary>
    /// <returns>False when the device refused one: the rest waits.</returns>
    internal bool SendPending()
    {
        while (PendingCount > 0)
        {
            TcpConnection c = _pending[_pendingHead];
            if (!Sender.Output(c))
            {
                return false;
            }

            c.OutputPending = false;
            _pendingHead = _pendingHead + 1 == _pending.Length ? 0 : _pendingHead + 1;
            PendingCount--;
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
