using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Udp;

/// <summary>
/// A UDP port of ours with its queue of received datagrams (RFC 768, RFC 1122 §4.1). Made when the interface opens, taken by
/// <see cref="UdpEngine.Bind"/>, given back by <see cref="Close"/>. Nothing here blocks or allocates.
/// </summary>
public sealed class UdpSocket
{
    internal readonly UdpQueue Queue;

    private readonly UdpEngine _engine;
    private int _events;

    internal UdpSocket(UdpEngine engine, int datagrams, int bytes, int index)
    {
        _engine = engine;
        Queue = new UdpQueue(datagrams, bytes);
        Index = index;
    }

    /// <summary>Sender of the datagram that was read last.</summary>
    public uint FromAddress;

    /// <summary>Its port; 0 when it wants no reply.</summary>
    public int FromPort;

    /// <summary>The address it was sent to: ours, a broadcast or a group (RFC 1122 §4.1.3.5).</summary>
    public uint FromDestination;

    /// <summary>Its length in bytes, which may be more than the caller's buffer took.</summary>
    public int FromLength;

    /// <summary>ICMP type of the last error, such as <see cref="IcmpHeader.DestinationUnreachable"/>.</summary>
    public int ErrorType;

    /// <summary>ICMP code of the last error, such as <see cref="IcmpHeader.CodePortUnreachable"/>.</summary>
    public int ErrorCode;

    /// <summary>Whereto the datagram was sent that the last error is about.</summary>
    public uint ErrorAddress;

    /// <summary>The port it was sent to.</summary>
    public int ErrorPort;

    /// <summary>Datagrams that were dropped because the queue was full.</summary>
    public int Overruns;

    /// <summary>Time to live of unicast and broadcast datagrams, 1 to 255; 64 in a fresh socket (RFC 1122 §4.1.4).</summary>
    public int TimeToLive;

    /// <summary>Time to live of datagrams to groups; 1 in a fresh socket, so that they stay on the link (RFC 1112 §6.1).</summary>
    public int MulticastTimeToLive;

    /// <summary>Whatever the application wants to find again when an event names this socket. Null in a fresh socket.</summary>
    public object Tag;

    /// <summary>The service that is told when something happens here, instead of <see cref="UdpEngine.TakeReady"/>. Null in a fresh socket.</summary>
    public NetworkService Service;

    /// <summary>Number of the socket, 0 to <see cref="UdpEngine.SocketCount"/> − 1.</summary>
    public int Index { get; }

    /// <summary>Our port; 0 while the socket is free.</summary>
    public int LocalPort { get; private set; }

    /// <summary>The peer's address after <see cref="Connect"/>, else 0.</summary>
    public uint RemoteAddress { get; private set; }

    /// <summary>The peer's port after <see cref="Connect"/>, else 0.</summary>
    public int RemotePort { get; private set; }

    /// <summary>Datagrams that wait to be read.</summary>
    public int Pending
    {
        get { return Queue.Count; }
    }

    /// <summary>Bytes of the datagram that would be read next; 0 when none waits, or when it is empty.</summary>
    public int Available
    {
        get { return Queue.Count == 0 ? 0 : Queue.FirstLength; }
    }

    internal bool HasEvents
    {
        get { return _events != 0; }
    }

    /// <summary>From now on only this peer's datagrams are received, and <see cref="Send"/> goes to it. What waits already stays.</summary>
    /// <param name="address">The peer; 0 undoes it.</param>
    /// <param name="port">Its port, 1 to 65,535; 0 with address 0.</param>
    public void Connect(uint address, int port)
    {
        if ((address == 0) != (port == 0) || port < 0 || port > 65535)
        {
            throw new ArgumentException("peer");
        }

        RemoteAddress = address;
        RemotePort = port;
    }

    /// <summary>Sends a datagram to the peer of <see cref="Connect"/>.</summary>
    /// <param name="buffer">Holds the data; may be reused after the call.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many, 0 to <see cref="UdpEngine.MaximumPayload"/>.</param>
    /// <returns>As <see cref="SendTo"/>.</returns>
    public bool Send(byte[] buffer, int offset, int count)
    {
        return SendTo(RemoteAddress, RemotePort, buffer, offset, count);
    }

    /// <summary>Sends a datagram: to one host, to 255.255.255.255, to our network's broadcast address, or to a group.</summary>
    /// <param name="address">Whereto.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="buffer">Holds the data; may be reused after the call.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many, 0 to <see cref="UdpEngine.MaximumPayload"/>: nothing is fragmented on its way out.</param>
    /// <returns>
    /// False when it was not sent: the socket is closed, there is no route (<see cref="Diagnostics.DropReason.NoRoute"/>), or the device could not take
    /// it (<see cref="Diagnostics.DropReason.DeviceBusy"/>). True promises no arrival, least of all while the neighbour's hardware address is asked for.
    /// </returns>
    /// <exception cref="ArgumentException">The address or port is 0, the datagram too long, or the range outside the buffer.</exception>
    public bool SendTo(uint address, int port, byte[] buffer, int offset, int count)
    {
        if (address == 0 || port < 1 || port > 65535)
        {
            throw new ArgumentException("peer");
        }

        if (buffer == null || (offset | count | (buffer.Length - count - offset)) < 0 || count > _engine.MaximumPayload)
        {
            throw new ArgumentException("range");
        }

        return LocalPort != 0 && _engine.Send(this, address, port, buffer, offset, count);
    }

    /// <summary>
    /// Reads the datagram that has waited longest; <see cref="FromAddress"/>, <see cref="FromPort"/>, <see cref="FromDestination"/> and
    /// <see cref="FromLength"/> then describe it. What does not fit is lost.
    /// </summary>
    /// <param name="buffer">Receives the data.</param>
    /// <param name="offset">Where the first byte goes.</param>
    /// <param name="count">At most this many bytes, 0 or more.</param>
    /// <returns>How many bytes were read, 0 for an empty datagram; −1 when none waits.</returns>
    /// <exception cref="ArgumentException">The range lies outside the buffer.</exception>
    public int ReceiveFrom(byte[] buffer, int offset, int count)
    {
        if (buffer == null || (offset | count | (buffer.Length - count - offset)) < 0)
        {
            throw new ArgumentException("range");
        }

        UdpQueue queue = Queue;
        if (queue.Count == 0)
        {
            return -1;
        }

        FromAddress = queue.FirstSource;
        FromPort = queue.FirstPort;
        FromDestination = queue.FirstDestination;
        FromLength = queue.FirstLength;
        int n = FromLength < count ? FromLength : count;
        queue.Take(buffer, offset, n);
        return n;
    }

    /// <summary>The events since the last call, bits of <see cref="UdpEvents"/>, and clears them.</summary>
    public int TakeEvents()
    {
        int events = _events;
        _events = 0;
        return events;
    }

    /// <summary>Gives the socket back; what waits in it is lost. May be called more than once.</summary>
    public void Close()
    {
        LocalPort = 0;
        Queue.Clear();
        _events = 0;
        Tag = null;
        Service = null;
    }

    internal void Open(int port)
    {
        LocalPort = port;
        RemoteAddress = 0;
        RemotePort = 0;
        TimeToLive = Ipv4Header.DefaultTimeToLive;
        MulticastTimeToLive = 1;
        Overruns = 0;
        ErrorType = 0;
        ErrorCode = 0;
        ErrorAddress = 0;
        ErrorPort = 0;
        Tag = null;
        Service = null;
    }

    internal void Raise(int events)
    {
        _events |= events;
        if (Service != null)
        {
            Service.Wake();
        }
    }
}
