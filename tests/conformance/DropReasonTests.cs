namespace EmbeddedTcp.ConformanceTests;

/// <summary>Rule 4: nothing is dropped in silence. Each reason has a situation that provokes it, and a name.</summary>
[TestClass]
public class DropReasonTests
{
    private static readonly byte[] Everyone = [255, 255, 255, 255, 255, 255];

    private static byte[] Ip(byte[] datagram) => Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x0800, datagram);

    private static byte[] Tampered(Func<Dialogue, Segment> segment, Dialogue t, Action<byte[]> change, bool repair)
    {
        byte[] frame = t.ToFrame(segment(t));
        change(frame);
        if (repair)
        {
            Frames.FixIpv4Checksum(frame, 14);
        }

        return frame;
    }

    private static Segment AnyText(Dialogue t) => t.PeerText(t.RcvNxt, t.SndNxt, 20);

    private static Dialogue With(Action<Dialogue> act)
    {
        var t = Dialogue.Established();
        act(t);
        return t;
    }

    private static Dialogue Frame(Func<Dialogue, byte[]> frame) => With(t =>
    {
        t.Device.Incoming.Enqueue(frame(t));
        t.Poll();
    });

    private static Dialogue Received(Func<Dialogue, Segment> segment) => With(t => t.Receives(segment(t)));

    // A half-open peer whose SYN carried the timestamp 100, then one segment.
    private static Dialogue Stamped(Func<Dialogue, Segment> segment)
    {
        var t = Dialogue.Listening(new StackOptions { Timestamps = true });
        t.Receives(Syn.At(Dialogue.PeerIss) with { Options = [2, 4, 5, 180, 1, 1, 8, 10, 0, 0, 0, 100, 0, 0, 0, 0] });
        t.Receives(segment(t));
        return t;
    }

    private static Dialogue Unresolved(int targets)
    {
        var t = new Dialogue { AnswersArp = false };
        for (uint i = 0; i < targets; i++)
        {
            t.Tcp.Connect(0x0A000050 + i, 80);
        }

        t.Wait(60_000);
        return t;
    }

    private static Dialogue Backlog(int connections, int backlog)
    {
        var t = Dialogue.Listening(new StackOptions { Connections = connections }, backlog);
        for (int port = 1; port <= 3; port++)
        {
            t.PeerPort = port;
            t.Receives(Syn.At(9));
            uint iss = t.Next().Seq;
            t.Receives(Ack.At(10, iss + 1));
        }

        return t;
    }

    // A datagram of six octets that was tampered with, for a port that is bound if it is not 0, sent more often than its queue is long.
    private static Dialogue Udp(Action<byte[]> change, int bind)
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1, UdpQueueLength = 2 });
        if (bind != 0)
        {
            Assert.IsNotNull(t.Net.Udp.Bind(bind));
        }

        for (int i = 0; i < 3; i++)
        {
            byte[] frame = Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 17, Frames.Udp(Dialogue.Peer, Dialogue.Own, 5, 3000, new byte[6])));
            change(frame);
            t.Receives(frame);
        }

        return t;
    }

    // Fragments of one datagram of UDP, given by offset, length and whether more follow.
    private static Dialogue Pieces(params (int Offset, int Length, bool More)[] pieces)
    {
        var t = new Dialogue(new StackOptions { UdpSockets = 1, ReassemblyDatagrams = 1, ReassemblySize = 1000 });
        foreach ((int offset, int length, bool more) in pieces)
        {
            byte[] ip = Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 17, new byte[length]);
            (ip[6], ip[7]) = ((byte)((more ? 0x20 : 0) | offset >> 11), (byte)(offset >> 3));
            Frames.FixIpv4Checksum(ip, 0);
            t.Receives(Ip(ip));
        }

        return t;
    }

    private static readonly Dictionary<DropReason, Func<Dialogue>> Rows = new()
    {
        [DropReason.FrameTooShort] = () => Frame(t => t.ToFrame(AnyText(t))[..33]),
        [DropReason.NotOurMac] = () => Frame(t =>
        {
            byte[] f = t.ToFrame(AnyText(t));
            f[5] ^= 1;
            return f;
        }),
        [DropReason.UnknownEtherType] = () => Frame(_ => Frames.Ethernet(Dialogue.OwnMac, Dialogue.PeerMac, 0x86DD, new byte[46])),
        [DropReason.BadArp] = () => Frame(_ =>
            Frames.Ethernet(Everyone, Dialogue.PeerMac, 0x0806, Frames.Arp(2, [3, 0, 0, 0, 0, 1], Dialogue.Peer, Dialogue.OwnMac, Dialogue.Own))),
        [DropReason.ArpQueueFull] = () => Unresolved(3),
        [DropReason.ArpUnresolved] = () => Unresolved(1),
        [DropReason.NoRoute] = () =>
        {
            var t = new NetworkInterface(new ScriptedDevice(), new StackOptions { Gateway = 0 });
            t.Poll(1);
            Assert.IsNull(t.Tcp.Connect(0x08080808, 80));
            Assert.AreEqual(1, t.Counters.Drops[(int)DropReason.NoRoute]);
            return null!;
        },
        [DropReason.BadIpHeader] = () => Frame(t => Tampered(AnyText, t, f => f[14] = 0x65, true)),
        [DropReason.BadIpChecksum] = () => Frame(t => Tampered(AnyText, t, f => f[24] ^= 1, false)),
        [DropReason.IpFragment] = () => Frame(t => Tampered(AnyText, t, f => f[20] = 0x20, true)),
        [DropReason.BadIpSource] = () => Frame(t => Tampered(AnyText, t, f => f[26] = 240, true)),
        [DropReason.NotOurAddress] = () => Frame(t => Tampered(AnyText, t, f => f[33] ^= 0x40, true)),
        [DropReason.UnknownProtocol] = () => Frame(_ => Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 47, new byte[30]))),
        [DropReason.UnknownIcmp] = () => Frame(_ => Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 1, Frames.Icmp(13, 0, 0, new byte[12])))),
        [DropReason.BadIcmpChecksum] = () => Frame(_ =>
        {
            byte[] icmp = Frames.Icmp(8, 0, 0, new byte[12]);
            icmp[10] ^= 1;
            return Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 1, icmp));
        }),
        [DropReason.IcmpNotInFlight] = () => Frame(t =>
        {
            byte[] tcp = Frames.Tcp(Dialogue.Own, Dialogue.Peer, Dialogue.OwnPort, t.PeerPort, Ack.At(t.SndNxt, 0), 0);
            return Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 1, Frames.Icmp(3, 3, 0, Frames.Ipv4(Dialogue.Own, Dialogue.Peer, 6, tcp[..8]))));
        }),
        [DropReason.BadTcpHeader] = () => Frame(t => Tampered(AnyText, t, f => f[46] = 0xF0, false)),
        [DropReason.BadTcpChecksum] = () => Frame(t => Tampered(AnyText, t, f => f[60] ^= 1, false)),
        [DropReason.TcpNotUnicast] = () => Frame(t => Tampered(AnyText, t, f => Everyone.CopyTo(f, 0), false)),
        [DropReason.NoConnection] = () => Received(_ => Syn.At(1) with { DestinationPort = 4711 }),
        [DropReason.OutOfWindow] = () => Received(t => t.PeerText(t.RcvNxt + 100_000, t.SndNxt, 1)),
        [DropReason.BadAcknowledgment] = () => Received(t => Ack.At(t.RcvNxt, t.SndNxt + 1)),
        [DropReason.RstIgnored] = () => Received(t => Rst.At(t.RcvNxt + 1)),
        [DropReason.SynInWindow] = () => Received(t => Syn.At(t.RcvNxt + 1)),
        [DropReason.NoAckFlag] = () => Received(t => Control.At(0, t.RcvNxt, 0)),
        [DropReason.Unexpected] = () => Received(_ => Control.At(TcpFlags.Psh, 1, 0) with { SourcePort = 5 }),
        [DropReason.ChallengeThrottled] = () => With(t =>
        {
            for (int i = 0; i < 11; i++)
            {
                t.Receives(Rst.At(t.RcvNxt + 1));
            }
        }),
        [DropReason.SynTableFull] = () =>
        {
            var t = Dialogue.Listening(new StackOptions { SynTableSize = 1, SynCookies = false });
            t.Receives(Syn.At(1));
            t.Receives(Syn.At(1) with { SourcePort = 5 });
            return t;
        },
        [DropReason.BacklogFull] = () => Backlog(4, 2),
        [DropReason.NoSlot] = () => Backlog(2, 4),
        [DropReason.ReassemblyFull] = () => With(t =>
        {
            for (uint i = 1; i <= 5; i++)
            {
                t.Receives(t.PeerText(t.RcvNxt + i * 10, t.SndNxt, 5));
            }
        }),
        [DropReason.DataAfterClose] = () => With(t =>
        {
            t.C.Close();
            t.Receives(t.PeerText(Dialogue.PeerIss + 1, t.SndNxt, 5));
        }),
        [DropReason.OldTimestamp] = () => Stamped(t => t.PeerText(t.RcvNxt, t.SndNxt, 5) with { Options = [1, 1, 8, 10, 0, 0, 0, 99, 0, 0, 0, 0] }),
        [DropReason.MissingTimestamp] = () => Stamped(t => t.PeerText(t.RcvNxt, t.SndNxt, 5)),
        [DropReason.DeviceBusy] = () => With(t =>
        {
            t.Device.Accepts = () => false;
            t.Receives(Syn.At(1) with { DestinationPort = 4711 });
        }),
        [DropReason.FragmentOverlap] = () => Pieces((0, 16, true), (8, 16, true)),
        [DropReason.FragmentRepeated] = () => Pieces((0, 16, true), (0, 16, true)),
        [DropReason.FragmentTooLong] = () => Pieces((992, 16, true)),
        [DropReason.FragmentNoRoom] = () =>
        {
            var t = Pieces((0, 16, true));
            byte[] ip = Frames.Ipv4(0x0A000003, Dialogue.Own, 17, new byte[16]);
            ip[6] = 0x20;
            Frames.FixIpv4Checksum(ip, 0);
            t.Receives(Ip(ip));
            return t;
        },
        [DropReason.FragmentTimedOut] = () =>
        {
            var t = Pieces((0, 16, true));
            t.Wait(60_000);
            return t;
        },
        [DropReason.BadUdpHeader] = () => Udp(f => f[^9]++, 0),
        [DropReason.BadUdpChecksum] = () => Udp(f => f[^1] ^= 1, 0),
        [DropReason.NoUdpSocket] = () => Udp(_ => { }, 0),
        [DropReason.UdpQueueFull] = () => Udp(_ => { }, 3000),
        [DropReason.IcmpThrottled] = () =>
        {
            var t = new Dialogue(new StackOptions { IcmpErrorsPerSecond = 1 });
            t.Receives(Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 47, new byte[30])));
            t.Receives(Ip(Frames.Ipv4(Dialogue.Peer, Dialogue.Own, 47, new byte[30])));
            return t;
        },
    };

    [TestMethod]
    public void Each_reason_is_provoked_and_named()
    {
        var missing = new List<string>();
        for (DropReason reason = 0; reason < DropReason.Count; reason++)
        {
            Assert.IsTrue(Rows.TryGetValue(reason, out Func<Dialogue>? provoke), $"no row provokes {reason}");
            Dialogue t = provoke();
            if (t != null && t.Drops(reason) == 0)
            {
                missing.Add(reason.ToString());
            }
        }

        Assert.AreEqual("", string.Join(", ", missing));
        Assert.AreEqual((int)DropReason.Count, Enumerable.Range(0, (int)DropReason.Count).Select(i => DropReasonName.Of((DropReason)i)).Distinct().Count());
    }

    [TestMethod]   // RFC 1122 §3.2.1.3: the sources no datagram may have, each by itself; nothing is ever answered
    public void Impossible_sources_are_dropped()
    {
        foreach (uint source in new uint[] { 0, 0x00000001, 0x7F000001, 0xE0000001, 0xF0000001, 0xFFFFFFFF, 0x0A0000FF, Dialogue.Own })
        {
            var t = Dialogue.Listening();
            byte[] tcp = Frames.Tcp(source, Dialogue.Own, 5, 7, Syn.At(1), 100);
            t.Receives(Ip(Frames.Ipv4(source, Dialogue.Own, 6, tcp)));
            t.Receives(Ip(Frames.Ipv4(source, Dialogue.Own, 1, Frames.Icmp(8, 0, 0, new byte[8]))));
            Assert.AreEqual(2, t.Drops(DropReason.BadIpSource), source.ToString("x8"));
            t.SendsNothing();
            Assert.AreEqual(0, t.OtherFrames.Count);
            Assert.AreEqual(0, t.Tcp.HalfOpen.Count);
        }
    }

    [TestMethod]   // RFC 791: version, header length, total length against the frame
    public void Bad_ip_headers_are_dropped()
    {
        Action<byte[]>[] changes =
        [
            f => f[14] = 0x44, f => f[14] = 0x40, f => f[14] = 0x55, f => (f[16], f[17]) = (0, 19), f => (f[16], f[17]) = (0, 0),
            f => (f[16], f[17]) = (0xFF, 0xFF), f => (f[16], f[17]) = (0, (byte)(f.Length - 14 + 1)),
        ];
        foreach (Action<byte[]> change in changes)
        {
            Dialogue t = Frame(t => Tampered(t => t.PeerText(t.RcvNxt, t.SndNxt, 40), t, change, true));
            Assert.AreEqual(1, t.Drops(DropReason.BadIpHeader));
            Assert.AreEqual(0, t.C.Available);
        }
    }

    [TestMethod]   // every single wrong bit of header or text is found by one checksum or the other
    public void Every_flipped_bit_is_found()
    {
        var t = Dialogue.Established();
        uint peer = t.RcvNxt;
        byte[] good = t.ToFrame(t.PeerText(peer, t.SndNxt, 33));
        for (int bit = 14 * 8; bit < good.Length * 8; bit++)
        {
            byte[] frame = [.. good];
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            t.Device.Incoming.Enqueue(frame);
            t.Poll();
        }

        t.SendsNothing();
        Assert.AreEqual(0, t.C.Available);
        int drops = t.Drops(DropReason.BadIpHeader) + t.Drops(DropReason.BadIpChecksum) + t.Drops(DropReason.BadTcpHeader) + t.Drops(DropReason.BadTcpChecksum);
        Assert.AreEqual((good.Length - 14) * 8, drops);
    }
}
