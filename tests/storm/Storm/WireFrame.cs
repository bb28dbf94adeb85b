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

    /// <summary>Bits of <see cref="TcpFeatures"/> that a SYN offers or a SYN,ACK takes; ECN is not among them.</summary>
    internal int Offers;

    internal bool HasTimestamp;
    internal int TimestampValue;
    internal int TimestampEcho;

    /// <summary>Left and right edges of the SACK blocks in turn; null without the option.</summary>
    internal int[] Sack;

    /// <summary>An option that does not belong where it is, or whose length is wrong.</summary>
    internal bool BadOptions;

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
        f.ParseOptions(b, t + 20, t + ((b[t + 12] >> 4) * 4));
        return f;
    }

    private void ParseOptions(byte[] b, int at, int end)
    {
        bool syn = (Flags & TcpFlags.Syn) != 0;
        while (at < end && b[at] != 0)
        {
            if (b[at] == 1)
            {
                at++;
                continue;
            }

            int kind = b[at];
            int length = at + 1 < end ? b[at + 1] : 0;
            if (length < 2 || at + length > end)
            {
                BadOptions = true;
                return;
            }

            switch (kind)
            {
                case 2:
                    BadOptions |= !syn || length != 4;
                    break;
                case 3:
                    BadOptions |= !syn || length != 3 || b[at + 2] > 14;
                    Offers |= TcpFeatures.WindowScale;
                    break;
                case 4:
                    BadOptions |= !syn || length != 2;
                    Offers |= TcpFeatures.Sack;
                    break;
                case 5:
                    BadOptions |= syn || length < 10 || (length & 7) != 2;
                    Sack = new int[(length - 2) / 4];
                    for (int i = 0; i < Sack.Length; i++)
                    {
                        Sack[i] = (Word(b, at + 2 + (i * 4)) << 16) | Word(b, at + 4 + (i * 4));
                    }

                    break;
                case 8:
                    BadOptions |= length != 10;
                    HasTimestamp = true;
                    TimestampValue = (Word(b, at + 2) << 16) | Word(b, at + 4);
                    TimestampEcho = (Word(b, at + 6) << 16) | Word(b, at + 8);
                    Offers |= syn ? TcpFeatures.Timestamps : 0;
                    break;
                default:
                    BadOptions = true;
                    break;
            }

            at += length;
        }
    }

    private static int Word(byte[] b, int at)
    {
        return (b[at] << 8) | b[at + 1];
    }
}
