using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Prints the neighbours.</summary>
public sealed class ArpCommand : Command
{
    /// <summary>The command.</summary>
    public ArpCommand()
        : base("arp", "", "the neighbours' hardware addresses")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        ArpTable arp = application.Net.Arp;
        byte[] mac = new byte[6];
        int used = 0;
        output.WriteLine("Address          Hardware address   State        Age");
        for (int i = 0; i < arp.Capacity; i++)
        {
            int state = arp.StateAt(i);
            if (state == ArpState.Free)
            {
                continue;
            }

            used++;
            arp.CopyMacAt(i, mac, 0);
            string hardware = state == ArpState.Incomplete ? "-" : MacAddress.Format(mac, 0);
            output.WriteLine(Format.Left(Ipv4Address.Format(arp.AddressAt(i)), 17) + Format.Left(hardware, 19)
                + Format.Left(NameOf(state), 11) + Format.Right(arp.AgeMsAt(i) / 1000, 4) + " s");
        }

        output.WriteLine(used.ToString() + " of " + arp.Capacity.ToString() + " entries");
        return null;
    }

    private static string NameOf(int state)
    {
        switch (state)
        {
            case ArpState.Incomplete: return "incomplete";
            case ArpState.Reachable: return "reachable";
            case ArpState.Stale: return "stale";
            default: return "?";
        }
    }
}
