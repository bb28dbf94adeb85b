namespace EmbeddedTcp.App;

/// <summary>Waits for one connection and talks to it.</summary>
public sealed class ListenCommand : Command
{
    /// <summary>The command.</summary>
    public ListenCommand()
        : base("listen", "PORT", "waits for a connection and talks to it")
    {
    }

    /// <inheritdoc/>
    public override string Details => "  Takes one connection and goes on as connect does. Ctrl+C ends the waiting.";

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        int port;
        if (arguments.Length != 1 || !Format.TryParse(arguments[0], 65535, out port) || port == 0)
        {
            return Complain(output, "PORT is a number, 1 to 65535");
        }

        TypedJob job = new TypedJob(Name, application, output);
        if (!job.Listen(port))
        {
            output.WriteLine("listen: the port is taken or StackOptions.Listeners is too small");
            return null;
        }

        output.WriteLine("listening on port " + arguments[0]);
        return job;
    }
}
