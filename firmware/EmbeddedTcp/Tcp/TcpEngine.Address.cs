using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>The local address: part of every checksum, and changed while connections are open.</content>
public sealed partial class TcpEngine
{
    // Pseudo header of what we receive: our address and the protocol.
    private int _localSum;

    /// <summary>
    /// Everything that was bound to the old address ends. Nothing is sent: a RST would have to come from an address that is ours no more.
    /// </summary>
    internal void AddressChanged()
    {
        SetLocalSum();
        for (int i = 0; i < _slots.Length; i++)
        {
            TcpConnection c = _slots[i];
            if (c.CurrentState != TcpState.Closed && c.CurrentState != TcpState.TimeWait)
            {
                End(c, TcpEndReason.AddressChanged);
            }
        }

        HalfOpen.RemovePort(0);
        for (int i = 0; i < TimeWait.Capacity; i++)
        {
            if (TimeWait.InUseAt(i))
            {
                TimeWait.Remove(i);
            }
        }
    }

    /// <summary>The keyed hash of initial sequence numbers, for whoever else needs unpredictable numbers.</summary>
    internal int Hash(int a, int b)
    {
        return _sequence.Hash(a, b, 0, 5);
    }

    private void SetLocalSum()
    {
        int local = (int)_net.Address;
        _localSum = ((local >> 16) & 0xFFFF) + (local & 0xFFFF) + Ipv4Header.ProtocolTcp;
    }
}
