using System;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>
/// Reassembly of fragmented datagrams (RFC 791 §3.2, RFC 1122 §3.3.2): a fixed number at once, of a fixed size at most, for a fixed time. Fragments
/// that overlap end the datagram, as they come from attackers only (RFC 1858, RFC 5722 §4); one that repeats what has come already is ignored.
/// </summary>
internal sealed class Reassembler
{
    // RFC 1122 §3.3.2: a fixed value between 60 and 120 seconds, and not the time to live.
    private const int TimeoutMs = 60000;

    private const int MoreFragments = 0x2000;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;
    private readonly StackCounters _counters;
    private readonly Fragments[] _table;
    private readonly int _size;

    internal Reassembler(NetworkInterface net, Ipv4 ipv4, StackOptions options)
    {
        _net = net;
        _ipv4 = ipv4;
        _counters = net.Counters;
        _size = options.ReassemblySize;
        _table = new Fragments[options.ReassemblyDatagrams];
        int bytes = 0;
        for (int i = 0; i < _table.Length; i++)
        {
            _table[i] = new Fragments(_size);
            bytes += _table[i].Data.Length + _table[i].Map.Length;
        }

        net.Memory.Add("reassembly buffers", _table.Length, bytes);
    }

    /// <summary>Datagrams that were put together.</summary>
    internal int Completed { get; private set; }

    /// <summary>Takes a fragment; hands the datagram on when it was the one that was missing.</summary>
    /// <param name="b">Holds the fragment.</param>
    /// <param name="h">First byte of its IP header, which has been checked.</param>
    /// <param name="headerLength">Bytes of header.</param>
    /// <param name="totalLength">Bytes of header and data.</param>
    /// <param name="toMany">It was addressed to more hosts than us.</param>
    internal void Input(byte[] b, int h, int headerLength, int totalLength, bool toMany)
    {
        int field = BigEndian.ReadUInt16(b, h + Ipv4Header.FlagsAndFragment);
        int offset = (field & 0x1FFF) << 3;
        bool last = (field & MoreFragments) == 0;
        int length = totalLength - headerLength;
        int end = offset + length;
        if (length == 0 || (!last && (length & 7) != 0))
        {
            _counters.Drop(DropReason.BadIpHeader);
            return;
        }

        Fragments f = Find(b, h, toMany);
        if (end > _size || end + headerLength > 65535)
        {
            Refuse(f, DropReason.FragmentTooLong);
            return;
        }

        // All but the last fragment are whole blocks, so a block is known or not; the last block of all may be shorter.
        int first = offset >> 3;
        int blocks = (length + 7) >> 3;
        int known = f.Known(first, blocks);
        if (known == blocks && (!last || f.Length == end))
        {
            _counters.Drop(DropReason.FragmentRepeated);
            return;
        }

        if (known != 0 || (f.Length >= 0 && (last || end > f.Length)) || (last && end < f.Farthest))
        {
            Refuse(f, DropReason.FragmentOverlap);
            return;
        }

        // RFC 3168 §5.3: one marked fragment marks the datagram.
        f.Congested |= (b[h + Ipv4Header.TypeOfService] & Ipv4Header.EcnMask) == Ipv4Header.EcnCongestionExperienced;
        f.Mark(first, blocks);
        Array.Copy(b, h + headerLength, f.Data, Fragments.DataAt + offset, length);
        f.Received += length;
        f.Farthest = end > f.Farthest ? end : f.Farthest;
        if (last)
        {
            f.Length = end;
        }

        if (offset == 0)
        {
            f.HasFirst = true;
            f.HeaderLength = headerLength;
            Array.Copy(b, h, f.Data, Fragments.DataAt - headerLength, headerLength);
        }

        if (f.Received == f.Length)
        {
            Complete(f);
        }
    }

    /// <summary>Gives up what has waited too long.</summary>
    /// <returns>Milliseconds until the next one is, or <see cref="NetworkInterface.Never"/>.</returns>
    internal int Tick()
    {
        int next = NetworkInterface.Never;
        for (int i = 0; i < _table.Length; i++)
        {
            Fragments f = _table[i];
            if (!f.InUse)
            {
                continue;
            }

            int left = TimeoutMs - (_net.Now - f.StartedAt);
            if (left > 0)
            {
                next = left < next ? left : next;
                continue;
            }

            f.InUse = false;
            _counters.Drop(DropReason.FragmentTimedOut);
            if (f.HasFirst)
            {
                // RFC 1122 §3.3.2: Time Exceeded, if fragment zero has been received.
                int h = Fragments.DataAt - f.HeaderLength;
                _ipv4.Error(IcmpHeader.TimeExceeded, IcmpHeader.CodeReassembly, 0, f.Data, h, BigEndian.ReadUInt16(f.Data, h + Ipv4Header.TotalLength), f.ToMany);
            }
        }

        return next;
    }

    /// <summary>The address has changed: nothing that is half here will be completed.</summary>
    internal void Clear()
    {
        for (int i = 0; i < _table.Length; i++)
        {
            _table[i].InUse = false;
        }
    }

    // The datagram a fragment belongs to, begun if need be. A full table gives up its oldest: a flood of first fragments must not shut it for a minute.
    private Fragments Find(byte[] b, int h, bool toMany)
    {
        uint source = (uint)BigEndian.ReadInt32(b, h + Ipv4Header.Source);
        uint destination = (uint)BigEndian.ReadInt32(b, h + Ipv4Header.Destination);
        int key = (BigEndian.ReadUInt16(b, h + Ipv4Header.Identification) << 8) | b[h + Ipv4Header.Protocol];
        Fragments taken = _table[0];
        for (int i = 0; i < _table.Length; i++)
        {
            Fragments f = _table[i];
            if (f.InUse && f.Key == key && f.Source == source && f.Destination == destination)
            {
                return f;
            }

            if (taken.InUse && (!f.InUse || f.StartedAt - taken.StartedAt < 0))
            {
                taken = f;
            }
        }

        if (taken.InUse)
        {
            _counters.Drop(DropReason.FragmentNoRoom);
        }

        taken.Start(source, destination, key, toMany, _net.Now);
        _net.WakeIn(TimeoutMs);
        return taken;
    }

    private void Refuse(Fragments f, DropReason reason)
    {
        f.InUse = false;
        _counters.Drop(reason);
    }

    private void Complete(Fragments f)
    {
        // Out of the table first: what is handed on may lead back here.
        f.InUse = false;
        Completed++;
        byte[] d = f.Data;
        int h = Fragments.DataAt - f.HeaderLength;
        if (f.Congested)
        {
            d[h + Ipv4Header.TypeOfService] |= Ipv4Header.EcnCongestionExperienced;
        }

        BigEndian.WriteUInt16(d, h + Ipv4Header.TotalLength, f.HeaderLength + f.Length);
        BigEndian.WriteUInt16(d, h + Ipv4Header.FlagsAndFragment, 0);
        BigEndian.WriteUInt16(d, h + Ipv4Header.HeaderChecksum, 0);
        BigEndian.WriteUInt16(d, h + Ipv4Header.HeaderChecksum, Checksum.Finish(Checksum.Sum(d, h, f.HeaderLength)));
        _ipv4.Deliver(d, h, f.HeaderLength, f.HeaderLength + f.Length, f.ToMany);
    }
}
