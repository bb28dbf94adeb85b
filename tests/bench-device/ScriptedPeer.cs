using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.DeviceBench;

/// <summary>
/// A device whose peer is a script: frames are prepared once and only sequence, acknowledgment and checksum are patched, so that what
/// is measured is the stack's share. The script's own share is measured apart.
/// </summary>
public sealed class ScriptedPeer : EthernetDevice
{
    /// <summary>The board's address.</summary>
    public const uint Board = 0x0A000002;

    /// <summary>The peer's address.</summary>
    public const uint Peer = 0x0A000001;

    private const int TcpAt = 34;
    private static readonly byte[] MssOption = new byte[] { 2, 4, 1460 >> 8, 1460 & 255 };
    private readonly byte[] _mac = new byte[] { 2, 0, 0, 0, 0, 2 };
    private int _waiting;

    /// <summary>Makes the device.</summary>
    public ScriptedPeer()
    {
        RxBuffer = new byte[MaxFrameLength];
        TxBuffer = new byte[MaxFrameLength];
        Text = new byte[MaxFrameLength];
        for (int i = 0; i < Text.Length; i++)
        {
            Text[i] = (byte)(i * 13 + 7);
        }
    }

    /// <summary>What the peer's segments carry.</summary>
    public readonly byte[] Text;

    /// <summary>Length of the last frame the stack sent.</summary>
    public int SentLength;

    /// <summary>Frames the stack sent.</summary>
    public int Sent;

    /// <inheritdoc />
    public override bool LinkUp
    {
        get { return true; }
    }

    /// <inheritdoc />
    public override bool Open(byte[] macAddress)
    {
        return true;
    }

    /// <inheritdoc />
    public override int Receive()
    {
        int length = _waiting;
        _waiting = 0;
        return length;
    }

    /// <inheritdoc />
    public override bool Send(int length)
    {
        SentLength = length;
        Sent++;
        return true;
    }

    /// <inheritdoc />
    public override bool Recover()
    {
        return true;
    }

    /// <inheritdoc />
    public override string Describe()
    {
        return "scripted peer";
    }

    /// <summary>Answers the stack's ARP request.</summary>
    public void QueueArpReply()
    {
        byte[] b = RxBuffer;
        Array.Copy(_mac, 0, b, 0, 6);
        Array.Copy(_mac, 0, b, 6, 6);
        b[11] = 1;
        BigEndian.WriteUInt16(b, 12, EthernetHeader.TypeArp);
        BigEndian.WriteUInt16(b, 14, 1);
        BigEndian.WriteUInt16(b, 16, EthernetHeader.TypeIpv4);
        b[18] = 6;
        b[19] = 4;
        BigEndian.WriteUInt16(b, 20, ArpPacket.Reply);
        Array.Copy(_mac, 0, b, 22, 6);
        b[27] = 1;
        BigEndian.WriteInt32(b, 28, (int)Peer);
        Array.Copy(_mac, 0, b, 32, 6);
        BigEndian.WriteInt32(b, 38, (int)Board);
        _waiting = 60;
    }

    /// <summary>A frame from the peer in full: the slow way, for handshakes and templates.</summary>
    public void Compose(byte[] b, int peerPort, int boardPort, int seq, int ack, int flags, int textLength)
    {
        Array.Copy(_mac, 0, b, 0, 6);
        Array.Copy(_mac, 0, b, 6, 6);
        b[11] = 1;
        BigEndian.WriteUInt16(b, 12, EthernetHeader.TypeIpv4);
        b[14] = 0x45;
        b[15] = 0;
        BigEndian.WriteUInt16(b, 16, 40 + textLength);
        BigEndian.WriteInt32(b, 18, 0x4000);
        b[22] = 64;
        b[23] = Ipv4Header.ProtocolTcp;
        BigEndian.WriteUInt16(b, 24, 0);
        BigEndian.WriteInt32(b, 26, (int)Peer);
        BigEndian.WriteInt32(b, 30, (int)Board);
        BigEndian.WriteUInt16(b, 24, Checksum.Finish(Checksum.Sum(b, 14, 20)));
        BigEndian.WriteUInt16(b, TcpAt, peerPort);
        BigEndian.WriteUInt16(b, TcpAt + 2, boardPort);
        BigEndian.WriteInt32(b, TcpAt + 4, seq);
        BigEndian.WriteInt32(b, TcpAt + 8, ack);

        // A SYN's text is its MSS option: the data offset covers it.
        bool syn = (flags & 2) != 0;
        b[TcpAt + 12] = syn ? (byte)0x60 : (byte)0x50;
        b[TcpAt + 13] = (byte)flags;
        BigEndian.WriteUInt16(b, TcpAt + 14, 65535);
        BigEndian.WriteInt32(b, TcpAt + 16, 0);
        Array.Copy(syn ? MssOption : Text, 0, b, TcpAt + 20, textLength);
        int sum = Checksum.Sum(b, 26, 8) + 6 + 20 + textLength + Checksum.Sum(b, TcpAt, 20 + textLength);
        BigEndian.WriteUInt16(b, TcpAt + 16, Checksum.Finish(sum));
    }

    /// <summary>The sum of a composed frame without sequence, acknowledgment and checksum, for <see cref="Patch"/>.</summary>
    public int BaseSum(byte[] b, int textLength)
    {
        BigEndian.WriteInt32(b, TcpAt + 4, 0);
        BigEndian.WriteInt32(b, TcpAt + 8, 0);
        BigEndian.WriteUInt16(b, TcpAt + 16, 0);
        return Checksum.Sum(b, 26, 8) + 6 + 20 + textLength + Checksum.Sum(b, TcpAt, 20 + textLength);
    }

    /// <summary>Queues a prepared frame with new sequence and acknowledgment.</summary>
    public void Patch(byte[] b, int baseSum, int seq, int ack, int length)
    {
        b[38] = (byte)(seq >> 24);
        b[39] = (byte)(seq >> 16);
        b[40] = (byte)(seq >> 8);
        b[41] = (byte)seq;
        b[42] = (byte)(ack >> 24);
        b[43] = (byte)(ack >> 16);
        b[44] = (byte)(ack >> 8);
        b[45] = (byte)ack;
        int sum = baseSum + ((seq >> 16) & 0xFFFF) + (seq & 0xFFFF) + ((ack >> 16) & 0xFFFF) + (ack & 0xFFFF);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = ~(sum + (sum >> 16));
        b[50] = (byte)(sum >> 8);
        b[51] = (byte)sum;
        RxBuffer = b;
        _waiting = length;
    }

    /// <summary>Queues a composed frame.</summary>
    public void Queue(byte[] b, int length)
    {
        RxBuffer = b;
        _waiting = length;
    }
}
