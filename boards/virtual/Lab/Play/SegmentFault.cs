using System;
using System.Globalization;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>What the wire does to a segment.</summary>
public enum FaultKind
{
    /// <summary>It never arrives.</summary>
    Drop,

    /// <summary>It arrives later than the others.</summary>
    Delay,

    /// <summary>It arrives twice.</summary>
    Duplicate,
}

/// <summary>A fault for one given segment: the n-th of its kind, of one side or of both.</summary>
/// <param name="What">What happens to it.</param>
/// <param name="Side">"client" or "server", or empty for both, counted together.</param>
/// <param name="Kind">syn, syn-ack, ack, data, fin, rst or any.</param>
/// <param name="Number">Which of them, from 1; 0 for all.</param>
/// <param name="Milliseconds">The delay, or how long after the original a duplicate arrives.</param>
public sealed record SegmentFault(FaultKind What, string Side, string Kind, int Number, int Milliseconds)
{
    /// <summary>The kinds of segment that can be named.</summary>
    public static readonly string[] Kinds = ["syn", "syn-ack", "ack", "data", "fin", "rst", "any"];

    private const int StandardDelay = 500;
    private const int LongestDelay = 3_600_000;
    private int _seen;

    /// <summary>Reads [client.|server.]KIND:N[=MS], where N may be * for all.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Parse(FaultKind what, string text, out SegmentFault fault)
    {
        fault = new SegmentFault(what, "", "", 0, what == FaultKind.Delay ? StandardDelay : 1);
        string rest = text;
        int equals = rest.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0)
        {
            if (what == FaultKind.Drop || !Numbers.TryInteger(rest[(equals + 1)..], 1, LongestDelay, out int milliseconds))
            {
                return what == FaultKind.Drop ? "has a time, and nothing lost arrives late" : $"needs milliseconds from 1 to {LongestDelay} after =";
            }

            fault = fault with { Milliseconds = milliseconds };
            rest = rest[..equals];
        }

        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            if (rest[..dot] is not ("client" or "server"))
            {
                return "names a side that is neither client nor server";
            }

            fault = fault with { Side = rest[..dot] };
            rest = rest[(dot + 1)..];
        }

        string[] parts = rest.Split(':');
        int number = 0;
        if (parts.Length != 2 || Array.IndexOf(Kinds, parts[0]) < 0 || (parts[1] != "*" && !Numbers.TryInteger(parts[1], 1, 1_000_000, out number)))
        {
            return $"is not KIND:N with one of {string.Join(", ", Kinds)} and a number from 1 or *, such as syn-ack:1";
        }

        fault = fault with { Kind = parts[0], Number = number };
        return null;
    }

    /// <summary>Counts a segment that was sent.</summary>
    /// <returns>True when it is the one.</returns>
    internal bool Hits(string side, WireSegment segment)
    {
        if ((Side.Length > 0 && Side != side) || (Kind != "any" && Kind != segment.Kind))
        {
            return false;
        }

        _seen++;
        return Number == 0 || _seen == Number;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string side = Side.Length > 0 ? Side + "." : "";
        string number = Number == 0 ? "*" : Number.ToString(CultureInfo.InvariantCulture);
        string time = What == FaultKind.Drop ? "" : string.Create(CultureInfo.InvariantCulture, $"={Milliseconds}");
        return $"{What.ToString().ToLowerInvariant()} {side}{Kind}:{number}{time}";
    }
}
