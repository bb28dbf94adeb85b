using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>A verb of the console.</summary>
public abstract class Command
{
    /// <summary>Asks for the answer in JSON (RFC 8259) instead of text.</summary>
    public const string Json = "--json";

    /// <summary>Describes the command.</summary>
    /// <param name="name">The verb, in lower case.</param>
    /// <param name="arguments">
    /// Its arguments as the help shows them; empty for none. What is to be typed as it stands is in lower case or begins with a hyphen, what
    /// stands for something else in capitals: help and completion go by that.
    /// </param>
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
    public virtual string Summary { get; }

    /// <summary>What else is worth knowing, in lines of at most 80 characters separated by '\n'; null for nothing.</summary>
    public virtual string Details => null;

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

    /// <summary>The connection in a slot that was typed; says what is wrong when there is none.</summary>
    /// <returns>Null when there is none.</returns>
    protected TcpConnection FindSlot(Application application, TextOutput output, string slot)
    {
        TcpEngine tcp = application.Net.Tcp;
        int index;
        if (!Format.TryParse(slot, tcp.SlotCount - 1, out index))
        {
            Complain(output, "SLOT is a number, 0 to " + (tcp.SlotCount - 1).ToString());
            return null;
        }

        if (!tcp.SlotAt(index).InUse)
        {
            output.WriteLine(Name + ": slot " + slot + " is free; netstat lists those in use");
            return null;
        }

        return tcp.SlotAt(index);
    }

    /// <summary>True when a word is among the arguments.</summary>
    protected static bool Has(string[] arguments, string word)
    {
        return Words.IndexOf(arguments, word) >= 0;
    }

    /// <summary>The first argument that the usage does not list, for commands whose arguments are all fixed words.</summary>
    /// <returns>Null when there is none.</returns>
    protected string Stray(string[] arguments)
    {
        string[] known = Words.Literal(Arguments);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (Words.IndexOf(known, arguments[i]) < 0)
            {
                return arguments[i];
            }
        }

        return null;
    }
}
