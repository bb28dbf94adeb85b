using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// Receiving: one status read, one burst with as much of the backlog as fits, one release; then frame after frame is
// handed out of the buffer without touching the bus.
public sealed partial class W5500Driver
{
    private const int ShortestHeader = LengthHeader + MinFrameLength;
    private const int LongestHeader = LengthHeader + LongestReceived;

    // Status reads in one poll: the registers are not latched, and a frame may arrive between two of their bytes.
    private const int StatusAttempts = 4;

    /// <inheritdoc/>
    public override int Receive()
    {
        byte[] buffer = RxBuffer;
        while (true)
        {
            int at = _nextFrame;
            if (at >= _batchEnd)
            {
                if (!Refill())
                {
                    return 0;
                }

                at = _nextFrame;
            }

            int length = (buffer[at] << 8) | buffer[at + 1];
            _nextFrame = at + length;
            if (length <= LengthHeader + MaxFrameLength)
            {
                RxOffset = at + LengthHeader;
                FramesReceived++;
                return length - LengthHeader;
            }

            OversizeFrames++;
            ReceiveErrors++;
        }
    }

    private bool Refill()
    {
        if (_backlog == 0)
        {
            if (_checkAtNextPoll || NowMs - _nextCheck >= 0)
            {
                return Check() && Fetch();
            }

            if (!_ready || (!_pollAgain && !_ignoreInterrupt && !_bus.InterruptAsserted()) || !PollBacklog())
            {
                return false;
            }

            _consecutiveMisses = 0;
        }

        return Fetch();
    }

    // Reads the status until it agrees with itself. True when frames are waiting: _backlog bytes of them.
    private bool PollBacklog()
    {
        int cause = 0;
        int previous = -1;
        _pollAgain = false;
        for (int attempt = 0; attempt < StatusAttempts; attempt++)
        {
            ReadStatus();
            byte[] answer = _answer;
            int at = _statusModeAt;
            if (answer[at] != _socketMode || answer[at + Sn_SR] != SOCK_MACRAW)
            {
                cause = TroubleSocket;
                continue;
            }

            if (answer[at + Sn_CR] != 0)
            {
                cause = TroubleCommand;
                continue;
            }

            int interrupts = answer[at + Sn_IR];
            at = _statusPointersAt;
            int txRd = (answer[at] << 8) | answer[at + 1];
            int txWr = (answer[at + 2] << 8) | answer[at + 3];
            int received = (answer[at + 4] << 8) | answer[at + 5];
            int rxRd = (answer[at + 6] << 8) | answer[at + 7];
            int rxWr = (answer[at + 8] << 8) | answer[at + 9];
            if (rxRd != _rxRd)
            {
                cause = TroubleReadPointer;
                continue;
            }

            if (txWr != _txWr)
            {
                cause = TroubleWritePointer;
                continue;
            }

            // Sn_RX_RSR is Sn_RX_WR - Sn_RX_RD, unless a frame came in between (the difference is larger, and the
            // data sheet's rule holds: twice the same value is the value) or the last RECV was not carried out (it is
            // smaller; that value counts for nothing, since the next frame may make the difference larger again).
            int span = (rxWr - rxRd) & 0xFFFF;
            if (received > span)
            {
                previous = -1;
                cause = TroubleReceiveCommand;
                continue;
            }

            if (received != span && received != previous)
            {
                previous = received;
                cause = TroubleTorn;
                continue;
            }

            _backlog = received;
            _commandPending = false;
            if (_inFlight && txRd == txWr)
            {
                NoteSent(interrupts);
            }

            return received != 0;
        }

        // The line was released above, and what it announced is still in the chip.
        _pollAgain = true;
        Escalate(cause);
        return false;
    }

    // Moves as much of the backlog as fits into RxBuffer and gives its room in the chip back at once.
    private bool Fetch()
    {
        byte[] buffer = RxBuffer;
        int count = _backlog;
        if (count > buffer.Length - FrameHeader)
        {
            count = buffer.Length - FrameHeader;
        }

        int end = 0;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            buffer[0] = (byte)(_rxRd >> 8);
            buffer[1] = (byte)_rxRd;
            buffer[2] = BSB_S0_RX_BUFFER;
            _bus.Transfer(buffer, buffer, FrameHeader + count);
            end = FrameHeader;
            bool sane = true;
            int limit = FrameHeader + count;
            while (limit - end >= LengthHeader)
            {
                int length = (buffer[end] << 8) | buffer[end + 1];
                if (length < ShortestHeader || length > LongestHeader)
                {
                    sane = false;
                    break;
                }

                if (end + length > limit)
                {
                    break;
                }

                end += length;
            }

            // Whatever is left over must be a frame that our buffer cut off, not one that the chip has only half.
            if (sane && (end == limit || count < _backlog))
            {
                break;
            }

            if (attempt == 0)
            {
                Rereads++;
            }
        }

        if (end == FrameHeader)
        {
            Escalate(TroubleLength);
            return false;
        }

        int taken = end - FrameHeader;
        _rxRd = (_rxRd + taken) & 0xFFFF;
        _backlog -= taken;
        WriteReadPointerAndReceive();
        _nextFrame = FrameHeader;
        _batchEnd = end;
        _trouble = 0;
        return true;
    }
}
