namespace EmbeddedTcp.VirtualBoard.Wires.UserMode;

/// <summary>A port of 127.0.0.1 on the host that leads to a port of the board.</summary>
/// <param name="HostPort">1 to 65,535, or 0 for any port that is free.</param>
/// <param name="BoardPort">1 to 65,535.</param>
public readonly record struct PortForward(int HostPort, int BoardPort);
