using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using EmbeddedTcp.Link;
using EmbeddedTcp.Udp;

namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>What a home router offers: the board's address by DHCP, and the addresses of the names the command line tells of.</summary>
internal sealed class NetServices
{
    private const uint LeaseSeconds = 3600;
    private const uint NameTtl = 60;

    private readonly NetworkInterface _gateway;
    private readonly uint _boardAddress;
    private readonly IReadOnlyDictionary<string, uint> _names;
    private readonly UdpSocket _dhcp;
    private readonly UdpSocket _dns;
    private readonly byte[] _buffer = new byte[1500];

    public NetServices(NetworkInterface gateway, uint boardAddress, IReadOnlyDictionary<string, uint> names)
    {
        _gateway = gateway;
        _boardAddress = boardAddress;
        _names = names;
        _dhcp = gateway.Udp.Bind(67)!;
        _dns = gateway.Udp.Bind(53)!;
    }

    /// <summary>Takes a frame from a host without an address, which the gateway's own stack would not look at.</summary>
    /// <returns>True when it was a DHCP message.</returns>
    public bool Takes(ReadOnlySpan<byte> frame)
    {
        const int message = 14 + 20 + 8;
        if (frame.Length < message || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x0800 || frame[14] != 0x45 || frame[23] != 17
            || BinaryPrimitives.ReadUInt32BigEndian(frame[26..]) != 0 || BinaryPrimitives.ReadUInt16BigEndian(frame[36..]) != 67)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(frame[38..]) - 8;
        if (length >= 0 && message + length <= frame.Length)
        {
            AnswerDhcp(frame.Slice(message, length));
        }

        return true;
    }

    /// <summary>Answers what has arrived.</summary>
    public bool Poll()
    {
        bool any = false;
        int length;
        while ((length = _dhcp.ReceiveFrom(_buffer, 0, _buffer.Length)) >= 0)
        {
            any = true;
            AnswerDhcp(_buffer.AsSpan(0, length));
        }

        while ((length = _dns.ReceiveFrom(_buffer, 0, _buffer.Length)) >= 0)
        {
            any = true;
            byte[]? answer = AnswerDns(_buffer.AsSpan(0, length));
            if (answer != null && _dns.FromPort != 0)
            {
                _dns.SendTo(_dns.FromAddress, _dns.FromPort, answer, 0, answer.Length);
            }
        }

        return any;
    }

    // RFC 2131 §4.3: one client, one address.
    private void AnswerDhcp(ReadOnlySpan<byte> m)
    {
        if (m.Length < 240 || m[0] != 1)
        {
            return;
        }

        byte type = 0;
        uint wanted = BinaryPrimitives.ReadUInt32BigEndian(m[12..]);
        for (int at = 240; at + 1 < m.Length && m[at] != 255; at += m[at] == 0 ? 1 : 2 + m[at + 1])
        {
            if (m[at] == 0 || at + 2 + m[at + 1] > m.Length)
            {
                continue;
            }

            if (m[at] == 53 && m[at + 1] == 1)
            {
                type = m[at + 2];
            }
            else if (m[at] == 50 && m[at + 1] == 4)
            {
                wanted = BinaryPrimitives.ReadUInt32BigEndian(m[(at + 2)..]);
            }
        }

        const byte discover = 1, offer = 2, request = 3, acknowledge = 5, refuse = 6;
        byte answer = type switch { discover => offer, request => wanted == _boardAddress ? acknowledge : refuse, _ => 0 };
        if (answer == 0)
        {
            return;
        }

        var reply = new byte[300];
        m[..240].CopyTo(reply);
        reply.AsSpan(44, 192).Clear();
        reply[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(16), answer == refuse ? 0 : _boardAddress);
        int to = 240;
        void Put(byte code, params byte[] value)
        {
            reply[to] = code;
            reply[to + 1] = (byte)value.Length;
            value.CopyTo(reply, to + 2);
            to += 2 + value.Length;
        }

        static byte[] Word(uint value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            return bytes;
        }

        Put(53, answer);
        Put(54, Word(_gateway.Address));
        if (answer != refuse)
        {
            Put(51, Word(LeaseSeconds));
            Put(1, Word(_gateway.SubnetMask));
            Put(3, Word(_gateway.Address));
            Put(6, Word(_gateway.Address));
        }

        reply[to] = 255;
        _dhcp.SendTo(0xFFFFFFFF, 68, reply, 0, reply.Length);
    }

    // RFC 1035 §4: addresses of the names that are known, and for every other one that there is none.
    private byte[]? AnswerDns(ReadOnlySpan<byte> m)
    {
        if (m.Length < 17 || (m[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(m[4..]) != 1)
        {
            return null;
        }

        var name = new StringBuilder();
        int at = 12;
        while (at < m.Length && m[at] != 0)
        {
            if (m[at] > 63 || at + 1 + m[at] >= m.Length)
            {
                return null;
            }

            name.Append(name.Length == 0 ? string.Empty : ".").Append(Encoding.ASCII.GetString(m.Slice(at + 1, m[at])));
            at += 1 + m[at];
        }

        int end = at + 5;
        if (end > m.Length)
        {
            return null;
        }

        bool known = _names.TryGetValue(name.ToString().ToLowerInvariant(), out uint address);
        bool told = known && m[end - 3] == 1;
        var answer = new byte[end + (told ? 16 : 0)];
        m[..end].CopyTo(answer);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), (ushort)(known ? 0x8580 : 0x8583));
        answer.AsSpan(6, 6).Clear();
        answer[7] = (byte)(told ? 1 : 0);
        if (told)
        {
            byte[] record = [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, (byte)NameTtl, 0, 4];
            record.CopyTo(answer, end);
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(end + 12), address);
        }

        return answer;
    }
}
