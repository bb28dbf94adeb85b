using System;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>What the application may set for one connection. A fresh connection has the values of <see cref="StackOptions"/>.</content>
public sealed partial class TcpConnection
{
    internal bool NoDelayOption;
    internal bool KeepAliveOption;
    internal int KeepAliveIdleMs;
    internal int KeepAliveIntervalMs;
    internal int KeepAliveProbeLimit;
    internal int UserTimeoutMs;
    internal int LingerMs;

    /// <summary>SND.UP (RFC 9293 §3.3.1): the number after the last urgent octet.</summary>
    internal int SndUp;

    private int _icmpError;

    /// <summary>True switches the Nagle algorithm off (RFC 9293 §3.7.4, MUST-17). Off (Nagle on) in a fresh connection.</summary>
    public bool NoDelay
    {
        get
        {
            return NoDelayOption;
        }

        set
        {
            NoDelayOption = value;
            Engine.AddPending(this);
        }
    }

    /// <summary>True probes an idle peer (RFC 9293 §3.8.4). Off in a fresh connection (MUST-25).</summary>
    public bool KeepAlive
    {
        get
        {
            return KeepAliveOption;
        }

        set
        {
            KeepAliveOption = value;
            Timers.StartKeepAlive();
        }
    }

    /// <summary>
    /// How long after its first retransmission the peer may leave data or FIN unacknowledged before the connection ends with
    /// <see cref="TcpEndReason.TimedOut"/>, in milliseconds: R2 of RFC 9293 §3.8.3 (MUST-21), the user timeout of §3.9.1.
    /// </summary>
    /// <exception cref="ArgumentException">Less than a second or more than a day.</exception>
    public int UserTimeout
    {
        get
        {
            return UserTimeoutMs;
        }

        set
        {
            Check(value, 1000);
            UserTimeoutMs = value;
        }
    }

    /// <summary>
    /// What <see cref="Close"/> does with data that the peer has not acknowledged: −1, as in a fresh connection, sends it in the background;
    /// 0 throws it away and resets the connection; any other number of milliseconds sends it in the background and resets the connection if
    /// that takes longer.
    /// </summary>
    /// <exception cref="ArgumentException">Less than −1 or more than a day.</exception>
    public int Linger
    {
        get
        {
            return LingerMs;
        }

        set
        {
            Check(value, -1);
            LingerMs = value;
        }
    }

    /// <summary>The differentiated services code point of what this connection sends, 0 to 63, 0 in a fresh one (RFC 9293 §3.9.1.6, MUST-48).</summary>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public int DifferentiatedServices
    {
        get
        {
            return Template[EthernetHeader.Length + Ipv4Header.TypeOfService] >> 2;
        }

        set
        {
            if (value < 0 || value > 63)
            {
                throw new ArgumentException("value");
            }

            SegmentSender.PatchTemplate(this, EthernetHeader.Length + Ipv4Header.VersionAndLength, Ipv4Header.TypeOfService, value << 2);
        }
    }

    /// <summary>The TTL of what this connection sends, 1 to 255 (RFC 9293 §3.9.1.6, MUST-49).</summary>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public int TimeToLive
    {
        get
        {
            return Template[EthernetHeader.Length + Ipv4Header.TimeToLive];
        }

        set
        {
            if (value < 1 || value > 255)
            {
                throw new ArgumentException("value");
            }

            SegmentSender.PatchTemplate(this, EthernetHeader.Length + Ipv4Header.TimeToLive, 0, value);
        }
    }

    /// <summary>
    /// Octets that can be read before the urgent mark of the peer is reached, 0 when nothing urgent is left (RFC 9293 §3.8.5, MUST-33).
    /// They come in line with the others (RFC 6093 §4). Some may not have arrived yet.
    /// </summary>
    public int UrgentOctets
    {
        get
        {
            if (!UrgentPending)
            {
                return 0;
            }

            // The FIN took a number, but is nothing to read, and nothing comes behind it.
            int count = ReceiveBuffer.Count;
            int left = RcvUp - ((PeerFinReceived ? RcvNxt - 1 : RcvNxt) - count);
            return left < 0 ? 0 : PeerFinReceived && left > count ? count : left;
        }
    }

    /// <summary>The type of the last ICMP error about this connection that did not end it (RFC 9293 §3.9.2.2), or 0.</summary>
    public int SoftErrorType
    {
        get { return _icmpError >> 8; }
    }

    /// <summary>The code of the last ICMP error about this connection that did not end it.</summary>
    public int SoftErrorCode
    {
        get { return _icmpError & 0xFF; }
    }

    /// <summary>Sets the times of <see cref="KeepAlive"/> and switches it on.</summary>
    /// <param name="idleMs">Idle time before the first probe, 1,000 ms to a day.</param>
    /// <param name="intervalMs">Time between probes, 1,000 ms to a day.</param>
    /// <param name="probes">Unanswered probes after which the connection ends, 1 to 100.</param>
    /// <exception cref="ArgumentException">Out of range.</exception>
    public void SetKeepAlive(int idleMs, int intervalMs, int probes)
    {
        Check(idleMs, 1000);
        Check(intervalMs, 1000);
        if (probes < 1 || probes > 100)
        {
            throw new ArgumentException("probes");
        }

        KeepAliveIdleMs = idleMs;
        KeepAliveIntervalMs = intervalMs;
        KeepAliveProbeLimit = probes;
        KeepAlive = true;
    }

    /// <summary>
    /// Marks everything written so far as urgent (RFC 9293 §3.8.5, MUST-30). New applications should not use it (SHLD-13): receivers differ,
    /// and some middleboxes remove the mark.
    /// </summary>
    /// <returns>False when nothing can be sent any more, or nothing was written that is not acknowledged.</returns>
    public bool MarkUrgent()
    {
        if (!CanWrite || SendBuffer.Count == 0)
        {
            return false;
        }

        SndUp = SndUna + SendBuffer.Count + (CurrentState < TcpState.Established ? 1 : 0);
        Features |= TcpFeatures.UrgentOut;
        Straight = false;
        Engine.AddPending(this);
        return true;
    }

    /// <summary>An ICMP error that does not end the connection: the application is told (MUST-47, SHLD-25).</summary>
    internal void NoteSoftError(int type, int code)
    {
        _icmpError = (type << 8) | code;
        Raise(TcpEvents.SoftError);
    }

    private void ForgetSettings()
    {
        StackOptions options = Net.Options;
        NoDelayOption = false;
        KeepAliveOption = false;
        KeepAliveIdleMs = options.KeepAliveIdle;
        KeepAliveIntervalMs = options.KeepAliveInterval;
        KeepAliveProbeLimit = options.KeepAliveProbes;
        UserTimeoutMs = options.R2Timeout;
        LingerMs = -1;
        _icmpError = 0;
    }

    private static void Check(int milliseconds, int minimum)
    {
        if (milliseconds < minimum || milliseconds > 86400000)
        {
            throw new ArgumentException("milliseconds");
        }
    }
}
