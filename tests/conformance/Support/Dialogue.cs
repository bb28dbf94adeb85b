namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>
/// One engine in virtual time and a test that plays its peer, segment by segment. Every frame the engine emits is verified in full by
/// <see cref="Frames"/> before it is compared with what the test expects.
/// </summary>
public sealed partial class Dialogue
{
    public const uint Own = 0x0A000002;
    public const uint Peer = 0x0A000001;
    public const uint Gateway = 0x0A0000FE;
    public const int OwnPort = 7;
    public const uint PeerIss = 0x30000000;

    public static readonly byte[] OwnMac = [2, 0, 0, 0, 0, 2];
    public static readonly byte[] PeerMac = [2, 0, 0, 0, 0, 1];

    private readonly Queue<Segment> _sent = new();
    private uint _sndMax;
    private bool _sndKnown;
    private uint _lastAck;
    private int _ownPort = OwnPort;

    public Dialogue(StackOptions? options = null, long start = 1_000_000)
    {
        StackOptions o = options ?? new StackOptions();
        o.Address = Own;
        o.MacAddress = OwnMac;
        o.Gateway = Gateway;
        o.BootSecret = [.. Enumerable.Range(1, 16).Select(i => (byte)(i * 13))];
        Options = o;
        NowMs = start;
        Net = new NetworkInterface(Device, o);
        Assert.IsTrue(Net.Open());
        Poll();
    }

    public StackOptions Options { get; }

    public ScriptedDevice Device { get; } = new();

    public NetworkInterface Net { get; }

    public TcpEngine Tcp => Net.Tcp;

    public StackCounters Counters => Net.Counters;

    public long NowMs { get; private set; }

    public TcpListener? Listener { get; private set; }

    /// <summary>The engine's side of the connection, once the application has it.</summary>
    public TcpConnection? Slot { get; set; }

    public TcpConnection C => Slot ?? throw new InvalidOperationException("no connection");

    public int PeerPort { get; set; } = 40000;

    /// <summary>What the peer's segments announce when they say nothing else.</summary>
    public int PeerWindow { get; set; } = 8192;

    /// <summary>False leaves ARP requests unanswered.</summary>
    public bool AnswersArp { get; set; } = true;

    /// <summary>Other frames than TCP and ARP requests for the peers, in the order they were sent.</summary>
    public Queue<byte[]> OtherFrames { get; } = new();

    /// <summary>The engine's initial sequence number, from its SYN.</summary>
    public uint Iss { get; private set; }

    /// <summary>One past the highest sequence number the engine has sent.</summary>
    public uint SndNxt => _sndMax;

    /// <summary>What the engine expects next from the peer.</summary>
    public uint RcvNxt => Slot is { InUse: true, State: not TcpState.SynSent } c ? c.ReceiveNext : _lastAck;

    public static Dialogue Listening(StackOptions? options = null, int backlog = 2)
    {
        var t = new Dialogue(options);
        t.Listens(backlog);
        return t;
    }

    /// <summary>A passive open.</summary>
    public void Listens(int backlog = 2) => Listener = Tcp.Listen(OwnPort, backlog);

    /// <summary>A connection opened by the peer.</summary>
    public static Dialogue Established(StackOptions? options = null, int mss = 1460, int window = 8192)
    {
        Dialogue t = Listening(options);
        t.PeerWindow = window;
        t.Opens(PeerIss, mss);
        return t;
    }

    /// <summary>A connection opened by us.</summary>
    public static Dialogue Connected(StackOptions? options = null, int mss = 1460, int window = 8192)
    {
        var t = new Dialogue(options) { PeerWindow = window };
        t.Connects();
        t.Receives(SynAck.At(PeerIss, t.Iss + 1) with { Mss = mss });
        t.Sends(Ack.At(t.Iss + 1, PeerIss + 1));
        t.IsIn(TcpState.Established);
        return t;
    }

    /// <summary>The peer opens a connection and the application accepts it.</summary>
    public void Opens(uint peerIss, int? mss = 1460)
    {
        Forget();
        Receives(Syn.At(peerIss) with { Mss = mss });
        Segment synAck = Next();
        Assert.AreEqual(TcpFlags.Syn | TcpFlags.Ack, synAck.Flags & ~TcpOptions.ReservedBits);
        Assert.AreEqual(peerIss + 1, synAck.Ack);
        Iss = synAck.Seq;
        Receives(Ack.At(peerIss + 1, Iss + 1));
        SendsNothing();
        Slot = Listener!.Accept();
        Assert.IsNotNull(Slot);
        IsIn(TcpState.Established);
    }

    /// <summary>Our application calls Connect; the SYN is checked and taken.</summary>
    public void Connects(int port = 80)
    {
        Forget();
        PeerPort = port;
        Slot = Tcp.Connect(Peer, port);
        Assert.IsNotNull(Slot);
        _ownPort = Slot.LocalPort;
        Segment syn = Next();
        Assert.AreEqual(TcpFlags.Syn, syn.Flags & ~TcpOptions.ReservedBits);
        Assert.AreEqual(Options.Mtu - 40, syn.Mss);
        Iss = syn.Seq;
        IsIn(TcpState.SynSent);
    }

    /// <summary>A new connection begins: sequence numbers of the old one mean nothing.</summary>
    public void Forget()
    {
        Poll();
        Assert.AreEqual(0, _sent.Count, "segments that nobody looked at: " + string.Join(" ", _sent));
        _sndKnown = false;
        Slot = null;
    }

    /// <summary>A segment of the peer arrives.</summary>
    public void Receives(Segment s) => Receives(ToFrame(s));

    /// <summary>A frame arrives, padded to Ethernet's minimum with rubbish that must be ignored.</summary>
    public void Receives(byte[] frame)
    {
        NoteArrival(frame);
        Device.Incoming.Enqueue(frame.Length >= 60 ? frame : [.. frame, .. Enumerable.Repeat((byte)0x5A, 60 - frame.Length)]);
        Poll();
    }

    public byte[] ToFrame(Segment s) => Frames.Ethernet(OwnMac, PeerMac, 0x0800, Frames.Ipv4(Peer, Own, 6, ToTcp(s), service: s.EcnCodepoint));

    public byte[] ToTcp(Segment s)
        => Frames.Tcp(Peer, Own, s.SourcePort ?? PeerPort, s.DestinationPort ?? _ownPort, AsThePeerSendsIt(s), s.Window ?? PeerWindow);

    /// <summary>The engine's next segment is this one.</summary>
    public void Sends(Segment expected) => Compare(expected, Next());

    /// <summary>The engine's next segment carries these octets of its stream, which began behind ISS.</summary>
    public void SendsText(uint from, int count)
    {
        Segment s = Next();
        Assert.AreEqual(from, s.Seq, $"SEG.SEQ of {s}");
        Assert.AreEqual(count, s.Text!.Length, $"length of {s}");
        CollectionAssert.AreEqual(Pattern.Of(from - Iss - 1, count), s.Text, "octets out of place");
    }

    /// <summary>The engine has nothing more to say at this moment.</summary>
    public void SendsNothing()
    {
        Poll();
        Assert.AreEqual(0, _sent.Count, "unexpected: " + string.Join(" ", _sent));
    }

    /// <summary>The engine's next segment.</summary>
    public Segment Next() => Peek() is { } s ? _sent.Dequeue() : throw new AssertFailedException("the engine sent nothing");

    /// <summary>The engine's next segment, which stays, or null.</summary>
    public Segment? Peek()
    {
        Poll();
        return _sent.Count > 0 ? _sent.Peek() : null;
    }

    /// <summary>All the engine has to say now.</summary>
    public List<Segment> All()
    {
        Poll();
        var all = _sent.ToList();
        _sent.Clear();
        return all;
    }

    /// <summary>Time passes, deadline by deadline.</summary>
    public void Wait(int milliseconds)
    {
        long end = NowMs + milliseconds;
        int wait = Poll();
        int turns = 0;
        while (NowMs < end)
        {
            Assert.IsTrue(turns++ < 100_000, "the engine asks to be polled without end");
            NowMs = Math.Min(end, NowMs + Math.Max(wait, 1));
            wait = Poll();
        }
    }

    /// <summary>Time passes until the engine sends something; fails when it does not within the limit.</summary>
    /// <returns>The milliseconds that took.</returns>
    public int WaitForSegment(int limit)
    {
        long start = NowMs;
        while (Peek() == null)
        {
            Assert.IsTrue(NowMs - start < limit, $"nothing was sent within {limit} ms");
            int wait = Poll();
            NowMs += Math.Clamp(wait, 1, (int)(start + limit - NowMs));
        }

        return (int)(NowMs - start);
    }

    /// <summary>The application writes octets that continue the pattern.</summary>
    public int Writes(int count)
    {
        int n = C.Write(Pattern.Of(_written, count), 0, count);
        _written += (uint)Math.Max(n, 0);
        return n;
    }

    /// <summary>The application reads and must get the next octets of the pattern.</summary>
    public void Reads(int count)
    {
        byte[] buffer = new byte[count + 1];
        int n = C.Read(buffer, 0, count);
        Assert.AreEqual(count, n, "octets read");
        CollectionAssert.AreEqual(Pattern.Of(_read, count), buffer[..count], "octets out of place");
        _read += (uint)count;
    }

    /// <summary>The peer's next text, whose octets are a function of their place.</summary>
    public Segment PeerText(uint seq, uint ack, int count) => Text.At(seq, ack, PeerIss + 1, count);

    public void IsIn(TcpState state) => Assert.AreEqual(state, State);

    /// <summary>The state of this dialogue's connection, wherever the engine keeps it.</summary>
    public TcpState State
    {
        get
        {
            for (int i = 0; i < Tcp.SlotCount; i++)
            {
                TcpConnection c = Tcp.SlotAt(i);
                if (c.State != TcpState.Closed && c.State != TcpState.TimeWait && c.RemotePort == PeerPort && c.LocalPort == _ownPort)
                {
                    return c.State;
                }
            }

            if (Enumerable.Range(0, Tcp.HalfOpen.Capacity).Any(i => Tcp.HalfOpen.InUseAt(i) && Tcp.HalfOpen.RemotePortAt(i) == PeerPort))
            {
                return TcpState.SynReceived;
            }

            if (Enumerable.Range(0, Tcp.TimeWait.Capacity).Any(i => Tcp.TimeWait.InUseAt(i) && Tcp.TimeWait.RemotePortAt(i) == PeerPort))
            {
                return TcpState.TimeWait;
            }

            return Listener != null ? TcpState.Listen : TcpState.Closed;
        }
    }

    public int Drops(DropReason reason) => Counters.Drops[(int)reason];

    public int Poll()
    {
        int wait = 0;
        for (int turn = 0; turn < 1000; turn++)
        {
            wait = Net.Poll(NowMs);
            while (Device.Outgoing.Count > 0)
            {
                Look(Device.Outgoing.Dequeue());
            }

            if (wait > 0 && Device.Incoming.Count == 0)
            {
                break;
            }
        }

        Assert.IsTrue(wait > 0, "the engine never comes to rest");
        return wait;
    }

    private uint _written;
    private uint _read;

    /// <summary>Both directions of the pattern begin anew.</summary>
    public void RestartPatterns()
    {
        _written = 0;
        _read = 0;
    }

    private void Look(byte[] frame)
    {
        int type = Frames.UInt16(frame, 12);
        if (type == 0x0806)
        {
            uint target = Frames.UInt32(frame, 14 + 24);
            if (AnswersArp && frame[14 + 7] == 1 && (target == Peer || target == Gateway))
            {
                Device.Incoming.Enqueue(Frames.Ethernet(OwnMac, PeerMac, 0x0806, Frames.Arp(2, PeerMac, target, OwnMac, Own)));
                return;
            }

            OtherFrames.Enqueue(frame);
            return;
        }

        Assert.AreEqual(0x0800, type, "EtherType");
        bool tcp = frame[23] == 6;
        byte[] payload = Frames.CheckedIpv4(
            frame, OwnMac, Net.Address, out uint destination, out int protocol, tcp && AnyService ? frame[15] >> 2 : 0, tcp && AnyService ? frame[22] : 64);
        if (protocol != 6)
        {
            OtherFrames.Enqueue(frame);
            return;
        }

        CollectionAssert.AreEqual(PeerMac, frame[..6], "Ethernet destination");
        Segment s = Frames.CheckedTcp(payload, Net.Address, destination, out int sourcePort, out int destinationPort);
        s = s with
        {
            SourcePort = sourcePort, DestinationPort = destinationPort, EcnCodepoint = frame[15] & 3, Dscp = frame[15] >> 2, TimeToLive = frame[22],
        };
        _agreements.Leaves(s, sourcePort, destinationPort);
        if (destinationPort == PeerPort)
        {
            NoteDeparture(s);
        }

        if ((s.Flags & TcpFlags.Rst) == 0 && destinationPort == PeerPort)
        {
            if (!_sndKnown || (int)(s.End - _sndMax) > 0)
            {
                _sndMax = s.End;
                _sndKnown = true;
            }

            _lastAck = s.Ack;
        }

        _sent.Enqueue(s);
    }

    private void Compare(Segment expected, Segment actual)
    {
        int mask = expected.ComparePush ? 0xFF : ~TcpFlags.Psh;
        bool same = (expected.Flags & mask) == (actual.Flags & mask) && expected.Seq == actual.Seq
            && expected.Ack == actual.Ack
            && (expected.Text == null || expected.Text.AsSpan().SequenceEqual(actual.Text))
            && (expected.Window == null || expected.Window == actual.Window)
            && (expected.Mss == null || expected.Mss == actual.Mss)
            && (expected.WindowScale == null || expected.WindowScale == actual.WindowScale)
            && (!expected.SackPermitted || actual.SackPermitted)
            && (expected.Tsval == null || expected.Tsval == actual.Tsval)
            && (expected.Tsecr == null || expected.Tsecr == actual.Tsecr)
            && (expected.Sack == null || expected.Sack.SequenceEqual(actual.Sack!))
            && (expected.DestinationPort ?? PeerPort) == actual.DestinationPort;
        Assert.IsTrue(same, $"expected {expected}, the engine sent {actual} to port {actual.DestinationPort}");
    }
}
