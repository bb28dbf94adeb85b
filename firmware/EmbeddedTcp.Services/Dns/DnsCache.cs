using System;

namespace EmbeddedTcp.Services.Dns;

/// <summary>Answers that are still good, in a fixed table. A full one gives up the answer that would expire first.</summary>
internal sealed class DnsCache
{
    // Longer names are looked up each time.
    private const int NameLength = 64;

    private const long LongestTtl = 86400;

    private readonly byte[] _names;
    private readonly int[] _nameLength;
    private readonly uint[] _addresses;
    private readonly int[] _count;
    private readonly long[] _expiresAt;

    internal DnsCache(int entries)
    {
        _names = new byte[entries * NameLength];
        _nameLength = new int[entries];
        _addresses = new uint[entries * DnsLookup.MaximumAddresses];
        _count = new int[entries];
        _expiresAt = new long[entries];
    }

    internal void Clear()
    {
        Array.Clear(_count, 0, _count.Length);
    }

    /// <summary>Answers a lookup, if it can.</summary>
    internal bool Find(DnsLookup lookup, long nowMs)
    {
        int at = IndexOf(lookup.Name, nowMs);
        if (at < 0)
        {
            return false;
        }

        lookup.AddressCount = _count[at];
        Array.Copy(_addresses, at * DnsLookup.MaximumAddresses, lookup.Addresses, 0, DnsLookup.MaximumAddresses);
        lookup.Ttl = (_expiresAt[at] - nowMs) / 1000;
        return true;
    }

    /// <summary>Remembers an answer for its time to live.</summary>
    internal void Add(DnsLookup lookup, long nowMs)
    {
        int length = DnsName.LengthOf(lookup.Name);
        if (_count.Length == 0 || length > NameLength || lookup.Ttl <= 0)
        {
            return;
        }

        int at = IndexOf(lookup.Name, nowMs);
        if (at < 0)
        {
            at = 0;
            for (int i = 1; i < _count.Length && _count[at] != 0; i++)
            {
                if (_count[i] == 0 || _expiresAt[i] < _expiresAt[at])
                {
                    at = i;
                }
            }
        }

        Array.Copy(lookup.Name, 0, _names, at * NameLength, length);
        _nameLength[at] = length;
        Array.Copy(lookup.Addresses, 0, _addresses, at * DnsLookup.MaximumAddresses, DnsLookup.MaximumAddresses);
        _count[at] = lookup.AddressCount;
        _expiresAt[at] = nowMs + (lookup.Ttl < LongestTtl ? lookup.Ttl : LongestTtl) * 1000;
    }

    private int IndexOf(byte[] name, long nowMs)
    {
        int length = DnsName.LengthOf(name);
        for (int i = 0; i < _count.Length; i++)
        {
            if (_count[i] != 0 && nowMs >= _expiresAt[i])
            {
                _count[i] = 0;
            }

            if (_count[i] != 0 && _nameLength[i] == length && DnsName.Same(_names, i * NameLength, name, 0, length))
            {
                return i;
            }
        }

        return -1;
    }
}
