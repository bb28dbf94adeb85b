using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>Takes the fields of a control block, one by one.</summary>
public interface IFieldSink
{
    /// <summary>What follows belongs together.</summary>
    void Group(string title);

    /// <summary>A field that is a number.</summary>
    /// <param name="name">Its name, the RFC's where there is one.</param>
    /// <param name="value">Its value.</param>
    /// <param name="note">A unit, or what the value means; empty for nothing.</param>
    void Number(string name, long value, string note);

    /// <summary>A field that is a word.</summary>
    void Word(string name, string value);
}

/// <summary>The whole transmission control block of a connection (RFC 9293 §3.3.1), group by group, for people and for programs.</summary>
public static class ControlBlock
{
    /// <summary>Groups there are.</summary>
    public const int Groups = 6;

    /// <summary>Shows a group.</summary>
    /// <param name="group">0 to <see cref="Groups"/> − 1.</param>
    /// <param name="c">A connection that is in use.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="sink">Takes the fields.</param>
    public static void Show(int group, TcpConnection c, string owner, IFieldSink sink)
    {
        switch (group)
        {
            case 0:
                ShowConnection(c, owner, sink);
                break;
            case 1:
                ShowSend(c, sink);
                break;
            case 2:
                ShowReceive(c, sink);
                break;
            case 3:
                ShowCongestion(c, sink);
                break;
            case 4:
                ShowFeatures(c, sink);
                break;
            default:
                ShowTimers(c, sink);
                break;
        }
    }

    private static void ShowConnection(TcpConnection c, string owner, IFieldSink sink)
    {
        sink.Group("connection");
        sink.Number("slot", c.Index, "");
        sink.Word("owner", owner.Length != 0 ? owner : c.IsOrphan ? "orphan" : "none");
        sink.Word("state", TcpStateName.Of(c.State));
        sink.Word("local", Format.Endpoint(c.LocalAddress, c.LocalPort));
        sink.Word("remote", Format.Endpoint(c.RemoteAddress, c.RemotePort));
        sink.Number("idle", c.IdleMs, "ms since the peer was heard");
        if (c.SoftErrorType != 0)
        {
            sink.Word("soft error", "ICMP type " + c.SoftErrorType.ToString() + " code " + c.SoftErrorCode.ToString());
        }
    }

    private static void ShowSend(TcpConnection c, IFieldSink sink)
    {
        uint una = c.SendUnacknowledged;
        sink.Group("send sequence variables (RFC 9293 3.3.1)");
        sink.Number("ISS", c.InitialSendSequence, "");
        sink.Number("SND.UNA", una, Offset("ISS", una - c.InitialSendSequence));
        sink.Number("SND.NXT", c.SendNext, Offset("SND.UNA", c.SendNext - una));
        sink.Number("SND.WND", c.SendWindow, "octets");
        sink.Number("SND.UP", c.SendUrgentPointer, "");
        sink.Number("SND.WL1", c.SendWindowUpdateSequence, Offset("IRS", c.SendWindowUpdateSequence - c.InitialReceiveSequence));
        sink.Number("SND.WL2", c.SendWindowUpdateAcknowledgment, Offset("ISS", c.SendWindowUpdateAcknowledgment - c.InitialSendSequence));
        sink.Number("Max(SND.WND)", c.LargestSendWindow, "octets");
        sink.Number("Eff.snd.MSS", c.MaximumSegmentSize, "octets");
        sink.Number("send queue", c.SendQueued, "of " + c.SendBufferSize.ToString() + " octets");
    }

    private static void ShowReceive(TcpConnection c, IFieldSink sink)
    {
        sink.Group("receive sequence variables (RFC 9293 3.3.1)");
        sink.Number("IRS", c.InitialReceiveSequence, "");
        sink.Number("RCV.NXT", c.ReceiveNext, Offset("IRS", c.ReceiveNext - c.InitialReceiveSequence));
        sink.Number("RCV.WND", c.ReceiveWindow, "octets");
        sink.Number("RCV.UP", c.ReceiveUrgentPointer, c.UrgentOctets == 0 ? "" : Format.Count(c.UrgentOctets, "urgent octet") + " to read");
        sink.Number("receive queue", c.ReceiveQueued, "of " + c.ReceiveBufferSize.ToString() + " octets");
        sink.Number("out of order", c.OutOfOrderRanges, "ranges kept beyond RCV.NXT");
    }

    private static void ShowCongestion(TcpConnection c, IFieldSink sink)
    {
        sink.Group("round trip and congestion (RFC 6298, 5681, 6675)");
        sink.Number("SRTT", c.SmoothedRtt, "ms");
        sink.Number("RTTVAR", c.RttVariation, "ms");
        sink.Number("RTO", c.Rto, "ms");
        sink.Number("cwnd", c.CongestionWindow, "octets");
        sink.Number("ssthresh", c.SlowStartThreshold, "octets");
        sink.Number("FlightSize", c.SendNext - c.SendUnacknowledged, "octets");
        sink.Number("pipe", c.Pipe, c.PeerHasHoles ? "octets; the peer reports holes" : "octets");
        sink.Number("duplicate ACKs", c.DuplicateAcknowledgments, c.InFastRecovery ? "fast recovery" : "");
        sink.Number("retransmits", c.Retransmissions, "of the oldest segment");
    }

    private static void ShowFeatures(TcpConnection c, IFieldSink sink)
    {
        int features = c.NegotiatedFeatures;
        sink.Group("options (RFC 2018, 7323, 3168, 9293 3.9.1)");
        sink.Word("SACK", OnOff((features & TcpFeatures.Sack) != 0));
        sink.Word("timestamps", OnOff((features & TcpFeatures.Timestamps) != 0));
        sink.Number("TS.Recent", c.RecentTimestamp, "");
        sink.Word("window scale", OnOff((features & TcpFeatures.WindowScale) != 0));
        sink.Number("Snd.Wind.Shift", c.SendWindowScale, "");
        sink.Number("Rcv.Wind.Shift", c.ReceiveWindowScale, "");
        sink.Word("ECN", OnOff((features & TcpFeatures.Ecn) != 0));
        sink.Word("nodelay", OnOff(c.NoDelay));
        sink.Word("keepalive", OnOff(c.KeepAlive));
        sink.Number("user timeout", c.UserTimeout, "ms");
        sink.Number("linger", c.Linger, c.Linger < 0 ? "in the background" : "ms");
        sink.Number("TTL", c.TimeToLive, "");
        sink.Number("DSCP", c.DifferentiatedServices, "");
    }

    private static void ShowTimers(TcpConnection c, IFieldSink sink)
    {
        sink.Group("timers (-1: not armed)");
        for (int timer = 0; timer < ConnectionTimers.Count; timer++)
        {
            sink.Number(ConnectionTimers.NameOf(timer) + " timer", c.TimerRemainingMs(timer), "ms");
        }

        sink.Number("window probes", c.WindowProbesSent, "");
        sink.Number("keepalive probes", c.KeepAliveProbesSent, "");
    }

    private static string Offset(string from, uint distance)
    {
        return from + " + " + distance.ToString();
    }

    private static string OnOff(bool value)
    {
        return value ? "on" : "off";
    }
}
