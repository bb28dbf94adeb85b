using EmbeddedTcp.Diagnostics;

namespace EmbeddedTcp.App;

/// <summary>The counters by protocol, as <c>netstat -s</c> prints them: a line each, the protocol in front, zeros left out.</summary>
public sealed class ProtocolListing : Listing
{
    private readonly Application _application;
    private readonly StackCounters _counters;

    /// <summary>A list that has not begun yet.</summary>
    public ProtocolListing(Application application, TextOutput output)
        : base(output)
    {
        _application = application;
        _counters = application.Net.Counters;
    }

    /// <inheritdoc/>
    protected override bool Print(int step)
    {
        if (step < _counters.Count)
        {
            string name = _counters.NameAt(step);
            Print(ProtocolOf(name), name, _counters.ValueAt(step));
            return true;
        }

        step -= _counters.Count;
        if (step < (int)DropReason.Count)
        {
            Print("dropped", DropReasonName.Of((DropReason)step), (uint)_counters.Drops[step]);
            return true;
        }

        if (_application.Net.Udp != null)
        {
            Print("udp", "datagrams in", (uint)_application.Net.Udp.DatagramsIn);
            Print("udp", "datagrams out", (uint)_application.Net.Udp.DatagramsOut);
        }

        return false;
    }

    private void Print(string protocol, string name, long value)
    {
        if (value != 0)
        {
            Output.WriteLine(Format.Left(protocol, 9) + Format.Left(name, 32) + Format.Right(value, 12));
        }
    }

    // What is not of a lower layer is TCP's.
    private static string ProtocolOf(string name)
    {
        if (name.IndexOf("frames") == 0)
        {
            return "ethernet";
        }

        if (name.IndexOf("ARP") == 0)
        {
            return "arp";
        }

        return name.IndexOf("ICMP") == 0 || name.IndexOf("echo") == 0 ? "icmp" : name.IndexOf("UDP") == 0 ? "udp" : "tcp";
    }
}
