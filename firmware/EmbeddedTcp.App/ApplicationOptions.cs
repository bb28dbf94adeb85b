using EmbeddedTcp.Http;
using EmbeddedTcp.Services.Time;

namespace EmbeddedTcp.App;

/// <summary>What a board tells the application: its name, the services it offers, and how patient they are.</summary>
public sealed class ApplicationOptions
{
    /// <summary>The board's name for people, as on the status page. At most 48 characters count.</summary>
    public string BoardName { get; set; } = "EmbeddedTcp board";

    /// <summary>Port of the echo service (RFC 862), 0 for none.</summary>
    public int EchoPort { get; set; } = 7;

    /// <summary>Port of the discard service (RFC 863), 0 for none.</summary>
    public int DiscardPort { get; set; } = 9;

    /// <summary>Port of the daytime service (RFC 867), 0 for none.</summary>
    public int DaytimePort { get; set; } = 13;

    /// <summary>Port of the character generator (RFC 864), 0 for none.</summary>
    public int ChargenPort { get; set; } = 19;

    /// <summary>Port of the HTTP server, 0 for none.</summary>
    public int HttpPort { get; set; } = 80;

    /// <summary>Asks for an address by DHCP. The stack needs UDP sockets for it, and no address of its own.</summary>
    public bool Dhcp { get; set; }

    /// <summary>The name given to DHCP servers, and NAME.local on the link where a multicast group is to be had; null for none.</summary>
    public string HostName { get; set; }

    /// <summary>Probes for an address from DHCP before it is used, and defends it (RFC 5227).</summary>
    public bool DetectConflicts { get; set; }

    /// <summary>Uses a link-local address (RFC 3927) while no DHCP server answers.</summary>
    public bool LinkLocalFallback { get; set; }

    /// <summary>Uses this address while no DHCP server answers, unless <see cref="LinkLocalFallback"/> asks for one; 0 for none.</summary>
    public uint FallbackAddress { get; set; }

    /// <summary>The prefix of <see cref="FallbackAddress"/>, 1 to 30.</summary>
    public int FallbackPrefixLength { get; set; } = 24;

    /// <summary>The default router with <see cref="FallbackAddress"/>, or 0 for none.</summary>
    public uint FallbackGateway { get; set; }

    /// <summary>Established connections that may wait to be accepted, for each service. They hold slots, but only until the next poll.</summary>
    public int Backlog { get; set; } = 4;

    /// <summary>The time of day, or null where the board has none.</summary>
    public WallClock Clock { get; set; }

    /// <summary>Entries of the trace that the console's trace and fsm show, up to 4,096; 0 for no trace.</summary>
    public int TraceEntries { get; set; }

    /// <summary>Bytes kept of each frame in the trace, 54 to 1,514. 94 hold all headers with all options.</summary>
    public int TraceSnapLength { get; set; } = 96;

    /// <summary>How long echo, discard and the character generator keep a connection on which nothing moves, in milliseconds.</summary>
    public int IdleLimit { get; set; } = 300000;

    /// <summary>How long a service waits for the peer's FIN after its own and all data have been acknowledged, in milliseconds.</summary>
    public int LingerLimit { get; set; } = 5000;

    /// <summary>How long data may take to be acknowledged after a service has finished sending, in milliseconds.</summary>
    public int DrainLimit { get; set; } = 120000;

    /// <summary>Limits of the HTTP server. Its clock is the application's.</summary>
    public HttpOptions Http { get; set; } = new HttpOptions();

    /// <summary>How long the console's connect waits for the handshake, in milliseconds.</summary>
    public int ConnectLimit { get; set; } = 30000;

    /// <summary>How long the console's connect keeps a connection on which nothing moves, in milliseconds.</summary>
    public int ConnectIdleLimit { get; set; } = 300000;

    /// <summary>How much of what a peer sends the console's connect prints, in bytes. The rest is counted.</summary>
    public int ConnectPrintLimit { get; set; } = 8192;

    /// <summary>How long stopping may take, in milliseconds; what is still open then is aborted.</summary>
    public int StopLimit { get; set; } = 3000;
}
