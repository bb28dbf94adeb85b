using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// Receiving: EPKTCNT says how many, the first header how long; then one burst for each frame, which also brings the header of the
// next. ERDPT follows by itself, and room is given back once for many.
public sealed partial class Enc28j60Driver
{
    // Section 7.2.2: the MAC hands nothing over that is shorter than its header and CRC; MAMXFL bounds the other end.
    private const int ShortestCount = 14 + Crc;
    private const int LongestCount = MaxFrameLength + Crc;

    // Give room back in mid-backlog after so many bytes: a quarter of the FIFO.
    private const int ReleaseAfter = RxSize / 4;

    /// <inheritdoc/>
    public override int Receive()
    {
        while (true)
        {
            if (_waiting == 0 && !LookForPackets())
            {
                return 0;
            }

            int length = Fetch();
            if (length != 0)
            {
                return length < 0 ? 0 : length;
            }
        }
    }

    private bool LookForPackets()
    {
        if (_checkAtNextPoll || NowMs - _nextCheck >= 0)
        {
            return Check();
        }

        if (!_ready || !Announced())
        {
            return false;
        }

        if (_inFlight)
        {
            LookAtSend();
            if (!_ready || !Announced())
            {
                return false;
            }
        }

        _consecutiveMisses = 0;
        return PacketsWaiting();
    }

    private bool Announced()
    {
        return _ignoreInterrupt || _bus.InterruptAsserted();
    }

    // DS80349 item 6: EIR.PKTIF does not tell reliably whether a packet is pending; EPKTCNT does.
    private bool PacketsWaiting()
    {
        _waiting = Read(EPKTCNT);
        return _waiting != 0;
    }

    // The next frame into RxBuffer. Returns its length, 0 if the chip found it wrong, or -1 when the header makes no sense.
    private int Fetch()
    {
        if (!_headed && !ReadHeader())
        {
            Escalate(TroubleHeader);
            return -1;
        }

        int count = _headerCount;
        bool good = (_headerStatus & RSV_OK) != 0;
        byte[] buffer = RxBuffer;
        SeekRead(Wrap(_next + ReceiveHeader));

        // Frames are padded to an even length, section 7.2.2.
        int burst = count + (count & 1);
        bool more = _waiting > 1;
        ReadMemory(buffer, more ? burst + ReceiveHeader : burst);
        SetBits(ECON2, ECON2_PKTDEC);
        _waiting--;
        _next = _headerNext;
        _headed = more && HeaderMakesSense(buffer, 1 + burst);
        if (_waiting == 0 || Distance(_released, _next) >= ReleaseAfter)
        {
            Release();
        }

        _trouble = 0;
        NoteSound();
        if (!good)
        {
            BadFrames++;
            ReceiveErrors++;
            return 0;
        }

        FramesReceived++;
        return count - Crc;
    }

    private bool ReadHeader()
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            SeekRead(_next);
            ReadMemory(_answer, ReceiveHeader);
            if (HeaderMakesSense(_answer, 1))
            {
                return true;
            }

            // The pointer may have been written wrong, as well as the header read wrong.
            _erdpt = -1;
            if (attempt == 0)
            {
                Rereads++;
            }
        }

        return false;
    }

    // A packet's length and the pointer to its successor say the same thing twice; both have to agree.
    private bool HeaderMakesSense(byte[] b, int at)
    {
        int next = (b[at + 1] << 8) | b[at];
        int count = (b[at + 3] << 8) | b[at + 2];
        if (count < ShortestCount || count > LongestCount || next != Wrap(_next + ReceiveHeader + count + (count & 1)))
        {
            return false;
        }

        _headerNext = next;
        _headerCount = count;
        _headerStatus = b[at + 4];
        return true;
    }

    private static int Distance(int from, int to)
    {
        return to >= from ? to - from : to - from + RxSize;
    }

    // The chip may write up to ERXRDPT. Its low byte takes effect with the high one.
    private void Release()
    {
        WritePair(ERXRDPTL, ReadPointerBefore(_next));
        _released = _next;
    }

    // DS80349 item 14: an even ERXRDPT may corrupt the FIFO. Packets start at even addresses and ERXND is odd, so the byte before
    // a packet is odd in any case.
    private static int ReadPointerBefore(int next)
    {
        return next == RxStart ? RxEnd : next - 1;
    }
}
