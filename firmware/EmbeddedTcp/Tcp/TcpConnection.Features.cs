namespace EmbeddedTcp.Tcp;

/// <content>What the two SYNs agreed on. Whatever <see cref="StackOptions"/> does not offer has no memory here.</content>
public sealed partial class TcpConnection
{
    /// <summary>Bits of <see cref="TcpFeatures"/>: 0 for a connection whose segments all have the plain header.</summary>
    internal int Features;

    /// <summary>Snd.Wind.Shift: what the peer's windows are shifted by.</summary>
    internal int SndScale;

    /// <summary>Rcv.Wind.Shift: what ours are shifted by.</summary>
    internal int RcvScale;

    internal readonly Timestamps Stamps;
    internal readonly SackReport SackReport;
    internal readonly SackScoreboard Scoreboard;
    internal readonly EcnState Ecn;

    /// <summary>The features both ends agreed on, bits of <see cref="TcpFeatures"/>.</summary>
    public int NegotiatedFeatures
    {
        get { return Features & ~TcpFeatures.UrgentOut; }
    }

    /// <summary>The shift count of the windows that the peer announces, 0 to 14 (RFC 7323 §2).</summary>
    public int SendWindowScale
    {
        get { return SndScale; }
    }

    /// <summary>The shift count of the windows that we announce, 0 to 14.</summary>
    public int ReceiveWindowScale
    {
        get { return RcvScale; }
    }

    /// <summary>Bytes of options in every segment.</summary>
    internal int FixedOptionsLength
    {
        get { return (Features & TcpFeatures.Timestamps) != 0 ? Wire.TcpHeader.AlignedTimestampsLength : 0; }
    }

    /// <summary>Both SYNs have been seen: the features in both hold from here on.</summary>
    /// <param name="features">Bits of <see cref="TcpFeatures"/> that both SYNs carried.</param>
    /// <param name="peerScale">The peer's shift count, 0 without one.</param>
    /// <param name="ourScale">Our shift count.</param>
    /// <param name="timestamp">TSval of the peer's SYN, 0 without one.</param>
    internal void Agree(int features, int peerScale, int ourScale, int timestamp)
    {
        Features = features | (Features & TcpFeatures.UrgentOut);
        bool scaled = (features & TcpFeatures.WindowScale) != 0;
        SndScale = scaled ? peerScale : 0;
        RcvScale = scaled ? ourScale : 0;
        if ((features & TcpFeatures.Timestamps) != 0)
        {
            Stamps.Start(Engine.TimestampOffset(this), timestamp, Net.Now);
        }

        // Eff.snd.MSS counts the options that every segment carries (RFC 9293 §3.7.1).
        SendMss -= FixedOptionsLength;
        if ((features & TcpFeatures.Ecn) != 0)
        {
            Ecn.Start(SndNxt);
        }
    }

    /// <summary>
    /// A segment is about to be sent again, so that its acknowledgment may be about either copy: Karn's algorithm takes no sample from it,
    /// unless timestamps tell the copies apart (RFC 6298 §3).
    /// </summary>
    internal void StopTiming()
    {
        if ((Features & TcpFeatures.Timestamps) == 0)
        {
            Timing = false;
        }
    }

    private void ForgetFeatures()
    {
        Features = 0;
        SndScale = 0;
        RcvScale = 0;
        if (Scoreboard != null)
        {
            Scoreboard.Clear();
            SackReport.Clear();
        }

        if (Stamps != null)
        {
            Stamps.Spurious.Clear();
        }
    }
}
