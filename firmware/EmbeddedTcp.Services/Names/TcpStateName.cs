namespace EmbeddedTcp.Tcp;

/// <summary>Names of the states as RFC 9293 and netstat spell them. An enum has no names on the nano CLR.</summary>
public static class TcpStateName
{
    /// <summary>The name of a state.</summary>
    public static string Of(TcpState state)
    {
        switch (state)
        {
            case TcpState.Closed: return "CLOSED";
            case TcpState.Listen: return "LISTEN";
            case TcpState.SynSent: return "SYN_SENT";
            case TcpState.SynReceived: return "SYN_RCVD";
            case TcpState.Established: return "ESTABLISHED";
            case TcpState.FinWait1: return "FIN_WAIT_1";
            case TcpState.FinWait2: return "FIN_WAIT_2";
            case TcpState.CloseWait: return "CLOSE_WAIT";
            case TcpState.Closing: return "CLOSING";
            case TcpState.LastAck: return "LAST_ACK";
            case TcpState.TimeWait: return "TIME_WAIT";
            default: return "?";
        }
    }
}
