namespace EmbeddedTcp.App;

/// <summary>Asks for the end.</summary>
public sealed class ExitCommand : Command
{
    private readonly Shell _shell;

    /// <summary>The command of a shell.</summary>
    public ExitCommand(Shell shell)
        : base("exit", "", "")
    {
        _shell = shell;
    }

    /// <inheritdoc/>
    public override string Summary => _shell.ExitSummary;

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length != 0)
        {
            return Complain(output, "takes no argument");
        }

        _shell.ExitRequested = true;
        return null;
    }
}
