using System;

namespace EmbeddedTcp.ChipModels.Enc28j60;

/// <summary>
/// A register-level Microchip ENC28J60 (data sheet DS39662E, errata DS80349C) in any of its silicon revisions.
/// </summary>
/// <remarks>
/// <para>Everything happens in virtual time, driven by SPI traffic and <see cref="ChipModel.AdvanceTo"/>. Points the data sheet
/// leaves open are public fields, named after the choice. Registers carry their data sheet's numbers here and are not shared with
/// any driver, so that one slip cannot hide in both.</para>
/// <para>Split by role: this file holds reset, power and time, then Map (where the registers are), Spi, Registers, Control (what
/// their bits do), Interrupts, Receive, Filters, Transmit, Wire, Phy, Dma, SelfTest. Faults are in <see cref="Enc28j60Faults"/>, the bugs of
/// the silicon in <see cref="Enc28j60Errata"/>. Not thread-safe.</para>
/// </remarks>
public sealed partial class Enc28j60Model : ChipModel
{
    /// <summary>The oscillator's start-up timer: 7,500 clocks of 25 MHz (2.2).</summary>
    public long OscillatorStartNanoseconds = 300000;

    /// <summary>After a reset other than the supply's, until the PHY's clock runs again (DS80349 item 2: wait 1 ms).</summary>
    public long PhyRestartNanoseconds = 1000000;

    /// <summary>What can be made to go wrong.</summary>
    public new readonly Enc28j60Faults Faults;

    /// <summary>The bugs of the silicon.</summary>
    public readonly Enc28j60Errata Errata = new Enc28j60Errata();

    /// <summary>EREVID: the silicon revision. Choose it before the chip is used.</summary>
    public readonly int Revision;

    // The clocks of MAC and PHY run.
    private bool _running = true;
    private long _runningAt = Never;
    private bool _clockReady = true;

    private bool _resetPin;
    private long _resetPinSince;

    /// <summary>A chip of the last revision, B7, that has been powered long ago, with a cable in its socket.</summary>
    public Enc28j60Model()
        : this(Enc28j60Errata.B7)
    {
    }

    /// <summary>A chip that has been powered long ago, with a cable in its socket. It has the errata of its revision.</summary>
    /// <param name="revision">EREVID: <see cref="Enc28j60Errata.B1"/> to <see cref="Enc28j60Errata.B7"/>.</param>
    public Enc28j60Model(int revision)
        : this(revision, new Enc28j60Faults())
    {
    }

    private Enc28j60Model(int revision, Enc28j60Faults faults)
        : base(faults)
    {
        Faults = faults;
        Revision = revision;
        Errata.SetRevision(revision);
        _registers[ECOCON] = 0x04;
        ResetRegisters();
    }

    /// <inheritdoc/>
    public override string Name => "ENC28J60";

    /// <inheritdoc/>
    public override void SetReset(bool asserted)
    {
        if (asserted == _resetPin)
        {
            return;
        }

        _resetPin = asserted;
        if (asserted)
        {
            _resetPinSince = NowNanoseconds;
            _running = false;
            _runningAt = Never;
            _deaf = true;
            ResetRegisters();
            return;
        }

        if (NowNanoseconds - _resetPinSince < 400)
        {
            // Table 16-3: TRSTLOW.
            Violate("reset pulse shorter than 400 ns");
        }

        Restart();
    }

    /// <inheritdoc/>
    public override void BrownOut()
    {
        // 11.1, power-on reset: everything starts anew, the oscillator included.
        _registers[ECOCON] = 0x04;
        ResetRegisters();
        _deaf = true;
        _clockReady = false;
        StartClocks(OscillatorStartNanoseconds);
    }

    /// <inheritdoc/>
    protected override long EarliestEvent()
    {
        long next = _runningAt;
        next = _miiDue < next ? _miiDue : next;
        next = _phyResetEndsAt < next ? _phyResetEndsAt : next;
        next = _linkDue < next ? _linkDue : next;
        next = _dmaDue < next ? _dmaDue : next;
        next = _selfTestDue < next ? _selfTestDue : next;
        next = _receptionDue < next ? _receptionDue : next;
        next = _pauseFrameDue < next ? _pauseFrameDue : next;
        return _transmitDue < next ? _transmitDue : next;
    }

    /// <inheritdoc/>
    protected override bool HandleEvent()
    {
        long now = NowNanoseconds;
        if (_runningAt <= now)
        {
            _runningAt = Never;
            _running = true;
            _clockReady = true;
            StartLink();
        }
        else if (_miiDue <= now)
        {
            FinishMii();
        }
        else if (_phyResetEndsAt <= now)
        {
            FinishPhyReset();
        }
        else if (_linkDue <= now)
        {
            FinishLink();
        }
        else if (_dmaDue <= now)
        {
            FinishDma();
        }
        else if (_selfTestDue <= now)
        {
            FinishSelfTest();
        }
        else if (_receptionDue <= now)
        {
            FinishReception();
        }
        else if (_pauseFrameDue <= now)
        {
            SendPauseFrame();
        }
        else if (_transmitDue <= now)
        {
            ContinueTransmission();
        }
        else
        {
            return false;
        }

        return true;
    }

    // The System Reset Command, 11.2: all registers but ECOCON. The buffer keeps its contents.
    private void SystemReset()
    {
        if ((_registers[ECON2] & PWRSV) != 0)
        {
            Violate("System Reset Command in power save (DS80349 item 19)");
            if (Faults.OneIn(Errata.PowerSaveIgnoresReset))
            {
                return;
            }
        }

        ResetRegisters();
        Restart();
    }

    private void Restart()
    {
        if (Errata.ResetKeepsClockReady != 0)
        {
            StartClocks(PhyRestartNanoseconds);
        }
        else
        {
            _clockReady = false;
            StartClocks(OscillatorStartNanoseconds);
        }
    }

    private void StartClocks(long time)
    {
        _running = false;
        _runningAt = NowNanoseconds + time + Faults.SlowResetMilliseconds * 1000000L;
        LoseLink();
        Reschedule();
    }

    private void ResetRegisters()
    {
        byte ecocon = _registers[ECOCON];
        Array.Clear(_registers, 0, _registers.Length);
        _registers[ECOCON] = ecocon;
        PutPair(ERDPT, 0x05FA);
        PutPair(ERXST, 0x05FA);
        PutPair(ERXND, 0x1FFF);
        PutPair(ERXRDPT, 0x05FA);
        _registers[ERXFCON] = 0xA1;
        PutPair(MAMXFL, 0x0600);
        _registers[MACLCON1] = 0x0F;
        _registers[MACLCON2] = 0x37;
        _registers[ECON2] = AUTOINC;
        PutPair(EPAUS, 0x1000);
        ResetReceive();
        ResetTransmit();
        ResetDma();
        ResetPhy();
        UpdateInterrupt();
        Reschedule();
    }
}
