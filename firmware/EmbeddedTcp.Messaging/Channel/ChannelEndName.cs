namespace EmbeddedTcp.Messaging;

/// <summary>Names of the ends, for people.</summary>
public static class ChannelEndName
{
    /// <summary>The end in a few words.</summary>
    public static string Of(ChannelEnd end)
    {
        switch (end)
        {
            case ChannelEnd.None: return "open";
            case ChannelEnd.Closed: return "closed";
            case ChannelEnd.PeerClosed: return "closed by the peer";
            case ChannelEnd.PeerGoingAway: return "the peer goes away";
            case ChannelEnd.PeerFull: return "the peer has no room";
            case ChannelEnd.PeerComplained: return "the peer complained";
            case ChannelEnd.EndOfStream: return "the peer left without a goodbye";
            case ChannelEnd.HalfMessage: return "the peer left in the middle of a message";
            case ChannelEnd.NotAChannel: return "the peer speaks something else";
            case ChannelEnd.WrongVersion: return "the peer speaks another version";
            case ChannelEnd.BadHello: return "a bad hello";
            case ChannelEnd.HelloTimedOut: return "no hello in time";
            case ChannelEnd.TooLarge: return "a message too large";
            case ChannelEnd.ProtocolError: return "a frame against the rules";
            case ChannelEnd.Flood: return "a flood of empty frames";
            case ChannelEnd.TooSlow: return "a message too slow";
            case ChannelEnd.Silence: return "the peer is silent";
            case ChannelEnd.Stalled: return "the peer does not read";
            default: return OfConnection(end);
        }
    }

    private static string OfConnection(ChannelEnd end)
    {
        switch (end)
        {
            case ChannelEnd.Refused: return "connection refused";
            case ChannelEnd.Reset: return "connection reset by peer";
            case ChannelEnd.TimedOut: return "timed out";
            case ChannelEnd.Unreachable: return "host unreachable";
            case ChannelEnd.AddressChanged: return "address changed";
            case ChannelEnd.NoName: return "no address for the name";
            case ChannelEnd.NoSlot: return "no connection slot free";
            default: return "?";
        }
    }
}
