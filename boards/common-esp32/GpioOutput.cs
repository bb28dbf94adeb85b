using System.Device.Gpio;
using EmbeddedTcp.Samples;

namespace EmbeddedTcp.Boards;

/// <summary>A pin with a lamp or a relay on it.</summary>
public sealed class GpioOutput : SwitchedOutput
{
    private readonly GpioPin _pin;

    /// <summary>Switches it off.</summary>
    public GpioOutput(GpioPin pin)
    {
        _pin = pin;
        Set(false);
    }

    /// <inheritdoc/>
    public override void Set(bool on)
    {
        _pin.Write(on ? PinValue.High : PinValue.Low);
    }
}
