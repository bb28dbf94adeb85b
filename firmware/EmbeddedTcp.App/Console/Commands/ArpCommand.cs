using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Prints the neighbours.</summary>
public sealed class ArpCommand : Command
{
    /// <summary>The command.</summary>
    public ArpCommand()
        : base("arp", "[-d [ADDR]]", "the neighbours' hardware addresses; -d forgets")
    {
    }

    /// <inheritdoc/>
    public override string Details => "  -d ADDR forgets one neighbour, -d alone all of them.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return new Entries(application.Net.Arp, output);
        }

        if (arguments[0] != "-d" || arguments.Length > 2)
        {
            return Complain(output, "the only option is -d");
        }

        if (arguments.Length == 1)
        {
            application.Net.Arp.Flush();
            output.WriteLine("all neighbours are forgotten");
            return null;
        }

        uint address;
        if (!Ipv4Address.TryParse(arguments[1], out address))
        {
            return Complain(output, "ADDR is an IPv4 address, such as 10.77.0.1");
        }

        output.WriteLine(application.Net.Arp.Remove(address) ? arguments[1] + " is forgotten" : "arp: " + arguments[1] + " is not in the table");
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

    private sealed class Entries : Listing
    {
        private readonly ArpTable _arp;
        private readonly byte[] _mac = new byte[6];
        private int _used;

        public Entries(ArpTable arp, TextOutput output)
            : base(output)
        {
            _arp = arp;
        }

        protected override bool Print(int step)
        {
            if (step == 0)
            {
                Output.WriteLine("Address          Hardware address   State        Age");
                return true;
            }

            if (step > _arp.Capacity)
            {
                Output.WriteLine(_used.ToString() + " of " + _arp.Capacity.ToString() + " entries");
                return false;
            }

            int i = step - 1;
            int state = _arp.StateAt(i);
            if (state != ArpState.Free)
            {
                _used++;
                _arp.CopyMacAt(i, _mac, 0);
                string hardware = state == ArpState.Incomplete ? "-" : MacAddress.Format(_mac, 0);
                Output.WriteLine(Format.Left(Ipv4Address.Format(_arp.AddressAt(i)), 17) + Format.Left(hardware, 19)
                    + Format.Left(NameOf(state), 11) + Format.Right(_arp.AgeMsAt(i) / 1000, 4) + " s");
            }

            return true;
        }
    }
}
