using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dns;

namespace EmbeddedTcp.Messaging;

/// <summary>
/// A short connection: connect, send one request, receive one answer, close. One at a time; used again and again. Allocates nothing after it is
/// made. Bytes go as they are: what they mean, and how an answer ends, is the application's.
/// </summary>
/// <remarks>
/// The side that closes first keeps a record in TIME_WAIT for twice <see cref="StackOptions.MaximumSegmentLifetime"/>, a minute as a rule. Here the
/// peer is given the first word: with <see cref="AnswerEnd.AtClose"/> it closes by definition, with the others for <see cref="CloseTimeout"/> after
/// the answer. If it does not, or with <see cref="HalfClose"/>, the record is ours: one exchange each two seconds makes about 30 of them, out of
/// <see cref="StackOptions.TimeWaitTableSize"/>; a full table gives up its oldest, and no ephemeral port is used again while its record is there.
/// </remarks>
public sealed partial class ShortExchange : NetworkService
{
    private readonly ExchangeHandler _handler;
    private readonly Dialler _dialler;
    private readonly Parting _parting = new Parting();
    private readonly byte[] _answer;

    /// <summary>How the end of an answer is known, one of <see cref="AnswerEnd"/>.</summary>
    public int Ends = AnswerEnd.AtClose;

    /// <summary>With <see cref="AnswerEnd.AtCount"/>, the bytes of an answer; 0 for a request that is not answered.</summary>
    public int AnswerBytes;

    /// <summary>True closes our direction behind the request, for peers that read up to the end of the stream. TIME_WAIT is then ours.</summary>
    public bool HalfClose;

    /// <summary>How long all of it may take, attempts and waits between them, in milliseconds, 1 to a day.</summary>
    public int Deadline = 15000;

    /// <summary>How long one attempt may take, in milliseconds, 1 to a day.</summary>
    public int AttemptTimeout = 10000;

    /// <summary>Further attempts after one that failed, if the deadline lets them. The peer may then get a request twice.</summary>
    public int Retries;

    /// <summary>Longest wait before the first further attempt, in milliseconds, 2 to an hour; doubled each time. How much of it is waited, half to all, is drawn.</summary>
    public int RetryWait = 1000;

    /// <summary>How long the peer may take to close after its answer, in milliseconds, before we do. The answer is there meanwhile.</summary>
    public int CloseTimeout = 1000;

    /// <summary>Makes a helper for one exchange at a time.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="answerRoom">Bytes of the longest answer, its length in front included, 1 to 1,048,576.</param>
    /// <param name="handler">Who is told, or null for nobody: <see cref="Busy"/> tells too.</param>
    /// <exception cref="ArgumentException">The room is out of its range.</exception>
    public ShortExchange(NetworkInterface net, int answerRoom, ExchangeHandler handler)
        : base(net)
    {
        if (answerRoom < 1 || answerRoom > 1048576)
        {
            throw new ArgumentException("answerRoom");
        }

        _answer = new byte[answerRoom];
        _handler = handler;
        _dialler = new Dialler(this);
        net.Memory.Add("short exchange", answerRoom + Parting.Bytes + 1);
    }

    /// <inheritdoc/>
    public override string OwnerName
    {
        get { return "exchange"; }
    }

    /// <summary>True from the start until the result is there.</summary>
    public bool Busy
    {
        get { return _phase != Idle; }
    }

    /// <summary>How the last one ended.</summary>
    public ExchangeResult Result { get; private set; }

    /// <summary>The answer, from index 0 on, its length in front included.</summary>
    public byte[] Answer
    {
        get { return _answer; }
    }

    /// <summary>Bytes of the answer that are there.</summary>
    public int AnswerLength { get; private set; }

    /// <summary>Attempts the last one took.</summary>
    public int Attempts { get; private set; }

    /// <summary>Exchanges that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Exchanges that were not.</summary>
    public int Failed { get; private set; }

    /// <summary>Begins an exchange.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="request">Holds the request; not to be touched until the result is there.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <returns>False while another one is under way.</returns>
    /// <exception cref="ArgumentException">Not an address or port of a peer, or the range lies outside the buffer.</exception>
    public bool Start(uint address, int port, byte[] request, int offset, int count)
    {
        if (Busy)
        {
            return false;
        }

        CheckRange(request, offset, count);
        _dialler.To(address, port);
        return Begin(request, offset, count);
    }

    /// <summary>As the other, to a name.</summary>
    /// <param name="host">A name, or an address as text.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="dns">Who looks it up.</param>
    /// <param name="request">Holds the request; not to be touched until the result is there.</param>
    /// <param name="offset">Its first byte.</param>
    /// <param name="count">Its bytes, 0 or more.</param>
    /// <returns>False while another one is under way.</returns>
    /// <exception cref="ArgumentException">No name, port or resolver, or the range lies outside the buffer.</exception>
    public bool Start(string host, int port, DnsClient dns, byte[] request, int offset, int count)
    {
        if (Busy)
        {
            return false;
        }

        CheckRange(request, offset, count);
        _dialler.To(host, port, dns);
        return Begin(request, offset, count);
    }

    /// <summary>Ends the one under way with <see cref="ExchangeResult.Cancelled"/>; its connection is reset. The handler is told before the return.</summary>
    public void Cancel()
    {
        if (Busy)
        {
            Drop();
            Finish(ExchangeResult.Cancelled);
        }
    }

    private static void CheckRange(byte[] buffer, int offset, int count)
    {
        if (buffer == null || (offset | count | (buffer.Length - count - offset)) < 0)
        {
            throw new ArgumentException("request");
        }
    }
}
