using EmbeddedTcp.Messaging;
using EmbeddedTcp.MessagingTests.Support;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.UnitTests.Support;

namespace EmbeddedTcp.StormTests.Messaging;

/// <summary>A listener at stack B, and at stack A a bare connection to it on which a test writes what it likes.</summary>
internal sealed class HostilePeer
{
    internal const int Maximum = 256;
    internal const int Interval = 1000;
    internal const int SilenceMs = 3000;
    internal const int HelloMs = 2000;
    internal const int MessageMs = 5000;
    internal const int CloseMs = 1500;

    private readonly List<byte> _heard = [];
    private readonly byte[] _scratch = new byte[4096];
    private TcpConnection _c;

    internal HostilePeer(bool reading = true)
    {
        Reading = reading;
        Listener = new ChannelListener(Stacks.B, 4242, 2, Options(), Log);
        Assert.IsTrue(Listener.Open());
        Stacks.Settle();
        Connect();
    }

    internal static ChannelOptions Options() => new()
    {
        MaximumMessage = Maximum, HeartbeatInterval = Interval, HelloTimeout = HelloMs, MessageTimeout = MessageMs, CloseTimeout = CloseMs, StallTimeout = 20_000,
    };

    internal TwoStacks Stacks { get; } = new(new StackOptions { Connections = 4 }, new StackOptions { Connections = 4 });

    internal Log Log { get; } = new();

    internal ChannelListener Listener { get; }

    internal bool Reading { get; set; }

    internal TcpConnection C => _c;

    internal byte[] Heard => [.. _heard];

    internal bool HeardEnd { get; private set; }

    internal static byte[] Hello(uint maximum = 1024, uint interval = Interval, int version = 1, int refusal = 0)
        => [(byte)'E', (byte)'M', (byte)'C', (byte)'H', (byte)version, (byte)refusal, 0, 0, .. Four(maximum), .. Four(interval)];

    internal static byte[] Frame(int type, int id, params byte[] payload) => [.. Header(type, id, (uint)payload.Length), .. payload];

    internal static byte[] Header(int type, int id, uint length, int zero = 0) => [.. Four(length), (byte)type, (byte)zero, (byte)(id >> 8), (byte)id];

    internal void Connect()
    {
        _heard.Clear();
        HeardEnd = false;
        _c = Stacks.A.Tcp.Connect(TwoStacks.AddressB, 4242);
        Assert.IsNotNull(_c);
        _c.NoDelay = true;
        Stacks.Settle();
        Hear();
    }

    /// <summary>A peer that has said its hello.</summary>
    internal static HostilePeer Greeted()
    {
        var peer = new HostilePeer();
        peer.Says(Hello());
        Assert.AreEqual(1, peer.Log.Opens);
        return peer;
    }

    /// <summary>Writes all of it, as fast as it is taken.</summary>
    internal void Says(params byte[] octets)
    {
        int at = 0;
        while (at < octets.Length && _c.EndReason == TcpEndReason.None)
        {
            int n = _c.Write(octets, at, octets.Length - at);
            if (n < 0)
            {
                break;
            }

            at += n;
            Stacks.Settle();
            Hear();
            if (n == 0)
            {
                Stacks.Run(1);
            }
        }
    }

    internal void Run(int milliseconds)
    {
        for (int left = milliseconds; left > 0; left -= 100)
        {
            Stacks.Run(Math.Min(100, left));
            Hear();
        }
    }

    /// <summary>Nothing ended yet; after so many milliseconds more it has, for this reason, and the goodbye says so.</summary>
    internal void EndsWith(ChannelEnd end, int afterMs, int goodbye = -1)
    {
        int ends = Log.Closes + Log.Failures;
        if (afterMs > 0)
        {
            Run(afterMs - 1);
            Assert.AreEqual(ends, Log.Closes + Log.Failures, $"ended early: {ChannelEndName.Of(Log.ClosedBy)}, {ChannelEndName.Of(Log.FailedBy)}");
            Run(1);
        }

        HasEnded(end, goodbye);
    }

    /// <summary>It has ended for this reason; the goodbye says so; every slot is free in time, and the next peer is welcome.</summary>
    internal void HasEnded(ChannelEnd end, int goodbye = -1)
    {
        Stacks.Settle();
        Hear();
        Assert.AreEqual(Log.Opens, Log.Closes);
        Assert.AreEqual(ChannelEndName.Of(end), ChannelEndName.Of(Log.Opens > 0 ? Log.ClosedBy : Log.FailedBy));
        Assert.AreEqual(1, Listener.Counters.EndsBy(end));
        Assert.AreEqual(0, Listener.InUse);
        if (goodbye >= 0)
        {
            CollectionAssert.AreEqual(Frame(6, 0, (byte)goodbye), Heard[^9..]);
            Assert.IsTrue(HeardEnd, "no FIN behind the goodbye");
        }

        Run(CloseMs);
        Assert.AreEqual(4, Stacks.B.Tcp.FreeSlots);
        _c.Abort();
        Stacks.Settle();
        Connect();
        int opens = Log.Opens;
        Says(Hello());
        Assert.AreEqual(opens + 1, Log.Opens, "the next peer is not welcome");
    }

    private void Hear()
    {
        int n = 0;
        while (Reading && !HeardEnd && (n = _c.Read(_scratch, 0, _scratch.Length)) > 0)
        {
            _heard.AddRange(_scratch[..n]);
        }

        HeardEnd |= n < 0;
    }

    private static byte[] Four(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
