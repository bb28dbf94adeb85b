using EmbeddedTcp.StormTests.Storm;

namespace EmbeddedTcp.StormTests.Fuzz;

/// <summary>Valid frames to one station, written by hand and not by the engine under test, and what a fuzzer makes of them.</summary>
internal sealed class FrameMaker
{
    internal const uint Station = 0x0A000002;
    internal static readonly byte[] StationMac = { 2, 0, 0, 0, 0, 0xB };
    internal static readonly byte[] PeerMac = { 2, 0, 0, 0, 0, 0xA };

    private readonly Dice _d;

    internal FrameMaker(Dice dice)
    {
        _d = dice;
    }

    internal byte[] Frame { get; } = new byte[1600];

    internal int Length { get; private set; }

    internal void Arp(uint sender, uint target, int operation)
    {
        Ethernet(0x0806);
        byte[] b = Frame;
        Word(14, 1);
        Word(16, 0x0800);
        b[18] = 6;
        b[19] = 4;
        Word(20, operation);
        PeerMac.CopyTo(b, 22);
        Long(28, (int)sender);
        StationMac.CopyTo(b, 32);
        Long(38, (int)target);
        Length = 42;
    }

    internal void Tcp(uint source, int sourcePort, int port, int seq, int ack, int flags, int window, int options, int text)
    {
        byte[] b = Frame;
        for (int i = 0; i < options + text; i++)
        {
            b[54 + i] = (byte)_d.Next();
        }

        Word(34, sourcePort);
        Word(36, port);
        Long(38, seq);
        Long(42, ack);
        b[46] = (byte)(((20 + options) / 4) << 4);
        b[47] = (byte)flags;
        Word(48, window);
        Word(50, 0);
        Word(52, _d.Below(65536));
        Ip(source, 6, 20 + options + text);
        TcpSum();
    }

    internal void Icmp(uint source, int type, int code, int text, byte[] quoted)
    {
        byte[] b = Frame;
        for (int i = 0; i < text + 8; i++)
        {
            b[34 + i] = (byte)_d.Next();
        }

        b[34] = (byte)type;
        b[35] = (byte)code;
        Word(36, 0);
        if (quoted != null)
        {
            int n = Math.Min(text, quoted.Length - 14);
            Array.Copy(quoted, 14, b, 42, Math.Max(n, 0));
        }

        Word(36, Sum(34, 8 + text, 0));
        Ip(source, 1, 8 + text);
    }

    internal void Garbage()
    {
        Length = _d.Between(1, 1514);
        for (int i = 0; i < Length; i++)
        {
            Frame[i] = (byte)_d.Next();
        }

        if (_d.Chance(700))
        {
            StationMac.CopyTo(Frame, 0);
            Word(12, _d.Of(0x0800, 0x0806, 0x0800, 0x86DD));
        }

        if (_d.Chance(500))
        {
            Frame[14] = 0x45;
            Long(30, unchecked((int)Station));
            FixSums();
        }
    }

    /// <summary>Takes a frame that the station sent and turns it around, so that addresses and ports fit.</summary>
    internal void TurnedAround(byte[] sent)
    {
        sent.CopyTo(Frame, 0);
        Length = sent.Length;
        Array.Copy(sent, 6, Frame, 0, 6);
        PeerMac.CopyTo(Frame, 6);
        if (Frame[12] == 8 && Frame[13] == 0 && Length >= 34)
        {
            Array.Copy(sent, 26, Frame, 30, 4);
            Array.Copy(sent, 30, Frame, 26, 4);
            if (Frame[23] == 6 && Length >= 54)
            {
                Array.Copy(sent, 34, Frame, 36, 2);
                Array.Copy(sent, 36, Frame, 34, 2);
                Array.Copy(sent, 38, Frame, 42, 4);
                Array.Copy(sent, 42, Frame, 38, 4);
            }

            FixSums();
        }
    }

    /// <summary>Changes a few bytes, cuts or lengthens; the checksums are then put right again most of the time.</summary>
    internal void Mutate()
    {
        int changes = _d.Between(1, 4);
        for (int i = 0; i < changes; i++)
        {
            int at = _d.Chance(800) ? _d.Between(12, Math.Min(Length, 60) - 1) : _d.Below(Length);
            Frame[at] = _d.Below(4) switch
            {
                0 => (byte)(Frame[at] ^ (1 << _d.Below(8))),
                1 => 0,
                2 => 0xFF,
                _ => (byte)_d.Next(),
            };
        }

        if (_d.Chance(150))
        {
            Length = _d.Between(1, Length);
        }
        else if (_d.Chance(100))
        {
            Length = Math.Min(1514, Length + _d.Below(40));
        }

        if (_d.Chance(800))
        {
            FixSums();
        }
    }

    private void Ethernet(int type)
    {
        StationMac.CopyTo(Frame, 0);
        PeerMac.CopyTo(Frame, 6);
        Word(12, type);
    }

    private void Ip(uint source, int protocol, int payload)
    {
        Ethernet(0x0800);
        byte[] b = Frame;
        b[14] = 0x45;
        b[15] = 0;
        Word(16, 20 + payload);
        Word(18, _d.Below(65536));
        Word(20, 0);
        b[22] = 64;
        b[23] = (byte)protocol;
        Word(24, 0);
        Long(26, (int)source);
        Long(30, unchecked((int)Station));
        Word(24, Sum(14, 20, 0));
        Length = 34 + payload;
    }

    private void FixSums()
    {
        if (Length < 34)
        {
            return;
        }

        int header = (Frame[14] & 15) * 4;
        if (header < 20 || 14 + header > Length)
        {
            return;
        }

        Word(24, 0);
        Word(24, Sum(14, header, 0));
        int payload = ((Frame[16] << 8) | Frame[17]) - header;
        int at = 14 + header;
        if (payload < 20 || at + payload > Length)
        {
            return;
        }

        if (Frame[23] == 6)
        {
            TcpSum(at, payload);
        }
        else if (Frame[23] == 1)
        {
            Word(at + 2, 0);
            Word(at + 2, Sum(at, payload, 0));
        }
    }

    private void TcpSum()
    {
        TcpSum(34, Length - 34);
    }

    private void TcpSum(int at, int length)
    {
        int pseudo = 6 + length;
        for (int i = 26; i < 34; i += 2)
        {
            pseudo += (Frame[i] << 8) | Frame[i + 1];
        }

        Word(at + 16, 0);
        Word(at + 16, Sum(at, length, pseudo));
    }

    private int Sum(int at, int length, int sum)
    {
        for (int i = 0; i < length; i++)
        {
            sum += (i & 1) == 0 ? Frame[at + i] << 8 : Frame[at + i];
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return ~sum & 0xFFFF;
    }

    private void Word(int at, int value)
    {
        Frame[at] = (byte)(value >> 8);
        Frame[at + 1] = (byte)value;
    }

    private void Long(int at, int value)
    {
        Word(at, value >> 16);
        Word(at + 2, value);
    }
}
