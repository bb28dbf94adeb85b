using EmbeddedTcp.Ip;
using EmbeddedTcp.Link;

namespace EmbeddedTcp.Services.Ping;

/// <summary>
/// Sends ICMP echo requests and knows which were answered (RFC 792, RFC 1122 §3.2.2.6: the user's side of ping). It remembers the last
/// <see cref="Remembered"/> requests; a reply to an older one counts as unknown.
/// </summary>
/// <remarks>An interface without one drops echo replies and pays nothing. The requester is found by its identifier until it is closed.</remarks>
public sealed class EchoRequester : EchoClient
{
    /// <summary>Requests that are remembered.</summary>
    public const int Remembered = 8;

    /// <summary>Most data of a request, in bytes, on Ethernet.</summary>
    public const int MaxSize = 1472;

    private const int Waiting = 1;
    private const int Answered = 2;
    private const int Failed = 3;

    private readonly int[] _state = new int[Remembered];
    private readonly int[] _sentAt = new int[Remembered];
    private readonly int[] _roundTrip = new int[Remembered];
    private uint _destination;

    /// <summary>Makes a requester and begins to listen for replies.</summary>
    public EchoRequester(NetworkInterface net)
        : base(net)
    {
    }

    /// <summary>Requests sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Replies to requests that were waiting for one.</summary>
    public int Received { get; private set; }

    /// <summary>Replies to requests that had been answered, or are forgotten.</summary>
    public int Duplicates { get; private set; }

    /// <summary>TTL of the last reply.</summary>
    public int ReplyTimeToLive { get; private set; }

    /// <summary>Bytes of data in the last reply.</summary>
    public int ReplySize { get; private set; }

    /// <summary>The host that sent the last ICMP error about a request.</summary>
    public uint ErrorFrom { get; private set; }

    /// <summary>Type of that error.</summary>
    public int ErrorType { get; private set; }

    /// <summary>Code of that error.</summary>
    public int ErrorCode { get; private set; }

    /// <summary>Sends a request. Its sequence number is the count of those sent before, modulo 2¹⁶.</summary>
    /// <param name="destination">A unicast address.</param>
    /// <param name="size">Bytes of data, 0 to what the MTU leaves.</param>
    /// <returns>False when there is no route or the device takes no frame now; nothing was sent.</returns>
    public bool Send(uint destination, int size)
    {
        if (!Send(destination, size, Sent))
        {
            return false;
        }

        int slot = Sent % Remembered;
        _destination = destination;
        _state[slot] = Waiting;
        _sentAt[slot] = Now;
        Sent++;
        return true;
    }

    /// <summary>The round trip of a request.</summary>
    /// <param name="sequence">The count of those sent before it.</param>
    /// <returns>Milliseconds; −1 while there is no reply, −2 when an error came instead.</returns>
    public int RoundTripOf(int sequence)
    {
        int slot = sequence % Remembered;
        return sequence < Sent - Remembered || _state[slot] == Waiting ? -1 : _state[slot] == Failed ? -2 : _roundTrip[slot];
    }

    /// <inheritdoc/>
    protected override bool Reply(int sequence, uint source, int size, int timeToLive)
    {
        int slot = SlotOf(sequence);
        if (slot < 0 || source != _destination)
        {
            return false;
        }

        if (_state[slot] != Waiting)
        {
            Duplicates++;
            return true;
        }

        _state[slot] = Answered;
        _roundTrip[slot] = Now - _sentAt[slot];
        Received++;
        ReplySize = size;
        ReplyTimeToLive = timeToLive;
        return true;
    }

    /// <inheritdoc/>
    protected override bool Error(int sequence, uint destination, uint from, int type, int code)
    {
        int slot = SlotOf(sequence);
        if (slot < 0 || destination != _destination || _state[slot] != Waiting)
        {
            return false;
        }

        _state[slot] = Failed;
        ErrorFrom = from;
        ErrorType = type;
        ErrorCode = code;
        return true;
    }

    private int SlotOf(int sequence)
    {
        int age = (Sent - 1 - sequence) & 0xFFFF;
        return age >= Remembered || age >= Sent ? -1 : (Sent - 1 - age) % Remembered;
    }
}
