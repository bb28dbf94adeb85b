namespace EmbeddedTcp.Tcp;

/// <content>The control block as the console shows it.</content>
public sealed partial class TcpConnection
{
    /// <summary>The peer's IPv4 address.</summary>
    public uint RemoteAddress
    {
        get { return (uint)RemoteAddressBits; }
    }

    /// <summary>The peer's port.</summary>
    public int RemotePort
    {
        get { return RemotePortNumber; }
    }

    /// <summary>Our IPv4 address.</summary>
    public uint LocalAddress
    {
        get { return Net.Address; }
    }

    /// <summary>Our port.</summary>
    public int LocalPort
    {
        get { return LocalPortNumber; }
    }

    /// <summary>Octets written by the application and not yet acknowledged.</summary>
    public int SendQueued
    {
        get { return SendBuffer.Count; }
    }

    /// <summary>Octets received in order and not yet read.</summary>
    public int ReceiveQueued
    {
        get { return ReceiveBuffer.Count; }
    }

    /// <summary>SND.UNA.</summary>
    public uint SendUnacknowledged
    {
        get { return (uint)SndUna; }
    }

    /// <summary>SND.NXT.</summary>
    public uint SendNext
    {
        get { return (uint)SndNxt; }
    }

    /// <summary>SND.WND in octets.</summary>
    public int SendWindow
    {
        get { return SndWnd; }
    }

    /// <summary>RCV.NXT.</summary>
    public uint ReceiveNext
    {
        get { return (uint)RcvNxt; }
    }

    /// <summary>RCV.WND as announced, in octets.</summary>
    public int ReceiveWindow
    {
        get { return RcvAdv - RcvNxt; }
    }

    /// <summary>Eff.snd.MSS in octets.</summary>
    public int MaximumSegmentSize
    {
        get { return SendMss; }
    }

    /// <summary>The retransmission timeout in force, in milliseconds.</summary>
    public int Rto
    {
        get { return Rtt.Rto; }
    }

    /// <summary>SRTT in milliseconds, 0 before the first sample.</summary>
    public int SmoothedRtt
    {
        get { return Rtt.SmoothedRtt; }
    }

    /// <summary>The congestion window in octets.</summary>
    public int CongestionWindow
    {
        get { return Congestion.Window; }
    }

    /// <summary>Slow-start threshold in octets.</summary>
    public int SlowStartThreshold
    {
        get { return Congestion.Threshold; }
    }

    /// <summary>How often the oldest unacknowledged segment was retransmitted.</summary>
    public int Retransmissions
    {
        get { return Retransmits; }
    }

    /// <summary>Milliseconds until a timer fires, or −1 when it is not armed.</summary>
    /// <param name="timer">One of the constants of <see cref="ConnectionTimers"/>.</param>
    public int TimerRemainingMs(int timer)
    {
        return Timers.RemainingMs(timer);
    }
}
