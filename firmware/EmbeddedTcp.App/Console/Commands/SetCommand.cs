using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Changes what may be changed while the board runs: its address, and the options of one connection.</summary>
public sealed class SetCommand : Command
{
    private const int Day = 86400000;

    /// <summary>The command.</summary>
    public SetCommand()
        : base("set", "address VALUE | gateway VALUE | SLOT OPTION VALUE", "changes the address, or options of a connection")
    {
    }

    /// <inheritdoc/>
    public override string Details =>
        "  set address ADDR/PREFIX      connections from the old address end\n"
        + "  set gateway ADDR|none\n"
        + "  set SLOT nodelay on|off      Nagle's algorithm off or on\n"
        + "  set SLOT keepalive on|off\n"
        + "  set SLOT user-timeout MS     1000 to 86400000\n"
        + "  set SLOT linger MS|off       0 to 86400000\n"
        + "  set SLOT ttl N               1 to 255\n"
        + "  set SLOT dscp N              0 to 63\n"
        + "  Nothing of it outlasts a reboot.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length == 2 && arguments[0] == "address")
        {
            return SetAddress(application.Net, output, arguments[1]);
        }

        if (arguments.Length == 2 && arguments[0] == "gateway")
        {
            return SetGateway(application.Net, output, arguments[1]);
        }

        if (arguments.Length != 3)
        {
            return Complain(output, "a name and a value are needed; help set lists them");
        }

        TcpConnection connection = FindSlot(application, output, arguments[0]);
        if (connection != null)
        {
            string mistake = SetOption(connection, arguments[1], arguments[2]);
            if (mistake != null)
            {
                return Complain(output, mistake);
            }

            output.WriteLine("slot " + arguments[0] + ": " + arguments[1] + " " + arguments[2]);
        }

        return null;
    }

    private Job SetAddress(NetworkInterface net, TextOutput output, string value)
    {
        int slash = value.IndexOf('/');
        uint address;
        int prefix = 0;
        if (slash < 0 || !Ipv4Address.TryParse(value.Substring(0, slash), out address)
            || !Format.TryParse(value.Substring(slash + 1), 30, out prefix) || !IsHost(address, prefix))
        {
            return Complain(output, "expected a host's address and a prefix length, such as 10.77.0.2/24");
        }

        uint mask = 0xFFFFFFFF << (32 - prefix);
        uint gateway = ((net.Gateway ^ address) & mask) == 0 && net.Gateway != address ? net.Gateway : 0;
        string lost = gateway == net.Gateway ? "" : "; the gateway is on another network now and forgotten";
        net.Configure(address, prefix, gateway);
        output.WriteLine("address " + value + lost);
        return null;
    }

    private Job SetGateway(NetworkInterface net, TextOutput output, string value)
    {
        uint gateway = 0;
        if (value != "none" && (!Ipv4Address.TryParse(value, out gateway) || gateway == net.Address || !net.IsOnLink(gateway)
            || !IsHost(gateway, net.PrefixLength)))
        {
            return Complain(output, "expected none, or the address of another host on this network");
        }

        net.Configure(net.Address, net.PrefixLength, gateway);
        output.WriteLine("gateway " + value);
        return null;
    }

    // Returns what was expected, or null when it is done.
    private static string SetOption(TcpConnection connection, string name, string value)
    {
        int number;
        switch (name)
        {
            case "nodelay":
            case "keepalive":
                if (value != "on" && value != "off")
                {
                    return name + " is on or off";
                }

                if (name == "nodelay")
                {
                    connection.NoDelay = value == "on";
                }
                else
                {
                    connection.KeepAlive = value == "on";
                }

                return null;
            case "user-timeout":
                if (!Format.TryParse(value, Day, out number) || number < 1000)
                {
                    return "user-timeout is a number of milliseconds, 1000 to 86400000";
                }

                connection.UserTimeout = number;
                return null;
            case "linger":
                number = -1;
                if (value != "off" && !Format.TryParse(value, Day, out number))
                {
                    return "linger is off or a number of milliseconds, 0 to 86400000";
                }

                connection.Linger = number;
                return null;
            case "ttl":
                if (!Format.TryParse(value, 255, out number) || number == 0)
                {
                    return "ttl is a number, 1 to 255";
                }

                connection.TimeToLive = number;
                return null;
            case "dscp":
                if (!Format.TryParse(value, 63, out number))
                {
                    return "dscp is a number, 0 to 63";
                }

                connection.DifferentiatedServices = number;
                return null;
            default:
                return "\"" + name + "\" is nothing that can be set; help set lists it";
        }
    }

    private static bool IsHost(uint address, int prefixLength)
    {
        if (prefixLength < 1 || prefixLength > 30)
        {
            return false;
        }

        uint last = ~(0xFFFFFFFF << (32 - prefixLength));
        uint first = address >> 24;
        return (address & last) != 0 && (address & last) != last && first != 0 && first != 127 && first < 224;
    }
}
