using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>
/// Two stacks, a cable and a clock of its own: a scenario's applications act on it, and what happens is collected in order.
/// </summary>
public sealed class LabStage
{
    /// <summary>The server's port.</summary>
    public const int Port = 7;

    /// <summary>10.0.0.1.</summary>
    public const uint ClientAddress = 0x0A000001;

    /// <summary>10.0.0.2.</summary>
    public const uint ServerAddress = 0x0A000002;

    /// <summary>Time a frame takes unless somebody wants otherwise, in milliseconds.</summary>
    public const int StandardLatency = 20;

    private const int MostTurns = 10_000;

    private readonly long _startMs;
    private readonly ILabObserver? _observer;
    private bool _moved;

    /// <summary>Sets both stacks up; nothing has been sent yet.</summary>
    /// <param name="options">What the command line changes.</param>
    /// <param name="client">The scenario's options of the client, or null.</param>
    /// <param name="server">The scenario's options of the server, or null.</param>
    /// <param name="startMs">The clock's first value; initial sequence numbers follow from it.</param>
    /// <param name="observer">Sees it happen, or null.</param>
    public LabStage(LabOptions options, Action<StackOptions>? client = null, Action<StackOptions>? server = null, long startMs = 1000, ILabObserver? observer = null)
    {
        _startMs = startMs;
        NowMs = startMs;
        _observer = observer;
        LatencyMs = options.Latency ?? StandardLatency;
        LabWire = new LabWire(LatencyMs, startMs);
        LabWire.Faults.AddRange(options.Faults.Select(f => f with { }));
        Client = new LabSide(this, "client", true, () => Make(options, client));
        Server = new LabSide(this, "server", false, () => Make(options, server));
        Resolve();
    }

    /// <summary>The left side.</summary>
    public LabSide Client { get; }

    /// <summary>The right side.</summary>
    public LabSide Server { get; }

    /// <summary>The clock in milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>Milliseconds since the scenario began.</summary>
    public long Elapsed => NowMs - _startMs;

    /// <summary>Time a frame takes, in milliseconds.</summary>
    public int LatencyMs { get; }

    /// <summary>What happened, in order.</summary>
    public List<LabEvent> Events { get; } = [];

    /// <summary>Segments in the order in which they were sent, lost ones included.</summary>
    public IReadOnlyList<Flight> Flights => LabWire.Flights;

    /// <summary>True when no connection, half-open entry or TIME_WAIT record is left on either side, and nothing is on its way.</summary>
    public bool Quiet => LabWire.NextDue == long.MaxValue
        && new[] { Client, Server }.All(s => s.Net.Tcp.FreeSlots == s.Net.Tcp.SlotCount && s.Net.Tcp.HalfOpen.Count == 0 && s.Net.Tcp.TimeWait.Count == 0);

    /// <summary>Called whenever something may have happened: applications that react.</summary>
    public Action? Each { get; set; }

    /// <summary>True while no segment gets through.</summary>
    public bool Cut
    {
        get => LabWire.Cut;
        set => LabWire.Cut = value;
    }

    /// <summary>Changes a frame on its way, as a sender with other habits would have made it; returns the frame.</summary>
    public Func<bool, WireSegment, byte[], byte[]>? Tamper { get; set; }

    internal LabWire LabWire { get; }

    /// <summary>The narrator says something.</summary>
    public void Say(string text) => Add(new NoteEvent(Elapsed, text));

    /// <summary>The wire misbehaves from now on: drop, delay or duplicate a segment, counted from now.</summary>
    /// <param name="what">What happens.</param>
    /// <param name="which">Which segment, as on the command line.</param>
    public void Arrange(FaultKind what, string which)
    {
        string? error = SegmentFault.Parse(what, which, out SegmentFault fault);
        LabWire.Script.Add(error == null ? fault : throw new LabException($"'{which}' {error}"));
    }

    /// <summary>The wire delivers a segment of the past once more.</summary>
    public void Replay(Flight old)
    {
        Flight? flight = LabWire.Send(old.FromClient, old.Frame, NowMs, replayed: true);
        Add(new SendEvent(Elapsed, old.FromClient ? Client : Server, flight!));
        Settle();
    }

    /// <summary>Lets time pass.</summary>
    public void Run(long milliseconds) => Until(() => false, milliseconds);

    /// <summary>Lets time pass until something is true.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="limit">Milliseconds at most.</param>
    /// <returns>True when it came true.</returns>
    public bool Until(Func<bool> condition, long limit)
    {
        long end = NowMs + limit;
        long next = Settle();
        while (!condition())
        {
            if (NowMs >= end)
            {
                return false;
            }

            next = Math.Min(end, Math.Max(NowMs + 1, next));
            _observer?.TimePasses(this, next - NowMs);
            NowMs = next;
            next = Settle();
        }

        return true;
    }

    /// <summary>Everything happens that needs no time.</summary>
    /// <returns>The moment of the next deadline or arrival.</returns>
    internal long Settle()
    {
        for (int turn = 0; turn < MostTurns; turn++)
        {
            _moved = false;
            while (LabWire.TryTake(NowMs, out (bool ToClient, byte[] Frame, Flight? Flight, int Copy) arrival))
            {
                LabSide side = arrival.ToClient ? Client : Server;
                if (arrival.Flight != null)
                {
                    Add(new ArriveEvent(Elapsed, side, arrival.Flight, arrival.Copy));
                }

                // One frame at a time, so that no state goes by unseen.
                side.Device.Deliver(arrival.Frame);
                Poll(side);
            }

            int wait = Math.Min(Poll(Client), Poll(Server));
            LookAround();
            wait = Math.Min(wait, Math.Min(Flush(Client), Flush(Server)));
            if (!_moved && wait > 0)
            {
                return Math.Min(NowMs + wait, LabWire.NextDue);
            }
        }

        throw new LabException("the two stacks never come to rest");
    }

    internal void Add(LabEvent happening)
    {
        _moved = true;
        Events.Add(happening);
        _observer?.Happened(this, happening);
    }

    internal void Drain(LabSide side) => side.Drain();

    /// <summary>A segment that the stack's trace names goes on the wire; one that waits for ARP comes later, by itself.</summary>
    internal void TakeSegment(LabSide side)
    {
        while (side.Device.TryTake(out byte[] frame))
        {
            if (Transmit(side, frame))
            {
                return;
            }
        }
    }

    /// <summary>Frames that no entry of the trace stands for: ARP, and what has waited for it.</summary>
    internal void TakeRest(LabSide side)
    {
        while (side.Device.TryTake(out byte[] frame))
        {
            Transmit(side, frame);
        }
    }

    /// <summary>Both sides learn each other's hardware address, so that the ladder begins with TCP.</summary>
    internal void Resolve()
    {
        foreach (LabSide side in new[] { Client, Server })
        {
            LabSide other = side.IsClient ? Server : Client;
            byte[] frame = new byte[EthernetHeader.Length + ArpPacket.Length];
            Span<byte> arp = frame.AsSpan(EthernetHeader.Length);
            side.Net.MacAddress.CopyTo(frame, 0);
            other.Net.MacAddress.CopyTo(frame, EthernetHeader.Source);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(EthernetHeader.Type), EthernetHeader.TypeArp);
            BinaryPrimitives.WriteUInt16BigEndian(arp, 1);
            BinaryPrimitives.WriteUInt16BigEndian(arp[2..], EthernetHeader.TypeIpv4);
            (arp[4], arp[5]) = (6, 4);
            BinaryPrimitives.WriteUInt16BigEndian(arp[ArpPacket.Operation..], ArpPacket.Request);
            other.Net.MacAddress.CopyTo(arp[ArpPacket.SenderHardware..]);
            BinaryPrimitives.WriteUInt32BigEndian(arp[ArpPacket.SenderProtocol..], other.Address);
            BinaryPrimitives.WriteUInt32BigEndian(arp[ArpPacket.TargetProtocol..], side.Address);
            side.Device.Deliver(frame);
            side.Net.Poll(NowMs);
            while (side.Device.TryTake(out _))
            {
                // The reply: the other side has been told already.
            }
        }
    }

    private static StackOptions Make(LabOptions options, Action<StackOptions>? scenario)
    {
        var made = new StackOptions();
        scenario?.Invoke(made);
        options.ApplyTo(made);
        return made;
    }

    private bool Transmit(LabSide side, byte[] frame)
    {
        if (Tamper != null && WireSegment.Parse(frame) is { } segment)
        {
            frame = Tamper(side.IsClient, segment, frame);
        }

        Flight? flight = LabWire.Send(side.IsClient, frame, NowMs);
        _moved = true;
        if (flight != null)
        {
            Add(new SendEvent(Elapsed, side, flight));
        }

        return flight != null;
    }

    private int Poll(LabSide side)
    {
        int wait = side.Net.Poll(NowMs);
        side.Drain();
        return wait;
    }

    private int Flush(LabSide side)
    {
        int wait = side.Net.Flush();
        side.Drain();
        return wait;
    }

    private void LookAround()
    {
        foreach (LabSide side in new[] { Client, Server })
        {
            if (side.AcceptsAtOnce)
            {
                side.Accept();
            }

            foreach (LabSocket socket in side.Sockets.ToArray())
            {
                socket.LookAround();
            }
        }

        Each?.Invoke();
    }
}
