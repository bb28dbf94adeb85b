using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Tcp;

/// <summary>Composes the options of one segment, padded to 32-bit words (RFC 9293 §3.2, MUST-69), in one reusable buffer.</summary>
internal sealed class TcpOptionWriter
{
    internal readonly byte[] Bytes = new byte[TcpHeader.MaxOptionsLength];
    internal int Length;

    internal void Clear()
    {
        Length = 0;
    }

    /// <summary>What a SYN offers: our MSS, and the features among <paramref name="features"/> that are options.</summary>
    internal void Syn(int mss, int features, int windowScale)
    {
        Length = 0;
        Put(TcpHeader.OptionMaximumSegmentSize, TcpHeader.MaximumSegmentSizeLength);
        Bytes[Length++] = (byte)(mss >> 8);
        Bytes[Length++] = (byte)mss;
        if ((features & TcpFeatures.WindowScale) != 0)
        {
            Bytes[Length++] = TcpHeader.OptionNoOperation;
            Put(TcpHeader.OptionWindowScale, TcpHeader.WindowScaleLength);
            Bytes[Length++] = (byte)windowScale;
        }

        if ((features & TcpFeatures.Sack) != 0)
        {
            Align();
            Put(TcpHeader.OptionSackPermitted, TcpHeader.SackPermittedLength);
        }
    }

    /// <summary>TSopt, aligned as RFC 7323 Appendix A recommends.</summary>
    internal void Timestamps(int value, int echo)
    {
        Align();
        Put(TcpHeader.OptionTimestamps, TcpHeader.TimestampsLength);
        Word(value);
        Word(echo);
    }

    /// <summary>The head of a SACK option with so many blocks, which follow by <see cref="Word"/>.</summary>
    internal void Sack(int blocks)
    {
        Align();
        Put(TcpHeader.OptionSack, 2 + blocks * TcpHeader.SackBlockLength);
    }

    internal void Word(int value)
    {
        BigEndian.WriteInt32(Bytes, Length, value);
        Length += 4;
    }

    /// <summary>How many SACK blocks there is room for.</summary>
    internal int RoomForSackBlocks()
    {
        return (TcpHeader.MaxOptionsLength - Length - 4) / TcpHeader.SackBlockLength;
    }

    // No-operations before an option of 2 + 4n bytes, so that its numbers and its end are aligned.
    private void Align()
    {
        while ((Length & 3) != 2)
        {
            Bytes[Length++] = TcpHeader.OptionNoOperation;
        }
    }

    private void Put(int kind, int length)
    {
        Bytes[Length++] = (byte)kind;
        Bytes[Length++] = (byte)length;
    }
}
