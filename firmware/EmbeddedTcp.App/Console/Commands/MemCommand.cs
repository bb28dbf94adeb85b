using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.App;

/// <summary>Prints the fixed memory, item by item.</summary>
public sealed class MemCommand : Command
{
    /// <summary>The command.</summary>
    public MemCommand()
        : base("mem", "", "the fixed memory, item by item")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        MemoryMap memory = application.Net.Memory;
        for (int i = 0; i < memory.Count; i++)
        {
            Print(output, memory.NameAt(i), memory.BytesAt(i));
        }

        Print(output, "console", application.Shell.MemoryBytes);
        Print(output, "services, shared", application.Dispatcher.MemoryBytes);
        for (int i = 0; i < application.Dispatcher.ServiceCount; i++)
        {
            Service service = application.Dispatcher.ServiceAt(i);
            Print(output, "service " + service.Name, service.MemoryBytes);
        }

        Print(output, "total", memory.Total + application.MemoryBytes);
        return null;
    }

    private static void Print(TextOutput output, string name, int bytes)
    {
        output.WriteLine(Format.Left(name, 48) + Format.Right(bytes, 10) + " bytes");
    }
}
