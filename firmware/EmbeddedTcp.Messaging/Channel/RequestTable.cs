using EmbeddedTcp.Link;

namespace EmbeddedTcp.Messaging;

/// <summary>Requests of ours that wait for their reply, each with its deadline.</summary>
internal sealed class RequestTable
{
    internal const int BytesPerRequest = 2 * 4;

    private readonly int[] _id;
    private readonly int[] _dueAt;
    private int _last;

    internal RequestTable(int capacity)
    {
        _id = new int[capacity];
        _dueAt = new int[capacity];
    }

    internal int Count { get; private set; }

    internal bool Full
    {
        get { return Count == _id.Length; }
    }

    /// <summary>An id that no waiting request has, 1 to 65,535.</summary>
    internal int NextId()
    {
        do
        {
            _last = _last == 65535 ? 1 : _last + 1;
        }
        while (Find(_last) >= 0);
        return _last;
    }

    internal void Add(int id, int dueAt)
    {
        int free = Find(0);
        _id[free] = id;
        _dueAt[free] = dueAt;
        Count++;
    }

    /// <summary>Forgets a request.</summary>
    /// <returns>False when there is none of this id.</returns>
    internal bool Remove(int id)
    {
        int at = id == 0 ? -1 : Find(id);
        if (at < 0)
        {
            return false;
        }

        _id[at] = 0;
        Count--;
        return true;
    }

    /// <summary>Forgets one that is overdue, or any.</summary>
    /// <returns>Its id; 0 when there is none.</returns>
    internal int TakeOverdue(int now, bool any)
    {
        for (int i = 0; i < _id.Length && Count > 0; i++)
        {
            int id = _id[i];
            if (id != 0 && (any || now - _dueAt[i] >= 0))
            {
                Remove(id);
                return id;
            }
        }

        return 0;
    }

    /// <summary>Milliseconds until the next one is overdue.</summary>
    internal int Wait(int now)
    {
        int wait = NetworkInterface.Never;
        for (int i = 0; i < _id.Length && Count > 0; i++)
        {
            if (_id[i] != 0 && _dueAt[i] - now < wait)
            {
                wait = _dueAt[i] - now;
            }
        }

        return wait < 0 ? 0 : wait;
    }

    private int Find(int id)
    {
        for (int i = 0; i < _id.Length; i++)
        {
            if (_id[i] == id)
            {
                return i;
            }
        }

        return -1;
    }
}
