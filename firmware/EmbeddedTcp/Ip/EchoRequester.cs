using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>
/// Sends ICMP echo requests and knows which were answered (RFC 792, RFC 1122 §3.2.2.6: the user's side of ping). It remembers the last
/// <see cref="Remembered"/> requests; a reply to an older one counts as unknown.
/// </summary>
/// <remarks>An interface without one drops echo replies and pays nothing. The requester is found by its identifier until it is closed.</remarks>
public sealed class EchoRequester
{
    /// <summary>Requests that are remembered.</summary>
    public const int Remembered = 8;

    /// <summary>Most data of a request, in bytes, on Ethernet.</summary>
    public const int MaxSize = 1472;

    internal EchoRequester Next;
    internal readonly int Identifier;

    private const int Waiting = 1;
    private const int Answered = 2;
    private const int Failed = 3;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;
    private readonly int[] _state = new int[Remembered];
    private readonly int[] _sentAt = new int[Remembered];
    private readonly int[] _roundTrip = new int[Remembered];
    private uint _destination;

    /// <summary>Makes a requester and begins to listen for replies.</summary>
    public EchoRequester(NetworkInterface net)
    {
        _net = net;
        _ipv4 = net.Ipv4;
        Identifier = net.NextRandom() & 0xFFFF;
        Next = _ipv4.FirstEcho;
        _ipv4.FirstEcho = this;
    }

    /// <summary>Requests sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Replies to requests that were waiting for one.</summary>
    public int Received { get; private set; }

    /// <summary>Replies to requests that had been answered, or are forgotten.</summary>
    public int Duplicates { get; private set; }

    /// <summary>TTL of the last reply.</summary>
    public int ReplyTimeToLive { get; private set; }

    /// <summary>Bytes of data in the last reply.</summary>
    public int ReplySize { get; private set; }

    /// <summary>The host that sent the last ICMP error about a request.</summary>
    public uint ErrorFrom { get; private set; }

    /// <summary>Type of that error.</summary>
    public int ErrorType { get; private set; }

    /// <summary>Code of that error.</summary>
    public int ErrorCode { get; private set; }

    /// <summary>Sends a request. Its sequence number is the count of those sent before, modulo 2¹⁶.</summary>
    /// <param name="destination">A unicast address.</param>
    /// <param name="size">Bytes of data, 0 to what the MTU leaves.</param>
    /// <returns>False when there is no route or the device takes no frame now; nothing was sent.</returns>
    public bool Send(uint destination, int size)
    {
        uint hop = _ipv4.NextHop(destination);
        if (hop == 0)
        {
            return false;
        }

        bool resolved = _net.Arp.Resolve(hop, _ipv4.HardwareAddress, 0);
        byte[] tx = _net.Device.TxBuffer;
        int t = _ipv4.PayloadOffset;
        tx[t + IcmpHeader.Type] = IcmpHeader.EchoRequest;
        tx[t + IcmpHeader.Code] = 0;
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, 0);
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Identifier, Identifier);
        BigEndian.WriteUInt16(tx, t + IcmpHeader.SequenceNumber, Sent & 0xFFFF);
        for (int i = 0; i < size; i++)
        {
            tx[t + IcmpHeader.Length + i] = (byte)i;
        }

        int length = IcmpHeader.Length + size;
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, Checksum.Finish(Checksum.Sum(tx, t, length)));
        if (!_ipv4.Send(destination, Ipv4Header.ProtocolIcmp, length, resolved, _ipv4.HardwareAddress))
        {
            return false;
        }

        int slot = Sent % Remembered;
        _destination = destination;
        _state[slot] = Waiting;
        _sentAt[slot] = _net.Now;
        Sent++;
        return true;
    }

    /// <summary>The round trip of a request.</summary>
    /// <param name="sequence">The count of those sent before it.</param>
    /// <returns>Milliseconds; −1 while there is no reply, −2 when an error came instead.</returns>
    public int RoundTripOf(int sequence)
    {
        int slot = sequence % Remembered;
        return sequence < Sent - Remembered || _state[slot] == Waiting ? -1 : _state[slot] == Failed ? -2 : _roundTrip[slot];
    }

    /// <summary>Listens no more.</summary>
    public void Close()
    {
        if (_ipv4.FirstEcho == this)
        {
            _ipv4.FirstEcho = Next;
            return;
        }

        for (EchoRequester r = _ipv4.FirstEcho; r != null; r = r.Next)
        {
            if (r.Next == this)
            {
                r.Next = Next;
                return;
            }
        }
    }

    /// <summary>A reply with our identifier.</summary>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="size">Bytes of data.</param>
    /// <param name="timeToLive">TTL of the datagram.</param>
    /// <returns>False when no request can have caused it.</returns>
    internal bool Reply(int sequence, uint source, int size, int timeToLive)
    {
        int slot = SlotOf(sequence);
        if (slot < 0 || source != _destination)
        {
            return false;
        }

        if (_state[slot] != Waiting)
        {
            Duplicates++;
            return true;
        }

        _state[slot] = Answered;
        _roundTrip[slot] = _net.Now - _sentAt[slot];
        Received++;
        ReplySize = size;
        ReplyTimeToLive = timeToLive;
        return true;
    }

    /// <summary>An ICMP error that quotes a request of ours.</summary>
    /// <returns>False when no request can have caused it.</returns>
    internal bool Error(int sequence, uint destination, uint from, int type, int code)
    {
        int slot = SlotOf(sequence);
        if (slot < 0 || destination != _destination || _state[slot] != Waiting)
        {
            return false;
        }

        _state[slot] = Failed;
        ErrorFrom = from;
        ErrorType = type;
        ErrorCode = code;
        return true;
    }

    private int SlotOf(int sequence)
    {
        int age = (Sent - 1 - sequence) & 0xFFFF;
        return age >= Remembered || age >= Sent ? -1 : (Sent - 1 - age) % Remembered;
    }
}
