using System;
using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// Sending: upload, status if the frame before may still be under way, then one chain that starts the transmission. The
// 16 KB of transmit memory hold the next frame beside the one being sent, so the upload overlaps with the wire.
public sealed partial class W5500Driver
{
    // A full frame takes 123 us on the wire at 100 Mbit/s and 1.23 ms at 10; the rest allows for PAUSE and collisions.
    private const int SendLimitFastMs = 10;
    private const int SendLimitSlowMs = 40;

    // Status reads within one Send, 20 to 50 us each on an ESP32: the wire time of a frame, then the engine may go on.
    private const int SendPollsFast = 16;
    private const int SendPollsSlow = 80;

    // Ends the wait should the clock of the polls stand still.
    private const int SendRefusalLimit = 1000;

    private const int MissingSendOksToTrustPointers = 3;
    private const int SendTimeoutsToReset = 3;

    /// <inheritdoc/>
    /// <remarks>
    /// While the link is down, or the chip lost, a frame is taken and dropped, as on a cable that ends nowhere: the
    /// protocols' timers then run on. <see cref="SendsWithoutLink"/> counts them.
    /// </remarks>
    public override bool Send(int length)
    {
        if (length < 1 || length > MaxFrameLength)
        {
            throw new ArgumentOutOfRangeException("length");
        }

        if (!_ready || !_linkUp)
        {
            SendsWithoutLink++;
            SendErrors++;
            return true;
        }

        // Refused before: first see whether it is worth an upload.
        if (_refusalsInARow != 0 && !MaySend())
        {
            return false;
        }

        byte[] frame = TxBuffer;
        if (length < MinFrameLength)
        {
            Array.Clear(frame, FrameHeader + length, MinFrameLength - length);
            length = MinFrameLength;
        }

        int txWr = _txWr;
        frame[0] = (byte)(txWr >> 8);
        frame[1] = (byte)txWr;
        frame[2] = BSB_S0_TX_BUFFER | RWB_WRITE;
        _bus.Transfer(frame, _sink, FrameHeader + length);
        if ((_inFlight || _commandPending) && !MaySend())
        {
            return false;
        }

        _txWr = (txWr + length) & 0xFFFF;
        WriteWritePointerAndSend();
        _inFlight = true;
        _sentAt = NowMs;
        FramesSent++;
        return true;
    }

    // True when the chip has taken the last command and the frame before has left it.
    private bool MaySend()
    {
        byte[] answer = _answer;
        bool lost = false;
        int txRd = -1;
        int polls = (_phy & PHYCFGR_SPD) != 0 ? SendPollsFast : SendPollsSlow;
        for (int i = 0; i < polls; i++)
        {
            ReadSendStatus();
            int at = _sendStatusModeAt;
            lost = answer[at] != _socketMode || answer[at + Sn_SR] != SOCK_MACRAW;
            if (lost || answer[at + Sn_CR] != 0)
            {
                continue;
            }

            int interrupts = answer[at + Sn_IR];
            at = _sendStatusPointersAt;
            txRd = (answer[at] << 8) | answer[at + 1];
            if (!_inFlight)
            {
                _commandPending = false;
                _refusalsInARow = 0;
                return true;
            }

            if (txRd == _txWr && NoteSent(interrupts))
            {
                _commandPending = false;
                return true;
            }
        }

        SendRefusals++;
        _refusalsInARow++;
        if (lost || !_inFlight)
        {
            // Not a matter of sending: the next Receive looks closer, and resets the chip if it must.
            _pollAgain = true;
            return false;
        }

        int limit = (_phy & PHYCFGR_SPD) != 0 ? SendLimitFastMs : SendLimitSlowMs;
        bool late = NowMs - _sentAt > limit || _refusalsInARow > SendRefusalLimit;
        if (!late)
        {
            ReadPhy();
            late = !_linkUp;
        }

        return late && GiveUpSend(txRd);
    }

    // Sn_TX_RD has caught up. SENDOK confirms it; without it, wait for the limit, unless this chip never gives it.
    private bool NoteSent(int interrupts)
    {
        if ((interrupts & Sn_IR_SENDOK) != 0)
        {
            _missingInARow = 0;
        }
        else if (!_trustPointers)
        {
            return false;
        }

        _inFlight = false;
        _refusalsInARow = 0;
        _timeoutsInARow = 0;
        return true;
    }

    // The frame under way is written off. True when the next may go at once.
    private bool GiveUpSend(int txRd)
    {
        _inFlight = false;
        _refusalsInARow = 0;
        SendErrors++;
        if (txRd == _txWr)
        {
            // Known of this chip: frames leave and SENDOK never comes. After a few of them its pointers are believed.
            MissingSendOks++;
            _missingInARow++;
            _trustPointers = _missingInARow >= MissingSendOksToTrustPointers;
            return _linkUp;
        }

        // The frame is still in the chip; the next SEND would send both as one. Only CLOSE stops it.
        if (_linkUp)
        {
            SendTimeouts++;
            _timeoutsInARow++;
        }

        if (_timeoutsInARow >= SendTimeoutsToReset)
        {
            _timeoutsInARow = 0;
            Restart();
        }
        else
        {
            Reopen();
        }

        return false;
    }
}
