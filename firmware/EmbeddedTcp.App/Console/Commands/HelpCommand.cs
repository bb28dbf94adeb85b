namespace EmbeddedTcp.App;

/// <summary>Lists the commands.</summary>
public sealed class HelpCommand : Command
{
    private readonly Shell _shell;

    /// <summary>The help of a shell.</summary>
    public HelpCommand(Shell shell)
        : base("help", "[COMMAND]", "lists the commands, or explains one")
    {
        _shell = shell;
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        if (arguments.Length == 0)
        {
            for (int i = 0; i < _shell.CommandCount; i++)
            {
                Print(output, _shell.CommandAt(i));
            }

            output.WriteLine("Ctrl+C ends a running command.");
            return null;
        }

        Command command = _shell.Find(arguments[0]);
        if (arguments.Length > 1 || command == null)
        {
            return Complain(output, "no such command");
        }

        Print(output, command);
        return null;
    }

    private static void Print(TextOutput output, Command command)
    {
        output.WriteLine(Format.Left(command.Usage, 28) + command.Summary);
    }
}
