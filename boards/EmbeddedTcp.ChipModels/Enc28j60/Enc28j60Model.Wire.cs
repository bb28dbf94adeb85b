using System;

namespace EmbeddedTcp.ChipModels.Enc28j60;

// The medium of 10 Mbit/s: composing frames, loopback, frames that take their time to arrive, flow control.
public sealed partial class Enc28j60Model
{
    /// <summary>Frames put on the wire.</summary>
    public long FramesTransmitted;

    /// <summary>Frames put on the wire with fewer than 60 bytes: a real wire's far end would drop them.</summary>
    public long RuntsTransmitted;

    /// <summary>Frames put on the wire with a wrong FCS, or none: the far end drops them.</summary>
    public long BadFcsTransmitted;

    /// <summary>Frames sent without a link, or lost by a duplex mismatch.</summary>
    public long FramesLost;

    private const int QueueFrames = 16;
    private const long PauseFrameNanoseconds = 72 * 800;

    private readonly byte[] _outgoing = new byte[MemoryBytes + 64];
    private int _frameLength;
    private bool _frameIsGiant;
    private bool _fcsIsWrong;
    private long _wireFreeAt;

    private byte[][] _queue;
    private readonly int[] _queueLengths = new int[QueueFrames];
    private int _queueHead;
    private int _queueCount;
    private long _receptionDue = Never;

    private long _pauseUntil;
    private long _pauseFrameDue = Never;

    private bool Receiving => _receptionDue != Never;

    // 10.1: in half duplex FCEN0 fills the medium with preamble.
    private bool Jamming => HalfDuplex && (_registers[EFLOCON] & 1) != 0;

    // The frame of ETXST and ETXND as it goes out, FCS included; its length.
    private int Compose()
    {
        int start = Pair(ETXST);
        int control = _memory[start];
        int length = (Pair(ETXND) - start) & (MemoryBytes - 1);
        for (int i = 0; i < length; i++)
        {
            _outgoing[i] = _memory[(start + 1 + i) & (MemoryBytes - 1)];
        }

        int macon3 = _registers[MACON3];
        bool crc = (macon3 & TXCRCEN) != 0;
        bool huge = (macon3 & HFRMEN) != 0;
        int padTo = PaddedLength(macon3 >> 5);
        if ((control & 1) != 0)
        {
            // Figure 7-1: POVERRIDE, PCRCEN, PPADEN, PHUGEEN.
            crc = (control & 2) != 0;
            padTo = (control & 4) != 0 ? 60 : 0;
            huge = (control & 8) != 0;
        }

        // Register 6-2: what is padded gets a CRC.
        if (length < padTo)
        {
            Array.Clear(_outgoing, length, padTo - length);
            length = padTo;
            crc = true;
        }

        _fcsIsWrong = false;
        if (crc)
        {
            AppendFcs(_outgoing, length);
            length += 4;
        }
        else
        {
            _fcsIsWrong = length < 4 || !EndsWithFcs(length);
        }

        _frameLength = length;
        _frameIsGiant = length > Pair(MAMXFL) && !huge;
        return length;
    }

    // PADCFG: 111 and 011 pad to 64 with the FCS not counted, 101 to 64 for VLAN frames and 60 for others, 001 to 60.
    private int PaddedLength(int padcfg)
    {
        switch (padcfg)
        {
            case 1:
                return 60;
            case 3:
            case 7:
                return 64;
            case 5:
                return _outgoing[12] == 0x81 && _outgoing[13] == 0x00 ? 64 : 60;
            default:
                return 0;
        }
    }

    private bool EndsWithFcs(int length)
    {
        uint fcs = Crc32.Fcs(_outgoing, 0, length - 4);
        uint there = (uint)(_outgoing[length - 4] | (_outgoing[length - 3] << 8) | (_outgoing[length - 2] << 16)) | ((uint)_outgoing[length - 1] << 24);
        return fcs == there;
    }

    private void PutOnWire()
    {
        int length = _frameLength - 4;
        FramesTransmitted++;
        bool looped = (_phy[PHCON1] & PLOOPBK) != 0;
        if (looped || (HalfDuplex && !PhyFullDuplex && (_phy[PHCON2] & HDLDIS) == 0))
        {
            LoopBack(length);
        }

        if (looped || (_phy[PHCON2] & TXDIS) != 0)
        {
            return;
        }

        if (_fcsIsWrong)
        {
            BadFcsTransmitted++;
            return;
        }

        if (!_linkUp || (!HalfDuplex && DuplexMismatch && Faults.OneIn(MismatchLosesEvery)))
        {
            FramesLost++;
            return;
        }

        if (length < 60)
        {
            RuntsTransmitted++;
        }

        if (Cable != null)
        {
            Cable.Transmitted(_outgoing, 0, length);
        }
    }

    // 9.1, 9.2: the receiver hears its own transmitter, by DS80349 items 9 and 10 not always well.
    private void LoopBack(int length)
    {
        if (length < 14)
        {
            return;
        }

        int chance = PhyFullDuplex ? Errata.FullDuplexLoopbackFails : Errata.HalfDuplexLoopbackFails;
        int damaged = -1;
        if (Faults.OneIn(chance))
        {
            damaged = (int)(Faults.Next() % (uint)length);
            _outgoing[damaged] ^= 0x10;
        }

        Receive(_outgoing, 0, length);
        if (damaged >= 0)
        {
            _outgoing[damaged] ^= 0x10;
        }
    }

    private bool QueueFrame(byte[] frame, int offset, int length)
    {
        if (!LinkIsUp || Jamming || length > 1518)
        {
            FramesNotReceived++;
            return false;
        }

        if (_queue == null)
        {
            _queue = new byte[QueueFrames][];
            for (int i = 0; i < QueueFrames; i++)
            {
                _queue[i] = new byte[1518];
            }
        }

        if (_queueCount == QueueFrames)
        {
            // The far end sends no faster than the wire.
            return false;
        }

        int slot = (_queueHead + _queueCount) % QueueFrames;
        Array.Copy(frame, offset, _queue[slot], 0, length);
        _queueLengths[slot] = length;
        _queueCount++;
        if (_receptionDue == Never)
        {
            StartReception(NowNanoseconds);
        }

        return true;
    }

    private void StartReception(long start)
    {
        int length = _queueLengths[_queueHead];
        length = length < 60 && PadDelivered ? 60 : length;
        _receptionDue = start + (8 + length + 4) * 800L;
        Reschedule();
    }

    private void FinishReception()
    {
        int slot = _queueHead;
        _queueHead = (_queueHead + 1) % QueueFrames;
        _queueCount--;
        _receptionDue = Never;
        if (LinkIsUp)
        {
            Receive(_queue[slot], 0, _queueLengths[slot]);
        }
        else
        {
            FramesNotReceived++;
        }

        _spoiled = false;
        if (_queueCount > 0)
        {
            StartReception(NowNanoseconds + GapOnWireNanoseconds);
        }
    }

    private static bool IsPause(byte[] frame)
    {
        return frame[0] == 0x01 && frame[1] == 0x80 && frame[2] == 0xC2 && frame[3] == 0x00 && frame[4] == 0x00 && frame[5] == 0x01
            && frame[14] == 0x00 && frame[15] == 0x01;
    }

    // MACON1.RXPAUS: no transmission for so many times 512 bits.
    private void ObeyPause()
    {
        if ((_registers[MACON1] & RXPAUS) != 0 && !HalfDuplex && IsPause(_incoming))
        {
            _pauseUntil = NowNanoseconds + ((_incoming[16] << 8) | _incoming[17]) * SlotNanoseconds;
        }
    }

    // 10.2: 01 sends one pause frame, 10 goes on sending them, 11 sends one that ends the pause; 01 and 11 go back to 00.
    private void WriteFlowControl(int value)
    {
        _registers[EFLOCON] = (byte)value;
        if (HalfDuplex)
        {
            return;
        }

        _pauseFrameDue = value == 0 ? Never : NowNanoseconds + PauseFrameNanoseconds;
        Reschedule();
    }

    private void SendPauseFrame()
    {
        _pauseFrameDue = Never;
        int mode = _registers[EFLOCON];
        int timer = mode == 3 ? 0 : Pair(EPAUS);
        if (mode == 2)
        {
            // In time before the far end's pause is over, and no faster than the wire.
            long pause = timer * SlotNanoseconds / 2;
            _pauseFrameDue = NowNanoseconds + (pause > PauseFrameNanoseconds ? pause : PauseFrameNanoseconds);
        }
        else
        {
            _registers[EFLOCON] = 0;
        }

        if ((_registers[MACON1] & TXPAUS) == 0 || !_linkUp || Cable == null)
        {
            return;
        }

        var frame = new byte[60];
        frame[0] = 0x01;
        frame[1] = 0x80;
        frame[2] = 0xC2;
        frame[5] = 0x01;
        for (int i = 0; i < 6; i++)
        {
            frame[6 + i] = _registers[MAADR5 + ((5 - i) ^ 1)];
        }

        frame[12] = 0x88;
        frame[13] = 0x08;
        frame[15] = 0x01;
        frame[16] = (byte)(timer >> 8);
        frame[17] = (byte)timer;
        Cable.Transmitted(frame, 0, 60);
    }
}
