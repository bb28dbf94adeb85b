namespace EmbeddedTcp.Tcp;

/// <summary>Why a connection ended, as the application sees it.</summary>
public enum TcpEndReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Both sides sent their FIN and both were acknowledged.</summary>
    Closed,

    /// <summary>The peer answered our SYN with a RST.</summary>
    Refused,

    /// <summary>The peer sent a RST.</summary>
    Reset,

    /// <summary>R2 passed without an acknowledgement of SYN, data or FIN.</summary>
    TimedOut,

    /// <summary>The peer answered no keep-alive probe.</summary>
    KeepAliveTimedOut,

    /// <summary>Our own application aborted it.</summary>
    Aborted,

    /// <summary>A hard ICMP error named our SYN.</summary>
    Unreachable,

    /// <summary>A connection that its application had closed gave way to a new one.</summary>
    Evicted,

    /// <summary>A deadline of ours passed: FIN_WAIT_2, or a closed window after the application's close.</summary>
    Abandoned,

    /// <summary>The interface has another address now, or none.</summary>
    AddressChanged,
}
