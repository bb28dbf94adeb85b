namespace EmbeddedTcp.Tcp;

/// <summary>The eleven states of a connection (RFC 9293 §3.3.2).</summary>
public enum TcpState
{
    /// <summary>No connection at all.</summary>
    Closed,

    /// <summary>Waiting for a connection request from any remote peer.</summary>
    Listen,

    /// <summary>Sent a SYN, waiting for a matching one.</summary>
    SynSent,

    /// <summary>Both SYNs have passed, ours is not acknowledged yet.</summary>
    SynReceived,

    /// <summary>Open in both directions.</summary>
    Established,

    /// <summary>Sent a FIN that is not acknowledged yet; the peer may still send.</summary>
    FinWait1,

    /// <summary>Our FIN is acknowledged; the peer may still send.</summary>
    FinWait2,

    /// <summary>The peer sent its FIN; our application has not closed yet.</summary>
    CloseWait,

    /// <summary>Both sent a FIN at the same time; ours is not acknowledged yet.</summary>
    Closing,

    /// <summary>The peer closed first, then we did; our FIN is not acknowledged yet.</summary>
    LastAck,

    /// <summary>Waiting 2MSL, so that the peer has our last ACK and old segments have died.</summary>
    TimeWait,
}

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
