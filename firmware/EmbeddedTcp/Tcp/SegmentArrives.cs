using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// SEGMENT ARRIVES, RFC 9293 §3.10.7. The files follow its order: .ClosedAndListen is §3.10.7.1 and .2 with the two tables,
/// .SynSent is §3.10.7.3, .OtherStates is §3.10.7.4 with its steps first to eighth, and .Prediction is a short cut through the
/// last for the two cases that make up a transfer, and .Features is what negotiated options add.
/// </summary>
internal sealed partial class SegmentArrives
{
    private readonly TcpEngine _engine;
    private readonly NetworkInterface _net;
    private readonly StackCounters _counters;
    private readonly SegmentSender _sender;
    private readonly ChallengeAcks _challenges;
    private readonly SynCookies _cookies;

    // MAX.SND.WND of RFC 5961 §5.2 where no record of it is kept: it "may be hard-coded to a maximum permissible window value", which is
    // that of the field, or what the send ring holds when windows are scaled.
    private readonly int _maximumWindow;

    internal SegmentArrives(TcpEngine engine, NetworkInterface net, SegmentSender sender, ChallengeAcks challenges, SynCookies cookies)
    {
        _engine = engine;
        _net = net;
        _counters = net.Counters;
        _sender = sender;
        _challenges = challenges;
        _cookies = cookies;
        int ring = net.Options.SendBufferSize;
        _maximumWindow = ring > TcpHeader.MaxWindow ? ring : TcpHeader.MaxWindow;
    }

    private void Drop(DropReason reason)
    {
        _counters.Drop(reason);
    }

    /// <summary>&lt;SEQ=SND.NXT&gt;&lt;ACK=RCV.NXT&gt;&lt;CTL=ACK&gt;, unless the throttle withholds it (RFC 5961 §7).</summary>
    private void Challenge(TcpConnection c)
    {
        if (_challenges.Allow(c, _net.Now))
        {
            _counters.ChallengeAcks++;
            c.AckNow = true;
        }
        else
        {
            Drop(DropReason.ChallengeThrottled);
        }
    }
}
