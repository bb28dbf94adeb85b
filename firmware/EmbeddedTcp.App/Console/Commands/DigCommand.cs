using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Looks a name up.</summary>
public sealed class DigCommand : Command
{
    /// <summary>The command.</summary>
    public DigCommand()
        : base("dig", "NAME [SERVER]", "the IPv4 addresses of a name")
    {
    }

    /// <inheritdoc/>
    public override string Details => "  SERVER is asked from now on, instead of those that DHCP told of.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (application.Network == null)
        {
            output.WriteLine("dig: this board was built without UDP");
            return null;
        }

        if (arguments.Length < 1 || arguments.Length > 2)
        {
            return Complain(output, "NAME is needed");
        }

        DnsClient dns = application.Network.Dns;
        if (arguments.Length == 2)
        {
            uint server;
            if (!Ipv4Address.TryParse(arguments[1], out server))
            {
                return Complain(output, "SERVER is an IPv4 address, such as 10.77.0.1");
            }

            dns.SetServer(0, server);
        }

        DnsLookup lookup = dns.Start(arguments[0]);
        if (lookup == null)
        {
            output.WriteLine("dig: every lookup is in use");
            return null;
        }

        return new Waiting(lookup, output);
    }

    private sealed class Waiting : Job
    {
        private const int TurnMs = 20;

        private readonly DnsLookup _lookup;
        private readonly TextOutput _output;

        public Waiting(DnsLookup lookup, TextOutput output)
        {
            _lookup = lookup;
            _output = output;
        }

        public override int Run(long nowMs)
        {
            if (_lookup.State == DnsState.Pending)
            {
                return TurnMs;
            }

            for (int i = 0; i < _lookup.AddressCount; i++)
            {
                _output.WriteLine(Ipv4Address.Format(_lookup.AddressAt(i)));
            }

            if (_lookup.State == DnsState.Failed)
            {
                _output.WriteLine("dig: " + DnsError.NameOf(_lookup.Error));
            }

            Abort();
            return 0;
        }

        public override void Abort()
        {
            _lookup.Close();
            Done = true;
        }
    }
}
