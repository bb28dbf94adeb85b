using System;

namespace EmbeddedTcp.VirtualBoard.Wires;

/// <summary>
/// What the board's cable is plugged into: a TAP interface of the host, a user-mode network, or a test.
/// </summary>
/// <remarks>
/// Every member is called on the loop's thread. An end that has threads of its own hands their frames to
/// <see cref="VirtualWire.Arrive"/>, which is the one member of the wire that any thread may call.
/// </remarks>
public abstract class WireEnd : IDisposable
{
    /// <summary>The wire this end is plugged into; set by the wire, before any other member is called.</summary>
    public VirtualWire? Wire { get; internal set; }

    /// <summary>What this end is, in a few words for the start-up text.</summary>
    public abstract string Description { get; }

    /// <summary>A frame of the board comes out of the wire.</summary>
    /// <param name="frame">The frame from its destination address on, without FCS; valid during the call only.</param>
    public abstract void Receive(ReadOnlySpan<byte> frame);

    /// <summary>Does what this end has to do on the loop's thread.</summary>
    /// <param name="nowMicroseconds">The loop's time.</param>
    /// <returns>The moment in microseconds at which it wants to be polled again without a signal; <see cref="long.MaxValue"/> for never.</returns>
    public virtual long Poll(long nowMicroseconds)
    {
        return long.MaxValue;
    }

    /// <summary>Lets go of what the host lent: sockets, descriptors, interfaces.</summary>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
    }
}
