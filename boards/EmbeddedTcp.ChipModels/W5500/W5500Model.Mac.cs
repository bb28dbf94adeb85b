using System;

namespace EmbeddedTcp.ChipModels.W5500;

// Socket 0 in MACRAW mode: the address filter, storing received frames, putting frames on the wire.
public sealed partial class W5500Model
{
    /// <summary>
    /// True, as measured on chips: with Sn_MR.MFEN multicast that is not IP is dropped, IPv4 multicast follows MMB,
    /// IPv6 multicast passes unless MIP6B. False, as the data sheet has it: all multicast follows MMB.
    /// </summary>
    public bool ObservedMulticastFilter = true;

    /// <summary>
    /// True: the far end's MAC is taken to pad what <see cref="Deliver"/> brings to 60 bytes, as the wire demands and a
    /// TAP interface forgets. False: shorter frames are runts, and dropped.
    /// </summary>
    public bool PadDelivered = true;

    /// <summary>Whether SEND pads frames shorter than 60 bytes. The data sheet does not say; false makes runts visible.</summary>
    public bool PadsTransmitted;

    /// <summary>Frames stored for the host.</summary>
    public long FramesStored;

    /// <summary>Frames that came while the socket was closed, the chip in reset or the link down.</summary>
    public long FramesNotReceived;

    /// <summary>Frames the filter kept out.</summary>
    public long FramesFiltered;

    /// <summary>Frames dropped whole because the receive memory had no room for them. Nothing tells the host.</summary>
    public long FramesOverrun;

    /// <summary>Frames shorter than 60 or longer than 1,518 bytes.</summary>
    public long FramesMalformed;

    /// <summary>Frames put on the wire.</summary>
    public long FramesTransmitted;

    /// <summary>Frames put on the wire with fewer than 60 bytes: a real wire's far end would drop them.</summary>
    public long RuntsTransmitted;

    private readonly byte[] _outgoing = new byte[1518];

    // Sn_MR as OPEN found it.
    private int _filter;

    private long _sendDue = Never;
    private long _sendOkDue = Never;
    private bool _sending;
    private int _sendEnd;
    private int _sendLength;

    /// <inheritdoc/>
    public override bool Deliver(byte[] frame, int offset, int length)
    {
        if (!_ready || !_linkUp || _sockets[0x03] != 0x42)
        {
            FramesNotReceived++;
            return false;
        }

        int stored = length < 60 && PadDelivered ? 60 : length;
        if (stored < 60 || stored > 1518)
        {
            FramesMalformed++;
            return false;
        }

        if (!Passes(frame, offset))
        {
            FramesFiltered++;
            return false;
        }

        int writePointer = Word(0, 0x2A);
        int used = (writePointer - _rxReleased[0]) & 0xFFFF;
        if (used + 2 + stored > _rxSize[0])
        {
            FramesOverrun++;
            return false;
        }

        int announced = Faults.CorruptsLength(stored + 2);
        StoreByte(writePointer, announced >> 8);
        StoreByte(writePointer + 1, announced);
        StoreBytes(writePointer + 2, frame, offset, length);
        for (int i = length; i < stored; i++)
        {
            StoreByte(writePointer + 2 + i, 0);
        }

        writePointer = (writePointer + 2 + stored) & 0xFFFF;
        PutWord(0, 0x2A, writePointer);
        PutWord(0, 0x26, (writePointer - _rxReleased[0]) & 0xFFFF);
        FramesStored++;
        RaiseSocketInterrupt(0, 0x04);
        return true;
    }

    // Sn_MR: bit 7 MFEN, bit 6 BCASTB, bit 5 MMB, bit 4 MIP6B.
    private bool Passes(byte[] frame, int offset)
    {
        int filter = _filter;
        int etherType = (frame[offset + 12] << 8) | frame[offset + 13];
        if ((filter & 0x10) != 0 && etherType == 0x86DD)
        {
            return false;
        }

        int first = frame[offset];
        bool broadcast = true;
        bool own = true;
        for (int i = 0; i < 6; i++)
        {
            broadcast &= frame[offset + i] == 0xFF;
            own &= frame[offset + i] == _common[0x09 + i];
        }

        if (broadcast)
        {
            return (filter & 0x40) == 0;
        }

        if ((first & 1) == 0)
        {
            return own || (filter & 0x80) == 0;
        }

        if (!ObservedMulticastFilter)
        {
            return (filter & 0x20) == 0;
        }

        bool ipv4 = first == 0x01 && frame[offset + 1] == 0x00 && frame[offset + 2] == 0x5E;
        bool ipv6 = first == 0x33 && frame[offset + 1] == 0x33;
        return ipv6 || (ipv4 ? (filter & 0x20) == 0 : (filter & 0x80) == 0);
    }

    private void StoreByte(int address, int value)
    {
        _rxMemory[Physical(_rxBase, _rxSize, 0, address)] = (byte)value;
    }

    private void StoreBytes(int address, byte[] bytes, int offset, int count)
    {
        while (count > 0)
        {
            int start = Physical(_rxBase, _rxSize, 0, address);
            int run = _rxSize[0] - (address & (_rxSize[0] - 1));
            run = MemoryBytes - start < run ? MemoryBytes - start : run;
            run = count < run ? count : run;
            Array.Copy(bytes, offset, _rxMemory, start, run);
            address += run;
            offset += run;
            count -= run;
        }
    }

    // SEND transmits from Sn_TX_RD to Sn_TX_WR as they are now; the room is taken from Sn_TX_FSR now as well.
    private void StartSend()
    {
        if (_sending)
        {
            Violate("SEND while the frame before is still being sent");
            return;
        }

        int start = Word(0, 0x22);
        _sendEnd = Word(0, 0x24);
        _sendLength = (_sendEnd - start) & 0xFFFF;
        PutWord(0, 0x20, _sendLength > _txSize[0] ? 0 : _txSize[0] - _sendLength);
        _sending = true;
        if (_sendLength == 0 || _sendLength > 1514 || _txSize[0] == 0)
        {
            // What a chip does with such a length is not written anywhere; here it never finishes.
            Violate("SEND of 0 or of more than 1,514 bytes, or without memory");
            return;
        }

        if (!_linkUp)
        {
            return;
        }

        // Preamble and start delimiter 8, FCS 4, gap 12.
        int onWire = (_sendLength < 60 ? 60 : _sendLength) + 24;
        _sendDue = NowNanoseconds + onWire * (_speed100 ? 80L : 800L);
        Reschedule();
        if (Faults.FlapsInSend())
        {
            FlapLink();
        }
    }

    private void FinishSend()
    {
        _sendDue = Never;
        _sending = false;
        int start = Word(0, 0x22);
        int length = _sendLength;
        if (_txSize[0] == 0)
        {
            // The host took the memory away under the frame.
            return;
        }

        int from = Physical(_txBase, _txSize, 0, start);
        int run = _txSize[0] - (start & (_txSize[0] - 1));
        run = MemoryBytes - from < run ? MemoryBytes - from : run;
        run = length < run ? length : run;
        Array.Copy(_txMemory, from, _outgoing, 0, run);
        if (run < length)
        {
            Array.Copy(_txMemory, Physical(_txBase, _txSize, 0, start + run), _outgoing, run, length - run);
        }

        if (length < 60 && PadsTransmitted)
        {
            Array.Clear(_outgoing, length, 60 - length);
            length = 60;
        }

        PutWord(0, 0x22, _sendEnd);
        PutWord(0, 0x20, _txSize[0]);
        FramesTransmitted++;
        if (length < 60)
        {
            RuntsTransmitted++;
        }

        if (!Faults.LosesSendOk())
        {
            long delay = Faults.SendOkDelay();
            if (delay == 0)
            {
                RaiseSocketInterrupt(0, 0x10);
            }
            else
            {
                _sendOkDue = NowNanoseconds + delay;
            }
        }

        if (Cable != null)
        {
            Cable.Transmitted(_outgoing, 0, length);
        }
    }

    // CLOSE, OPEN and reset forget the frame under way; a broken link keeps it for ever.
    private void StopSending()
    {
        _sending = false;
        _sendDue = Never;
        _sendOkDue = Never;
        Reschedule();
    }
}
