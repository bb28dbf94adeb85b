using System;
using static EmbeddedTcp.Drivers.Enc28j60.Enc28j60Registers;

namespace EmbeddedTcp.Drivers.Enc28j60;

// Start-up: reset, identification, configuration. With SelfTest the only part that waits, and each wait has a bound.
public sealed partial class Enc28j60Driver
{
    // RESET low for 400 ns at least (section 16); the oscillator then takes 300 us (section 2.2).
    private const int ResetPulseMs = 1;
    private const int OscillatorMs = 1;

    // DS80349 item 2: CLKRDY says nothing after a system reset, so wait; 1 ms at least.
    private const int SystemResetMs = 2;
    private const int IdentifyMs = 50;
    private const int ResetTries = 2;
    private const int SetTries = 3;
    private const int MiiPolls = 100;

    // What jumper wires of any length carry; DS80349 item 1 wants more of revisions B1 and B4.
    private const int SlowestClockHz = 4000000;
    private const int SlowestClockOfEarlyRevisionsHz = 8000000;

    // Restarts that failed for the bus before the clock is lowered: a disturbance that passes shall not slow us for good.
    private const int UnreliableToSlowDown = 3;

    private const int InterruptMask = EIE_INTIE | EIE_PKTIE | EIE_TXIE | EIE_TXERIE;
    private const string WiringAdvice = "Shorten the wires, check ground and 3.3 V: the chip takes up to 180 mA, more at the peaks.";

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
        _opened = true;
        _ignoreInterrupt = false;
        _consecutiveMisses = 0;
        _checkAtNextPoll = true;
        _unreliableInARow = 0;
        int outcome = LimitClock() ? Start() : Refused;
        while (outcome == Unreliable && SlowDown())
        {
            outcome = Start();
        }

        LinkChanges = 0;
        return outcome == Started;
    }

    // Section 4.1: 20 MHz at most, which many a board's setting for another chip exceeds.
    private bool LimitClock()
    {
        if (_bus.ClockHz > FastestClockHz && !_bus.SetClock(FastestClockHz))
        {
            Error = $"ENC28J60: the SPI clock is {_bus.ClockHz / 1000000} MHz; the chip's limit is {FastestClockHz / 1000000} MHz.";
            return false;
        }

        if (_firstClockHz == 0)
        {
            _firstClockHz = _bus.ClockHz;
        }

        return true;
    }

    private bool SlowDown()
    {
        if (!_bus.SlowDown(IsEarly(_revision) ? SlowestClockOfEarlyRevisionsHz : SlowestClockHz))
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
        int outcome = Absent;
        for (int i = 0; i < ResetTries && outcome == Absent; i++)
        {
            Reset();
            outcome = Identify();
            if (outcome == Started)
            {
                outcome = WaitForPhy();
            }
        }

        if (outcome != Started)
        {
            return outcome;
        }

        Error = null;
        if (!ClockServesTheMac())
        {
            return Refused;
        }

        if (!IdentityHolds() || !MemoryHolds() || !Configure())
        {
            return Unreliable;
        }

        SetBits(ECON1, ECON1_RXEN);
        _ready = true;
        _unreliableInARow = 0;
        _trouble = 0;
        _checkAtNextPoll = true;
        return Started;
    }

    // Of a frame under way nobody will know.
    private void ForgetTraffic()
    {
        _waiting = 0;
        _headed = false;
        if (_inFlight)
        {
            _inFlight = false;
            SendErrors++;
        }

        _refusalsInARow = 0;
    }

    private void Reset()
    {
        if (_bus.SetReset(true))
        {
            _bus.Delay(ResetPulseMs);
            _bus.SetReset(false);
            _bus.Delay(OscillatorMs);
        }

        // DS80349 item 19: a system reset is ignored in power-save mode.
        ForgetRegisters();
        ClearBits(ECON2, ECON2_PWRSV);
        _bus.Delay(OscillatorMs);
        _command[0] = SRC;
        _bus.Transfer(_command, _answer, 1);
        _bus.Delay(SystemResetMs);
        ForgetRegisters();
    }

    // Waits for the clock, then asks for the revision.
    private int Identify()
    {
        int status = 0;
        int revision = 0;
        for (int i = 0; i < IdentifyMs; i++)
        {
            status = Read(ESTAT);
            revision = Read(EREVID);
            if (status != 0xFF && (status & ESTAT_CLKRDY) != 0 && IsKnown(revision))
            {
                _revision = revision;
                return Started;
            }

            _bus.Delay(1);
            ClearBits(ECON1, ECON1_BSEL);
            _bank = 0;
        }

        if (IsKnown(revision))
        {
            Error = $"ENC28J60 {RevisionName(revision)}: its clock does not start (ESTAT {status:X2} for {IdentifyMs} ms). "
                + "Check the 3.3 V power and the 25 MHz crystal.";
            return Absent;
        }

        bool silent = revision == 0x00 || revision == 0xFF;
        if (!silent && IsSteady(revision))
        {
            Error = $"No ENC28J60 that is known: EREVID reads {revision:X2}, not 02 (B1), 04 (B4), 05 (B5) or 06 (B7). "
                + "It answers steadily: another chip, or a revision this driver does not know.";
            return Refused;
        }

        string check = revision switch
        {
            0x00 => "MISO stays low: check 3.3 V power, that RESET is high, the MISO wire, and that chip select is the chip's.",
            0xFF => "MISO stays high, so nobody drives it: check the MISO, SCLK and chip select wires and the 3.3 V power.",
            _ => "Something answers: check SPI mode (0), clock, wire length, and that chip select is the chip's.",
        };
        Error = $"No ENC28J60: EREVID read {revision:X2}, ESTAT {status:X2} for {IdentifyMs} ms. {check}";
        return silent ? Absent : Unreliable;
    }

    // DS80349 item 2 again: the PHY's identifier tells what CLKRDY does not, should the chip take longer than that.
    private int WaitForPhy()
    {
        int id = 0;
        for (int i = 0; i < IdentifyMs; i++)
        {
            id = ReadPhy(PHID1);
            if (id == PHID1_VALUE)
            {
                return Started;
            }

            _bus.Delay(1);
        }

        Error = $"ENC28J60 {RevisionName(_revision)}: its PHY does not answer: PHID1 reads {id & 0xFFFF:X4}, not 0083. " + WiringAdvice;
        return id <= 0 ? Absent : Unreliable;
    }

    private static bool IsKnown(int revision)
    {
        return revision == REVISION_B1 || revision == REVISION_B4 || revision == REVISION_B5 || revision == REVISION_B7;
    }

    private static bool IsEarly(int revision)
    {
        return revision == REVISION_B1 || revision == REVISION_B4;
    }

    // DS80349 item 1: below 8 MHz the MAC and MII registers of revisions B1 and B4 cannot be relied on.
    private bool ClockServesTheMac()
    {
        if (!IsEarly(_revision) || _bus.ClockHz == 0 || _bus.ClockHz >= SlowestClockOfEarlyRevisionsHz)
        {
            return true;
        }

        Error = $"ENC28J60 {RevisionName(_revision)} needs an SPI clock of 8 MHz or more (DS80349 item 1); it is {_bus.ClockHz / 1000} kHz.";
        return false;
    }

    // Section 6: FIFO, filters, MAC, PHY, interrupts. Everything is read back.
    private bool Configure()
    {
        if (!PrepareFifo() || !SetPair(ETXSTL, TxStart) || !Set(ERXFCON, ReceiveFilter())
            || !Set(MACON1, Macon1()) || !Set(MACON3, Macon3()) || !Set(MACON4, MACON4_DEFER)
            || !SetPair(MAMXFLL, MaxFrameLength + Crc)
            || !Set(MABBIPG, BackToBackGap()) || !Set(MAIPGL, MAIPGL_VALUE) || !Set(MAIPGH, MaipghValue())
            || !Set(MAADR1, _mac[0]) || !Set(MAADR2, _mac[1]) || !Set(MAADR3, _mac[2])
            || !Set(MAADR4, _mac[3]) || !Set(MAADR5, _mac[4]) || !Set(MAADR6, _mac[5]))
        {
            return false;
        }

        return SetPhy(PHCON1, PhyControl()) && SetPhy(PHCON2, PHCON2_HDLDIS) && SetPhy(PHLCON, PHLCON_LINK_AND_TRAFFIC)
            && Set(EIE, InterruptMask);
    }

    private bool SetPhy(int register, int value)
    {
        int found = 0;
        for (int i = 0; i < SetTries; i++)
        {
            WritePhy(register, value);
            found = ReadPhy(register);
            if (found == value)
            {
                return true;
            }
        }

        Error = $"ENC28J60 answers unreliably: PHY register {register:X2} reads {found & 0xFFFF:X4} after writing {value:X4}. " + WiringAdvice;
        return false;
    }

    // Frames for us and for everybody, with a good CRC.
    private int ReceiveFilter()
    {
        return ERXFCON_UCEN | ERXFCON_CRCEN | ERXFCON_BCEN | (AcceptMulticast ? ERXFCON_MCEN : 0);
    }

    private int Macon1()
    {
        return MACON1_MARXEN | (FullDuplex ? MACON1_TXPAUS | MACON1_RXPAUS : 0);
    }

    private int Macon3()
    {
        return MACON3_PADCFG_60 | MACON3_TXCRCEN | MACON3_FRMLNEN | (FullDuplex ? MACON3_FULDPX : 0);
    }

    private int BackToBackGap()
    {
        return FullDuplex ? MABBIPG_FULL : MABBIPG_HALF;
    }

    // Section 6.5, step 7: half duplex only.
    private int MaipghValue()
    {
        return FullDuplex ? 0 : MAIPGH_HALF;
    }

    // DS80349 item 16: what PDPXMD is after a reset depends on how the chip took the LED at LEDB; it has to be written, and has to
    // agree with MACON3.FULDPX.
    private int PhyControl()
    {
        return FullDuplex ? PHCON1_PDPXMD : 0;
    }
}
