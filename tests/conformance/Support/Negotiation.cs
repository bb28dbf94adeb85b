namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>
/// Watches the SYNs of every connection of one engine and fails when a segment of the engine uses what was not agreed on in them: RFC 2018 §2 and
/// §4, RFC 7323 §2.2 and §3.2, RFC 3168 §6.1.1. It knows nothing but what passed on the wire.
/// </summary>
public sealed class Negotiation
{
    private const int NoEcn = 0;

    private readonly Dictionary<(int Own, int Peer), Talk> _talks = [];

    /// <summary>A segment for the engine.</summary>
    public void Arrives(Segment s, int ownPort, int peerPort)
    {
        if ((s.Flags & (TcpFlags.Syn | TcpFlags.Rst)) == TcpFlags.Syn)
        {
            Of(ownPort, peerPort).PeerSyn = s;
        }
    }

    /// <summary>A segment of the engine.</summary>
    public void Leaves(Segment s, int ownPort, int peerPort)
    {
        Talk talk = Of(ownPort, peerPort);
        if ((s.Flags & TcpFlags.Syn) != 0)
        {
            Assert.AreEqual(0, s.EcnCodepoint, "RFC 3168 §6.1.1: no ECT on a SYN");
            if ((s.Flags & TcpFlags.Ack) == 0)
            {
                // The first SYN of an active open, or the same again with less.
                talk.OwnSyn = s;
                talk.Agreed = null;
                return;
            }

            Segment peer = talk.PeerSyn ?? throw new AssertFailedException("a SYN,ACK without a SYN");
            Assert.IsTrue(s.WindowScale == null || peer.WindowScale != null, "RFC 7323 §2.2: window scale that was not offered");
            Assert.IsTrue(!s.SackPermitted || peer.SackPermitted, "RFC 2018 §2: SACK-permitted that was not offered");
            Assert.IsTrue(s.Tsval == null || peer.Tsval != null, "RFC 7323 §3.2: timestamps that were not offered");
            int ecn = s.Flags & TcpOptions.ReservedBits;
            Assert.IsTrue(ecn is NoEcn or TcpFlags.Ece, "RFC 3168 §6.1.1: ECE without CWR says yes, neither says no");
            Assert.IsTrue(ecn == NoEcn || (peer.Flags & TcpOptions.ReservedBits) == TcpOptions.ReservedBits, "RFC 3168 §6.1.1: an ECN-setup SYN,ACK for a SYN that was none");
            talk.Agreed = s;
            return;
        }

        // An active open whose SYN,ACK has come: what both carry.
        if (talk.Agreed == null && talk.OwnSyn is { } own && talk.PeerSyn is { } other)
        {
            bool ecn = (own.Flags & TcpOptions.ReservedBits) == TcpOptions.ReservedBits && (other.Flags & TcpOptions.ReservedBits) == TcpFlags.Ece;
            talk.Agreed = new Segment(TcpFlags.Syn | (ecn ? TcpFlags.Ece : 0), own.Seq, 0)
            {
                SackPermitted = own.SackPermitted && other.SackPermitted,
                Tsval = other.Tsval == null ? null : own.Tsval,
                WindowScale = other.WindowScale == null ? null : own.WindowScale,
            };
        }

        // Without a connection there are only resets, which carry nothing.
        Segment agreed = talk.Agreed ?? new Segment(0, 0, 0);
        bool reset = (s.Flags & TcpFlags.Rst) != 0;
        Assert.IsTrue(s.Sack is not { Count: > 0 } || agreed.SackPermitted, $"RFC 2018 §2: SACK was not permitted: {s}");
        Assert.IsTrue(s.Tsval == null || agreed.Tsval != null, $"RFC 7323 §3.2: timestamps were not agreed on: {s}");
        Assert.IsTrue(s.Tsval != null || agreed.Tsval == null || reset, $"RFC 7323 §3.2: TSopt MUST be sent in every non-<RST> segment: {s}");
        if ((agreed.Flags & TcpFlags.Ece) == 0)
        {
            Assert.AreEqual(0, s.Flags & TcpOptions.ReservedBits, $"RFC 3168 §6.1.1: ECN was not agreed on: {s}");
            Assert.AreEqual(0, s.EcnCodepoint, $"RFC 3168 §6.1.1: ECT without agreement: {s}");
        }
        else if (s.Text!.Length == 0)
        {
            Assert.AreEqual(0, s.EcnCodepoint, $"RFC 3168 §6.1.4: a pure ACK must not carry ECT: {s}");
        }
    }

    private Talk Of(int ownPort, int peerPort)
    {
        if (!_talks.TryGetValue((ownPort, peerPort), out Talk? talk))
        {
            _talks.Add((ownPort, peerPort), talk = new Talk());
        }

        return talk;
    }

    private sealed class Talk
    {
        public Segment? OwnSyn { get; set; }

        public Segment? PeerSyn { get; set; }

        public Segment? Agreed { get; set; }
    }
}
