using System;
using System.Collections.Generic;

namespace EmbeddedTcp.VirtualBoard.Wires;

/// <summary>
/// One direction of a bad wire: frames go in at one time, and come out later, twice, in another order, damaged or never.
/// </summary>
/// <remarks>
/// It has no thread and no clock, so it works in real and in virtual time alike. Each frame draws the same number of
/// pseudo-random values whatever becomes of it, so that raising one probability leaves the other fates as they were.
/// Not thread-safe.
/// </remarks>
public sealed class FaultInjector
{
    /// <summary>Frames that can be in the wire at once; what comes on top is lost and counted as <see cref="Overflowed"/>.</summary>
    public const int Capacity = 4096;

    /// <summary>How long a frame waits to be overtaken before it goes on alone, in microseconds.</summary>
    public const long HoldMicroseconds = 20_000;

    private const int EthernetHeaderLength = 14;

    private readonly FaultSettings _settings;
    private readonly PriorityQueue<byte[], (long Due, long Order)> _inTransit = new();
    private ulong _random;
    private long _order;
    private byte[]? _held;
    private bool _heldTwice;
    private long _heldUntil;

    /// <summary>Creates one direction.</summary>
    /// <param name="settings">What happens to frames.</param>
    /// <param name="direction">Tells the directions of one wire apart, so that they do not share a fate.</param>
    public FaultInjector(FaultSettings settings, int direction)
    {
        _settings = settings;
        _random = ((ulong)(uint)settings.Seed << 32) | (uint)direction;
    }

    /// <summary>Frames put in.</summary>
    public long Offered { get; private set; }

    /// <summary>Frames that vanished, those among them that were damaged but carry no checksum of their own.</summary>
    public long Lost { get; private set; }

    /// <summary>Frames that arrive twice.</summary>
    public long Duplicated { get; private set; }

    /// <summary>Frames held back so that the next one overtakes them.</summary>
    public long Reordered { get; private set; }

    /// <summary>Frames that arrive with a flipped bit.</summary>
    public long Corrupted { get; private set; }

    /// <summary>Frames lost because too many were in the wire.</summary>
    public long Overflowed { get; private set; }

    /// <summary>When the next frame comes out, in microseconds; <see cref="long.MaxValue"/> when none is on its way.</summary>
    public long NextDue
    {
        get
        {
            long next = _inTransit.TryPeek(out _, out (long Due, long Order) first) ? first.Due : long.MaxValue;
            return _held != null && _heldUntil < next ? _heldUntil : next;
        }
    }

    /// <summary>Puts a frame into the wire.</summary>
    /// <param name="now">The present in microseconds.</param>
    /// <param name="frame">The frame without FCS; copied.</param>
    /// <returns>What will become of it, in words; null when it arrives as it is.</returns>
    public string? Offer(long now, ReadOnlySpan<byte> frame)
    {
        Offered++;
        bool lose = Draw() < _settings.Loss;
        bool twice = Draw() < _settings.Duplicate;
        bool reorder = Draw() < _settings.Reorder;
        bool damage = Draw() < _settings.Corrupt;
        double where = Draw();

        if (lose)
        {
            Lost++;
            return "lost";
        }

        // A real receiver's FCS catches flipped bits. They pass here so that the checksums of IP and above have something
        // to catch; a frame without such a checksum keeps the protection of its FCS and is lost.
        if (damage && !CarriesIpv4(frame))
        {
            Lost++;
            return "lost: damaged, and caught by the FCS";
        }

        if (_inTransit.Count >= Capacity)
        {
            Overflowed++;
            return "lost: too many frames in the wire";
        }

        byte[] copy = frame.ToArray();
        string? fate = null;
        if (damage)
        {
            // Exactly one bit: the Internet checksum finds every single flip, while two can cancel out.
            int bit = (EthernetHeaderLength * 8) + (int)(where * ((copy.Length - EthernetHeaderLength) * 8));
            copy[bit >> 3] ^= (byte)(0x80 >> (bit & 7));
            Corrupted++;
            fate = Append(fate, $"corrupted: bit {7 - (bit & 7)} of byte {bit >> 3} flipped");
        }

        if (twice)
        {
            Duplicated++;
            fate = Append(fate, "duplicated");
        }

        long due = now + (_settings.Delay * 1000L);
        if (reorder && _held == null)
        {
            Reordered++;
            _held = copy;
            _heldTwice = twice;
            _heldUntil = due + HoldMicroseconds;
            return Append(fate, "held until the next frame has passed");
        }

        Enqueue(copy, due, twice);
        if (_held != null)
        {
            ReleaseHeld(due);
        }

        return fate;
    }

    /// <summary>Takes the next frame that has come out of the wire.</summary>
    /// <param name="now">The present in microseconds.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>False when none has arrived.</returns>
    public bool TryTake(long now, out byte[] frame)
    {
        if (_held != null && _heldUntil <= now)
        {
            ReleaseHeld(_heldUntil);
        }

        if (_inTransit.TryPeek(out byte[]? first, out (long Due, long Order) key) && key.Due <= now)
        {
            _inTransit.Dequeue();
            frame = first;
            return true;
        }

        frame = [];
        return false;
    }

    private static bool CarriesIpv4(ReadOnlySpan<byte> frame)
    {
        return frame.Length > EthernetHeaderLength && frame[12] == 0x08 && frame[13] == 0x00;
    }

    private static string Append(string? fate, string more)
    {
        return fate == null ? more : fate + "; " + more;
    }

    private void ReleaseHeld(long due)
    {
        Enqueue(_held!, due, _heldTwice);
        _held = null;
    }

    private void Enqueue(byte[] frame, long due, bool twice)
    {
        _inTransit.Enqueue(frame, (due, _order++));
        if (twice)
        {
            _inTransit.Enqueue(frame, (due, _order++));
        }
    }

    // SplitMix64, so that a seed means the same on every runtime; 53 bits make a double from 0 to 1, 1 excluded.
    private double Draw()
    {
        _random += 0x9E3779B97F4A7C15;
        ulong z = _random;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (z >> 11) * (1.0 / (1UL << 53));
    }
}
