using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Ends one connection with a RST.</summary>
public sealed class KillCommand : Command
{
    /// <summary>The command.</summary>
    public KillCommand()
        : base("kill", "SLOT", "ends one connection with a RST")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length != 1)
        {
            return Complain(output, "a slot is needed");
        }

        TcpConnection connection = FindSlot(application, output, arguments[0]);
        if (connection != null)
        {
            string remote = Format.Endpoint(connection.RemoteAddress, connection.RemotePort);
            string state = TcpStateName.Of(connection.State);
            connection.Kill();
            output.WriteLine("slot " + arguments[0] + ": " + remote + " was in " + state + " and is reset");
        }

        return null;
    }
}
