namespace EmbeddedTcp.Tcp;

/// <summary>
/// The segment in hand: one reusable view over the device's receive buffer, never allocated per packet.
/// Names are those of RFC 9293 §3.3.1 (SEG.SEQ and so on).
/// </summary>
internal sealed partial class TcpSegment
{
    internal byte[] Buffer;
    internal int RemoteAddress;
    internal int RemotePort;
    internal int LocalPort;
    internal int Seq;
    internal int Ack;
    internal int Flags;

    /// <summary>SEG.WND, shifted by the peer's scale when the segment belongs to a connection that has one.</summary>
    internal int Window;

    internal int UrgentPointer;

    /// <summary>The datagram carried the codepoint CE (RFC 3168 §5).</summary>
    internal bool CongestionExperienced;

    /// <summary>First byte of the header in <see cref="Buffer"/>.</summary>
    internal int Header;

    /// <summary>First byte of the text in <see cref="Buffer"/>.</summary>
    internal int Data;

    /// <summary>Bytes of text.</summary>
    internal int DataLength;

    /// <summary>SEG.LEN: text, and one for each of SYN and FIN.</summary>
    internal int Length
    {
        get { return DataLength + ((Flags >> 1) & 1) + (Flags & 1); }
    }

    internal bool Has(int flag)
    {
        return (Flags & flag) != 0;
    }
}
