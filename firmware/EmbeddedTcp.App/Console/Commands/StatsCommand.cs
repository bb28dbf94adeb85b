using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.App;

/// <summary>Prints every counter and drop reason.</summary>
public sealed class StatsCommand : Command
{
    /// <summary>The command.</summary>
    public StatsCommand()
        : base("stats", "[-a] [--json]", "counters and drop reasons; -a shows zeros too")
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

        return Has(arguments, Json)
            ? new StatsJsonListing(application, output)
            : (Job)new StatsListing(application, output, Has(arguments, "-a"));
    }
}

/// <summary>The list of <see cref="StatsCommand"/>, a line in a step.</summary>
public sealed class StatsListing : Listing
{
    private readonly Application _application;
    private readonly StackCounters _counters;
    private readonly bool _all;
    private bool _shown;

    /// <summary>A list that has not begun yet.</summary>
    public StatsListing(Application application, TextOutput output, bool all)
        : base(output)
    {
        _application = application;
        _counters = application.Net.Counters;
        _all = all;
    }

    /// <inheritdoc/>
    protected override bool Print(int step)
    {
        // Each section: its title, its lines, and a word when there were none.
        if (step <= _counters.Count + 1)
        {
            if (Within(step, _counters.Count, "stack"))
            {
                Print(_counters.NameAt(step - 1), _counters.ValueAt(step - 1));
            }

            return true;
        }

        step -= _counters.Count + 2;
        int reasons = (int)DropReason.Count;
        if (step <= reasons + 1)
        {
            if (Within(step, reasons, "dropped"))
            {
                Print(DropReasonName.Of((DropReason)(step - 1)), (uint)_counters.Drops[step - 1]);
            }

            return true;
        }

        step -= reasons + 2;
        int services = _application.Dispatcher.ServiceCount;
        if (Within(step, services, "services"))
        {
            Service service = _application.Dispatcher.ServiceAt(step - 1);
            Print(service.Name + " accepted", service.Opened);
            Print(service.Name + " open", service.Open);
            Print(service.Name + " expired", service.Expired);
            Print(service.Name + " faults", service.Faults);
        }

        return step <= services;
    }

    private bool Within(int step, int count, string title)
    {
        if (step == 0)
        {
            Output.WriteLine(title);
            _shown = false;
        }
        else if (step > count && !_shown)
        {
            Output.WriteLine("  nothing");
        }

        return step > 0 && step <= count;
    }

    private void Print(string name, long value)
    {
        if (value != 0 || _all)
        {
            _shown = true;
            Output.WriteLine("  " + Format.Left(name, 32) + Format.Right(value, 12));
        }
    }
}

/// <summary>The same in JSON, zeros included.</summary>
public sealed class StatsJsonListing : JsonListing
{
    private readonly Application _application;
    private readonly StackCounters _counters;

    /// <summary>A document that has not begun yet.</summary>
    public StatsJsonListing(Application application, TextOutput output)
        : base(output)
    {
        _application = application;
        _counters = application.Net.Counters;
    }

    /// <inheritdoc/>
    protected override bool Compose(int step)
    {
        if (step == 0)
        {
            Json.Begin(null, '{');
            Json.Begin("counters", '{');
        }

        if (step < _counters.Count)
        {
            StateJson.Counter(Json, _counters, step);
            return true;
        }

        step -= _counters.Count;
        if (step < (int)DropReason.Count)
        {
            Next(step, '}', "drops", '{');
            StateJson.Drop(Json, _counters, step);
            return true;
        }

        step -= (int)DropReason.Count;
        Next(step, '}', "services", '[');
        if (step < _application.Dispatcher.ServiceCount)
        {
            StateJson.Service(Json, _application.Dispatcher.ServiceAt(step));
            return true;
        }

        Json.End(']');
        Json.End('}');
        return false;
    }

    private void Next(int step, char end, string name, char bracket)
    {
        if (step == 0)
        {
            Json.End(end);
            Json.Begin(name, bracket);
        }
    }
}
