using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Diagnostics;

/// <summary>
/// What TCP tells about itself while it works: segments, state changes, timers, discards. The engine has no sink unless one is made for its
/// interface, and then pays no more than a look at a field.
/// </summary>
public abstract class TraceSink
{
    private readonly NetworkInterface _net;

    /// <summary>Becomes the sink of an interface, in place of an earlier one.</summary>
    protected TraceSink(NetworkInterface net)
    {
        _net = net;
        net.Counters.Trace = this;
    }

    /// <summary>The interface.</summary>
    protected NetworkInterface Net
    {
        get { return _net; }
    }

    /// <summary>True while somebody wants to be told about each segment that arrives.</summary>
    internal bool WatchesSegments { get; private set; }

    /// <summary>Asks to be told about the segments that arrive, or not to be: the short way of a frame tells nobody about its segment.</summary>
    protected void WatchSegments(bool on)
    {
        WatchesSegments = on;
        _net.Tcp.OpenShortWay();
    }

    /// <summary>The time of the last poll in milliseconds, modulo 2³².</summary>
    protected int Now
    {
        get { return _net.Now; }
    }

    /// <summary>A segment has been received; nothing about it has been checked but that it belongs to a datagram for us.</summary>
    /// <param name="b">Holds it.</param>
    /// <param name="t">First byte of its header.</param>
    /// <param name="length">Bytes of header and text.</param>
    /// <param name="source">The sender's address.</param>
    protected internal abstract void SegmentIn(byte[] b, int t, int length, int source);

    /// <summary>A frame of ours with a segment was given to the device, or waits for its neighbour's address.</summary>
    /// <param name="b">Holds it.</param>
    /// <param name="o">First byte of the frame.</param>
    /// <param name="length">Bytes of the frame.</param>
    protected internal abstract void SegmentOut(byte[] b, int o, int length);

    /// <summary>A connection, half-open entry, TIME_WAIT record or listener goes from one state to another.</summary>
    protected internal abstract void StateChanged(int remote, int remotePort, int localPort, TcpState from, TcpState to);

    /// <summary>A timer is due and about to do what it is for.</summary>
    protected internal abstract void TimerFired(int timer, int remote, int remotePort, int localPort);

    /// <summary>Something was discarded.</summary>
    protected internal abstract void Dropped(DropReason reason);
}
