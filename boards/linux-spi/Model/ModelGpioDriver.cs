using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Threading;
using EmbeddedTcp.ChipModels;

namespace EmbeddedTcp.LinuxSpi.Model;

/// <summary>Forty pins, two of them wired to a model: its reset is what is driven, its interrupt line what is read.</summary>
internal sealed class ModelGpioDriver(ChipModel chip) : GpioDriver
{
    private readonly Dictionary<int, PinMode> _modes = [];
    private PinChangeEventHandler? _falling;
    private int _watched;
    private bool _low;

    /// <inheritdoc/>
    protected override int PinCount => 40;

    /// <summary>Calls back when the interrupt line has fallen since the last call, as a thread of a real driver does.</summary>
    internal void TellEdges()
    {
        bool wasLow = _low;
        _low = chip.InterruptAsserted;
        if (_low && !wasLow)
        {
            _falling?.Invoke(this, new PinValueChangedEventArgs(PinEventTypes.Falling, _watched));
        }
    }

    /// <inheritdoc/>
    protected override void OpenPin(int pinNumber)
    {
        if (pinNumber < 0 || pinNumber >= PinCount)
        {
            throw new ArgumentException("pins are 0 to 39");
        }
    }

    /// <inheritdoc/>
    protected override void ClosePin(int pinNumber)
    {
        _modes.Remove(pinNumber);
    }

    /// <inheritdoc/>
    protected override void SetPinMode(int pinNumber, PinMode mode)
    {
        _modes[pinNumber] = mode;
    }

    /// <inheritdoc/>
    protected override PinMode GetPinMode(int pinNumber)
    {
        return _modes[pinNumber];
    }

    /// <inheritdoc/>
    protected override bool IsPinModeSupported(int pinNumber, PinMode mode)
    {
        return mode is PinMode.Input or PinMode.InputPullUp or PinMode.Output;
    }

    /// <inheritdoc/>
    protected override PinValue Read(int pinNumber)
    {
        return chip.InterruptAsserted ? PinValue.Low : PinValue.High;
    }

    /// <inheritdoc/>
    protected override void Write(int pinNumber, PinValue value)
    {
        chip.SetReset(value == PinValue.Low);
    }

    /// <inheritdoc/>
    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken)
    {
        throw new NotSupportedException();
    }

    /// <inheritdoc/>
    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
        _watched = pinNumber;
        _falling += callback;
    }

    /// <inheritdoc/>
    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback)
    {
        _falling -= callback;
    }
}
