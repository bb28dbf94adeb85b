namespace EmbeddedTcp.Tcp;

/// <summary>Names of the reasons, for people.</summary>
public static class TcpEndReasonName
{
    /// <summary>The reason in a few words.</summary>
    public static string Of(TcpEndReason reason)
    {
        switch (reason)
        {
            case TcpEndReason.None: return "open";
            case TcpEndReason.Closed: return "closed";
            case TcpEndReason.Refused: return "connection refused";
            case TcpEndReason.Reset: return "connection reset by peer";
            case TcpEndReason.TimedOut: return "timed out";
            case TcpEndReason.KeepAliveTimedOut: return "keep-alive timed out";
            case TcpEndReason.Aborted: return "aborted";
            case TcpEndReason.Unreachable: return "host unreachable";
            case TcpEndReason.Evicted: return "evicted";
            case TcpEndReason.Abandoned: return "abandoned";
            case TcpEndReason.AddressChanged: return "address changed";
            default: return "?";
        }
    }
}
