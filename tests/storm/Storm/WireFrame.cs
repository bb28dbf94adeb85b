using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.StormTests.Storm;

/// <summary>The fields of a frame that the watch and the ladder look at, read by other code than the engine's.</summary>
internal struct WireFrame
{
    internal int EtherType;
    internal bool IsTcp;

    /// <summary>Ethernet header and IP total length: what lies behind is padding.</summary>
    internal int RealLength;
    internal int SourcePort;
    internal int DestinationPort;
    internal int Seq;
    internal int Ack;
    internal int Flags;
    internal int Window;
    internal int TextLength;

    internal readonly int SequenceLength
    {
        get { return TextLength + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0); }
    }

    internal static WireFrame Parse(byte[] b, int o, int length)
    {
        WireFrame f = default;
        f.EtherType = Word(b, o + 12);
        f.RealLength = length;
        if (f.EtherType != 0x0800 || length < 34)
        {
            return f;
        }

        f.RealLength = 14 + Word(b, o + 16);
        int header = (b[o + 14] & 15) * 4;
        if (b[o + 23] != 6 || f.RealLength < 14 + header + 20)
        {
            return f;
        }

        int t = o + 14 + header;
        f.IsTcp = true;
        f.SourcePort = Word(b, t);
        f.DestinationPort = Word(b, t + 2);
        f.Seq = (Word(b, t + 4) << 16) | Word(b, t + 6);
        f.Ack = (Word(b, t + 8) << 16) | Word(b, t + 10);
        f.Flags = b[t + 13];
        f.Window = Word(b, t + 14);
        f.TextLength = f.RealLength - 14 - header - ((b[t + 12] >> 4) * 4);
        return f;
    }

    private static int Word(byte[] b, int at)
    {
        return (b[at] << 8) | b[at + 1];
    }
}
