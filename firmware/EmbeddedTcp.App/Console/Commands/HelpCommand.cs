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
            return new Commands(_shell, output);
        }

        Command command = _shell.Find(arguments[0]);
        if (arguments.Length > 1 || command == null)
        {
            string near = arguments.Length > 1 ? null : Words.Nearest(arguments[0], _shell);
            return Complain(output, "no such command" + (near == null ? "" : "; did you mean " + near + "?"));
        }

        output.WriteLine("usage: " + command.Usage);
        output.WriteLine("  " + command.Summary);
        if (command.Details != null)
        {
            output.WriteLine(command.Details);
        }

        return null;
    }

    private sealed class Commands : Listing
    {
        // A usage that is longer has a line of its own.
        private const int UsageColumns = 30;

        private readonly Shell _shell;

        public Commands(Shell shell, TextOutput output)
            : base(output)
        {
            _shell = shell;
        }

        protected override bool Print(int step)
        {
            if (step == _shell.CommandCount)
            {
                Output.WriteLine("Ctrl+C ends a running command; help COMMAND says more.");
                return false;
            }

            Command command = _shell.CommandAt(step);
            string usage = command.Usage;
            if (usage.Length >= UsageColumns)
            {
                Output.WriteLine(usage);
                usage = "";
            }

            Output.WriteLine(Format.Left(usage, UsageColumns) + command.Summary);
            return true;
        }
    }
}
