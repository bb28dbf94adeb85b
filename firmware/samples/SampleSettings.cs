namespace EmbeddedTcp.Samples;

/// <summary>What a board tells its sample.</summary>
public sealed class SampleSettings
{
    /// <summary>The server a sample talks to, as an address or a name; null for the default gateway, which on the virtual board is the PC.</summary>
    public string Server;

    /// <summary>The server's port, or the port that the sample listens on; 0 for the sample's own choice.</summary>
    public int Port;

    /// <summary>What the web switch switches; null for a switch that is only printed on the console.</summary>
    public SwitchedOutput Output;

    /// <summary>What is measured; null for the segments that the board has received.</summary>
    public Sensor Sensor;
}
