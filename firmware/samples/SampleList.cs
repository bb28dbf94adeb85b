using EmbeddedTcp.App;

namespace EmbeddedTcp.Samples;

/// <summary>The samples by their names.</summary>
public static class SampleList
{
    /// <summary>The names, for people.</summary>
    public const string Names = "echo, echo-poll, sensor, telemetry, switch";

    /// <summary>True when there is a sample of this name.</summary>
    public static bool Has(string name)
    {
        return Create(name, new SampleSettings()) != null;
    }

    /// <summary>Makes a sample.</summary>
    /// <returns>Null when there is none of this name.</returns>
    public static BoardApp Create(string name, SampleSettings settings)
    {
        switch (name)
        {
            case "echo": return new EchoSample(settings);
            case "echo-poll": return new PollingEchoSample(settings);
            case "sensor": return new SensorSample(settings);
            case "telemetry": return new TelemetrySample(settings);
            case "switch": return new SwitchSample(settings);
            default: return null;
        }
    }
}
