namespace EmbeddedTcp.App;

/// <summary>A verb of the console.</summary>
public abstract class Command
{
    /// <summary>Describes the command.</summary>
    /// <param name="name">The verb, in lower case.</param>
    /// <param name="arguments">Its arguments as the help shows them; empty for none.</param>
    /// <param name="summary">What it does, in a few words.</param>
    protected Command(string name, string arguments, string summary)
    {
        Name = name;
        Arguments = arguments;
        Summary = summary;
    }

    /// <summary>The verb, in lower case.</summary>
    public string Name { get; }

    /// <summary>Its arguments as the help shows them; empty for none.</summary>
    public string Arguments { get; }

    /// <summary>What it does, in a few words.</summary>
    public string Summary { get; }

    /// <summary>The verb with its arguments.</summary>
    public string Usage => Arguments.Length == 0 ? Name : Name + " " + Arguments;

    /// <summary>Runs the command.</summary>
    /// <param name="application">What it is about.</param>
    /// <param name="output">Where it prints.</param>
    /// <param name="arguments">The words after the verb.</param>
    /// <returns>A job when it takes its time; null when everything has been said.</returns>
    public abstract Job Run(Application application, TextOutput output, string[] arguments);

    /// <summary>Says how the command is used.</summary>
    /// <param name="output">Where.</param>
    /// <param name="mistake">What was wrong.</param>
    protected Job Complain(TextOutput output, string mistake)
    {
        output.WriteLine(Name + ": " + mistake);
        output.WriteLine("usage: " + Usage);
        return null;
    }
}
