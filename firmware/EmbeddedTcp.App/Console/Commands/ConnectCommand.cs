using EmbeddedTcp.Wire;

namespace EmbeddedTcp.App;

/// <summary>Opens a connection from the console.</summary>
public sealed class ConnectCommand : Command
{
    /// <summary>The command.</summary>
    public ConnectCommand()
        : base("connect", "HOST PORT [BYTES]", "talks to a port, line by line, or sends BYTES")
    {
    }

    /// <inheritdoc/>
    public override string Details =>
        "  What is typed is sent line by line, what comes is printed. A line ~. leaves,\n"
        + "  a line ~d sends our FIN and reads on, Ctrl+C sends a RST. With BYTES so many\n"
        + "  bytes of the character generator's text are sent, and compared with the echo.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length < 2 || arguments.Length > 3)
        {
            return Complain(output, "HOST and PORT are needed");
        }

        uint address;
        if (!Ipv4Address.TryParse(arguments[0], out address))
        {
            return Complain(output, "HOST is an IPv4 address, such as 10.77.0.1");
        }

        int port;
        if (!Format.TryParse(arguments[1], 65535, out port) || port == 0)
        {
            return Complain(output, "PORT is a number, 1 to 65535");
        }

        int bytes = 0;
        if (arguments.Length == 3 && !Format.TryParse(arguments[2], int.MaxValue, out bytes))
        {
            return Complain(output, "BYTES is a number, 0 to 2147483647");
        }

        PatternJob pattern = arguments.Length == 3 ? new PatternJob(application, output, bytes) : null;
        TypedJob typed = pattern == null ? new TypedJob(Name, application, output) : null;
        if (pattern == null ? !typed.Open(address, port) : !pattern.Open(address, port))
        {
            output.WriteLine("connect: no slot or no local port is free");
            return null;
        }

        return pattern == null ? typed : (Job)pattern;
    }
}
