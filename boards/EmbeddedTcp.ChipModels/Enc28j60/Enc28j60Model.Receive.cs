using System;

namespace EmbeddedTcp.ChipModels.Enc28j60;

// From the cable to the receive buffer (7.2): the ring, the next-packet pointer, the status vector, the count.
public sealed partial class Enc28j60Model
{
    /// <summary>
    /// True: the far end's MAC is taken to pad what <see cref="Deliver"/> brings to 60 bytes, as the wire demands and a
    /// TAP interface forgets. False: shorter frames arrive short; the chip takes them from 18 bytes on, FCS included.
    /// </summary>
    public bool PadDelivered = true;

    /// <summary>True: a delivered frame takes the wire's time to arrive, one after the other. False: it has arrived when it is delivered.</summary>
    public bool ReceptionTakesTime;

    /// <summary>Frames stored for the host.</summary>
    public long FramesStored;

    /// <summary>Frames that came while the receiver was off, the chip in reset or asleep, or the link down.</summary>
    public long FramesNotReceived;

    /// <summary>Frames the filters kept out, control frames and, with ERXFCON.CRCEN, those with a wrong FCS among them.</summary>
    public long FramesFiltered;

    /// <summary>Frames aborted because the buffer, or EPKTCNT, had no room: EIR.RXERIF.</summary>
    public long FramesOverrun;

    /// <summary>Frames too short, or longer than MAMXFL.</summary>
    public long FramesMalformed;

    /// <summary>Frames that a receiver gone deaf did not hear.</summary>
    public long FramesUnheard;

    private readonly byte[] _incoming = new byte[2048];

    // ERXWRPT, and the low byte of ERXRDPT that waits for its high byte.
    private int _writePointer;
    private int _readPointerLow;
    private bool _evenReadPointer;

    private bool _unhearing;
    private bool _dropped;
    private bool _spoiled;

    /// <inheritdoc/>
    public override bool Deliver(byte[] frame, int offset, int length)
    {
        return ReceptionTakesTime ? QueueFrame(frame, offset, length) : LinkIsUp && !Jamming && Receive(frame, offset, length);
    }

    private void ResetReceive()
    {
        _writePointer = 0;
        _readPointerLow = _registers[ERXRDPT];
        _evenReadPointer = false;
        ResetReceiveLogic();
    }

    private void ResetReceiveLogic()
    {
        _unhearing = false;
        _dropped = false;
        _spoiled = Receiving;
    }

    // 7.2.1: writing the bounds of the ring loads the write pointer.
    private void WriteRingBound(int register, int value)
    {
        if ((_registers[ECON1] & RXEN) != 0)
        {
            Violate("receive buffer bounds changed while RXEN is set");
        }

        _registers[register] = (byte)value;
        _writePointer = Pair(ERXST);
        if (_writePointer != 0 && Faults.OneIn(Errata.WritePointerLoadsZero))
        {
            _writePointer = 0;
        }
    }

    private void WriteReadPointer(int value)
    {
        PutPair(ERXRDPT, value);

        // Drivers that begin with ERXRDPT = ERXST = 0 and release packets by odd values work on chips: what is written
        // before reception begins does no harm here.
        _evenReadPointer = (value & 1) == 0 && (_registers[ECON1] & RXEN) != 0;
        if (_evenReadPointer && Errata.EvenReadPointerCorrupts != 0)
        {
            Violate("even ERXRDPT (DS80349 item 14)");
        }
    }

    // PKTDEC: takes one packet from the count, which stops at 0.
    private void TakePacketFromCount()
    {
        if (_registers[EPKTCNT] == 0)
        {
            Violate("PKTDEC while EPKTCNT is 0");
            return;
        }

        _registers[EPKTCNT]--;
        UpdateInterrupt();
    }

    private bool Receive(byte[] frame, int offset, int length)
    {
        if (!_running || (_registers[ECON1] & (RXEN | RXRST)) != RXEN || (_registers[MACON1] & MARXEN) == 0)
        {
            FramesNotReceived++;
            return false;
        }

        if (_unhearing)
        {
            FramesUnheard++;
            return false;
        }

        if (length < 14 || length > _incoming.Length - 4)
        {
            FramesMalformed++;
            return false;
        }

        Array.Copy(frame, offset, _incoming, 0, length);
        if (length < 60 && PadDelivered)
        {
            Array.Clear(_incoming, length, 60 - length);
            length = 60;
        }

        AppendFcs(_incoming, length);
        bool valid = !Faults.OneIn(Faults.BadFcsEvery);
        if (!valid)
        {
            _incoming[length] ^= 0x01;
        }

        if (length + 4 < 18 || (length + 4 > Pair(MAMXFL) && (_registers[MACON3] & HFRMEN) == 0))
        {
            FramesMalformed++;
            return false;
        }

        if (!Passes(length, valid))
        {
            FramesFiltered++;
            return false;
        }

        return Store(length, valid);
    }

    private static void AppendFcs(byte[] frame, int length)
    {
        uint fcs = Crc32.Fcs(frame, 0, length);
        frame[length] = (byte)fcs;
        frame[length + 1] = (byte)(fcs >> 8);
        frame[length + 2] = (byte)(fcs >> 16);
        frame[length + 3] = (byte)(fcs >> 24);
    }

    private bool Store(int length, bool valid)
    {
        // DS80349 item 17: the checksum engine takes the receiver's place at the memory.
        if (_spoiled || (ChecksumRuns && Faults.OneIn(Errata.ChecksumAbortsReception)))
        {
            _spoiled = false;
            _registers[ESTAT] |= BUFER;
            return Overrun();
        }

        int count = length + 4;
        int total = (6 + count + 1) & ~1;
        if (_registers[EPKTCNT] == 255 || total > FreeSpace())
        {
            return Overrun();
        }

        int start = _writePointer;
        int next = Wrap(start + total);
        int announced = Faults.OneIn(Faults.CorruptNextEvery) ? (int)(Faults.Next() & 0xFFFF) : next;
        int counted = Faults.OneIn(Faults.CorruptCountEvery) ? (int)(Faults.Next() & 0xFFFF) : count;
        int status = StatusVector(length, valid);
        PutByte(start, announced);
        PutByte(start + 1, announced >> 8);
        PutByte(start + 2, counted);
        PutByte(start + 3, counted >> 8);
        PutByte(start + 4, status);
        PutByte(start + 5, status >> 8);
        PutBytes(start + 6, count);
        CorruptByEvenPointer(start, total);
        _writePointer = next;
        _dropped = false;
        FramesStored++;
        _registers[EPKTCNT]++;
        UpdateInterrupt();
        _unhearing = Faults.OneIn(Faults.DeafEvery);
        return true;
    }

    // 12.1.2: the packet is lost, and what there is stays.
    private bool Overrun()
    {
        FramesOverrun++;
        _dropped = true;
        _unhearing = Faults.OverflowDeafens;
        RaiseFlag(RXERIF);
        return false;
    }

    // Example 7-2: one byte of the ring stays free.
    private int FreeSpace()
    {
        int used = _writePointer - Pair(ERXRDPT);
        int size = Pair(ERXND) - Pair(ERXST);
        return used > 0 ? size - used : used == 0 ? size : -used - 1;
    }

    // DS80349 item 14: with an even ERXRDPT a packet is damaged, its next-packet pointer and status vector perhaps.
    private void CorruptByEvenPointer(int start, int total)
    {
        if (_evenReadPointer && Faults.OneIn(Errata.EvenReadPointerCorrupts))
        {
            int at = (Faults.Next() & 1) == 0 ? (int)(Faults.Next() % 6) : (int)(Faults.Next() % (uint)total);
            PutByte(start + at, (int)(Faults.Next() & 0xFF));
        }
    }

    // Table 7-3, bits 31:16.
    private int StatusVector(int length, bool valid)
    {
        int type = (_incoming[12] << 8) | _incoming[13];
        int payload = length - 14;
        int status = valid ? 0x0080 : 0x0010;
        status |= _dropped ? 0x0001 : 0;
        status |= type > 1500 ? 0x0040 : type > payload || (type >= 46 && type != payload) ? 0x0020 : 0;
        status |= IsBroadcast(_incoming, 0) ? 0x0200 : (_incoming[0] & 1) != 0 ? 0x0100 : 0;
        status |= type == 0x8100 ? 0x4000 : 0;
        if (type == 0x8808)
        {
            status |= IsPause(_incoming) ? 0x1800 : 0x2800;
        }

        return status;
    }

    private int Wrap(int address)
    {
        int end = Pair(ERXND);
        while (address > end)
        {
            address -= end + 1 - Pair(ERXST);
            if (end < Pair(ERXST))
            {
                return address & (MemoryBytes - 1);
            }
        }

        return address & (MemoryBytes - 1);
    }

    private void PutByte(int address, int value)
    {
        _memory[Wrap(address)] = (byte)value;
    }

    private void PutBytes(int address, int count)
    {
        int from = 0;
        while (from < count)
        {
            int to = Wrap(address + from);
            int room = (to <= Pair(ERXND) ? Pair(ERXND) + 1 : MemoryBytes) - to;
            int run = count - from < room ? count - from : room;
            Array.Copy(_incoming, from, _memory, to, run);
            from += run;
        }
    }
}
