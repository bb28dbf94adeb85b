using EmbeddedTcp.Link;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Ip;

/// <summary>
/// Somebody who sends ICMP echo requests and is told what comes back (RFC 792, RFC 1122 §3.2.2.6), until it is closed. An interface without
/// one drops echo replies and pays nothing.
/// </summary>
public abstract class EchoClient
{
    internal EchoClient Next;
    internal readonly int Identifier;

    private readonly NetworkInterface _net;
    private readonly Ipv4 _ipv4;

    /// <summary>Begins to listen for replies to requests with an identifier of its own.</summary>
    /// <param name="net">The interface.</param>
    protected EchoClient(NetworkInterface net)
    {
        _net = net;
        _ipv4 = net.Ipv4;
        Identifier = net.NextRandom() & 0xFFFF;
        Next = _ipv4.FirstEcho;
        _ipv4.FirstEcho = this;
    }

    /// <summary>The time of the last poll in milliseconds, modulo 2³².</summary>
    protected int Now
    {
        get { return _net.Now; }
    }

    /// <summary>Listens no more.</summary>
    public void Close()
    {
        if (_ipv4.FirstEcho == this)
        {
            _ipv4.FirstEcho = Next;
            return;
        }

        for (EchoClient client = _ipv4.FirstEcho; client != null; client = client.Next)
        {
            if (client.Next == this)
            {
                client.Next = Next;
                return;
            }
        }
    }

    /// <summary>Sends a request.</summary>
    /// <param name="destination">A unicast address.</param>
    /// <param name="size">Bytes of data, 0 to what the MTU leaves.</param>
    /// <param name="sequence">Sequence number, of which the low 16 bits count.</param>
    /// <returns>False when there is no route or the device takes no frame now; nothing was sent.</returns>
    protected bool Send(uint destination, int size, int sequence)
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
        BigEndian.WriteUInt16(tx, t + IcmpHeader.SequenceNumber, sequence & 0xFFFF);
        for (int i = 0; i < size; i++)
        {
            tx[t + IcmpHeader.Length + i] = (byte)i;
        }

        int length = IcmpHeader.Length + size;
        BigEndian.WriteUInt16(tx, t + IcmpHeader.Checksum, Checksum.Finish(Checksum.Sum(tx, t, length)));
        return _ipv4.Send(destination, Ipv4Header.ProtocolIcmp, length, resolved, _ipv4.HardwareAddress);
    }

    /// <summary>A reply with our identifier.</summary>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="size">Bytes of data.</param>
    /// <param name="timeToLive">TTL of the datagram.</param>
    /// <returns>False when no request can have caused it.</returns>
    protected internal abstract bool Reply(int sequence, uint source, int size, int timeToLive);

    /// <summary>An ICMP error that quotes a request with our identifier.</summary>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="destination">Where it went.</param>
    /// <param name="from">Who sent the error.</param>
    /// <param name="type">Type of the error.</param>
    /// <param name="code">Code of the error.</param>
    /// <returns>False when no request can have caused it.</returns>
    protected internal abstract bool Error(int sequence, uint destination, uint from, int type, int code);
}
