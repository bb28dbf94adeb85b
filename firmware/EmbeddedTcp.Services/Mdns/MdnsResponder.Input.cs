using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Services.Mdns;

/// <content>What comes in: questions, known answers, other hosts' probes and conflicts.</content>
public sealed partial class MdnsResponder
{
    // RFC 6762 §6: a record goes to the group no more than once a second, and in answer to a probe no more than four times.
    private const int LeastInterval = 1000;
    private const int LeastProbeInterval = 250;

    // RFC 6762 §6 and §7.2: what others may answer too waits 20 to 120 ms; where more known answers follow, 400 to 500 ms.
    private const int SharedDelay = 20;
    private const int MoreDelay = 400;
    private const int DelaySpread = 100;

    private void Receive(int length)
    {
        byte[] b = _buffer;
        if (length < DnsMessage.HeaderLength || _socket.FromLength > length || (b[2] & 0x78) != 0 || !Net.IsOnLink(_socket.FromAddress))
        {
            // RFC 6762 §11, §18.3: from elsewhere, or of another kind; silently ignored.
            return;
        }

        int questions = BigEndian.ReadUInt16(b, 4);
        int answers = BigEndian.ReadUInt16(b, 6);
        int authorities = BigEndian.ReadUInt16(b, 8);
        int wanted = 0;
        int asked = 0;
        bool unicast = true;
        int at = DnsMessage.HeaderLength;
        for (int i = 0; i < questions; i++)
        {
            int start = at;
            at = DnsName.Read(b, 0, length, at, _read);
            if (at < 0 || at + 4 > length)
            {
                return;
            }

            int wants = Wanted(BigEndian.ReadUInt16(b, at));
            unicast &= wants == 0 || (b[at + 2] & 0x80) != 0;
            asked = wanted == 0 ? start : asked;
            wanted |= wants;
            at += 4;
        }

        if ((b[2] & 0x80) != 0)
        {
            // RFC 6762 §6: responses come from port 5353; §8.1 and §9: one that gives a name of ours other data, in any section, is a conflict.
            if (_socket.FromPort == Port && IsConflict(length, at, answers + authorities + BigEndian.ReadUInt16(b, 10)))
            {
                Conflict();
            }

            return;
        }

        if (State < MdnsState.Announcing)
        {
            LookAtProbe(length, at, answers, authorities);
            return;
        }

        // A message without questions brings the rest of the known answers of one that came before (RFC 6762 §7.2).
        int known = Known(length, at, answers);
        _waiting &= questions == 0 ? ~known : -1;
        wanted &= ~known;
        if (wanted != 0)
        {
            Answer(wanted, unicast, authorities != 0, asked);
        }
    }

    // What of ours a question is for; what goes along with it is added when the answer is made.
    private int Wanted(int type)
    {
        bool any = type == TypeAny;
        int wants = (any || type == TypeA) && DnsName.Same(_host, _read) ? WantsAddress : 0;
        if (_servicePort == 0)
        {
            return wants;
        }

        if (any || type == TypePtr)
        {
            wants |= DnsName.Same(_type, _read) ? WantsPointer : DnsName.Same(_enumeration, _read) ? WantsTypes : 0;
        }

        if (DnsName.Same(_instance, _read))
        {
            wants |= any || type == TypeSrv ? WantsService : 0;
            wants |= any || type == TypeTxt ? WantsText : 0;
        }

        return wants;
    }

    // Reads a record: what of ours has its name and type, whether its data are ours too, its time to live and where it ends. False when it is cut off.
    private bool Record(int length, int at)
    {
        byte[] b = _buffer;
        at = DnsName.Read(b, 0, length, at, _read);
        if (at < 0 || at + 10 > length || at + 10 + BigEndian.ReadUInt16(b, at + 8) > length)
        {
            return false;
        }

        int size = BigEndian.ReadUInt16(b, at + 8);
        _recordType = BigEndian.ReadUInt16(b, at);
        _recordTtl = BigEndian.ReadInt32(b, at + 4);
        _recordIs = _recordType == TypeAny ? 0 : Wanted(_recordType);
        _recordOwner = DnsName.Same(_host, _read) ? 1 : _servicePort != 0 && DnsName.Same(_instance, _read) ? 2 : 0;
        int data = at + 10;
        _recordEnd = data + size;
        _recordOrder = 0;
        switch (_recordIs)
        {
            case WantsAddress:
                uint address = size == 4 ? (uint)BigEndian.ReadInt32(b, data) : 0;
                _recordOrder = address == Net.Address ? 0 : address > Net.Address ? 1 : -1;
                break;
            case WantsService:
                bool sound = size > 6 && DnsName.Read(b, 0, length, data + 6, _read) == _recordEnd;
                long order = sound ? (uint)BigEndian.ReadInt32(b, data) * 0x10000L + BigEndian.ReadUInt16(b, data + 4) - _servicePort : -1;
                _recordOrder = order != 0 ? (order > 0 ? 1 : -1) : DnsName.Compare(_read, _host);
                break;
            case WantsText:
                _recordOrder = size == 1 && b[data] == 0 ? 0 : 1;
                break;
            case WantsPointer:
            case WantsTypes:
                _recordOrder = DnsName.Read(b, 0, length, data, _read) != _recordEnd ? -1
                    : DnsName.Compare(_read, _recordIs == WantsPointer ? _instance : _type);
                break;
        }

        return true;
    }

    // Known answers (RFC 6762 §7.1): who has a record of ours for half of its time at least need not be told.
    private int Known(int length, int at, int answers)
    {
        int known = 0;
        for (int i = 0; i < answers && Record(length, at); i++)
        {
            int ttl = (_recordIs & (WantsAddress | WantsService)) != 0 ? HostTtl : OtherTtl;
            known |= _recordOrder == 0 && _recordTtl >= ttl / 2 ? _recordIs : 0;
            at = _recordEnd;
        }

        return known;
    }

    private bool IsConflict(int length, int at, int records)
    {
        for (int i = 0; i < records && Record(length, at); i++)
        {
            at = _recordEnd;
            if (_recordTtl == 0 || _recordOwner == 0)
            {
                continue;
            }

            // Of a name that we only ask for, an IPv6 address is as good a proof that it is taken.
            if ((_recordIs != 0 && _recordOrder != 0) || (_recordType == TypeAaaa && State == MdnsState.Probing))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 6762 §8.2: of two hosts that probe for a name at once the one with the greater data wins; the other waits a second and probes again,
    // when the winner will tell. Each name has one record of ours: what theirs has of a lower type comes before it.
    private void LookAtProbe(int length, int at, int answers, int authorities)
    {
        int hostType = int.MaxValue;
        int hostOrder = 0;
        int serviceType = int.MaxValue;
        int serviceOrder = 0;
        for (int i = 0; i < answers + authorities && Record(length, at); i++)
        {
            at = _recordEnd;
            if (i < answers)
            {
                continue;
            }

            if (_recordOwner == 1 && _recordType < hostType)
            {
                hostType = _recordType;
                hostOrder = _recordIs == WantsAddress ? _recordOrder : _recordType > TypeA ? 1 : -1;
            }
            else if (_recordOwner == 2 && _recordType < serviceType)
            {
                serviceType = _recordType;
                serviceOrder = _recordIs == WantsService ? _recordOrder : _recordType > TypeSrv ? 1 : -1;
            }
        }

        if (hostOrder > 0 || serviceOrder > 0)
        {
            Probe();
            _dueAt = Net.NowMs + LeastInterval;
        }
    }

    private void Answer(int wanted, bool unicast, bool probe, int asked)
    {
        // RFC 6762 §6.7: whoever asks from another port is an ordinary resolver: by unicast, with its identifier and question.
        Answered++;
        if (_socket.FromPort != Port)
        {
            // Such resolvers ask one thing at a time, so the first question of those that are for us is repeated.
            int end = DnsName.Read(_buffer, 0, BufferLength, asked, _read) + 4;
            int type = BigEndian.ReadUInt16(_buffer, end - 4);
            int at = PutName(DnsMessage.HeaderLength, _read);
            BigEndian.WriteUInt16(_buffer, at, type);
            BigEndian.WriteUInt16(_buffer, at + 2, ClassInternet);
            Compose(at + 4, BigEndian.ReadUInt16(_buffer, 0), 1, wanted, LegacyTtl, LegacyTtl, 0, _socket.FromAddress, _socket.FromPort);
            return;
        }

        if (unicast && (wanted & ~SentWithin(HostTtl / 4 * 1000)) == 0)
        {
            // RFC 6762 §5.4: to the asker alone, unless the group has not heard it for a quarter of its time.
            Compose(DnsMessage.HeaderLength, 0, 0, wanted, HostTtl, OtherTtl, CacheFlush, _socket.FromAddress, Port);
            return;
        }

        bool more = (_buffer[2] & 2) != 0;
        long sendAt = Net.NowMs;
        if (more || (wanted & WantsShared) != 0)
        {
            sendAt += (more ? MoreDelay : SharedDelay) + Net.NextRandom() % DelaySpread;
        }

        _waitingAt = _waiting == 0 || sendAt < _waitingAt ? sendAt : _waitingAt;
        _waitingInterval = probe ? LeastProbeInterval : _waiting == 0 ? LeastInterval : _waitingInterval;
        _waiting |= wanted;
    }

    // What is wanted goes to the group, but for what it has heard just now.
    private void SendWaiting()
    {
        int wanted = _waiting & ~SentWithin(_waitingInterval);
        _waiting = 0;
        if (wanted == 0)
        {
            Throttled++;
            return;
        }

        Compose(DnsMessage.HeaderLength, 0, 0, wanted, HostTtl, OtherTtl, CacheFlush, Group, Port);
    }
}
