using System;
using System.Device.Gpio;
using System.Device.Spi;
using System.Threading;
using EmbeddedTcp.Drivers;
using EmbeddedTcp.LinuxSpi.Adapters;

namespace EmbeddedTcp.LinuxSpi;

/// <summary>The chip's pins behind System.Device.Gpio: SPI with chip select, reset and interrupt.</summary>
public sealed class LinuxSpiBus : SpiBus, IDisposable
{
    private readonly SpiAdapter _adapter;
    private readonly GpioController? _gpio;
    private readonly GpioPin? _reset;
    private readonly GpioPin? _interrupt;
    private readonly byte[] _copy;
    private SpiDevice _spi;
    private int _clock;

    /// <summary>Opens the bus and the pins.</summary>
    /// <param name="adapter">What the chip is connected to; its owner disposes it, after the bus.</param>
    /// <param name="hertz">The SPI clock wanted; the adapter may have a lower one only.</param>
    /// <param name="interrupt">The chip's interrupt line, by the adapter's numbers, or null.</param>
    /// <param name="reset">The chip's reset line, or null.</param>
    /// <exception cref="AdapterException">Says in one line what is missing.</exception>
    public LinuxSpiBus(SpiAdapter adapter, int hertz, int? interrupt, int? reset)
    {
        _adapter = adapter;
        _copy = new byte[adapter.LongestTransfer];
        _clock = adapter.PossibleClock(hertz);
        if (_clock == 0)
        {
            throw new AdapterException($"--clock {hertz}: {adapter.Name} cannot go as slow as that");
        }

        if (interrupt != null || reset != null)
        {
            _gpio = adapter.OpenGpio();
        }

        _spi = adapter.OpenSpi(_clock);
        if (reset is { } resetPin)
        {
            _reset = OpenPin("--reset", resetPin, gpio => gpio.OpenPin(resetPin, PinMode.Output, PinValue.High));
        }

        if (interrupt is { } interruptPin)
        {
            // Both chips drive their line both ways; a pull-up keeps it quiet until the chip has power.
            _interrupt = OpenPin("--interrupt", interruptPin, gpio =>
                gpio.OpenPin(interruptPin, gpio.IsPinModeSupported(interruptPin, PinMode.InputPullUp) ? PinMode.InputPullUp : PinMode.Input));
        }
    }

    /// <inheritdoc/>
    public override int ClockHz => _clock;

    /// <summary>True when <see cref="WakeOnInterrupt"/> will be heard of; false: the chip has to be asked.</summary>
    public bool WakesLoop => _interrupt != null && _adapter.TellsEdges;

    /// <summary>Has somebody woken, on a thread of the GPIO's driver, when the chip announces something.</summary>
    public void WakeOnInterrupt(Action wake)
    {
        if (WakesLoop)
        {
            _gpio!.RegisterCallbackForPinValueChangedEvent(_interrupt!.PinNumber, PinEventTypes.Falling, (_, _) => wake());
        }
    }

    /// <inheritdoc/>
    public override void Transfer(byte[] write, byte[] read, int count)
    {
        if (ReferenceEquals(write, read))
        {
            // SpiDevice does not promise that one buffer may serve both ways.
            Array.Copy(write, _copy, count);
            write = _copy;
        }

        _spi.TransferFullDuplex(write.AsSpan(0, count), read.AsSpan(0, count));
    }

    /// <inheritdoc/>
    /// <remarks>System.Device.Spi fixes a device's clock when it is opened. If it cannot be opened anew, the exception ends up in the poll loop.</remarks>
    public override bool SetClock(int hertz)
    {
        int possible = _adapter.PossibleClock(hertz);
        if (possible == 0)
        {
            return false;
        }

        _spi.Dispose();
        _spi = _adapter.OpenSpi(possible);
        _clock = possible;
        return true;
    }

    /// <inheritdoc/>
    public override void Delay(int milliseconds)
    {
        _adapter.Delay(milliseconds);
    }

    /// <inheritdoc/>
    public override bool SetReset(bool asserted)
    {
        _reset?.Write(asserted ? PinValue.Low : PinValue.High);
        return _reset != null;
    }

    /// <inheritdoc/>
    public override bool InterruptAsserted()
    {
        return _interrupt == null || _interrupt.Read() == PinValue.Low;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spi.Dispose();
        _gpio?.Dispose();
    }

    private GpioPin OpenPin(string option, int pin, Func<GpioController, GpioPin> open)
    {
        try
        {
            return open(_gpio!);
        }
        catch (Exception e)
        {
            Dispose();
            throw new AdapterException($"{option} {pin}: {_adapter.Name} has no such pin, or does not give it: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
