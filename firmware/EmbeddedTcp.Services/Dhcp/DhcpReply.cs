using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Dhcp;

/// <summary>What a server said: the fields and options of the last message that was parsed (RFC 2131 §2, RFC 2132).</summary>
internal sealed class DhcpReply
{
    internal const int MaximumServers = 3;

    internal readonly uint[] DnsServers = new uint[MaximumServers];
    internal readonly uint[] NtpServers = new uint[MaximumServers];

    internal int Type;
    internal uint Address;
    internal uint Server;
    internal uint Mask;
    internal uint Router;

    /// <summary>Seconds; 0xFFFFFFFF is for ever, 0 says that there was none.</summary>
    internal uint Lease;
    internal uint RenewalTime;
    internal uint RebindingTime;

    private const int FixedLength = 240;
    private const int ServerNameAt = 44;
    private const int ServerNameLength = 64;
    private const int FileAt = 108;
    private const int FileLength = 128;
    private const int MagicCookie = 0x63825363;

    private int _overload;

    /// <summary>Takes a message apart.</summary>
    /// <returns>False when it is not a well-formed reply to our transaction.</returns>
    internal bool Parse(byte[] b, int length, int transaction, byte[] mac)
    {
        if (length < FixedLength || b[0] != 2 || b[1] != 1 || b[2] != 6 || BigEndian.ReadInt32(b, 4) != transaction
            || BigEndian.ReadInt32(b, 236) != MagicCookie)
        {
            return false;
        }

        for (int i = 0; i < 6; i++)
        {
            if (b[28 + i] != mac[i])
            {
                return false;
            }
        }

        Type = 0;
        Address = (uint)BigEndian.ReadInt32(b, 16);
        Server = 0;
        Mask = 0;
        Router = 0;
        Lease = 0;
        RenewalTime = 0;
        RebindingTime = 0;
        _overload = 0;
        Array.Clear(DnsServers, 0, MaximumServers);
        Array.Clear(NtpServers, 0, MaximumServers);
        if (!Options(b, FixedLength, length))
        {
            return false;
        }

        // RFC 2131 §4.1: an overloaded file field is read before an overloaded sname field.
        int overload = _overload;
        return ((overload & 1) == 0 || Options(b, FileAt, FileAt + FileLength))
            && ((overload & 2) == 0 || Options(b, ServerNameAt, ServerNameAt + ServerNameLength))
            && Type != 0;
    }

    private bool Options(byte[] b, int at, int end)
    {
        while (at < end && b[at] != DhcpOption.End)
        {
            int code = b[at];
            if (code == DhcpOption.Pad)
            {
                at++;
                continue;
            }

            if (at + 2 > end || at + 2 + b[at + 1] > end)
            {
                return false;
            }

            Option(code, b, at + 2, b[at + 1]);
            at += 2 + b[at + 1];
        }

        return true;
    }

    // An option of the wrong length is as good as none.
    private void Option(int code, byte[] b, int at, int length)
    {
        uint first = length < 4 ? 0 : (uint)BigEndian.ReadInt32(b, at);
        uint word = length == 4 ? first : 0;
        switch (code)
        {
            case DhcpOption.MessageType:
                Type = length == 1 ? b[at] : 0;
                break;
            case DhcpOption.Overload:
                _overload = length == 1 ? b[at] & 3 : 0;
                break;
            case DhcpOption.ServerIdentifier:
                Server = word;
                break;
            case DhcpOption.SubnetMask:
                Mask = word;
                break;
            case DhcpOption.Router:
                Router = first;
                break;
            case DhcpOption.LeaseTime:
                Lease = word;
                break;
            case DhcpOption.RenewalTime:
                RenewalTime = word;
                break;
            case DhcpOption.RebindingTime:
                RebindingTime = word;
                break;
            case DhcpOption.DomainNameServer:
                Addresses(DnsServers, b, at, length);
                break;
            case DhcpOption.NtpServers:
                Addresses(NtpServers, b, at, length);
                break;
        }
    }

    private static void Addresses(uint[] to, byte[] b, int at, int length)
    {
        for (int i = 0; i < to.Length && i * 4 + 4 <= length; i++)
        {
            to[i] = (uint)BigEndian.ReadInt32(b, at + i * 4);
        }
    }

    /// <summary>The prefix that a mask stands for; that of the address's class when the server gave none; 0 for what is no mask.</summary>
    internal int PrefixLength
    {
        get
        {
            if (Mask == 0)
            {
                return Address < 0x80000000 ? 8 : Address < 0xC0000000 ? 16 : 24;
            }

            int length = 0;
            while (length < 32 && (Mask & (0x80000000u >> length)) != 0)
            {
                length++;
            }

            return length == 32 || Mask << length == 0 ? length : 0;
        }
    }
}
