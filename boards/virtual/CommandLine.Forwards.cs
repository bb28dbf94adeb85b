using System;
using System.Collections.Generic;
using EmbeddedTcp.VirtualBoard.Wires.UserMode;

namespace EmbeddedTcp.VirtualBoard;

/// <content>Which ports of the host lead to the board.</content>
public sealed partial class CommandLine
{
    // A forward replaces the defaults for its port of the board and leaves the others alone.
    private static string? ReadForwards(string[] texts, out List<PortForward> forwards)
    {
        forwards = [];
        string? error = ReadForwardList(Array.FindAll(texts, text => text != NoForwards), forwards);
        if (error != null)
        {
            return error;
        }

        if (!Array.Exists(texts, text => text == NoForwards))
        {
            int at = 0;
            foreach (PortForward standard in BoardSettings.DefaultForwards)
            {
                if (!forwards.Exists(f => f.BoardPort == standard.BoardPort || f.HostPort == standard.HostPort))
                {
                    forwards.Insert(at++, standard);
                }
            }
        }

        return null;
    }

    internal static string? ReadForwardList(string[] texts, List<PortForward> forwards)
    {
        foreach (string text in texts)
        {
            string[] ports = text.Split(':');
            if (ports.Length != 2 || !Numbers.TryInteger(ports[0], 0, 65535, out int host) || !Numbers.TryInteger(ports[1], 1, 65535, out int board))
            {
                return $"--forward: '{text}' is not HOST:BOARD with port numbers, such as 8080:80";
            }

            if (host != 0 && forwards.Exists(f => f.HostPort == host))
            {
                return $"--forward: port {host} of the host is forwarded twice";
            }

            forwards.Add(new PortForward(host, board));
        }

        return null;
    }
}
