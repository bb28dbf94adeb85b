using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.Bench;

/// <summary>Two stacks in memory with one busy connection and some that only stand there.</summary>
internal sealed class Pair
{
    /// <summary>Full segments of one <see cref="Bulk"/>.</summary>
    internal const int SegmentsPerRound = 10;

    internal const int SegmentLength = 1460;

    /// <summary>Octets of a request and of its reply.</summary>
    internal const int RequestLength = 64;

    private readonly byte[] _data = new byte[SegmentsPerRound * SegmentLength];
    private readonly byte[] _request = new byte[RequestLength];
    private readonly TwoStacks _stacks;
    private readonly NetworkInterface _a;
    private readonly NetworkInterface _b;
    private readonly TcpConnection _client;
    private readonly TcpConnection _server;
    private long _now;

    /// <summary>Connects.</summary>
    /// <param name="open">Connections that are open on both sides, the busy one included.</param>
    internal Pair(int open)
    {
        // Rings of a power of two above the round's data; the segments thus also wrap around their ends.
        _stacks = new TwoStacks(Options(open), Options(open));
        _a = _stacks.A;
        _b = _stacks.B;
        TcpListener listener = _b.Tcp.Listen(7, open);
        _stacks.Settle();
        for (int i = 0; i < open; i++)
        {
            _client = _a.Tcp.Connect(TwoStacks.AddressB, 7) ?? throw new InvalidOperationException("no slot");
            _stacks.Run(1000);
            _server = listener.Accept() ?? throw new InvalidOperationException("no connection");
        }

        _now = _stacks.NowMs;
        new Random(1).NextBytes(_data);
    }

    /// <summary>Data segments sent by the client.</summary>
    internal int SegmentsSent
    {
        get { return _a.Counters.SegmentsOut; }
    }

    internal int AcksSent
    {
        get { return _b.Counters.SegmentsOut; }
    }

    internal int Retransmissions
    {
        get { return _a.Counters.Retransmissions + _b.Counters.Retransmissions; }
    }

    /// <summary>Ten full segments from write to read, with every acknowledgment, at both ends.</summary>
    internal void Bulk()
    {
        _now++;
        int left = _data.Length;
        int sent = 0;
        while (left > 0)
        {
            sent += _client.Write(_data, sent, _data.Length - sent);
            _a.Poll(_now);
            _b.Poll(_now);
            int n;
            while ((n = _server.Read(_data, 0, _data.Length)) > 0)
            {
                left -= n;
            }

            _b.Flush();
        }

        _a.Poll(_now);
    }

    /// <summary>A request of 64 octets is answered with as many.</summary>
    internal void RequestAndReply()
    {
        _now++;
        _client.Write(_request, 0, RequestLength);
        _a.Poll(_now);
        _b.Poll(_now);
        int n = _server.Read(_request, 0, RequestLength);
        _server.Write(_request, 0, n);
        _b.Flush();
        _a.Poll(_now);
        if (_client.Read(_request, 0, RequestLength) != RequestLength)
        {
            throw new InvalidOperationException("no reply");
        }
    }

    private static StackOptions Options(int open)
    {
        return new StackOptions { Connections = open, ReceiveBufferSize = 32768, SendBufferSize = 32768 };
    }
}
