using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.App;

/// <summary>Prints the fixed memory, item by item.</summary>
public sealed class MemCommand : Command
{
    /// <summary>The command.</summary>
    public MemCommand()
        : base("mem", "[--json]", "the fixed memory, item by item")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        string stray = Stray(arguments);
        if (stray != null)
        {
            return Complain(output, "\"" + stray + "\" is no option");
        }

        return Has(arguments, Json) ? new JsonItems(application, output) : (Job)new TextItems(application, output);
    }

    // The items in their order; the last is the sum of all.
    private static int Count(Application application)
    {
        return application.Net.Memory.Count + 2 + application.Dispatcher.ServiceCount + 1;
    }

    private static string NameAt(Application application, int index)
    {
        MemoryMap memory = application.Net.Memory;
        if (index < memory.Count)
        {
            return memory.NameAt(index);
        }

        index -= memory.Count;
        if (index < 2)
        {
            return index == 0 ? "console" : "services, shared";
        }

        index -= 2;
        return index < application.Dispatcher.ServiceCount ? "service " + application.Dispatcher.ServiceAt(index).Name : "total";
    }

    private static int BytesAt(Application application, int index)
    {
        MemoryMap memory = application.Net.Memory;
        if (index < memory.Count)
        {
            return memory.BytesAt(index);
        }

        index -= memory.Count;
        if (index < 2)
        {
            return index == 0 ? application.Shell.MemoryBytes : application.Dispatcher.MemoryBytes;
        }

        index -= 2;
        return index < application.Dispatcher.ServiceCount
            ? application.Dispatcher.ServiceAt(index).MemoryBytes
            : memory.Total + application.MemoryBytes;
    }

    private sealed class TextItems : Listing
    {
        private readonly Application _application;

        public TextItems(Application application, TextOutput output)
            : base(output)
        {
            _application = application;
        }

        protected override bool Print(int step)
        {
            Output.WriteLine(Format.Left(NameAt(_application, step), 48) + Format.Right(BytesAt(_application, step), 10) + " bytes");
            return step < Count(_application) - 1;
        }
    }

    private sealed class JsonItems : JsonListing
    {
        private readonly Application _application;

        public JsonItems(Application application, TextOutput output)
            : base(output)
        {
            _application = application;
        }

        protected override bool Compose(int step)
        {
            if (step == 0)
            {
                Json.Begin(null, '{');
            }

            Json.Number(NameAt(_application, step), BytesAt(_application, step));
            Json.Line();
            if (step < Count(_application) - 1)
            {
                return true;
            }

            Json.End('}');
            return false;
        }
    }
}
