using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.App;

/// <summary>Prints every counter and drop reason.</summary>
public sealed class StatsCommand : Command
{
    /// <summary>The command.</summary>
    public StatsCommand()
        : base("stats", "[-a]", "counters and drop reasons; -a shows zeros too")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        bool all = arguments.Length == 1 && arguments[0] == "-a";
        if (arguments.Length != 0 && !all)
        {
            return Complain(output, "the only option is -a");
        }

        StackCounters counters = application.Net.Counters;
        output.WriteLine("stack");
        int shown = 0;
        for (int i = 0; i < counters.Count; i++)
        {
            shown += Print(output, counters.NameAt(i), counters.ValueAt(i), all);
        }

        PrintNothing(output, shown);
        output.WriteLine("dropped");
        shown = 0;
        for (int i = 0; i < (int)DropReason.Count; i++)
        {
            shown += Print(output, DropReasonName.Of((DropReason)i), (uint)counters.Drops[i], all);
        }

        PrintNothing(output, shown);
        output.WriteLine("services");
        shown = 0;
        for (int i = 0; i < application.Dispatcher.ServiceCount; i++)
        {
            Service service = application.Dispatcher.ServiceAt(i);
            shown += Print(output, service.Name + " accepted", service.Opened, all);
            shown += Print(output, service.Name + " open", service.Open, all);
            shown += Print(output, service.Name + " expired", service.Expired, all);
            shown += Print(output, service.Name + " faults", service.Faults, all);
        }

        PrintNothing(output, shown);
        return null;
    }

    private static int Print(TextOutput output, string name, long value, bool all)
    {
        if (value == 0 && !all)
        {
            return 0;
        }

        output.WriteLine("  " + Format.Left(name, 32) + Format.Right(value, 12));
        return 1;
    }

    private static void PrintNothing(TextOutput output, int shown)
    {
        if (shown == 0)
        {
            output.WriteLine("  nothing");
        }
    }
}
