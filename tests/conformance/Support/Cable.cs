namespace EmbeddedTcp.ConformanceTests.Support;

/// <summary>One frame on its way from one stack to the other.</summary>
/// <param name="FromA">Who sent it.</param>
/// <param name="Number">It is the sender's n-th TCP segment, from 1.</param>
/// <param name="Segment">What it says; null for anything but TCP.</param>
/// <param name="Frame">The bytes.</param>
/// <param name="AtMs">When it was sent.</param>
public sealed record OnTheWire(bool FromA, int Number, Segment? Segment, byte[] Frame, long AtMs)
{
    public bool Has(int flags) => Segment != null && (Segment.Flags & flags) == flags;

    public override string ToString() => $"{AtMs,8} {(FromA ? 'A' : 'B')} {Segment}";

    public bool IsPureAck => Segment is { Length: 0, Flags: TcpFlags.Ack };
}

/// <summary>
/// Two stacks and a cable in virtual time. Each frame takes <see cref="LatencyMs"/>, and <see cref="Fate"/> decides over each one: no entry
/// loses it, one delivers it so many milliseconds late, two duplicate it.
/// </summary>
public sealed class Cable
{
    public const uint AddressA = 0x0A000001;
    public const uint AddressB = 0x0A000002;

    public static readonly int[] Lost = [];
    public static readonly int[] OnTime = [0];

    private readonly PriorityQueue<(bool ToA, byte[] Frame), (long At, long Order)> _flying = new();
    private readonly StackOptions _optionsA;
    private readonly ScriptedDevice _deviceB = new();
    private ScriptedDevice _deviceA = new();
    private readonly Negotiation _agreementsOfA = new();
    private readonly Negotiation _agreementsOfB = new();
    private long _order;
    private int _numberA;
    private int _numberB;

    public Cable(StackOptions? a = null, StackOptions? b = null, long start = 5000)
    {
        NowMs = start;
        _optionsA = a ?? new StackOptions();
        A = Make(_optionsA, AddressA, 0xA, _deviceA);
        B = Make(b ?? new StackOptions(), AddressB, 0xB, _deviceB);
        Fate = _ => OnTime;
        Settle();
    }

    public NetworkInterface A { get; private set; }

    public NetworkInterface B { get; }

    public ScriptedDevice DeviceA => _deviceA;

    public ScriptedDevice DeviceB => _deviceB;

    public long NowMs { get; private set; }

    public int LatencyMs { get; set; } = 1;

    public Func<OnTheWire, int[]> Fate { get; set; }

    /// <summary>The applications look at their connections at least this often, in milliseconds.</summary>
    public int LongestStep { get; set; } = int.MaxValue;

    /// <summary>Every TCP segment that was sent, lost ones included.</summary>
    public List<OnTheWire> Ladder { get; } = [];

    /// <summary>Changes each frame on its way, in place, before its fate is decided.</summary>
    public Action<OnTheWire>? Alter { get; set; }

    /// <summary>Called at each moment at which something can have happened.</summary>
    public Action? EachMoment { get; set; }

    /// <summary>The states the connection between the ports went through on each side.</summary>
    public List<TcpState> StatesA { get; } = [];

    public List<TcpState> StatesB { get; } = [];

    /// <summary>B's port, by which the connection is known.</summary>
    public int Port { get; set; } = 7;

    public static TcpState StateOf(NetworkInterface net, int port)
    {
        TcpEngine tcp = net.Tcp;
        for (int i = 0; i < tcp.SlotCount; i++)
        {
            TcpConnection c = tcp.SlotAt(i);
            if (c.State is not (TcpState.Closed or TcpState.TimeWait) && (c.RemotePort == port || c.LocalPort == port))
            {
                return c.State;
            }
        }

        for (int i = 0; i < tcp.HalfOpen.Capacity; i++)
        {
            if (tcp.HalfOpen.InUseAt(i) && tcp.HalfOpen.LocalPortAt(i) == port)
            {
                return TcpState.SynReceived;
            }
        }

        for (int i = 0; i < tcp.TimeWait.Capacity; i++)
        {
            if (tcp.TimeWait.InUseAt(i) && (tcp.TimeWait.LocalPortAt(i) == port || tcp.TimeWait.RemotePortAt(i) == port))
            {
                return TcpState.TimeWait;
            }
        }

        return Enumerable.Range(0, tcp.ListenerCount).Any(i => tcp.ListenerAt(i)?.Port == port) ? TcpState.Listen : TcpState.Closed;
    }

    /// <summary>Everything that can happen without time passing happens.</summary>
    /// <returns>Milliseconds until the next deadline of either stack or the next arrival.</returns>
    public int Settle()
    {
        for (int turn = 0; turn < 10_000; turn++)
        {
            bool moved = false;
            while (_flying.TryPeek(out _, out (long At, long Order) due) && due.At <= NowMs)
            {
                (bool toA, byte[] frame) = _flying.Dequeue();
                (toA ? _deviceA : _deviceB).Incoming.Enqueue(frame);

                // One frame at a time, so that no state goes by unseen.
                Poll(toA ? A : B);
                moved = true;
            }

            int wait = Math.Min(Poll(A), Poll(B));
            EachMoment?.Invoke();
            moved |= Collect();
            if (!moved && wait > 0)
            {
                wait = Math.Min(A.Flush(), B.Flush());
                if (Collect() || wait == 0)
                {
                    continue;
                }

                return _flying.TryPeek(out _, out (long At, long Order) next) ? (int)Math.Min(wait, next.At - NowMs) : wait;
            }
        }

        throw new AssertFailedException("the two stacks never come to rest");
    }

    /// <summary>Time passes, deadline by deadline.</summary>
    public void Run(int milliseconds)
    {
        long end = NowMs + milliseconds;
        int wait = Settle();
        while (NowMs < end)
        {
            NowMs = Math.Min(end, NowMs + Math.Clamp(wait, 1, LongestStep));
            wait = Settle();
        }
    }

    /// <summary>Time passes until something is true; fails when that takes too long.</summary>
    public void RunUntil(Func<bool> condition, int limit, string what)
    {
        long end = NowMs + limit;
        Settle();
        while (!condition())
        {
            Assert.IsTrue(NowMs < end, $"{what}: not within {limit} ms");

            // What the condition did with the connections is sent before time goes on.
            int wait = Settle();
            NowMs = Math.Min(end, NowMs + Math.Clamp(wait, 1, LongestStep));
            Settle();
        }
    }

    /// <summary>Puts a frame that was recorded earlier on the wire once more.</summary>
    public void Replay(OnTheWire old) => _flying.Enqueue((!old.FromA, old.Frame), (NowMs, _order++));

    /// <summary>A loses its memory and boots again, with the same secret: what it had open is forgotten without a word.</summary>
    public void RebootA()
    {
        _deviceA = new ScriptedDevice();
        A = Make(_optionsA, AddressA, 0xA, _deviceA);
        Settle();
    }

    /// <summary>Opens a connection from A to a fresh listener on B and accepts it.</summary>
    public (TcpConnection Client, TcpConnection Server) Open()
    {
        TcpListener listener = B.Tcp.ListenerAt(0) ?? B.Tcp.Listen(Port, 4);
        TcpConnection? client = A.Tcp.Connect(AddressB, Port);
        Assert.IsNotNull(client);
        TcpConnection? server = null;
        RunUntil(() => (server ??= listener.Accept()) != null && client.State == TcpState.Established, 60_000, "open");
        return (client, server!);
    }

    private static NetworkInterface Make(StackOptions o, uint address, byte id, ScriptedDevice device)
    {
        o.Address = address;
        o.MacAddress = [2, 0, 0, 0, 0, id];
        o.BootSecret = SecretOf(id);
        var net = new NetworkInterface(device, o);
        Assert.IsTrue(net.Open());
        return net;
    }

    /// <summary>What the stack with this last octet of its Ethernet address draws its numbers and ports from.</summary>
    public static byte[] SecretOf(byte id) => [.. Enumerable.Range(1, 16).Select(i => (byte)(i * id))];

    private int Poll(NetworkInterface net)
    {
        int wait = net.Poll(NowMs);
        Note(StatesA, StateOf(A, Port));
        Note(StatesB, StateOf(B, Port));
        return wait;
    }

    private static void Note(List<TcpState> states, TcpState state)
    {
        if (states.Count == 0 || states[^1] != state)
        {
            states.Add(state);
        }
    }

    private Negotiation Agreements(bool ofA) => ofA ? _agreementsOfA : _agreementsOfB;

    private bool Collect()
    {
        bool any = false;
        foreach ((ScriptedDevice device, bool fromA) in new[] { (_deviceA, true), (_deviceB, false) })
        {
            while (device.Outgoing.Count > 0)
            {
                any = true;
                byte[] frame = device.Outgoing.Dequeue();
                Segment? segment = null;
                int number = 0;
                if (Frames.UInt16(frame, 12) == 0x0800)
                {
                    NetworkInterface net = fromA ? A : B;
                    byte[] payload = Frames.CheckedIpv4(frame, net.MacAddress, net.Address, out uint destination, out int protocol);
                    if (protocol == 6)
                    {
                        segment = Frames.CheckedTcp(payload, net.Address, destination, out int source, out int target)
                            with { SourcePort = source, DestinationPort = target, EcnCodepoint = frame[15] & 3 };
                        Agreements(fromA).Leaves(segment, source, target);
                        Agreements(!fromA).Arrives(segment, target, source);
                        number = fromA ? ++_numberA : ++_numberB;
                    }
                }

                var one = new OnTheWire(fromA, number, segment, frame, NowMs);
                if (segment != null)
                {
                    Ladder.Add(one);
                }

                Alter?.Invoke(one);
                foreach (int late in Fate(one))
                {
                    _flying.Enqueue((!fromA, frame), (NowMs + LatencyMs + late, _order++));
                }
            }
        }

        return any;
    }
}
