using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Tracing;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Switches the trace of TCP on and off, and shows it as a ladder or as frames for Wireshark.</summary>
public sealed class TraceCommand : Command
{
    /// <summary>The command.</summary>
    public TraceCommand()
        : base("trace", "[on|off|clear|ladder|pcap]", "records segments and states, and draws them")
    {
    }

    /// <inheritdoc/>
    public override string Details =>
        "  trace                        what is recorded, and how much there is\n"
        + "  trace on [port N | slot N]   everything, a port, or a connection of netstat\n"
        + "  trace off, trace clear\n"
        + "  trace ladder [absolute]      what was recorded; numbers as on the wire\n"
        + "  trace ladder live            goes on until Ctrl+C; on a console over TCP,\n"
        + "                               filter, or it shows itself\n"
        + "  trace pcap                   frames in hexadecimal, for text2pcap";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        TraceRing ring = application.Trace;
        if (ring == null)
        {
            output.WriteLine("trace: this board has none; ApplicationOptions.TraceEntries asks for one");
            return null;
        }

        string what = arguments.Length == 0 ? "" : arguments[0];
        switch (what)
        {
            case "":
                PrintState(ring, output);
                return null;
            case "on":
                return SwitchOn(application, ring, output, arguments);
            case "ladder":
                if (!IsLadder(arguments))
                {
                    return Complain(output, "ladder may be followed by absolute and live");
                }

                return new TraceLadder(ring, output, Has(arguments, "absolute"), Has(arguments, "live"));
            default:
                break;
        }

        if (arguments.Length != 1 || (what != "off" && what != "clear" && what != "pcap"))
        {
            return Complain(output, "expected on, off, clear, ladder or pcap");
        }

        if (what == "pcap")
        {
            return new TracePcap(ring, output);
        }

        if (what == "off")
        {
            ring.On = false;
        }
        else
        {
            ring.Clear();
        }

        PrintState(ring, output);
        return null;
    }

    private static bool IsLadder(string[] arguments)
    {
        for (int i = 1; i < arguments.Length; i++)
        {
            if (arguments[i] != "absolute" && arguments[i] != "live")
            {
                return false;
            }
        }

        return true;
    }

    private Job SwitchOn(Application application, TraceRing ring, TextOutput output, string[] arguments)
    {
        if (arguments.Length == 1)
        {
            ring.FilterNothing();
        }
        else if (arguments.Length == 3 && arguments[1] == "port")
        {
            int port;
            if (!Format.TryParse(arguments[2], 65535, out port) || port == 0)
            {
                return Complain(output, "a port is a number, 1 to 65535");
            }

            ring.FilterPort(port);
        }
        else if (arguments.Length == 3 && arguments[1] == "slot")
        {
            TcpConnection c = FindSlot(application, output, arguments[2]);
            if (c == null)
            {
                return null;
            }

            ring.FilterConnection(c.RemoteAddress, c.RemotePort, c.LocalPort);
        }
        else
        {
            return Complain(output, "on may be followed by port N or slot N");
        }

        ring.On = true;
        PrintState(ring, output);
        return null;
    }

    private static void PrintState(TraceRing ring, TextOutput output)
    {
        string about = "";
        if (ring.FilteredRemotePort != 0)
        {
            about = ", only " + Format.Endpoint(ring.FilteredAddress, ring.FilteredRemotePort) + " with our port " + ring.FilteredPort.ToString();
        }
        else if (ring.FilteredPort != 0)
        {
            about = ", only port " + ring.FilteredPort.ToString();
        }

        output.WriteLine("trace " + (ring.On ? "on" : "off") + about + ": " + (ring.Next - ring.Oldest).ToString() + " of "
            + ring.Capacity.ToString() + " entries, " + ring.SnapLength.ToString() + " bytes of each frame");
    }
}
