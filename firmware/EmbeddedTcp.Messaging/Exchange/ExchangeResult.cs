namespace EmbeddedTcp.Messaging;

/// <summary>How a short exchange ended.</summary>
public enum ExchangeResult
{
    /// <summary>It is under way, or none was begun.</summary>
    None = 0,

    /// <summary>The answer is there.</summary>
    Answered = 100,

    /// <summary>The deadline passed.</summary>
    DeadlinePassed,

    /// <summary>The answer is longer than there is room for; what fits is there.</summary>
    TooLong,

    /// <summary>The peer closed before the answer was complete; what came is there.</summary>
    CutShort,

    /// <summary>Our application cancelled it.</summary>
    Cancelled,

    /// <summary>Nobody listens there.</summary>
    Refused = ChannelEnd.Refused,

    /// <summary>The peer reset the connection; what came is there.</summary>
    Reset = ChannelEnd.Reset,

    /// <summary>An attempt took too long, or TCP's own patience ended.</summary>
    TimedOut = ChannelEnd.TimedOut,

    /// <summary>There is no way to the peer's address, or it cannot be one.</summary>
    Unreachable = ChannelEnd.Unreachable,

    /// <summary>Our interface has another address now, or none.</summary>
    AddressChanged = ChannelEnd.AddressChanged,

    /// <summary>The peer's name has no address, or no server would tell.</summary>
    NoName = ChannelEnd.NoName,

    /// <summary>No connection slot was free on our side.</summary>
    NoSlot = ChannelEnd.NoSlot,
}

/// <summary>Names of the results, for people.</summary>
public static class ExchangeResultName
{
    /// <summary>The result in a few words.</summary>
    public static string Of(ExchangeResult result)
    {
        switch (result)
        {
            case ExchangeResult.None: return "under way";
            case ExchangeResult.Answered: return "answered";
            case ExchangeResult.DeadlinePassed: return "the deadline passed";
            case ExchangeResult.TooLong: return "the answer is too long";
            case ExchangeResult.CutShort: return "the answer is cut short";
            case ExchangeResult.Cancelled: return "cancelled";
            default: return ChannelEndName.Of((ChannelEnd)result);
        }
    }
}

/// <summary>How the end of an answer is known.</summary>
public static class AnswerEnd
{
    /// <summary>The peer closes its direction behind it. The peer then takes the TIME_WAIT, not we.</summary>
    public const int AtClose = 0;

    /// <summary>It has as many bytes as <see cref="ShortExchange.AnswerBytes"/> says.</summary>
    public const int AtCount = 1;

    /// <summary>It begins with two bytes, the higher first, that count what follows them.</summary>
    public const int AtPrefix16 = 2;

    /// <summary>It begins with four bytes, the highest first, that count what follows them.</summary>
    public const int AtPrefix32 = 4;
}

/// <summary>Who is told when a short exchange is over. Called from within <see cref="Link.NetworkInterface.Poll"/>.</summary>
public abstract class ExchangeHandler
{
    /// <summary>It is over: <see cref="ShortExchange.Result"/> and <see cref="ShortExchange.Answer"/> stay until the next start, which may be called here.</summary>
    public abstract void OnDone(ShortExchange exchange);
}
