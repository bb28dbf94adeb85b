using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Prints the interface's addresses and what its device counted.</summary>
public sealed class IfconfigCommand : Command
{
    /// <summary>The command.</summary>
    public IfconfigCommand()
        : base("ifconfig", "", "addresses, link and frames of the interface")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        NetworkInterface net = application.Net;
        EthernetDevice device = net.Device;
        output.WriteLine("link      " + (device.LinkUp ? "up" : "down") + ", mtu " + net.Options.Mtu.ToString());
        output.WriteLine("mac       " + MacAddress.Format(net.MacAddress, 0));
        output.WriteLine("address   " + Ipv4Address.Format(net.Address) + "/" + net.PrefixLength.ToString());
        output.WriteLine("mask      " + Ipv4Address.Format(net.SubnetMask));
        output.WriteLine("gateway   " + (net.Gateway == 0 ? "none" : Ipv4Address.Format(net.Gateway)));
        output.WriteLine("received  " + Format.Count(device.FramesReceived, "frame") + ", " + Format.Count(device.ReceiveErrors, "error"));
        output.WriteLine("sent      " + Format.Count(device.FramesSent, "frame") + ", " + Format.Count(device.SendErrors, "error"));
        output.WriteLine("recovered " + Format.Count(device.Recoveries, "time"));
        return null;
    }
}
