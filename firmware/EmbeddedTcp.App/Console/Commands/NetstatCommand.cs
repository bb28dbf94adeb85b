namespace EmbeddedTcp.App;

/// <summary>Prints every slot with its queues and timers, the listeners, the half-open peers and those in TIME_WAIT; or the counters.</summary>
public sealed class NetstatCommand : Command
{
    /// <summary>The command.</summary>
    public NetstatCommand()
        : base("netstat", "[-a|-t|-s] [--json]", "connections, listeners and waiting entries")
    {
    }

    /// <inheritdoc/>
    public override string Details =>
        "  -a      UDP sockets too\n"
        + "  -t      TCP in short: what is in use, a line each\n"
        + "  -s      counters by protocol, and why things were dropped\n"
        + "  --json  the same for programs";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        string stray = Stray(arguments);
        bool json = Has(arguments, Json);
        int views = (Has(arguments, "-a") ? 1 : 0) + (Has(arguments, "-t") ? 1 : 0) + (Has(arguments, "-s") ? 1 : 0);
        if (stray != null || views > 1)
        {
            return Complain(output, stray == null ? "one of -a, -t and -s at a time" : "\"" + stray + "\" is no option");
        }

        if (Has(arguments, "-s"))
        {
            return json ? new StatsJsonListing(application, output) : (Job)new ProtocolListing(application, output);
        }

        bool brief = Has(arguments, "-t");
        return json ? new NetstatJsonListing(application, output) : (Job)new NetstatListing(application, output, brief, Has(arguments, "-a"));
    }
}
