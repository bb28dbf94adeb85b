namespace EmbeddedTcp.App;

/// <summary>Ends everything in good order and starts the board anew.</summary>
public sealed class RebootCommand : Command
{
    private readonly PollLoop _loop;

    /// <summary>The command of a board whose loop, once ended, is followed by a reboot.</summary>
    public RebootCommand(PollLoop loop)
        : base("reboot", "", "closes all connections and starts the board anew")
    {
        _loop = loop;
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length != 0)
        {
            return Complain(output, "takes no argument");
        }

        output.WriteLine("rebooting");
        _loop.RequestStop();
        return null;
    }
}
