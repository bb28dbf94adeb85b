using EmbeddedTcp.Link;

namespace EmbeddedTcp.Samples;

/// <summary>What every board can measure without further parts: the TCP segments it has received.</summary>
public sealed class TrafficSensor : Sensor
{
    private readonly NetworkInterface _net;

    /// <summary>Measures an interface.</summary>
    public TrafficSensor(NetworkInterface net)
    {
        _net = net;
    }

    /// <inheritdoc/>
    public override string Quantity
    {
        get { return "segments received"; }
    }

    /// <inheritdoc/>
    public override int Read()
    {
        return _net.Counters.SegmentsIn;
    }
}
