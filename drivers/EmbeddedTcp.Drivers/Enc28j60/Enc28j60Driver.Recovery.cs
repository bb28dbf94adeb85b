using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// What keeps the driver alive: the periodic check, and the ladder of receiver restart and chip reset.
public sealed partial class Enc28j60Driver
{
    // Every 100 ms a look at ECON1, EIR and EPKTCNT whatever the interrupt line says; every 500 ms the link and the whole
    // configuration. A chip that has reset itself is found by the first, a write that went astray by the second.
    private const int CheckMs = 100;
    private const int HealthMs = 500;
    private const int RetryMs = 1000;
    private const int MissesToIgnoreInterrupt = 3;

    private const int TroubleHeader = 1;
    private const int TroublePointer = 2;
    private const int TroubleChip = 3;
    private const int ReceiverRestartTries = 2;

    // RXBUSY lasts as long as the frame that is coming in, 1.23 ms; EPKTCNT holds 255 at most.
    private const int BusyPolls = 200;
    private const int MostPackets = 255;

    /// <inheritdoc/>
    public override bool Recover()
    {
        if (!_opened)
        {
            Error = "ENC28J60: not opened yet.";
            return false;
        }

        return Restart();
    }

    // Called from Receive when _nextCheck is due. True when packets are waiting.
    private bool Check()
    {
        if (!_opened)
        {
            return false;
        }

        bool first = _checkAtNextPoll;
        _checkAtNextPoll = false;
        if (!_ready)
        {
            Restart();
            return false;
        }

        _nextCheck = NowMs + CheckMs;
        if (first)
        {
            NoteSound();
        }

        if (!ControlIsOurs() && !ControlIsOurs())
        {
            Escalate(TroubleChip);
            return false;
        }

        if (first || NowMs - _nextHealth >= 0)
        {
            _nextHealth = NowMs + HealthMs;
            if (!Healthy() && !Healthy())
            {
                Escalate(TroubleChip);
                return false;
            }

            ReadLink();
        }
        else if (!_linkUp)
        {
            ReadLink();
        }

        LookAtFlags();
        return _ready && LookAtPackets();
    }

    // ECON1 tells whether receiving is on and which bank answers: what every other access depends on.
    private bool ControlIsOurs()
    {
        int control = Read(ECON1);
        if ((control & ~(ECON1_TXRTS | ECON1_BSEL)) != ECON1_RXEN)
        {
            return false;
        }

        if ((control & ECON1_BSEL) != _bank)
        {
            BankMismatches++;
            ClearBits(ECON1, ECON1_BSEL);
            _bank = 0;
            return false;
        }

        return true;
    }

    // Ends of transmission that nobody has looked at, and an overflow of the FIFO.
    private void LookAtFlags()
    {
        if (_inFlight)
        {
            LookAtSend();
            if (!_ready)
            {
                return;
            }
        }

        int flags = Read(EIR);
        if (!_inFlight && (flags & (EIR_TXIF | EIR_TXERIF)) != 0)
        {
            ClearBits(EIR, EIR_TXIF | EIR_TXERIF);
        }

        // Known of this chip: deaf after an overflow. If nothing has come since the last look at one, the receiver is restarted.
        int mark = _overflowMark;
        _overflowMark = -1;
        if (mark >= 0 && Read(EPKTCNT) == 0 && ReadPair(ERXWRPTL) == mark)
        {
            RestartReceiver();
        }
        else if ((flags & EIR_RXERIF) != 0)
        {
            Overflows++;
            ReceiveErrors++;
            ClearBits(EIR, EIR_RXERIF);
            _overflowMark = ReadPair(ERXWRPTL);
        }
    }

    private bool LookAtPackets()
    {
        bool announced = Announced();
        if (!PointersAgree() && !PointersAgree())
        {
            Escalate(TroublePointer);
            return false;
        }

        if (_waiting == 0)
        {
            return false;
        }

        if (announced)
        {
            _consecutiveMisses = 0;
            return true;
        }

        // Once may be a frame that came in this very moment. Again and again is a line that is not connected.
        MissedInterrupts++;
        _consecutiveMisses++;
        _ignoreInterrupt = _consecutiveMisses >= MissesToIgnoreInterrupt;
        return true;
    }

    // Packets are pending if and only if the chip has written beyond the next of them. The pointer is read before the count and after:
    // a frame that comes in between is no contradiction, nor is one that comes between its two bytes.
    private bool PointersAgree()
    {
        int before = ReadPair(ERXWRPTL);
        bool pending = PacketsWaiting();
        return pending ? ReadPair(ERXWRPTL) != _next : before == _next;
    }

    // A change has to be read twice.
    private void ReadLink()
    {
        int status = ReadPhy(PHSTAT2);
        bool up = status >= 0 && (status & PHSTAT2_LSTAT) != 0;
        if (up != _linkUp)
        {
            status = ReadPhy(PHSTAT2);
            if ((status >= 0 && (status & PHSTAT2_LSTAT) != 0) == up)
            {
                NoteLink(up);
            }
        }
    }

    private void NoteLink(bool up)
    {
        if (up != _linkUp)
        {
            LinkChanges++;
            _linkUp = up;
            NoteSound();
        }
    }

    // A step up for each trouble in a row; a sane frame leads back to the bottom.
    private void Escalate(int cause)
    {
        ReceiveErrors++;
        bool reset = _trouble >= ReceiverRestartTries;
        switch (cause)
        {
            case TroubleHeader:
                BadHeaders++;
                break;
            case TroublePointer:
                PointerMismatches++;
                break;
            default:
                ConfigurationLosses++;
                reset = true;
                break;
        }

        _trouble++;
        if (reset || !RestartReceiver())
        {
            Restart();
        }
    }

    // Section 11.4 and DS80349 item 5: receiver off and reset, FIFO pointers loaded anew, packet count down to zero, receiver on.
    // What was in the FIFO is lost. False when the chip does not follow.
    private bool RestartReceiver()
    {
        ReceiverRestarts++;
        ClearBits(ECON1, ECON1_RXEN);
        for (int i = 0; i < BusyPolls && (Read(ESTAT) & ESTAT_RXBUSY) != 0; i++)
        {
        }

        SetBits(ECON1, ECON1_RXRST);
        ClearBits(ECON1, ECON1_RXRST);
        if (!PrepareFifo())
        {
            return false;
        }

        ClearBits(EIR, EIR_RXERIF);
        SetBits(ECON1, ECON1_RXEN);
        return true;
    }

    // Loading ERXST or ERXND takes the chip's write pointer back to ERXST (section 6.1).
    private bool PrepareFifo()
    {
        _headed = false;
        _waiting = 0;
        _overflowMark = -1;
        _next = RxStart;
        _released = RxStart;
        if (!SetPair(ERXSTL, RxStart) || !SetPair(ERXNDL, RxEnd) || !SetPair(ERXRDPTL, ReadPointerBefore(RxStart)))
        {
            return false;
        }

        int left = Read(EPKTCNT);
        for (int i = 0; i < MostPackets && left != 0; i++)
        {
            SetBits(ECON2, ECON2_PKTDEC);
            left = Read(EPKTCNT);
        }

        if (left != 0 || ReadPair(ERXWRPTL) != RxStart)
        {
            Error = $"ENC28J60: the receiver does not start: EPKTCNT {left:X2}, ERXWRPT {ReadPair(ERXWRPTL):X4}. " + WiringAdvice;
            return false;
        }

        return true;
    }

    private bool Restart()
    {
        Resets++;
        int outcome = Start();
        if (outcome == Started)
        {
            Recoveries++;
            return true;
        }

        if (outcome == Unreliable && ++_unreliableInARow >= UnreliableToSlowDown)
        {
            _unreliableInARow = 0;
            SlowDown();
        }

        ResetFailures++;
        _checkAtNextPoll = false;
        NoteLink(false);
        _nextCheck = NowMs + RetryMs;
        return false;
    }
}
