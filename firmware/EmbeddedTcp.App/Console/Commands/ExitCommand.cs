namespace EmbeddedTcp.App;

/// <summary>Asks for the end.</summary>
public sealed class ExitCommand : Command
{
    private readonly Shell _shell;

    /// <summary>The command of a shell.</summary>
    public ExitCommand(Shell shell)
        : base("exit", "", "closes all connections and stops the board")
    {
        _shell = shell;
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        _shell.ExitRequested = true;
        return null;
    }
}
