using System.Collections.Generic;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard;

/// <content>Addresses and names.</content>
public sealed partial class CommandLine
{
    // No address at all stands for DHCP.
    private static string? ParseBoard(string text, out Ipv4Network network)
    {
        network = default;
        return text == "dhcp" ? null : Ipv4Network.Parse(text, out network);
    }

    // What the user-mode network gives by DHCP: the address behind the gateway's, or before it at the end of the network.
    private static Ipv4Network NextTo(Ipv4Network host)
    {
        bool last = ((host.Address + 2) & ~host.Mask) == 0;
        return host with { Address = last ? host.Address - 1 : host.Address + 1 };
    }

    private static string? ReadNames(string[] texts, out Dictionary<string, uint> names)
    {
        names = [];
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=');
            string name = equals < 0 ? string.Empty : text[..equals].ToLowerInvariant().TrimEnd('.');
            if (name.Length == 0 || !Ipv4Address.TryParse(text[(equals + 1)..], out uint address))
            {
                return $"--host: '{text}' is not NAME=ADDRESS, such as server=10.77.0.1";
            }

            if (!names.TryAdd(name, address))
            {
                return $"--host: '{name}' is given twice";
            }
        }

        return null;
    }
}
