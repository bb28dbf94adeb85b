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
