using EmbeddedTcp.Ip;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Asks a host for echoes.</summary>
public sealed class PingCommand : Command
{
    private const int MaxCount = 10000;

    /// <summary>The command.</summary>
    public PingCommand()
        : base("ping", "ADDR [COUNT [SIZE]]", "asks a host for echoes, one a second")
    {
    }

    /// <inheritdoc/>
    public override string Details =>
        "  COUNT requests of SIZE bytes each; 4 of 56 when not said otherwise. Ctrl+C\n"
        + "  ends it. Times are whole milliseconds.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length == 0 || arguments.Length > 3)
        {
            return Complain(output, "ADDR is needed");
        }

        uint address;
        if (!Ipv4Address.TryParse(arguments[0], out address) || address >> 24 == 0 || address >> 24 == 127 || address >> 24 >= 224)
        {
            return Complain(output, "ADDR is the IPv4 address of a host, such as 10.77.0.1");
        }

        if (address == application.Net.Address)
        {
            return Complain(output, "this board is " + arguments[0]);
        }

        int count = 4;
        if (arguments.Length > 1 && (!Format.TryParse(arguments[1], MaxCount, out count) || count == 0))
        {
            return Complain(output, "COUNT is a number, 1 to " + MaxCount.ToString());
        }

        int size = 56;
        int largest = application.Net.Options.Mtu - Ipv4Header.MinLength - IcmpHeader.Length;
        if (arguments.Length > 2 && !Format.TryParse(arguments[2], largest, out size))
        {
            return Complain(output, "SIZE is a number, 0 to " + largest.ToString());
        }

        output.WriteLine("ping " + arguments[0] + ": " + Format.Count(size, "byte") + " of data");
        return new PingJob(application.Net, output, address, count, size);
    }
}
