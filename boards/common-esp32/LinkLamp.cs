using System.Device.Gpio;
using EmbeddedTcp.App;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Boards;

/// <summary>A lamp that is lit while there is a link.</summary>
public sealed class LinkLamp : ILoopWork
{
    private const int LookEvery = 200;

    private readonly GpioPin _pin;
    private readonly EthernetDevice _device;
    private readonly bool _activeLow;

    /// <summary>A lamp on a pin, dark at first.</summary>
    public LinkLamp(GpioPin pin, bool activeLow, EthernetDevice device)
    {
        _pin = pin;
        _activeLow = activeLow;
        _device = device;
        Light(false);
    }

    /// <inheritdoc/>
    public int Run(long nowMs)
    {
        Light(_device.LinkUp);
        return LookEvery;
    }

    private void Light(bool on)
    {
        _pin.Write(on != _activeLow ? PinValue.High : PinValue.Low);
    }
}
