using System;
using static EmbeddedTcp.Drivers.W5500.W5500Registers;

namespace EmbeddedTcp.Drivers.W5500;

// Start-up: reset, identification, configuration. The only part that waits, and each wait has a bound.
public sealed partial class W5500Driver
{
    // Data sheet 5.5.1: RSTn low for 500 us at least; the PLL then locks within 1 ms.
    private const int ResetPulseMs = 1;
    private const int PllLockMs = 2;

    // VERSIONR reads 0 for a while after reset on some chips; a chip that did not take the reset gets another.
    private const int IdentifyMs = 100;
    private const int ResetTries = 2;

    // What jumper wires of any length carry. Slower helps nobody: then something else is wrong.
    private const int SlowestClockHz = 4000000;

    // Restarts that failed for the bus before the clock is lowered: a disturbance that passes shall not slow us for good.
    private const int UnreliableToSlowDown = 3;
    private const int SoftResetMs = 50;
    private const int OpenPolls = 200;

    // What starting can end in. Unreliable is the one that a slower SPI clock may cure.
    private const int Started = 0;
    private const int Absent = 1;
    private const int Unreliable = 2;
    private const int Refused = 3;

    /// <inheritdoc/>
    public override bool Open(byte[] macAddress)
    {
        if (macAddress == null || macAddress.Length < 6)
        {
            throw new ArgumentException("macAddress");
        }

        Array.Copy(macAddress, 0, _mac, 0, 6);
        _socketMode = Sn_MR_MFEN | Sn_MR_MACRAW;
        _socketMode |= AcceptMulticast ? 0 : Sn_MR_MMB;
        _socketMode |= AcceptIpv6 ? 0 : Sn_MR_MIP6B;
        _opened = true;
        _ignoreInterrupt = false;
        _consecutiveMisses = 0;
        _trustPointers = false;
        _missingInARow = 0;
        _nextFrame = 0;
        _batchEnd = 0;
        _inFlight = false;
        _checkAtNextPoll = true;
        _unreliableInARow = 0;
        if (_firstClockHz == 0)
        {
            _firstClockHz = _bus.ClockHz;
        }

        int outcome = Start();
        while (outcome == Unreliable && SlowDown())
        {
            outcome = Start();
        }

        LinkChanges = 0;
        return outcome == Started;
    }

    private bool SlowDown()
    {
        if (!_bus.SlowDown(SlowestClockHz))
        {
            return false;
        }

        ClockStepDowns++;
        return true;
    }

    // Brings the chip from any state to the one in which frames flow, or sets Error.
    private int Start()
    {
        _ready = false;
        Error = null;
        ForgetTraffic();
        ChooseChains(false);
        bool found = false;
        bool silent = true;
        for (int i = 0; i < ResetTries && !found && silent; i++)
        {
            if (_bus.SetReset(true))
            {
                _bus.Delay(ResetPulseMs);
                _bus.SetReset(false);
            }

            _bus.Delay(PllLockMs);
            found = Identify() && SoftReset() && Identify();
            silent = _answer[FrameHeader] == 0x00 || _answer[FrameHeader] == 0xFF;
        }

        if (!found)
        {
            // Nobody there, or somebody whom the wires garble.
            return silent ? Absent : Unreliable;
        }

        Error = null;
        if (!IdentityHolds() || !GiveMemoryToSocket0() || !MemoryHolds())
        {
            return Unreliable;
        }

        if (AllowChains && !TryChains())
        {
            // A chip that took the chain for one long write has garbage in its registers now.
            if (!SoftReset() || !Identify() || !GiveMemoryToSocket0())
            {
                return Unreliable;
            }
        }

        Configure();
        if (!OpenSocket())
        {
            return Refused;
        }

        _ready = true;
        _unreliableInARow = 0;
        _trouble = 0;
        ReadPhy();
        _phyMode = ReadByte(BSB_COMMON, PHYCFGR) & PHYCFGR_MODE;
        _checkAtNextPoll = true;
        return Started;
    }

    // What was fetched before stays in RxBuffer and is still handed out. Of a frame under way nobody will know.
    private void ForgetTraffic()
    {
        _backlog = 0;
        if (_inFlight)
        {
            _inFlight = false;
            SendErrors++;
        }

        _refusalsInARow = 0;
        _commandPending = false;
    }

    private bool Identify()
    {
        int version = 0;
        for (int i = 0; i < IdentifyMs; i++)
        {
            version = ReadByte(BSB_COMMON, VERSIONR);
            if (version == VERSION)
            {
                return true;
            }

            _bus.Delay(1);
        }

        string header = $"{_answer[0]:X2} {_answer[1]:X2} {_answer[2]:X2}";
        string check = version switch
        {
            0x00 => "MISO stays low: check 3.3 V power, that RST is high, the MISO wire, and that chip select is the chip's.",
            0xFF => "MISO stays high, so nobody drives it: check the MISO, SCLK and chip select wires and the 3.3 V power.",
            _ => "Something answers: check SPI mode (0 or 3), clock, wire length, and that chip select is the chip's.",
        };
        Error = $"No W5500: VERSIONR read {version:X2} instead of 04 for {IdentifyMs} ms (MISO in the header: {header}). {check}";
        return false;
    }

    private bool SoftReset()
    {
        WriteByte(BSB_COMMON, MR, MR_RST);
        int mode = 0;
        for (int i = 0; i < SoftResetMs; i++)
        {
            mode = ReadByte(BSB_COMMON, MR);
            if ((mode & MR_RST) == 0)
            {
                return true;
            }

            _bus.Delay(1);
        }

        Error = $"W5500: the reset bit stays set (MR reads {mode:X2} after {SoftResetMs} ms). Check 3.3 V power and the SPI clock.";
        return false;
    }

    // All memory to socket 0, first taken from the others: the chip must never see more than 16 KB given away.
    private bool GiveMemoryToSocket0()
    {
        for (int socket = Sockets - 1; socket >= 0; socket--)
        {
            int kilobytes = socket == 0 ? BufferKilobytes : 0;
            int block = BSB_S0_REGISTER + socket * BSB_SOCKET_STEP;
            WriteWord(block, Sn_RXBUF_SIZE, (kilobytes << 8) | kilobytes);
            int sizes = ReadWord(block, Sn_RXBUF_SIZE);
            if (sizes != ((kilobytes << 8) | kilobytes))
            {
                Error = $"W5500 answers unreliably: socket {socket} buffer sizes read {sizes:X4} after writing "
                    + $"{(kilobytes << 8) | kilobytes:X4}. Lower the SPI clock, shorten the wires, check ground and 3.3 V.";
                return false;
            }
        }

        return true;
    }

    private void Configure()
    {
        byte[] command = _command;
        command[0] = 0;
        command[1] = SHAR;
        command[2] = BSB_COMMON | RWB_WRITE;
        Array.Copy(_mac, 0, command, FrameHeader, 6);
        _bus.Transfer(command, _answer, FrameHeader + 6);

        // RECV alone pulls INTn down. Sn_IR shows SENDOK whatever Sn_IMR says, so sending needs no interrupt. The line
        // is read as a level, which needs no pause between two interrupts: INTLEVEL stays 0.
        WriteWord(BSB_COMMON, INTLEVEL, 0);
        WriteByte(BSB_S0_REGISTER, Sn_IMR, Sn_IR_RECV);
        WriteByte(BSB_COMMON, SIMR, SIMR_S0);
    }

    // CLOSE first, so that this also serves to re-open. OPEN initialises the pointers; they are read, not assumed.
    private bool OpenSocket()
    {
        ForgetTraffic();
        if (!CommandReaches(Sn_CR_CLOSE, SOCK_CLOSED))
        {
            return false;
        }

        WriteByte(BSB_S0_REGISTER, Sn_IR, Sn_IR_ALL);
        WriteByte(BSB_S0_REGISTER, Sn_MR, _socketMode);
        if (!CommandReaches(Sn_CR_OPEN, SOCK_MACRAW))
        {
            return false;
        }

        _txWr = ReadWord(BSB_S0_REGISTER, Sn_TX_WR);
        _rxRd = ReadWord(BSB_S0_REGISTER, Sn_RX_RD);
        return true;
    }

    private bool CommandReaches(int command, int state)
    {
        WriteByte(BSB_S0_REGISTER, Sn_CR, command);
        for (int i = 0; i < OpenPolls; i++)
        {
            ReadBlock(BSB_S0_REGISTER, Sn_MR, 4);
            if (_answer[FrameHeader + Sn_CR] == 0 && _answer[FrameHeader + Sn_SR] == state)
            {
                return true;
            }
        }

        Error = $"W5500: command {command:X2} left socket 0 in state {_answer[FrameHeader + Sn_SR]:X2}, not {state:X2} "
            + $"(Sn_MR {_answer[FrameHeader + Sn_MR]:X2}, Sn_CR {_answer[FrameHeader + Sn_CR]:X2}). Check 3.3 V power and the SPI clock.";
        return false;
    }
}
