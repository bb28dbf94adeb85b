using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <content>The options of the segment in hand.</content>
internal sealed partial class TcpSegment
{
    /// <summary>The peer's MSS option (RFC 9293 §3.7.1), or 0 when there is none.</summary>
    internal int MaximumSegmentSize;

    /// <summary>The peer's shift count (RFC 7323 §2.2), or −1 when there is none.</summary>
    internal int WindowScale;

    /// <summary>The SYN carried SACK-permitted (RFC 2018 §2).</summary>
    internal bool SackPermitted;

    /// <summary>The segment carried TSopt (RFC 7323 §3.2).</summary>
    internal bool HasTimestamp;

    /// <summary>SEG.TSval.</summary>
    internal int TimestampValue;

    /// <summary>SEG.TSecr.</summary>
    internal int TimestampEcho;

    /// <summary>Number of SACK blocks (RFC 2018 §3).</summary>
    internal int SackCount;

    private int _sackAt;

    /// <summary>Left edge of a SACK block.</summary>
    internal int SackLeft(int index)
    {
        return BigEndian.ReadInt32(Buffer, _sackAt + index * TcpHeader.SackBlockLength);
    }

    /// <summary>Right edge of a SACK block: the number after its last octet.</summary>
    internal int SackRight(int index)
    {
        return BigEndian.ReadInt32(Buffer, _sackAt + index * TcpHeader.SackBlockLength + 4);
    }

    /// <summary>
    /// Reads the options between header and text (RFC 9293 §3.2). An unknown one is skipped by its length (MUST-6), one of a wrong length
    /// is ignored; a length that cannot be ends the search (MUST-7), so no list makes it loop.
    /// </summary>
    internal void ParseOptions()
    {
        MaximumSegmentSize = 0;
        WindowScale = -1;
        SackPermitted = false;
        HasTimestamp = false;
        SackCount = 0;
        int i = Header + TcpHeader.MinLength;
        int end = Data;
        while (i < end)
        {
            int kind = Buffer[i];
            if (kind == TcpHeader.OptionEnd)
            {
                return;
            }

            if (kind == TcpHeader.OptionNoOperation)
            {
                i++;
                continue;
            }

            if (i + 1 >= end)
            {
                return;
            }

            int length = Buffer[i + 1];
            if (length < 2 || i + length > end)
            {
                return;
            }

            Option(kind, i + 2, length);
            i += length;
        }
    }

    private void Option(int kind, int at, int length)
    {
        switch (kind)
        {
            case TcpHeader.OptionMaximumSegmentSize:
                if (length == TcpHeader.MaximumSegmentSizeLength)
                {
                    MaximumSegmentSize = BigEndian.ReadUInt16(Buffer, at);
                }

                break;
            case TcpHeader.OptionWindowScale:
                if (length == TcpHeader.WindowScaleLength)
                {
                    // RFC 7323 §2.3: a shift count above 14 is used as 14.
                    WindowScale = Buffer[at] < TcpHeader.MaxWindowScale ? Buffer[at] : TcpHeader.MaxWindowScale;
                }

                break;
            case TcpHeader.OptionSackPermitted:
                SackPermitted |= length == TcpHeader.SackPermittedLength;
                break;
            case TcpHeader.OptionTimestamps:
                if (length == TcpHeader.TimestampsLength)
                {
                    HasTimestamp = true;
                    TimestampValue = BigEndian.ReadInt32(Buffer, at);
                    TimestampEcho = BigEndian.ReadInt32(Buffer, at + 4);
                }

                break;
            case TcpHeader.OptionSack:
                if ((length - 2) % TcpHeader.SackBlockLength == 0)
                {
                    _sackAt = at;
                    SackCount = (length - 2) / TcpHeader.SackBlockLength;
                }

                break;
            default:
                break;
        }
    }
}
