using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Services.Ping;

namespace EmbeddedTcp.ConformanceTests;

/// <summary>The user's side of ping (RFC 792, RFC 1122 §3.2.2.6), frame by frame.</summary>
[TestClass]
public sealed class EchoRequesterTests
{
    [TestMethod]   // RFC 792: the reply has identifier, sequence number and data of the request; anything else is nobody's
    public void Replies_and_errors_find_their_request()
    {
        var t = Dialogue.Established(); // So that the peer's hardware address is known.
        var r = new EchoRequester(t.Net);
        byte[] first = Request(t, r, 10);
        Assert.AreEqual(8, first[0]);
        uint rest = Frames.UInt32(first, 4);
        Reply(t, rest ^ 0x00010000, first[8..]);
        Reply(t, rest + 1, first[8..]);
        Reply(t, rest, first[8..], source: 0x0A4D0063);
        Assert.AreEqual((0, -1, 3), (r.Received, r.RoundTripOf(0), t.Drops(DropReason.UnknownIcmp)));
        Reply(t, rest, first[8..]);
        Assert.AreEqual((1, 0, 10), (r.Received, r.RoundTripOf(0), r.ReplySize));
        Reply(t, rest, first[8..]);
        Assert.AreEqual((1, 1), (r.Received, r.Duplicates));

        // An error that quotes a request that is waiting; not one that is answered, or was never sent.
        byte[] second = Request(t, r, 0);
        Unreachable(t, first);
        Unreachable(t, Frames.Icmp(8, 0, rest + 7, []));
        Unreachable(t, Frames.Icmp(0, 0, rest + 1, []));
        Assert.AreEqual((-1, 3), (r.RoundTripOf(1), t.Drops(DropReason.IcmpNotInFlight)));
        Unreachable(t, second);
        Assert.AreEqual((-2, 3, 1, Dialogue.Peer), (r.RoundTripOf(1), r.ErrorType, r.ErrorCode, r.ErrorFrom));
        Assert.AreEqual(1, t.Counters.IcmpErrorsIn);

        // Closed, it hears nothing.
        r.Close();
        int dropped = t.Drops(DropReason.UnknownIcmp);
        Reply(t, rest + 1, []);
        Assert.AreEqual((1, dropped + 1), (r.Received, t.Drops(DropReason.UnknownIcmp)));
    }

    private static byte[] Request(Dialogue t, EchoRequester r, int size)
    {
        Assert.IsTrue(r.Send(Dialogue.Peer, size));
        t.All();
        byte[] icmp = Frames.CheckedIpv4(t.OtherFrames.Dequeue(), Dialogue.OwnMac, Dialogue.Own, out uint destination, out int protocol);
        Assert.AreEqual((Dialogue.Peer, 1, 8 + size), (destination, protocol, icmp.Length));
        return icmp;
    }

    private static void Reply(Dialogue t, uint rest, byte[] data, uint? source = null)
        => t.Receives(Datagram(Frames.Ipv4(source ?? Dialogue.Peer, Dialogue.Own, 1, Frames.Icmp(0, 0, rest, data))));

    private static void Unreachable(Dialogue t, byte[] request)
        => t.Receives(Datagram(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 1,
            Frames.Icmp(3, 1, 0, Frames.Ipv4(Dialogue.Own, Dialogue.Peer, 1, request)[..28]))));

    private static byte[] Datagram(byte[] ip) => Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, ip);
}
