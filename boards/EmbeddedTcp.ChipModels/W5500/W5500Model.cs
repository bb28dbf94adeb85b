using System;

namespace EmbeddedTcp.ChipModels.W5500;

/// <summary>
/// A register-level WIZnet W5500 as far as an Ethernet driver in MACRAW mode can see it (data sheet v1.0.9).
/// </summary>
/// <remarks>
/// <para>Everything happens in virtual time, driven by SPI traffic and <see cref="ChipModel.AdvanceTo"/>: commands take time,
/// frames take the wire's time, the link takes its time to come up. Sockets in TCP and UDP mode behave as on a network where
/// nobody answers; PPPoE does nothing. Points the data sheet leaves open are public fields,
/// named after the choice. Register addresses stand here as the data sheet's numbers and are not shared with the
/// driver, so that one slip cannot hide in both.</para>
/// <para>Split by role: this file holds time and reset, then Framing, Registers, Sockets, OtherSockets, Mac, Phy. Faults are in
/// <see cref="W5500Faults"/>. Not thread-safe.</para>
/// </remarks>
public sealed partial class W5500Model : ChipModel
{
    /// <summary>Time from the end of a hardware reset until the PLL has locked and the chip answers (data sheet 5.5.1: 1 ms).</summary>
    public long PllLockNanoseconds = 1000000;

    /// <summary>How long MR.RST stays set.</summary>
    public long SoftResetNanoseconds = 20000;

    /// <summary>Time from writing Sn_CR until the command is carried out and the register reads 0.</summary>
    public long CommandNanoseconds = 500;

    /// <summary>Highest SPI clock that is not a violation (data sheet page 1: 80 MHz).</summary>
    public int MaximumClockHz = 80000000;

    /// <summary>What can be made to go wrong.</summary>
    public new readonly W5500Faults Faults;

    private bool _resetPin;
    private long _resetPinSince;
    private long _readyAt = Never;
    private long _softResetEndsAt = Never;
    private long _versionAt;
    private bool _ready = true;

    /// <summary>A chip that has been powered long ago, with a cable in its socket.</summary>
    public W5500Model()
        : this(new W5500Faults())
    {
    }

    private W5500Model(W5500Faults faults)
        : base(faults)
    {
        Faults = faults;
        ResetRegisters();
        StartNegotiation();
    }

    /// <inheritdoc/>
    public override string Name => "W5500";

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
            _readyAt = Never;
            EnterReset();
            return;
        }

        if (NowNanoseconds - _resetPinSince < 500000)
        {
            // Data sheet 5.5.1: TRC, reset cycle time, 500 us at least.
            Violate("reset pulse shorter than 500 us");
        }

        _readyAt = NowNanoseconds + PllLockNanoseconds;
        Reschedule();
    }

    /// <inheritdoc/>
    public override void BrownOut()
    {
        EnterReset();
        _readyAt = NowNanoseconds + PllLockNanoseconds;
        Reschedule();
    }

    private void EnterReset()
    {
        _ready = false;
        _deaf = true;
        ResetRegisters();
        ResetPhy();
    }

    /// <inheritdoc/>
    protected override bool HandleEvent()
    {
        long now = NowNanoseconds;
        if (_readyAt <= now)
        {
            _readyAt = Never;
            _ready = true;
            _versionAt = now + Faults.SlowResetMilliseconds * 1000000L;
        }
        else if (_softResetEndsAt <= now)
        {
            _softResetEndsAt = Never;
            _common[0] = 0;
        }
        else if (_linkDue <= now)
        {
            FinishNegotiation();
        }
        else if (_sendDue <= now)
        {
            FinishSend();
        }
        else if (_sendOkDue <= now)
        {
            _sendOkDue = Never;
            RaiseSocketInterrupt(0, 0x10);
        }
        else if (_commandDue <= now)
        {
            CarryOutCommands(now);
        }
        else if (_timeoutDue <= now)
        {
            GiveUp(now);
        }
        else if (_interruptDue <= now)
        {
            _interruptDue = Never;
            InterruptLine = true;
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    protected override long EarliestEvent()
    {
        long next = _readyAt;
        next = _softResetEndsAt < next ? _softResetEndsAt : next;
        next = _linkDue < next ? _linkDue : next;
        next = _sendDue < next ? _sendDue : next;
        next = _sendOkDue < next ? _sendOkDue : next;
        next = _commandDue < next ? _commandDue : next;
        next = _timeoutDue < next ? _timeoutDue : next;
        return _interruptDue < next ? _interruptDue : next;
    }
}
