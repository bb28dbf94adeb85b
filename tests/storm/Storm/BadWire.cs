using EmbeddedTcp.Link;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>
/// A wire that loses, doubles, overtakes, flips, cuts and delays, all drawn from one seed, in virtual time. Both directions have
/// their own faults.
/// </summary>
internal sealed class BadWire
{
    internal const int RxHeadroom = 2;

    private readonly Faults[] _faults;
    private readonly Dice _dice;
    private readonly WireWatch _watch;
    private readonly long _start;
    private readonly PriorityQueue<Flight, (long At, long Order)>[] _flights =
    {
        new PriorityQueue<Flight, (long, long)>(), new PriorityQueue<Flight, (long, long)>(),
    };

    private readonly Stack<Flight> _spare = new Stack<Flight>();
    private readonly Flight[] _held = new Flight[2];
    private readonly long[] _lastAt = new long[2];
    private long _order;

    internal BadWire(Faults aToB, Faults bToA, Dice dice, WireWatch watch, long start)
    {
        _faults = new[] { aToB, bToA };
        _dice = dice;
        _watch = watch;
        _start = start;
        Now = start;
    }

    /// <summary>Virtual time, set by the run.</summary>
    internal long Now;

    /// <summary>Frames that were put on the wire.</summary>
    internal int Sent;

    internal Ladder Ladder { get; set; }

    /// <summary>When the next frame arrives anywhere, or long.MaxValue.</summary>
    internal long NextArrival
    {
        get { return Math.Min(Arrival(0), Arrival(1)); }
    }

    internal bool Due(int side)
    {
        return Arrival(1 - side) <= Now;
    }

    /// <summary>A frame leaves <paramref name="side"/>.</summary>
    internal void Send(int side, byte[] frame, int offset, int length)
    {
        Sent++;
        WireFrame parsed = WireFrame.Parse(frame, offset, length);
        _watch.Leaves(side, in parsed);
        Faults f = _faults[side];
        long since = Now - _start;
        string fate = null;
        if (f.OutageLength > 0 && since >= f.OutageFrom && since < f.OutageFrom + f.OutageLength)
        {
            fate = "LOST (outage)";
        }
        else if (_dice.Chance(f.Loss))
        {
            fate = "LOST";
        }

        if (fate == null)
        {
            int copies = _dice.Chance(f.Duplicate) ? 2 : 1;
            for (int copy = 0; copy < copies; copy++)
            {
                string one = Launch(side, frame, offset, length, in parsed, f, copy);
                fate = fate == null ? one : fate + ", again " + one;
            }
        }

        Ladder?.Frame(Now, side, frame, offset, length, fate);
    }

    /// <summary>Hands the next frame that has arrived at <paramref name="side"/> to its device.</summary>
    internal int Receive(int side, EthernetDevice device)
    {
        if (_held[side] != null)
        {
            _spare.Push(_held[side]);
            _held[side] = null;
        }

        PriorityQueue<Flight, (long At, long Order)> queue = _flights[1 - side];
        if (!queue.TryPeek(out Flight flight, out (long At, long Order) priority) || priority.At > Now)
        {
            return 0;
        }

        queue.Dequeue();
        _held[side] = flight;
        if (flight.Intact)
        {
            _watch.Arrives(side, in flight.Parsed);
        }

        device.RxBuffer = flight.Bytes;
        device.RxOffset = RxHeadroom;
        return flight.Length;
    }

    private long Arrival(int direction)
    {
        return _flights[direction].TryPeek(out _, out (long At, long Order) priority) ? priority.At : long.MaxValue;
    }

    private string Launch(int side, byte[] frame, int offset, int length, in WireFrame parsed, Faults f, int copy)
    {
        Flight flight = _spare.Count > 0 ? _spare.Pop() : new Flight();
        Array.Copy(frame, offset, flight.Bytes, RxHeadroom, length);
        if (length < EthernetDevice.MinFrameLength)
        {
            // Padding is whatever the sender's chip makes of it; the receiver must not look at it.
            for (int i = length; i < EthernetDevice.MinFrameLength; i++)
            {
                flight.Bytes[RxHeadroom + i] = (byte)_dice.Below(256);
            }

            length = EthernetDevice.MinFrameLength;
        }

        flight.Length = length;
        flight.Parsed = parsed;
        flight.Intact = true;
        string fate = string.Empty;

        // ARP has no checksum of its own; on a real wire the FCS guards it, so here it is lost instead of damaged.
        if (parsed.IsTcp && _dice.Chance(f.Corrupt))
        {
            fate = Corrupt(flight, in parsed);
        }
        else if (parsed.IsTcp && _dice.Chance(f.Truncate))
        {
            flight.Length = _dice.Between(14, parsed.RealLength - 1);
            flight.Intact = false;
            fate = $"cut to {flight.Length} ";
        }

        long at = Now + f.Delay + (f.Jitter > 0 ? _dice.Below(f.Jitter + 1) : 0) + copy;
        bool overtaken = _dice.Chance(f.Reorder);
        if (overtaken)
        {
            at += _dice.Between(1, f.HoldBack);
        }
        else if (f.Jitter > 0 && f.Reorder == 0 && at < _lastAt[side])
        {
            // Jitter alone keeps the order; only Reorder breaks it.
            at = _lastAt[side];
        }

        if (!overtaken && at > _lastAt[side])
        {
            _lastAt[side] = at;
        }

        _flights[side].Enqueue(flight, (at, _order++));
        return Ladder == null ? fate : $"{fate}+{at - Now} ms{(overtaken ? " held back" : string.Empty)}";
    }

    // Flips bits within one byte: the Internet checksum finds every such change, so none may get through. (Two flips in different
    // words may cancel each other, which is what the FCS is for.)
    private string Corrupt(Flight flight, in WireFrame parsed)
    {
        int at = _dice.Below(parsed.RealLength);
        flight.Bytes[RxHeadroom + at] ^= (byte)_dice.Between(1, 255);

        // The source address of the frame is not looked at by anyone.
        flight.Intact = at >= 6 && at < 12;
        return $"byte {at} flipped ";
    }

    private sealed class Flight
    {
        internal readonly byte[] Bytes = new byte[RxHeadroom + EthernetDevice.MaxFrameLength];
        internal int Length;
        internal bool Intact;
        internal WireFrame Parsed;
    }
}
