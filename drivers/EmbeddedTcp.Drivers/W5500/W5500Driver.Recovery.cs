using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// What keeps the driver alive: the periodic check, and the ladder of repeat, skip, re-open, reset.
public sealed partial class W5500Driver
{
    // Every 100 ms a status read whatever the interrupt line says; every 500 ms the link and the whole configuration.
    private const int CheckMs = 100;
    private const int HealthMs = 500;
    private const int RetryMs = 1000;
    private const int CommandLimitMs = 100;
    private const int CommandPollLimit = 1000;
    private const int MissesToIgnoreInterrupt = 3;

    private const int TroubleTorn = 1;
    private const int TroubleCommand = 2;
    private const int TroubleReceiveCommand = 3;
    private const int TroubleReadPointer = 4;
    private const int TroubleLength = 5;
    private const int TroubleWritePointer = 6;
    private const int TroubleSocket = 7;

    private const int RepeatTries = 3;
    private const int StepRepeat = 0;
    private const int StepSkip = 1;
    private const int StepReopen = 2;
    private const int StepReset = 3;

    /// <inheritdoc/>
    public override bool Recover()
    {
        if (!_opened)
        {
            Error = "W5500: not opened yet.";
            return false;
        }

        return Restart();
    }

    // Called from Receive when _nextCheck is due. True when frames are waiting.
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
        if (first || NowMs - _nextHealth >= 0)
        {
            _nextHealth = NowMs + HealthMs;
            if (!Healthy() && !Healthy())
            {
                SocketLosses++;
                ReceiveErrors++;
                Restart();
                return false;
            }
        }
        else if (!_linkUp)
        {
            ReadPhy();
        }

        bool announced = _pollAgain || _ignoreInterrupt || _bus.InterruptAsserted();
        if (!PollBacklog())
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

    // A disturbance on the bus may have written anywhere: are identity, address, mask and memory as we left them?
    private bool Healthy()
    {
        byte[] answer = _answer;
        ReadBlock(BSB_COMMON, MR, VERSIONR + 1);
        bool good = answer[FrameHeader + VERSIONR] == VERSION
            && answer[FrameHeader + MR] == 0
            && answer[FrameHeader + SIMR] == SIMR_S0
            && (answer[FrameHeader + PHYCFGR] & PHYCFGR_MODE) == _phyMode
            && answer[FrameHeader + INTLEVEL] == 0
            && answer[FrameHeader + INTLEVEL + 1] == 0;
        for (int i = 0; i < 6; i++)
        {
            good &= answer[FrameHeader + SHAR + i] == _mac[i];
        }

        if (!good)
        {
            return false;
        }

        if (answer[FrameHeader + PHYCFGR] != _phy)
        {
            ReadPhy();
        }

        ReadBlock(BSB_S0_REGISTER, Sn_RXBUF_SIZE, Sn_IMR + 1 - Sn_RXBUF_SIZE);
        return answer[FrameHeader] == BufferKilobytes
            && answer[FrameHeader + 1] == BufferKilobytes
            && answer[FrameHeader + Sn_IMR - Sn_RXBUF_SIZE] == Sn_IR_RECV;
    }

    // A change has to be read twice.
    private void ReadPhy()
    {
        int phy = ReadByte(BSB_COMMON, PHYCFGR);
        if (phy == _phy || phy == ReadByte(BSB_COMMON, PHYCFGR))
        {
            NotePhy(phy);
        }
    }

    private void NotePhy(int phy)
    {
        bool up = (phy & PHYCFGR_LNK) != 0;
        if (up != _linkUp)
        {
            LinkChanges++;
            _linkUp = up;
        }

        _phy = phy;
    }

    // A step up for each trouble in a row; a batch of sane frames leads back to the bottom.
    private void Escalate(int cause)
    {
        int first;
        switch (cause)
        {
            case TroubleTorn:
                // Nothing is wrong with the chip: it is busy receiving.
                TornReads++;
                return;
            case TroubleCommand:
                _commandPolls++;
                if (NowMs - _commandAt <= CommandLimitMs && _commandPolls <= CommandPollLimit)
                {
                    return;
                }

                CommandTimeouts++;
                first = StepReset;
                break;
            case TroubleReceiveCommand:
                LostCommands++;
                first = StepRepeat;
                break;
            case TroubleReadPointer:
                PointerMismatches++;
                first = StepRepeat;
                break;
            case TroubleWritePointer:
                PointerMismatches++;
                first = StepReopen;
                break;
            case TroubleSocket:
                SocketLosses++;
                first = StepReset;
                break;
            default:
                BadLengths++;
                first = StepSkip;
                break;
        }

        // Repeating loses nothing, so it gets more than one try.
        int step = first == StepRepeat && _trouble < RepeatTries ? StepRepeat
            : first == StepRepeat ? StepSkip + _trouble - RepeatTries
            : first + _trouble;
        _trouble++;
        if (step == StepRepeat)
        {
            Repeats++;
            WriteReadPointerAndReceive();
            return;
        }

        ReceiveErrors++;
        if (step == StepSkip)
        {
            // Sn_RX_RD := Sn_RX_WR as of the last status, which is where the next frame will start.
            Skips++;
            _rxRd = (_rxRd + _backlog) & 0xFFFF;
            _backlog = 0;
            WriteReadPointerAndReceive();
        }
        else if (step == StepReopen)
        {
            Reopen();
        }
        else
        {
            Restart();
        }
    }

    private void Reopen()
    {
        Reopens++;
        if (!OpenSocket())
        {
            Restart();
        }
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
        NotePhy(0);
        _nextCheck = NowMs + RetryMs;
        return false;
    }
}
