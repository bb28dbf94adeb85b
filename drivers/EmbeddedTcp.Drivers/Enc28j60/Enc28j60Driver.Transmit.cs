using System;
using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// Sending: the frame goes to the chip's memory and stays there until it has left, so that a collision costs no second upload.
public sealed partial class Enc28j60Driver
{
    // Opcode and per-packet control byte, in TxBuffer before the frame.
    private const int SendHeader = 2;

    // A full frame takes 1.23 ms on the wire. Waiting for a busy medium and the back-off of eight collisions come on top; what is
    // cut short by this limit is sent again.
    private const int SendLimitMs = 20;

    // Ends the wait should the clock of the polls stand still.
    private const int SendRefusalLimit = 1000;

    // EIR reads within one Send, 10 to 20 us each on an ESP32, where no interrupt line tells: a short frame's time on the wire.
    private const int SendPolls = 8;

    // DS80349 item 13: sixteen attempts after late collisions. Attempts that never end cost the limit each, so they get fewer.
    private const int LateCollisionTries = 16;
    private const int TimeoutTries = 3;
    private const int LostFramesToReset = 3;

    /// <inheritdoc/>
    /// <remarks>
    /// While the link is down, or the chip lost, a frame is taken and dropped, as on a cable that ends nowhere: the
    /// protocols' timers then run on. <see cref="SendsWithoutLink"/> counts them. Short frames are padded by the chip (MACON3.PADCFG).
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

        if (_inFlight && !MaySend())
        {
            return false;
        }

        byte[] frame = TxBuffer;
        frame[0] = WBM;
        frame[1] = ControlByte;
        SeekWrite(TxStart);
        _bus.Transfer(frame, _sink, SendHeader + length);
        _ewrpt = TxStart + 1 + length;
        SetTransmitEnd(TxStart + length);
        SetBits(ECON1, ECON1_TXRTS);
        _inFlight = true;
        _attempts = 1;
        _timeouts = 0;
        _sentAt = NowMs;
        FramesSent++;
        return true;
    }

    // ETXND, the frame's last byte: written as far as it changes.
    private void SetTransmitEnd(int address)
    {
        int old = _etxnd;
        if (old < 0 || ((old ^ address) & 0xFF) != 0)
        {
            Write(ETXNDL, address & 0xFF);
        }

        if (old < 0 || ((old ^ address) & 0xFF00) != 0)
        {
            Write(ETXNDH, address >> 8);
        }

        _etxnd = address;
    }

    // True when the frame before has left the chip. An interrupt line that is not asserted says that it has not, for nothing.
    private bool MaySend()
    {
        for (int i = 0; i < SendPolls; i++)
        {
            if (!Announced() && !SendIsLate())
            {
                break;
            }

            LookAtSend();
            if (!_inFlight)
            {
                _refusalsInARow = 0;
                return _ready;
            }
        }

        SendRefusals++;
        _refusalsInARow++;
        return false;
    }

    private bool SendIsLate()
    {
        return NowMs - _sentAt > SendLimitMs || _refusalsInARow > SendRefusalLimit;
    }

    // DS80349 item 13: the end of a transmission shows in TXIF or in TXERIF, and sometimes in neither.
    private void LookAtSend()
    {
        int flags = Read(EIR) & (EIR_TXIF | EIR_TXERIF);
        if (flags == EIR_TXIF)
        {
            ClearBits(EIR, EIR_TXIF);
            _inFlight = false;
            _timeoutsInARow = 0;
        }
        else if (flags != 0)
        {
            HandleAbort();
        }
        else if (SendIsLate())
        {
            HandleTimeout();
        }
    }

    private void HandleAbort()
    {
        RestartTransmitter();

        // DS80349 item 15: ESTAT.LATECOL is not reliable, the transmit status vector is.
        SeekRead(_etxnd + 1);
        ReadMemory(_answer, StatusVector);
        int end = _answer[1 + 3];
        if ((end & TSV3_LATE_COLLISION) != 0)
        {
            LateCollisions++;
            if (_attempts < LateCollisionTries)
            {
                SendAgain();
                return;
            }
        }
        else if ((end & TSV3_ANY_ABORT) == 0 && (_answer[1 + 2] & TSV2_DONE) != 0)
        {
            // The flag was read wrong: the frame has left.
            _inFlight = false;
            return;
        }

        SendAborts++;
        GiveUpSend();
    }

    private void HandleTimeout()
    {
        SendTimeouts++;
        _timeouts++;
        RestartTransmitter();
        if (_timeouts < TimeoutTries)
        {
            SendAgain();
            return;
        }

        GiveUpSend();
        _timeoutsInARow++;
        if (_timeoutsInARow >= LostFramesToReset)
        {
            _timeoutsInARow = 0;
            Restart();
        }
    }

    private void SendAgain()
    {
        _attempts++;
        _sentAt = NowMs;
        _refusalsInARow = 0;
        SetBits(ECON1, ECON1_TXRTS);
    }

    private void GiveUpSend()
    {
        _inFlight = false;
        _refusalsInARow = 0;
        SendErrors++;
    }

    // DS80349 item 12: after an abort the transmit logic may stall until it is reset. Item 13: TXRTS may stay set. Both flags are
    // cleared after that, since the reset itself may raise TXERIF.
    private void RestartTransmitter()
    {
        TransmitterRestarts++;
        SetBits(ECON1, ECON1_TXRST);
        ClearBits(ECON1, ECON1_TXRST | ECON1_TXRTS);
        ClearBits(EIR, EIR_TXERIF | EIR_TXIF);
    }
}
