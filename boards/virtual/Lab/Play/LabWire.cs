using System;
using System.Collections.Generic;
using System.Linq;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>The cable between both stacks: each frame takes its time, and faults befall given segments.</summary>
internal sealed class LabWire(int latencyMs, long startMs)
{
    private const int LargeText = 500;

    private readonly PriorityQueue<(bool ToClient, byte[] Frame, Flight? Flight, int Copy), (long At, long Order)> _flying = new();
    private readonly Dictionary<(bool Client, int Local, int Remote), (uint Origin, uint Highest, bool SynAck)> _streams = [];
    private readonly long[] _lastArrival = new long[2];
    private long _order;

    /// <summary>Faults asked for on the command line; their hits replace what the scenario wants.</summary>
    internal List<SegmentFault> Faults { get; } = [];

    /// <summary>Faults of the scenario itself.</summary>
    internal List<SegmentFault> Script { get; } = [];

    /// <summary>True while nothing gets through: a cable pulled out, a peer that lost its power.</summary>
    internal bool Cut { get; set; }

    internal List<Flight> Flights { get; } = [];

    internal long NextDue => _flying.TryPeek(out _, out (long At, long Order) due) ? due.At : long.MaxValue;

    internal bool TryTake(long nowMs, out (bool ToClient, byte[] Frame, Flight? Flight, int Copy) arrival)
    {
        arrival = default;
        if (NextDue > nowMs)
        {
            return false;
        }

        arrival = _flying.Dequeue();
        return true;
    }

    /// <summary>A frame enters the wire.</summary>
    /// <returns>Its flight, or null when it is no segment.</returns>
    internal Flight? Send(bool fromClient, byte[] frame, long nowMs, bool replayed = false)
    {
        WireSegment? segment = WireSegment.Parse(frame);
        if (segment == null)
        {
            // ARP gets through always: what is cut off lies behind a router that answers it.
            Enqueue(!fromClient, frame, null, 0, nowMs + latencyMs);
            return null;
        }

        Flight flight = Describe(fromClient, frame, nowMs, segment, replayed);
        Flights.Add(flight);
        string side = fromClient ? "client" : "server";
        List<SegmentFault> hits = [.. Script.Concat(Faults).Where(f => f.Hits(side, segment))];
        if (Cut || hits.Exists(f => f.What == FaultKind.Drop))
        {
            return flight;
        }

        // A cable of about 12 Mbit/s: a large frame arrives a millisecond behind the one before it, and none overtakes another.
        int direction = fromClient ? 0 : 1;
        int lineTime = segment.Text >= LargeText ? 1 : 0;
        _lastArrival[direction] = Math.Max(nowMs + latencyMs, _lastArrival[direction] + lineTime);
        long at = _lastArrival[direction] + hits.Where(f => f.What == FaultKind.Delay).Sum(f => (long)f.Milliseconds);
        flight.ArrivesMs.Add(at - startMs);
        flight.ArrivesMs.AddRange(hits.Where(f => f.What == FaultKind.Duplicate).Select(f => at - startMs + f.Milliseconds));
        for (int copy = 0; copy < flight.ArrivesMs.Count; copy++)
        {
            Enqueue(!fromClient, frame, flight, copy, startMs + flight.ArrivesMs[copy]);
        }

        return flight;
    }

    private void Enqueue(bool toClient, byte[] frame, Flight? flight, int copy, long at)
    {
        _flying.Enqueue((toClient, frame, flight, copy), (at, _order++));
    }

    // Numbers are told relative to the initial ones of the stream they belong to, as an onlooker knows them from its SYNs.
    private Flight Describe(bool fromClient, byte[] frame, long nowMs, WireSegment segment, bool replayed)
    {
        var own = (fromClient, segment.SourcePort, segment.DestinationPort);
        var other = (!fromClient, segment.DestinationPort, segment.SourcePort);
        bool known = _streams.TryGetValue(own, out (uint Origin, uint Highest, bool SynAck) stream);
        uint end = segment.Seq + (uint)segment.Length;
        bool again = known && segment.Length > 0 && !replayed && (int)(stream.Highest - end) >= 0;
        if (segment.Has(TcpFlags.Syn) && !replayed && (!known || stream.Origin != segment.Seq))
        {
            (stream, again, known) = ((segment.Seq, end, false), false, true);
        }
        else if (known && (int)(end - stream.Highest) > 0)
        {
            stream.Highest = end;
        }

        if (segment.Kind == "syn-ack" && !replayed)
        {
            // Simultaneous open: it repeats the SYN's number, and is not the SYN.
            again &= stream.SynAck;
            stream.SynAck = true;
        }

        if (known && !replayed)
        {
            _streams[own] = stream;
        }

        bool otherKnown = _streams.TryGetValue(other, out (uint Origin, uint Highest, bool SynAck) peer);
        return new Flight(Flights.Count + 1, fromClient, nowMs - startMs, segment, frame)
        {
            Again = again,
            KeepAlive = known && segment.Length == 0 && segment.Flags == TcpFlags.Ack && segment.Seq + 1 == stream.Highest,
            Replayed = replayed,
            RelativeSeq = known ? (int)(segment.Seq - stream.Origin) : segment.Seq,
            RelativeAck = otherKnown ? (int)(segment.Ack - peer.Origin) : segment.Ack,
        };
    }
}
