using System.Collections.Generic;
using EmbeddedTcp.Diagnostics;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>Something that happened in a scenario.</summary>
/// <param name="AtMs">When, in milliseconds since the scenario began.</param>
/// <param name="Side">To whom; null for the narrator.</param>
public abstract record LabEvent(long AtMs, LabSide? Side);

/// <summary>The narrator announces what comes.</summary>
public sealed record NoteEvent(long AtMs, string Text) : LabEvent(AtMs, null);

/// <summary>An application called one of TCP's verbs or learned something.</summary>
public sealed record ApplicationEvent(long AtMs, LabSide Side, string Text) : LabEvent(AtMs, Side);

/// <summary>A connection went from one state to another, perhaps through others in the same instant.</summary>
public sealed record StateEvent(long AtMs, LabSide Side, IReadOnlyList<TcpState> Path, int LocalPort, int RemotePort) : LabEvent(AtMs, Side)
{
    /// <summary>The state that was left.</summary>
    public TcpState From => Path[0];

    /// <summary>The state that was entered.</summary>
    public TcpState To => Path[^1];
}

/// <summary>A timer fired.</summary>
public sealed record TimerEvent(long AtMs, LabSide Side, int Timer) : LabEvent(AtMs, Side);

/// <summary>A segment was discarded, or something else was.</summary>
public sealed record DropEvent(long AtMs, LabSide Side, DropReason Reason) : LabEvent(AtMs, Side);

/// <summary>A segment was put on the wire.</summary>
/// <param name="AtMs">When.</param>
/// <param name="Side">By whom.</param>
/// <param name="Flight">Its way.</param>
public sealed record SendEvent(long AtMs, LabSide Side, Flight Flight) : LabEvent(AtMs, Side);

/// <summary>A segment came out of the wire.</summary>
/// <param name="AtMs">When.</param>
/// <param name="Side">At whose end.</param>
/// <param name="Flight">Its way.</param>
/// <param name="Copy">0, or 1 for a duplicate.</param>
public sealed record ArriveEvent(long AtMs, LabSide Side, Flight Flight, int Copy) : LabEvent(AtMs, Side);

/// <summary>One segment's way over the wire.</summary>
/// <param name="Number">Segments are numbered from 1 in the order in which they are sent.</param>
/// <param name="FromClient">Who sent it.</param>
/// <param name="SentMs">When, in milliseconds since the scenario began.</param>
/// <param name="Segment">What it says.</param>
/// <param name="Frame">Its bytes.</param>
public sealed record Flight(int Number, bool FromClient, long SentMs, WireSegment Segment, byte[] Frame)
{
    /// <summary>When it arrives, in milliseconds since the scenario began; none when it is lost, two when it is duplicated.</summary>
    public List<long> ArrivesMs { get; } = [];

    /// <summary>True when its sender had sent its octets, SYN or FIN before.</summary>
    public bool Again { get; init; }

    /// <summary>True when it was recorded earlier and is played once more by the wire: an old duplicate.</summary>
    public bool Replayed { get; init; }

    /// <summary>True for a keep-alive probe: an ACK whose number is one before SND.NXT.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>True when it never arrives.</summary>
    public bool Lost => ArrivesMs.Count == 0;

    /// <summary>SEG.SEQ relative to its sender's initial number.</summary>
    public long RelativeSeq { get; init; }

    /// <summary>SEG.ACK relative to the receiver's initial number.</summary>
    public long RelativeAck { get; init; }
}
