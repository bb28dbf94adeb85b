using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Link;

/// <summary>What is known about a neighbour.</summary>
public static class ArpState
{
    /// <summary>The entry is unused.</summary>
    public const int Free = 0;

    /// <summary>A request is out, the hardware address is not known yet.</summary>
    public const int Incomplete = 1;

    /// <summary>The hardware address is known.</summary>
    public const int Reachable = 2;

    /// <summary>The hardware address is known but old; it is used while the neighbour is asked again.</summary>
    public const int Stale = 3;
}

/// <summary>
/// The cache of IPv4 to Ethernet addresses (RFC 826, RFC 1122 §2.3.2): bounded, ageing, with one frame held per
/// unresolved target and at most one request per target and second.
/// </summary>
public sealed partial class ArpTable
{
    // RFC 1122 §2.3.2.1: entries must time out, "on the order of a minute"; ours is then confirmed by unicast polls
    // (mechanism 2 of that section) while it stays in use, so that traffic does not stop every minute.
    private const int StaleAfterMs = 60000;

    // RFC 1122 §2.3.2.1: no more than one request per second and destination.
    private const int RequestIntervalMs = 1000;

    private const int MaxRequests = 4;

    private readonly NetworkInterface _net;
    private readonly int _capacity;
    private readonly uint[] _address;
    private readonly byte[] _mac;
    private readonly byte[] _state;
    private readonly int[] _confirmedAt;
    private readonly int[] _requestedAt;
    private readonly byte[] _requests;
    private readonly int[] _usedAt;
    private readonly byte[][] _heldFrame;
    private readonly int[] _heldLength;
    private readonly uint[] _heldFor;

    internal ArpTable(NetworkInterface net, StackOptions options)
    {
        _net = net;
        _capacity = options.ArpEntries;
        _address = new uint[_capacity];
        _mac = new byte[_capacity * 6];
        _state = new byte[_capacity];
        _confirmedAt = new int[_capacity];
        _requestedAt = new int[_capacity];
        _requests = new byte[_capacity];
        _usedAt = new int[_capacity];
        int held = options.ArpPendingFrames;
        _heldFrame = new byte[held][];
        for (int i = 0; i < held; i++)
        {
            _heldFrame[i] = new byte[EthernetDevice.MaxFrameLength];
        }

        _heldLength = new int[held];
        _heldFor = new uint[held];
        net.Memory.Add("ARP entries", _capacity, _capacity * (6 + 4 * 4 + 2));
        net.Memory.Add("ARP held frames", held, held * (EthernetDevice.MaxFrameLength + 8));
    }

    /// <summary>Entries the table has room for.</summary>
    public int Capacity
    {
        get { return _capacity; }
    }

    /// <summary>Grows whenever a known hardware address changes or is lost, so that copies of it can be refreshed.</summary>
    internal int Version;

    /// <summary>The neighbour's IPv4 address, or 0 when the entry is free.</summary>
    public uint AddressAt(int index)
    {
        return _state[index] == ArpState.Free ? 0 : _address[index];
    }

    /// <summary>Copies the neighbour's hardware address, six bytes.</summary>
    public void CopyMacAt(int index, byte[] destination, int offset)
    {
        Array.Copy(_mac, index * 6, destination, offset, 6);
    }

    /// <summary>One of <see cref="ArpState"/>.</summary>
    public int StateAt(int index)
    {
        if (_state[index] == ArpState.Reachable && _net.Now - _confirmedAt[index] >= StaleAfterMs)
        {
            return ArpState.Stale;
        }

        return _state[index];
    }

    /// <summary>Milliseconds since the entry was confirmed by the neighbour, or since it was first asked for.</summary>
    public int AgeMsAt(int index)
    {
        return _net.Now - _confirmedAt[index];
    }

    /// <summary>Forgets every entry and drops every held frame, as after a change of network.</summary>
    public void Flush()
    {
        for (int i = 0; i < _capacity; i++)
        {
            _state[i] = ArpState.Free;
        }

        for (int i = 0; i < _heldFrame.Length; i++)
        {
            DropHeld(i);
        }

        Version++;
    }

    /// <summary>Forgets one neighbour; frames held for it are dropped. Whoever needs it next asks anew.</summary>
    /// <returns>False when there is no entry for the address.</returns>
    public bool Remove(uint address)
    {
        int entry = Find(address);
        if (entry < 0)
        {
            return false;
        }

        Forget(entry);
        return true;
    }

    /// <summary>Negative advice from above (RFC 1122 §2.3.2.1 (4)): the neighbour is asked again before its address is trusted longer.</summary>
    internal void Doubt(uint address)
    {
        int entry = Find(address);
        if (entry >= 0 && _state[entry] == ArpState.Reachable)
        {
            _confirmedAt[entry] = _net.Now - StaleAfterMs;
        }
    }

    /// <summary>
    /// Writes the hardware address of a neighbour, asking for it when it is unknown or old.
    /// </summary>
    /// <param name="address">An address on the link.</param>
    /// <param name="destination">Receives six bytes.</param>
    /// <param name="offset">Where to.</param>
    /// <returns>False when the address is not known yet; the bytes are then untouched.</returns>
    internal bool Resolve(uint address, byte[] destination, int offset)
    {
        int now = _net.Now;
        int entry = Find(address);
        if (entry < 0)
        {
            entry = Allocate(address);
        }

        _usedAt[entry] = now;
        int state = StateAt(entry);
        if (state != ArpState.Reachable && (_requests[entry] == 0 || now - _requestedAt[entry] >= RequestIntervalMs))
        {
            if (state == ArpState.Stale && _requests[entry] >= MaxRequests)
            {
                _state[entry] = ArpState.Incomplete;
                Version++;
                state = ArpState.Incomplete;
            }

            // The request is composed in the transmit buffer: a caller resolves before it composes.
            Request(entry, state == ArpState.Stale);
        }

        if (state == ArpState.Incomplete)
        {
            return false;
        }

        Array.Copy(_mac, entry * 6, destination, offset, 6);
        return true;
    }

    /// <summary>Asks again for unresolved neighbours and gives up on mute ones.</summary>
    /// <returns>Milliseconds until this is to be called again, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int now = _net.Now;
        int next = NetworkInterface.Never;
        for (int i = 0; i < _capacity; i++)
        {
            if (_state[i] != ArpState.Incomplete)
            {
                continue;
            }

            int wait = RequestIntervalMs - (now - _requestedAt[i]);
            if (wait <= 0)
            {
                if (_requests[i] >= MaxRequests)
                {
                    Forget(i);
                    continue;
                }

                Request(i, false);
                wait = RequestIntervalMs;
            }

            if (wait < next)
            {
                next = wait;
            }
        }

        return next;
    }

    private int Find(uint address)
    {
        for (int i = 0; i < _capacity; i++)
        {
            if (_address[i] == address && _state[i] != ArpState.Free)
            {
                return i;
            }
        }

        return -1;
    }

    // A full table gives up the entry that was used longest ago, unresolved ones first.
    private int Allocate(uint address)
    {
        int now = _net.Now;
        int victim = 0;
        int victimAge = -1;
        for (int i = 0; i < _capacity; i++)
        {
            if (_state[i] == ArpState.Free)
            {
                victim = i;
                break;
            }

            // An unresolved entry counts as older than any resolved one, or spoofed addresses would push out the neighbours in use.
            int age = (now - _usedAt[i]) & (int.MaxValue >> 1);
            if (_state[i] == ArpState.Incomplete)
            {
                age += int.MaxValue >> 1;
            }

            if (age > victimAge)
            {
                victim = i;
                victimAge = age;
            }
        }

        if (_state[victim] != ArpState.Free)
        {
            Forget(victim);
        }

        _address[victim] = address;
        _state[victim] = ArpState.Incomplete;
        _requests[victim] = 0;
        _confirmedAt[victim] = now;
        _usedAt[victim] = now;
        return victim;
    }

    private void Forget(int entry)
    {
        _state[entry] = ArpState.Free;
        for (int i = 0; i < _heldFrame.Length; i++)
        {
            if (_heldLength[i] != 0 && _heldFor[i] == _address[entry])
            {
                DropHeld(i);
            }
        }

        Version++;
    }

    private void Confirm(int entry, byte[] source, int offset)
    {
        int m = entry * 6;
        bool changed = _state[entry] != ArpState.Reachable;
        for (int i = 0; i < 6; i++)
        {
            if (_mac[m + i] != source[offset + i])
            {
                _mac[m + i] = source[offset + i];
                changed = true;
            }
        }

        _state[entry] = ArpState.Reachable;
        _confirmedAt[entry] = _net.Now;
        _requests[entry] = 0;
        if (changed)
        {
            Version++;
            ReleaseHeld(entry);
        }
    }
}
