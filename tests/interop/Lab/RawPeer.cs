using System;
using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>
/// A station of its own on the host's side of a TAP interface, played segment by segment through a packet socket. The
/// kernel has no part in it: this peer answers only what the test answers, and ARP.
/// </summary>
internal sealed class RawPeer : IDisposable
{
    private const int Ip = 14;
    private const int Tcp = 34;

    private static readonly byte[] s_mac = [0x02, 0x00, 0x00, 0x00, 0x77, 0x99];

    private readonly PacketSocket _socket;
    private readonly byte[] _boardMac = new byte[6];
    private readonly uint _address;
    private readonly uint _board;

    public RawPeer(NetworkNamespace network, string interfaceName, uint address, uint board)
    {
        _address = address;
        _board = board;
        _socket = new PacketSocket(network, interfaceName);
        ResolveBoard();
    }

    /// <summary>Sends a segment to the board.</summary>
    public void Send(int port, int boardPort, TcpFlag flags, uint sequence, uint acknowledgment, int window = 8192, byte[]? data = null)
    {
        data ??= [];
        byte[] frame = new byte[Tcp + 20 + data.Length];
        _boardMac.CopyTo(frame, 0);
        s_mac.CopyTo(frame, 6);
        frame[12] = 0x08;

        frame[Ip] = 0x45;
        Write16(frame, Ip + 2, 40 + data.Length);
        frame[Ip + 6] = 0x40;
        frame[Ip + 8] = 64;
        frame[Ip + 9] = 6;
        Write32(frame, Ip + 12, _address);
        Write32(frame, Ip + 16, _board);
        Write16(frame, Ip + 10, Complement(Sum(frame, Ip, 20)));

        Write16(frame, Tcp, port);
        Write16(frame, Tcp + 2, boardPort);
        Write32(frame, Tcp + 4, sequence);
        Write32(frame, Tcp + 8, acknowledgment);
        frame[Tcp + 12] = 0x50;
        frame[Tcp + 13] = (byte)flags;
        Write16(frame, Tcp + 14, window);
        data.CopyTo(frame, Tcp + 20);
        Write16(frame, Tcp + 16, Complement(Sum(frame, Ip + 12, 8) + 6 + 20 + data.Length + Sum(frame, Tcp, 20 + data.Length)));
        _socket.Send(frame);
    }

    /// <summary>Waits for the next segment of the board to one of this peer's ports; fails the test after five seconds.</summary>
    public Segment Receive(int port, string what)
    {
        Segment? segment = TryReceive(port, 5000);
        Assert.IsNotNull(segment, "no segment from the board: " + what);
        return segment;
    }

    /// <summary>Waits for the next segment of the board to one of this peer's ports.</summary>
    public Segment? TryReceive(int port, int milliseconds)
    {
        long end = Stopwatch.GetTimestamp() + (milliseconds * Stopwatch.Frequency / 1000);
        while (true)
        {
            int left = (int)((end - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency);
            byte[]? frame = left <= 0 ? null : NextFrame(left);
            if (frame == null)
            {
                return null;
            }

            if (frame.Length >= Tcp + 20 && frame[12] == 8 && frame[13] == 0 && frame[Ip + 9] == 6
                && Read32(frame, Ip + 16) == _address && Read16(frame, Tcp + 2) == port)
            {
                int header = (frame[Tcp + 12] >> 4) * 4;
                int length = Read16(frame, Ip + 2) - 20 - header;
                return new Segment(
                    Read16(frame, Tcp), (TcpFlag)frame[Tcp + 13], Read32(frame, Tcp + 4), Read32(frame, Tcp + 8),
                    frame[(Tcp + header)..(Tcp + header + length)]);
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
    }

    private static int Sum(byte[] bytes, int offset, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (i & 1) == 0 ? bytes[offset + i] << 8 : bytes[offset + i];
        }

        return sum;
    }

    private static int Complement(int sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return ~sum & 0xFFFF;
    }

    private static int Read16(byte[] bytes, int at)
    {
        return BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
    }

    private static uint Read32(byte[] bytes, int at)
    {
        return BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
    }

    private static void Write16(byte[] bytes, int at, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)value);
    }

    private static void Write32(byte[] bytes, int at, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
    }

    private void ResolveBoard()
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            _socket.Send(Arp(1, [255, 255, 255, 255, 255, 255], new byte[6], _board));
            byte[]? frame;
            while ((frame = NextFrame(100)) != null)
            {
                if (frame[12] == 8 && frame[13] == 6 && frame[21] == 2 && Read32(frame, 28) == _board)
                {
                    frame.AsSpan(22, 6).CopyTo(_boardMac);
                    return;
                }
            }
        }

        Assert.Fail("the board answers no ARP request");
    }

    // The next frame that is not ours; the board's ARP requests for this station are answered on the way.
    private byte[]? NextFrame(int milliseconds)
    {
        while (_socket.TryReceive(milliseconds) is { } frame)
        {
            if (frame.AsSpan(6, 6).SequenceEqual(s_mac))
            {
                continue;
            }

            if (frame[12] == 8 && frame[13] == 6 && frame[21] == 1 && Read32(frame, 38) == _address)
            {
                _socket.Send(Arp(2, frame[6..12], frame[6..12], _board));
                continue;
            }

            return frame;
        }

        return null;
    }

    private byte[] Arp(byte operation, byte[] destination, byte[] targetMac, uint target)
    {
        byte[] frame = new byte[60];
        destination.CopyTo(frame, 0);
        s_mac.CopyTo(frame, 6);
        new byte[] { 8, 6, 0, 1, 8, 0, 6, 4, 0, operation }.CopyTo(frame, 12);
        s_mac.CopyTo(frame, 22);
        Write32(frame, 28, _address);
        targetMac.CopyTo(frame, 32);
        Write32(frame, 38, target);
        return frame;
    }
}

/// <summary>A segment of the board.</summary>
/// <param name="BoardPort">Its source port.</param>
/// <param name="Flags">Its control bits.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Acknowledgment">Its acknowledgment number.</param>
/// <param name="Data">Its data.</param>
internal sealed record Segment(int BoardPort, TcpFlag Flags, uint Sequence, uint Acknowledgment, byte[] Data);

/// <summary>The control bits of a segment (RFC 9293 §3.1).</summary>
[Flags]
internal enum TcpFlag
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
}
