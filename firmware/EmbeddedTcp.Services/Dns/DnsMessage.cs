using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dns;

/// <summary>Questions and answers (RFC 1035 §4).</summary>
internal sealed class DnsMessage
{
    internal const int Spoofed = 0;
    internal const int Addresses = 1;
    internal const int Alias = 2;
    internal const int Nothing = 3;
    internal const int NoSuchName = 4;
    internal const int Truncated = 5;
    internal const int Refused = 6;

    internal const int HeaderLength = 12;

    private const int TypeA = 1;
    private const int TypeCname = 5;
    private const int ClassInternet = 1;
    private const int MaximumAliases = 8;

    private readonly byte[] _owner = new byte[DnsName.MaximumLength];

    /// <summary>Writes the question for the addresses of a name.</summary>
    /// <returns>Its length.</returns>
    internal static int Compose(byte[] b, int at, int id, byte[] name)
    {
        int length = DnsName.LengthOf(name);
        Array.Clear(b, at, HeaderLength);
        BigEndian.WriteUInt16(b, at, id);

        // Recursion desired, one question.
        b[at + 2] = 1;
        b[at + 5] = 1;
        Array.Copy(name, 0, b, at + HeaderLength, length);
        BigEndian.WriteUInt16(b, at + HeaderLength + length, TypeA);
        BigEndian.WriteUInt16(b, at + HeaderLength + length + 2, ClassInternet);
        return HeaderLength + length + 4;
    }

    /// <summary>
    /// Takes an answer apart. Addresses and the least time to live go to the lookup; where aliases lead to a name the answer does not know,
    /// that name is the next to ask for.
    /// </summary>
    /// <param name="b">Holds the message.</param>
    /// <param name="length">Bytes that are there.</param>
    /// <param name="complete">False when more were sent than are there; what is missing is then not looked for.</param>
    /// <param name="lookup">The question.</param>
    internal int Parse(byte[] b, int length, bool complete, DnsLookup lookup)
    {
        // RFC 5452 §9.1: identifier and question must be those we sent; address and ports are compared below us.
        int at = HeaderLength;
        if (length < HeaderLength || BigEndian.ReadUInt16(b, 0) != lookup.Id || (b[2] & 0xF8) != 0x80 || BigEndian.ReadUInt16(b, 4) != 1)
        {
            return Spoofed;
        }

        at = DnsName.Read(b, 0, length, at, _owner);
        if (at < 0 || at + 4 > length || !DnsName.Same(lookup.Asked, _owner) || BigEndian.ReadUInt16(b, at) != TypeA
            || BigEndian.ReadUInt16(b, at + 2) != ClassInternet)
        {
            return Spoofed;
        }

        int response = b[3] & 15;
        if (response == 3)
        {
            return NoSuchName;
        }

        if (response != 0)
        {
            return Refused;
        }

        if ((b[2] & 2) != 0)
        {
            return Truncated;
        }

        return Answers(b, length, complete, at + 4, BigEndian.ReadUInt16(b, 6), lookup);
    }

    // Aliases usually stand before what they lead to, but need not: each one found starts another pass.
    private int Answers(byte[] b, int length, bool complete, int start, int count, DnsLookup lookup)
    {
        bool aliased = false;
        while (true)
        {
            int found = Pass(b, length, complete, start, count, lookup);
            if (found == Refused || found == Addresses)
            {
                return found;
            }

            if (found == Nothing)
            {
                return aliased ? Alias : Nothing;
            }

            aliased = true;
            lookup.Aliases++;
            if (lookup.Aliases > MaximumAliases)
            {
                return Nothing;
            }
        }
    }

    private int Pass(byte[] b, int length, bool complete, int at, int count, DnsLookup lookup)
    {
        for (int i = 0; i < count; i++)
        {
            at = DnsName.Read(b, 0, length, at, _owner);
            int data = at + 10;
            if (at < 0 || data > length || data + BigEndian.ReadUInt16(b, at + 8) > length)
            {
                return !complete ? Found(lookup) : Refused;
            }

            int type = BigEndian.ReadUInt16(b, at);
            int size = BigEndian.ReadUInt16(b, at + 8);
            bool ours = BigEndian.ReadUInt16(b, at + 2) == ClassInternet && DnsName.Same(lookup.Asked, _owner);
            if (ours && type == TypeA && size == 4)
            {
                Limit(lookup, b, at + 4);
                lookup.AddAddress((uint)BigEndian.ReadInt32(b, data));
            }
            else if (ours && type == TypeCname)
            {
                Limit(lookup, b, at + 4);
                return DnsName.Read(b, 0, length, data, lookup.Asked) == data + size ? Alias : Refused;
            }

            at = data + size;
        }

        return Found(lookup);
    }

    private static int Found(DnsLookup lookup)
    {
        return lookup.AddressCount > 0 ? Addresses : Nothing;
    }

    private static void Limit(DnsLookup lookup, byte[] b, int at)
    {
        // RFC 2181 §8: with the highest bit set it counts as zero.
        int ttl = BigEndian.ReadInt32(b, at);
        ttl = ttl < 0 ? 0 : ttl;
        lookup.Ttl = ttl < lookup.Ttl ? ttl : lookup.Ttl;
    }
}
