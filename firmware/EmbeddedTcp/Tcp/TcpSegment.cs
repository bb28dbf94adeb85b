using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <summary>
/// The segment in hand: one reusable view over the device's receive buffer, never allocated per packet.
/// Names are those of RFC 9293 §3.3.1 (SEG.SEQ and so on).
/// </summary>
internal sealed class TcpSegment
{
    internal byte[] Buffer;
    internal int RemoteAddress;
    internal int RemotePort;
    internal int LocalPort;
    internal int Seq;
    internal int Ack;
    internal int Flags;
    internal int Window;
    internal int UrgentPointer;

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

    /// <summary>
    /// The peer's MSS option (RFC 9293 §3.2, §3.7.1), or 0 when there is none. Unknown options are skipped by their length;
    /// a length that cannot be ends the search (MUST-7), so no list makes it loop.
    /// </summary>
    internal int MaximumSegmentSize()
    {
        int i = Header + TcpHeader.MinLength;
        int end = Data;
        while (i < end)
        {
            int kind = Buffer[i];
            if (kind == TcpHeader.OptionEnd)
            {
                break;
            }

            if (kind == TcpHeader.OptionNoOperation)
            {
                i++;
                continue;
            }

            if (i + 1 >= end)
            {
                break;
            }

            int length = Buffer[i + 1];
            if (length < 2 || i + length > end)
            {
                break;
            }

            if (kind == TcpHeader.OptionMaximumSegmentSize && length == TcpHeader.MaximumSegmentSizeLength)
            {
                return BigEndian.ReadUInt16(Buffer, i + 2);
            }

            i += length;
        }

        return 0;
    }
}
