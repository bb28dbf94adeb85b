using System;
using System.Device.Gpio;
using System.Device.Spi;
using EmbeddedTcp.App;
using EmbeddedTcp.ChipModels;
using EmbeddedTcp.LinuxSpi.Adapters;
using EmbeddedTcp.VirtualBoard;
using EmbeddedTcp.VirtualBoard.Wires;

namespace EmbeddedTcp.LinuxSpi.Model;

/// <summary>
/// No adapter at all: a modelled chip with its cable, for whoever wants to see what it should look like, and for the tests. The station above it, and
/// <see cref="LinuxSpiBus"/>, are the same as with a real one.
/// </summary>
internal sealed class ModelAdapter : SpiAdapter, ILoopWork
{
    private readonly ChipKind _kind;
    private readonly ModelSpiBus _bus;
    private readonly WireEnd _farEnd;
    private readonly VirtualWire _wire;
    private ModelGpioDriver? _gpio;
    private long _now;
    private long _transactions;

    /// <summary>Plugs the cable in.</summary>
    /// <param name="kind">Which chip.</param>
    /// <param name="farEnd">What the cable leads to; disposed with the adapter.</param>
    /// <param name="signal">Set when a frame arrives.</param>
    internal ModelAdapter(ChipKind kind, WireEnd farEnd, LoopSignal signal)
    {
        _kind = kind;
        _farEnd = farEnd;
        Chip = kind.CreateModel();
        _bus = new ModelSpiBus(Chip);
        _wire = new VirtualWire(Chip, farEnd, FaultSettings.None, null, signal) { FramesPerTurn = kind.FramesPerTurn };
    }

    /// <inheritdoc/>
    public override string Name => "a model, no hardware";

    /// <inheritdoc/>
    public override bool TellsEdges => true;

    /// <summary>The model.</summary>
    internal ChipModel Chip { get; }

    /// <summary>The largest transfer that is allowed; a test may have less.</summary>
    internal int Limit { get; init; } = 16384;

    /// <inheritdoc/>
    public override int LongestTransfer => Limit;

    /// <inheritdoc/>
    public override int PossibleClock(int hertz)
    {
        return hertz;
    }

    /// <inheritdoc/>
    public override SpiDevice OpenSpi(int hertz)
    {
        Chip.ClockHz = hertz;
        return new ModelSpiDevice(_bus, Settings(0, 0, hertz), LongestTransfer);
    }

    /// <inheritdoc/>
    public override GpioController OpenGpio()
    {
        _gpio = new ModelGpioDriver(Chip);
        return new GpioController(_gpio);
    }

    /// <inheritdoc/>
    public override void Delay(int milliseconds)
    {
        _bus.Delay(milliseconds);
    }

    /// <summary>The cable's turn, after the firmware's.</summary>
    public int Run(long nowMs)
    {
        long now = nowMs * 1000;
        Chip.Spend((now - _now) * 1000);
        _now = now;
        long next = _farEnd.Poll(now);
        bool moved = _wire.PumpFromBoard(now);
        moved |= _wire.PumpToBoard(now);
        if (_bus.Transactions != _transactions)
        {
            // As on the virtual board: a frame that the chip may be sending leaves now.
            _transactions = _bus.Transactions;
            bool quiet = !Chip.InterruptAsserted;
            Chip.Spend(_kind.FrameNanoseconds);
            moved |= quiet && Chip.InterruptAsserted;
        }

        moved |= _wire.PumpFromBoard(now);
        _gpio?.TellEdges();
        long wait = (Math.Min(next, _wire.NextDue) - now) / 1000;
        return moved ? 0 : (int)Math.Clamp(wait, 0, PollLoop.LongestWait);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _farEnd.Dispose();
        base.Dispose();
    }
}
