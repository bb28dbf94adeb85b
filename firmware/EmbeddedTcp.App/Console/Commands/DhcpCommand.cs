using EmbeddedTcp.Services.Dhcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Shows the lease; starts DHCP or gives the address back.</summary>
public sealed class DhcpCommand : Command
{
    /// <summary>The command.</summary>
    public DhcpCommand()
        : base("dhcp", "[start|release]", "the lease; asks for one, or gives it back")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (application.Network == null)
        {
            output.WriteLine("dhcp: this board was built without UDP");
            return null;
        }

        DhcpClient dhcp = application.Network.Dhcp;
        if (arguments.Length == 0)
        {
            Show(dhcp, output);
        }
        else if (arguments[0] == "start")
        {
            output.WriteLine(dhcp.Start() ? "asking for an address" : "dhcp: no UDP socket is free");
        }
        else if (arguments[0] == "release")
        {
            dhcp.Release();
            output.WriteLine("the address is given back");
        }
        else
        {
            return Complain(output, "start and release are what there is");
        }

        return null;
    }

    private static void Show(DhcpClient dhcp, TextOutput output)
    {
        output.WriteLine("state     " + DhcpState.NameOf(dhcp.State) + (dhcp.FellBack ? ", fallback address in use" : ""));
        long left = dhcp.LeaseRemainingMs;
        if (dhcp.Server != 0)
        {
            output.WriteLine("server    " + Ipv4Address.Format(dhcp.Server));
            output.WriteLine("lease     " + (left < 0 ? "for ever" : (left / 1000).ToString() + " s of " + dhcp.LeaseSeconds.ToString() + " left"));
        }

        for (int i = 0; i < 3 && dhcp.DnsServerAt(i) != 0; i++)
        {
            output.WriteLine("names     " + Ipv4Address.Format(dhcp.DnsServerAt(i)));
        }

        for (int i = 0; i < 3 && dhcp.NtpServerAt(i) != 0; i++)
        {
            output.WriteLine("time      " + Ipv4Address.Format(dhcp.NtpServerAt(i)));
        }

        output.WriteLine("declined  " + dhcp.Declined.ToString() + ", refused " + dhcp.Refusals.ToString() + ", bad messages " + dhcp.BadMessages.ToString());
    }
}
