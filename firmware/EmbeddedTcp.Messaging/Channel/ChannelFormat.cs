namespace EmbeddedTcp.Messaging;

/// <summary>The bytes on the wire, as docs/message-channel.md has them. Numbers are big-endian.</summary>
public static class ChannelFormat
{
    /// <summary>"EMCH", the first four bytes of a hello.</summary>
    public const int Magic = 0x454D4348;

    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>Bytes of a hello: magic 0, version 4, refusal 5, two bytes of zero, largest message 8, heartbeat interval 12.</summary>
    public const int HelloLength = 16;

    /// <summary>Bytes of a frame's header: length of what follows it 0, type 4, a byte of zero, correlation 6.</summary>
    public const int HeaderLength = 8;

    /// <summary>The smallest "largest message" that a hello may announce.</summary>
    public const int SmallestMaximum = 64;

    /// <summary>The shortest heartbeat interval in milliseconds that a hello may announce.</summary>
    public const int ShortestHeartbeat = 100;

    /// <summary>The longest heartbeat interval in milliseconds that a hello may announce.</summary>
    public const int LongestHeartbeat = 3600000;

    /// <summary>Octets in a second that a message must come with, once <see cref="ChannelOptions.MessageTimeout"/> is over.</summary>
    public const int SlowestRate = 1024;

    internal const int TypeMessage = 1;
    internal const int TypeRequest = 2;
    internal const int TypeReply = 3;
    internal const int TypeError = 4;
    internal const int TypeHeartbeat = 5;
    internal const int TypeGoodbye = 6;

    // From here on a receiver may skip what it does not know.
    internal const int FirstOptionalType = 128;
    internal const int LongestGoodbye = 64;
}

/// <summary>What a goodbye says, and a hello that is one.</summary>
public static class Goodbye
{
    /// <summary>None was said; in a hello, welcome. In a goodbye: the sender is done.</summary>
    public const int Done = 0;

    /// <summary>The sender shuts down or restarts.</summary>
    public const int GoingAway = 1;

    /// <summary>The sender has no channel free.</summary>
    public const int Full = 2;

    /// <summary>The sender speaks another version.</summary>
    public const int WrongVersion = 3;

    /// <summary>A number in the hello is out of its range.</summary>
    public const int BadHello = 4;

    /// <summary>A frame is longer than announced.</summary>
    public const int TooLarge = 5;

    /// <summary>A frame is against the rules.</summary>
    public const int ProtocolError = 6;

    /// <summary>Too many frames that carry nothing.</summary>
    public const int Flood = 7;

    /// <summary>The hello or a frame was not complete in time.</summary>
    public const int TooSlow = 8;

    /// <summary>What is said to the peer on an end of our verdict, or −1 where nothing is.</summary>
    internal static int CodeOf(ChannelEnd end)
    {
        switch (end)
        {
            case ChannelEnd.Closed: return Done;
            case ChannelEnd.WrongVersion: return WrongVersion;
            case ChannelEnd.BadHello: return BadHello;
            case ChannelEnd.TooLarge: return TooLarge;
            case ChannelEnd.ProtocolError: return ProtocolError;
            case ChannelEnd.Flood: return Flood;
            case ChannelEnd.HelloTimedOut:
            case ChannelEnd.TooSlow: return TooSlow;
            default: return -1;
        }
    }

    /// <summary>What a goodbye of the peer means for us.</summary>
    internal static ChannelEnd EndOf(int code)
    {
        switch (code)
        {
            case Done: return ChannelEnd.PeerClosed;
            case GoingAway: return ChannelEnd.PeerGoingAway;
            case Full: return ChannelEnd.PeerFull;
            default: return ChannelEnd.PeerComplained;
        }
    }
}
