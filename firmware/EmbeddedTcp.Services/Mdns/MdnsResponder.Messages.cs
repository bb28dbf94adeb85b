using System;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Mdns;

/// <content>What goes out: probes, announcements and answers as they stand in messages.</content>
public sealed partial class MdnsResponder
{
    private const int TypeA = 1;
    private const int TypePtr = 12;
    private const int TypeTxt = 16;
    private const int TypeAaaa = 28;
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
    private const int WantsShared = WantsPointer | WantsTypes;

    private void SendRecords(int ttl)
    {
        int wanted = _servicePort != 0 ? WantsAll : WantsAddress;
        Compose(DnsMessage.HeaderLength, 0, 0, wanted, ttl, ttl == 0 ? 0 : OtherTtl, CacheFlush, Group, Port);
    }

    // A question for anything under our names, with the records we would like to give them (RFC 6762 §8.1, §8.2).
    private void SendProbe()
    {
        byte[] b = _buffer;
        Array.Clear(b, 0, DnsMessage.HeaderLength);
        int at = Question(DnsMessage.HeaderLength, _host);
        if (_servicePort != 0)
        {
            at = Question(at, _instance);
        }

        int names = _servicePort != 0 ? 2 : 1;
        b[5] = (byte)names;
        b[9] = (byte)names;
        at = Address(at, HostTtl, 0);
        if (_servicePort != 0)
        {
            at = Service(at, HostTtl, 0);
        }

        _socket.SendTo(Group, Port, b, 0, at);
    }

    private int Question(int at, byte[] name)
    {
        at = PutName(at, name);
        BigEndian.WriteUInt16(_buffer, at, TypeAny);
        BigEndian.WriteUInt16(_buffer, at + 2, ClassInternet);
        return at + 4;
    }

    private void Compose(int at, int id, int questions, int wanted, int hostTtl, int otherTtl, int flush, uint to, int port)
    {
        byte[] b = _buffer;
        Array.Clear(b, 0, DnsMessage.HeaderLength);
        BigEndian.WriteUInt16(b, 0, id);

        // A response, authoritative.
        b[2] = 0x84;
        b[5] = (byte)questions;

        // RFC 6763 §12: along with a pointer goes what it leads to, and along with a service its host.
        int all = wanted;
        all |= (all & WantsPointer) != 0 ? WantsService | WantsText : 0;
        all |= (all & WantsService) != 0 ? WantsAddress : 0;
        int extra = all & ~wanted & (to == Group ? ~SentWithin(LeastInterval) : -1);
        int records = 0;
        int end = at;
        for (int pass = 0; pass < 2; pass++)
        {
            // What was asked for first; of the rest what there is room for.
            int some = pass == 0 ? wanted : extra;
            for (int bit = 1; bit <= WantsTypes; bit <<= 1)
            {
                if ((some & bit) == 0 || at + SizeOf(bit) > BufferLength)
                {
                    continue;
                }

                at = Put(bit, at, hostTtl, otherTtl, flush);
                records++;
                if (to == Group)
                {
                    NoteSent(bit);
                }
            }

            if (pass == 0)
            {
                b[7] = (byte)records;
            }
        }

        b[11] = (byte)(records - b[7]);
        if (at != end)
        {
            _socket.SendTo(to, port, b, 0, at);
        }
    }

    private void NoteSent(int bit)
    {
        for (int i = 0; i < _sentAt.Length; i++)
        {
            _sentAt[i] = bit == 1 << i ? Net.NowMs : _sentAt[i];
        }
    }

    // The records that the group has heard within so many milliseconds.
    private int SentWithin(int milliseconds)
    {
        int sent = 0;
        for (int i = 0; i < _sentAt.Length; i++)
        {
            sent |= _sentAt[i] != 0 && Net.NowMs - _sentAt[i] < milliseconds ? 1 << i : 0;
        }

        return sent;
    }

    private int SizeOf(int bit)
    {
        int instance = _servicePort == 0 ? 0 : DnsName.LengthOf(_instance);
        int type = _servicePort == 0 ? 0 : DnsName.LengthOf(_type);
        switch (bit)
        {
            case WantsAddress: return DnsName.LengthOf(_host) + 14;
            case WantsPointer: return type + 10 + instance;
            case WantsService: return instance + 16 + DnsName.LengthOf(_host);
            case WantsText: return instance + 11;
            default: return DnsName.LengthOf(_enumeration) + 10 + type;
        }
    }

    private int Put(int bit, int at, int hostTtl, int otherTtl, int flush)
    {
        switch (bit)
        {
            case WantsAddress:
                return Address(at, hostTtl, flush);
            case WantsPointer:
                return Pointer(at, _type, _instance, otherTtl);
            case WantsService:
                return Service(at, hostTtl, flush);
            case WantsText:
                // RFC 6763 §6.1: a single empty string when there is nothing to say.
                at = Head(PutName(at, _instance), TypeTxt, flush, otherTtl, 1);
                _buffer[at] = 0;
                return at + 1;
            default:
                return Pointer(at, _enumeration, _type, otherTtl);
        }
    }

    private int Service(int at, int ttl, int flush)
    {
        at = Head(PutName(at, _instance), TypeSrv, flush, ttl, 6 + DnsName.LengthOf(_host));
        BigEndian.WriteInt32(_buffer, at, 0);
        BigEndian.WriteUInt16(_buffer, at + 4, _servicePort);
        return PutName(at + 6, _host);
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
