using System;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Mdns;

/// <content>Questions, answers and probes as they stand in messages.</content>
public sealed partial class MdnsResponder
{
    private const int TypeA = 1;
    private const int TypePtr = 12;
    private const int TypeTxt = 16;
    private const int TypeSrv = 33;
    private const int TypeAny = 255;
    private const int ClassInternet = 1;
    private const int CacheFlush = 0x8000;

    // RFC 6762 §10: two minutes for what a host's name stands in, 75 minutes for the rest.
    private const int HostTtl = 120;
    private const int OtherTtl = 4500;

    // RFC 6762 §6.7: no more than ten seconds for resolvers that know nothing of multicast.
    private const int LegacyTtl = 10;

    private const int WantsAddress = 1;
    private const int WantsPointer = 2;
    private const int WantsService = 4;
    private const int WantsText = 8;
    private const int WantsTypes = 16;
    private const int WantsAll = 15;

    private void Receive(int length)
    {
        byte[] b = _buffer;
        if (length < DnsMessage.HeaderLength || _socket.FromLength > length || (b[2] & 0x78) != 0 || !Net.IsOnLink(_socket.FromAddress))
        {
            // RFC 6762 §11, §18.3: from elsewhere, or of another kind; silently ignored.
            return;
        }

        int questions = BigEndian.ReadUInt16(b, 4);
        bool response = (b[2] & 0x80) != 0;
        int wanted = 0;
        bool unicast = true;
        int at = DnsMessage.HeaderLength;
        for (int i = 0; i < questions; i++)
        {
            at = DnsName.Read(b, 0, length, at, _read);
            if (at < 0 || at + 4 > length)
            {
                return;
            }

            int wants = Wanted(BigEndian.ReadUInt16(b, at));
            unicast &= wants == 0 || (b[at + 2] & 0x80) != 0;
            wanted |= wants;
            at += 4;
        }

        if (!response)
        {
            // Known answers (RFC 6762 §7.1): who knows our pointer already need not be told.
            wanted = DropKnown(length, at, wanted);
            if (wanted != 0 && State >= MdnsState.Announcing)
            {
                Answer(wanted, unicast);
            }

            return;
        }

        // RFC 6762 §6: responses come from port 5353; §8.1 and §9: one that gives our name another address is a conflict.
        if (_socket.FromPort == Port && IsConflict(length, at, BigEndian.ReadUInt16(b, 6)))
        {
            Conflict();
        }
    }

    private int Wanted(int type)
    {
        bool any = type == TypeAny;
        int wants = 0;
        if (DnsName.Same(_host, _read))
        {
            wants |= any || type == TypeA ? WantsAddress : 0;
        }

        if (_servicePort != 0)
        {
            if (DnsName.Same(_type, _read) && (any || type == TypePtr))
            {
                wants |= WantsPointer | WantsService | WantsText | WantsAddress;
            }

            if (DnsName.Same(_instance, _read))
            {
                wants |= any || type == TypeSrv ? WantsService | WantsAddress : 0;
                wants |= any || type == TypeTxt ? WantsText : 0;
            }

            if (DnsName.Same(_enumeration, _read) && (any || type == TypePtr))
            {
                wants |= WantsTypes;
            }
        }

        return wants;
    }

    private int DropKnown(int length, int at, int wanted)
    {
        byte[] b = _buffer;
        int answers = BigEndian.ReadUInt16(b, 6);
        for (int i = 0; i < answers && (wanted & WantsPointer) != 0; i++)
        {
            at = DnsName.Read(b, 0, length, at, _read);
            if (at < 0 || at + 10 > length)
            {
                return wanted;
            }

            int data = at + 10;
            int end = data + BigEndian.ReadUInt16(b, at + 8);
            bool ours = BigEndian.ReadUInt16(b, at) == TypePtr && DnsName.Same(_type, _read) && BigEndian.ReadInt32(b, at + 4) >= OtherTtl / 2;
            if (ours && DnsName.Read(b, 0, length, data, _read) == end && DnsName.Same(_instance, _read))
            {
                return 0;
            }

            at = end;
        }

        return wanted;
    }

    private bool IsConflict(int length, int at, int answers)
    {
        byte[] b = _buffer;
        for (int i = 0; i < answers; i++)
        {
            at = DnsName.Read(b, 0, length, at, _read);
            if (at < 0 || at + 10 > length || at + 10 + BigEndian.ReadUInt16(b, at + 8) > length)
            {
                return false;
            }

            int size = BigEndian.ReadUInt16(b, at + 8);
            if (BigEndian.ReadUInt16(b, at) == TypeA && size == 4 && DnsName.Same(_host, _read)
                && (uint)BigEndian.ReadInt32(b, at + 10) != Net.Address && BigEndian.ReadInt32(b, at + 4) != 0)
            {
                return true;
            }

            at += 10 + size;
        }

        return false;
    }

    private void Answer(int wanted, bool unicast)
    {
        // RFC 6762 §6.7: whoever asks from another port is an ordinary resolver: by unicast, with its identifier and question.
        bool legacy = _socket.FromPort != Port;
        uint to = legacy || unicast ? _socket.FromAddress : Group;
        int id = legacy ? BigEndian.ReadUInt16(_buffer, 0) : 0;
        int at = DnsMessage.HeaderLength;
        if (legacy)
        {
            // Only the first question is repeated: such resolvers ask one at a time.
            at = DnsName.Read(_buffer, 0, BufferLength, at, null) + 4;
        }

        Compose(at, id, legacy ? 1 : 0, wanted, legacy ? LegacyTtl : HostTtl, legacy ? LegacyTtl : OtherTtl, legacy ? 0 : CacheFlush, to, _socket.FromPort);
        Answered++;
    }

    private void SendRecords(int ttl)
    {
        int wanted = _servicePort != 0 ? WantsAll : WantsAddress;
        Compose(DnsMessage.HeaderLength, 0, 0, wanted, ttl, ttl == 0 ? 0 : OtherTtl, CacheFlush, Group, Port);
    }

    // A question for anything under our name, with the record we would like to give it (RFC 6762 §8.1, §8.2).
    private void SendProbe()
    {
        byte[] b = _buffer;
        Array.Clear(b, 0, DnsMessage.HeaderLength);
        b[5] = 1;
        b[9] = 1;
        int at = PutName(DnsMessage.HeaderLength, _host);
        BigEndian.WriteUInt16(b, at, TypeAny);
        BigEndian.WriteUInt16(b, at + 2, ClassInternet);
        at = Address(at + 4, HostTtl, 0);
        _socket.SendTo(Group, Port, b, 0, at);
    }

    private void Compose(int at, int id, int questions, int wanted, int hostTtl, int otherTtl, int flush, uint to, int port)
    {
        byte[] b = _buffer;
        Array.Clear(b, 0, DnsMessage.HeaderLength);
        BigEndian.WriteUInt16(b, 0, id);

        // A response, authoritative.
        b[2] = 0x84;
        b[5] = (byte)questions;
        int records = 0;
        if ((wanted & WantsTypes) != 0)
        {
            at = Pointer(at, _enumeration, _type, otherTtl);
            records++;
        }

        if ((wanted & WantsPointer) != 0)
        {
            at = Pointer(at, _type, _instance, otherTtl);
            records++;
        }

        if ((wanted & WantsService) != 0)
        {
            at = Head(PutName(at, _instance), TypeSrv, flush, hostTtl, 6 + DnsName.LengthOf(_host));
            BigEndian.WriteInt32(b, at, 0);
            BigEndian.WriteUInt16(b, at + 4, _servicePort);
            at = PutName(at + 6, _host);
            records++;
        }

        if ((wanted & WantsText) != 0)
        {
            // RFC 6763 §6.1: a single empty string when there is nothing to say.
            at = Head(PutName(at, _instance), TypeTxt, flush, otherTtl, 1);
            b[at] = 0;
            at++;
            records++;
        }

        if ((wanted & WantsAddress) != 0)
        {
            at = Address(at, hostTtl, flush);
            records++;
        }

        b[7] = (byte)records;
        _socket.SendTo(to, port, b, 0, at);
    }

    private int Address(int at, int ttl, int flush)
    {
        at = Head(PutName(at, _host), TypeA, flush, ttl, 4);
        BigEndian.WriteInt32(_buffer, at, (int)Net.Address);
        return at + 4;
    }

    // Shared records carry no flush bit (RFC 6762 §10.2).
    private int Pointer(int at, byte[] owner, byte[] target, int ttl)
    {
        return PutName(Head(PutName(at, owner), TypePtr, 0, ttl, DnsName.LengthOf(target)), target);
    }

    private int Head(int at, int type, int flush, int ttl, int size)
    {
        BigEndian.WriteUInt16(_buffer, at, type);
        BigEndian.WriteUInt16(_buffer, at + 2, ClassInternet | flush);
        BigEndian.WriteInt32(_buffer, at + 4, ttl);
        BigEndian.WriteUInt16(_buffer, at + 8, size);
        return at + 10;
    }

    private int PutName(int at, byte[] name)
    {
        int length = DnsName.LengthOf(name);
        Array.Copy(name, 0, _buffer, at, length);
        return at + length;
    }
}
