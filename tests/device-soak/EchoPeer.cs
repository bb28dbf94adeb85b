using System;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.DeviceSoak;

/// <summary>
/// The far end of the cable: one client of the echo service that sends full segments, one at a time, and looks at what comes back.
/// It allocates nothing after it was made, so that whatever the heap loses is the firmware's.
/// </summary>
public sealed class EchoPeer : CableEnd
{
    /// <summary>Text in each segment, in bytes.</summary>
    public const int Full = 1460;

    private const int TcpAt = 34;
    private const int TextAt = 54;
    private const int PeerPort = 40000;
    private const int EchoPort = 7;
    private const int InitialSequence = 0x10203040;

    private readonly ChipModel _chip;
    private readonly uint _boardAddress;
    private readonly uint _peerAddress;
    private readonly byte[] _boardMac;
    private readonly byte[] _peerMac = new byte[] { 2, 0, 0, 0, 0, 1 };
    private readonly byte[] _frame = new byte[EthernetDevice.MaxFrameLength];
    private readonly byte[] _last = new byte[EthernetDevice.MaxFrameLength];
    private readonly byte[] _arp = new byte[60];
    private int _headerSum;
    private int _textSum;
    private int _lastLength;
    private bool _arpAsked;

    /// <summary>A client on the network of the board.</summary>
    public EchoPeer(ChipModel chip, byte[] boardMac, uint boardAddress, uint peerAddress)
    {
        _chip = chip;
        _boardMac = boardMac;
        _boardAddress = boardAddress;
        _peerAddress = peerAddress;
        chip.Cable = this;
        PrepareFrame();
    }

    /// <summary>What we send next.</summary>
    public int SndNxt { get; private set; } = InitialSequence;

    /// <summary>What we expect next.</summary>
    public int RcvNxt { get; private set; }

    /// <summary>Frames that came from the board.</summary>
    public int Frames { get; private set; }

    /// <summary>Why the last answer was not what it should be, or null.</summary>
    public string Complaint { get; private set; }

    /// <inheritdoc/>
    public override void Transmitted(byte[] frame, int offset, int length)
    {
        Frames++;
        if (((frame[offset + 12] << 8) | frame[offset + 13]) == EthernetHeader.TypeArp)
        {
            _arpAsked = true;
            return;
        }

        Array.Copy(frame, offset, _last, 0, length);
        _lastLength = length;
    }

    /// <summary>Answers the board's ARP request if there was one.</summary>
    public void AnswerArp()
    {
        if (!_arpAsked)
        {
            return;
        }

        _arpAsked = false;
        Address(_arp, EthernetHeader.TypeArp);
        BigEndian.WriteUInt16(_arp, 14, 1);
        BigEndian.WriteUInt16(_arp, 16, EthernetHeader.TypeIpv4);
        _arp[18] = 6;
        _arp[19] = 4;
        BigEndian.WriteUInt16(_arp, 20, ArpPacket.Reply);
        Array.Copy(_peerMac, 0, _arp, 22, 6);
        BigEndian.WriteInt32(_arp, 28, (int)_peerAddress);
        Array.Copy(_boardMac, 0, _arp, 32, 6);
        BigEndian.WriteInt32(_arp, 38, (int)_boardAddress);
        _chip.Deliver(_arp, 0, _arp.Length);
    }

    /// <summary>Sends the SYN, with our MSS.</summary>
    public void SendSyn()
    {
        BigEndian.WriteInt32(_frame, TextAt, (2 << 24) | (4 << 16) | Full);
        Send(TcpFlags.Syn, 4, 0x60);
    }

    /// <summary>Takes the SYN,ACK and completes the handshake.</summary>
    /// <returns>False when there is none.</returns>
    public bool TakeSynAck()
    {
        if (_lastLength == 0 || (_last[TcpAt + TcpHeader.Flags] & TcpFlags.Syn) == 0)
        {
            return false;
        }

        SndNxt++;
        RcvNxt = BigEndian.ReadInt32(_last, TcpAt + TcpHeader.Sequence) + 1;
        _lastLength = 0;
        Send(TcpFlags.Ack, 0, 0x50);
        FillText();
        return true;
    }

    /// <summary>Sends a full segment, which also acknowledges what came before.</summary>
    public void SendText()
    {
        // The first word of the text tells one segment from the next.
        BigEndian.WriteInt32(_frame, TextAt, SndNxt);
        int sum = _headerSum + _textSum + High(SndNxt) + Low(SndNxt);
        BigEndian.WriteInt32(_frame, TcpAt + TcpHeader.Sequence, SndNxt);
        BigEndian.WriteInt32(_frame, TcpAt + TcpHeader.Acknowledgment, RcvNxt);
        sum += High(SndNxt) + Low(SndNxt) + High(RcvNxt) + Low(RcvNxt);
        BigEndian.WriteUInt16(_frame, TcpAt + TcpHeader.Checksum, Checksum.Finish(sum));
        _chip.Deliver(_frame, 0, TextAt + Full);
        SndNxt += Full;
    }

    /// <summary>Takes the echo of the segment sent last.</summary>
    /// <param name="thorough">True to look at every byte.</param>
    /// <returns>False when it is not there yet, or not what it should be; then <see cref="Complaint"/> is set.</returns>
    public bool TakeEcho(bool thorough)
    {
        if (_lastLength == 0)
        {
            return false;
        }

        int length = _lastLength;
        _lastLength = 0;
        if (length <= 60)
        {
            return false; // An acknowledgment alone.
        }

        int sent = SndNxt - Full;
        if (length != TextAt + Full || BigEndian.ReadInt32(_last, TcpAt + TcpHeader.Sequence) != RcvNxt
            || BigEndian.ReadInt32(_last, TcpAt + TcpHeader.Acknowledgment) != SndNxt || BigEndian.ReadInt32(_last, TextAt) != sent)
        {
            Complaint = "frame of " + length.ToString() + " bytes with sequence " + BigEndian.ReadInt32(_last, TcpAt + TcpHeader.Sequence).ToString()
                + " instead of " + RcvNxt.ToString();
            return false;
        }

        for (int i = TextAt + 4; thorough && i < TextAt + Full; i++)
        {
            if (_last[i] != _frame[i])
            {
                Complaint = "byte " + (i - TextAt).ToString() + " differs";
                return false;
            }
        }

        RcvNxt += Full;
        return true;
    }

    private void PrepareFrame()
    {
        Address(_frame, EthernetHeader.TypeIpv4);
        _frame[14] = 0x45;
        _frame[22] = 64;
        _frame[23] = Ipv4Header.ProtocolTcp;
        BigEndian.WriteInt32(_frame, 26, (int)_peerAddress);
        BigEndian.WriteInt32(_frame, 30, (int)_boardAddress);
        BigEndian.WriteUInt16(_frame, TcpAt, PeerPort);
        BigEndian.WriteUInt16(_frame, TcpAt + 2, EchoPort);
        BigEndian.WriteUInt16(_frame, TcpAt + TcpHeader.Window, 65535);
    }

    // The text and everything of the checksum that does not change from one segment to the next.
    private void FillText()
    {
        for (int i = TextAt + 4; i < TextAt + Full; i++)
        {
            _frame[i] = (byte)(i * 31 + (i >> 8));
        }

        SetHeader(TcpFlags.Ack | TcpFlags.Psh, Full, 0x50);
        BigEndian.WriteInt32(_frame, TcpAt + TcpHeader.Sequence, 0);
        BigEndian.WriteInt32(_frame, TcpAt + TcpHeader.Acknowledgment, 0);
        _headerSum = PseudoSum(Full) + Checksum.Sum(_frame, TcpAt, 20);
        _textSum = Checksum.Sum(_frame, TextAt + 4, Full - 4);
    }

    private void Send(int flags, int textLength, int dataOffset)
    {
        SetHeader(flags, textLength, dataOffset);
        BigEndian.WriteInt32(_frame, TcpAt + TcpHeader.Sequence, SndNxt);
        BigEndian.WriteInt32(_frame, TcpAt + TcpHeader.Acknowledgment, RcvNxt);
        int sum = PseudoSum(textLength) + Checksum.Sum(_frame, TcpAt, 20 + textLength);
        BigEndian.WriteUInt16(_frame, TcpAt + TcpHeader.Checksum, Checksum.Finish(sum));
        _chip.Deliver(_frame, 0, 60);
    }

    private void SetHeader(int flags, int textLength, int dataOffset)
    {
        BigEndian.WriteUInt16(_frame, 16, 40 + textLength);
        BigEndian.WriteUInt16(_frame, 24, 0);
        BigEndian.WriteUInt16(_frame, 24, Checksum.Finish(Checksum.Sum(_frame, 14, 20)));
        _frame[TcpAt + TcpHeader.DataOffset] = (byte)dataOffset;
        _frame[TcpAt + TcpHeader.Flags] = (byte)flags;
        BigEndian.WriteUInt16(_frame, TcpAt + TcpHeader.Checksum, 0);
    }

    private int PseudoSum(int textLength)
    {
        return Checksum.Sum(_frame, 26, 8) + Ipv4Header.ProtocolTcp + 20 + textLength;
    }

    private void Address(byte[] frame, int type)
    {
        Array.Copy(_boardMac, 0, frame, 0, 6);
        Array.Copy(_peerMac, 0, frame, 6, 6);
        BigEndian.WriteUInt16(frame, 12, type);
    }

    private static int High(int value)
    {
        return (value >> 16) & 0xFFFF;
    }

    private static int Low(int value)
    {
        return value & 0xFFFF;
    }
}
