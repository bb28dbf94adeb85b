using System;
using EmbeddedTcp.Drivers;

namespace EmbeddedTcp.DeviceSoak;

/// <summary>Tells how much of the time goes into the modelled chip and not into the firmware.</summary>
public sealed class TimedBus : SpiBus
{
    private readonly SpiBus _bus;

    /// <summary>Times another bus.</summary>
    public TimedBus(SpiBus bus)
    {
        _bus = bus;
    }

    /// <summary>Time inside the other bus, in ticks of 100 ns.</summary>
    public long Ticks { get; set; }

    /// <summary>Exchanges.</summary>
    public int Transfers { get; set; }

    /// <summary>Bytes exchanged.</summary>
    public long Bytes { get; set; }

    /// <inheritdoc/>
    public override int ClockHz => _bus.ClockHz;

    /// <inheritdoc/>
    public override void Transfer(byte[] write, byte[] read, int count)
    {
        long start = DateTime.UtcNow.Ticks;
        _bus.Transfer(write, read, count);
        Ticks += DateTime.UtcNow.Ticks - start;
        Transfers++;
        Bytes += count;
    }

    /// <inheritdoc/>
    public override bool SetClock(int hertz)
    {
        return _bus.SetClock(hertz);
    }

    /// <inheritdoc/>
    public override void Delay(int milliseconds)
    {
        _bus.Delay(milliseconds);
    }

    /// <inheritdoc/>
    public override bool SetReset(bool asserted)
    {
        return _bus.SetReset(asserted);
    }

    /// <inheritdoc/>
    public override bool InterruptAsserted()
    {
        return _bus.InterruptAsserted();
    }
}
