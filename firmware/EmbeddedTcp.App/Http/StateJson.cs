using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The parts of the state in JSON, as the page for programs and the console's <c>--json</c> share them. Each fits into a piece of a page, and
/// says what is true at the moment it is composed.
/// </summary>
public static class StateJson
{
    /// <summary>A connection slot. Of a free one only its number.</summary>
    public static void Connection(JsonText json, Application application, int slot)
    {
        TcpConnection c = application.Net.Tcp.SlotAt(slot);
        json.Begin(null, '{');
        json.Number("slot", slot);
        json.Flag("inUse", c.InUse);
        if (c.InUse)
        {
            json.String("service", application.OwnerOf(slot));
            json.String("state", TcpStateName.Of(c.State));
            json.Number("localPort", c.LocalPort);
            json.Address("remoteAddress", c.RemoteAddress);
            json.Number("remotePort", c.RemotePort);
            json.Number("sendQueued", c.SendQueued);
            json.Number("sendBuffer", c.SendBufferSize);
            json.Number("receiveQueued", c.ReceiveQueued);
            json.Number("receiveBuffer", c.ReceiveBufferSize);
            json.Number("srtt", c.SmoothedRtt);
            json.Number("rto", c.Rto);
            json.Number("cwnd", c.CongestionWindow);
            json.Number("ssthresh", c.SlowStartThreshold);
            json.Number("sndWnd", c.SendWindow);
            json.Number("rcvWnd", c.ReceiveWindow);
            json.Number("mss", c.MaximumSegmentSize);
            json.Number("retransmits", c.Retransmissions);
            json.Begin("features", '[');
            Features(json, c.NegotiatedFeatures);
            json.End(']');
        }

        json.End('}');
        json.Line();
    }

    /// <summary>A half-open peer.</summary>
    /// <returns>False when the entry is free; nothing was composed.</returns>
    public static bool HalfOpen(JsonText json, Application application, int index)
    {
        SynTable table = application.Net.Tcp.HalfOpen;
        if (!table.InUseAt(index))
        {
            return false;
        }

        Peer(json, table, index);
        json.Number("retransmits", table.RetransmissionsAt(index));
        json.Number("againInMs", table.RemainingMsAt(index));
        json.End('}');
        json.Line();
        return true;
    }

    /// <summary>A connection in TIME_WAIT.</summary>
    /// <returns>False when the record is free; nothing was composed.</returns>
    public static bool TimeWait(JsonText json, Application application, int index)
    {
        TimeWaitTable table = application.Net.Tcp.TimeWait;
        if (!table.InUseAt(index))
        {
            return false;
        }

        Peer(json, table, index);
        json.Number("forMs", table.RemainingMsAt(index));
        json.End('}');
        json.Line();
        return true;
    }

    /// <summary>A listener.</summary>
    /// <returns>False when there is none; nothing was composed.</returns>
    public static bool Listener(JsonText json, Application application, int index)
    {
        TcpListener listener = application.Net.Tcp.ListenerAt(index);
        if (listener == null)
        {
            return false;
        }

        json.Begin(null, '{');
        json.Number("port", listener.Port);
        json.String("service", application.OwnerOf(listener));
        json.Number("pending", listener.Pending);
        json.Number("backlog", listener.Backlog);
        json.End('}');
        json.Line();
        return true;
    }

    /// <summary>A service.</summary>
    public static void Service(JsonText json, Service service)
    {
        json.Begin(null, '{');
        json.String("name", service.Name);
        json.Number("port", service.Port);
        json.Number("open", service.Open);
        json.Number("accepted", service.Opened);
        json.Number("expired", service.Expired);
        json.Number("faults", service.Faults);
        json.End('}');
        json.Line();
    }

    /// <summary>A counter, as a member.</summary>
    public static void Counter(JsonText json, StackCounters counters, int index)
    {
        json.Number(counters.NameAt(index), counters.ValueAt(index));
        json.Line();
    }

    /// <summary>A drop reason, as a member.</summary>
    public static void Drop(JsonText json, StackCounters counters, int reason)
    {
        json.Number(DropReasonName.Of((DropReason)reason), (uint)counters.Drops[reason]);
        json.Line();
    }

    /// <summary>What both ends agreed on, as elements.</summary>
    public static void Features(JsonText json, int features)
    {
        for (int bit = 1; bit <= TcpFeatures.Ecn; bit <<= 1)
        {
            if ((features & bit) != 0)
            {
                json.String(null, FeatureName(bit));
            }
        }
    }

    /// <summary>The name of a feature.</summary>
    /// <param name="bit">One of <see cref="TcpFeatures"/>.</param>
    public static string FeatureName(int bit)
    {
        switch (bit)
        {
            case TcpFeatures.Sack: return "SACK";
            case TcpFeatures.Timestamps: return "timestamps";
            case TcpFeatures.WindowScale: return "window scale";
            default: return "ECN";
        }
    }

    private static void Peer(JsonText json, PeerTable table, int index)
    {
        json.Begin(null, '{');
        json.Number("localPort", table.LocalPortAt(index));
        json.Address("remoteAddress", table.RemoteAddressAt(index));
        json.Number("remotePort", table.RemotePortAt(index));
    }
}
