using System.IO;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.InteropTests.Lab;

/// <summary>Which of TCP's options one side offers and takes: the kernel of a namespace (tcp(7)), or a board.</summary>
internal sealed record TcpOffer
{
    /// <summary>Selective acknowledgments and duplicate ones (RFC 2018, 2883).</summary>
    public bool Sack { get; init; }

    /// <summary>Timestamps (RFC 7323 §3).</summary>
    public bool Timestamps { get; init; }

    /// <summary>Window scale (RFC 7323 §2).</summary>
    public bool WindowScale { get; init; }

    /// <summary>Explicit congestion notification, asked for and granted (RFC 3168).</summary>
    public bool Ecn { get; init; }

    /// <summary>What both sides offered, as bits of <see cref="TcpFeatures"/>.</summary>
    public int With(TcpOffer other)
    {
        return (Sack && other.Sack ? TcpFeatures.Sack : 0) | (Timestamps && other.Timestamps ? TcpFeatures.Timestamps : 0)
            | (WindowScale && other.WindowScale ? TcpFeatures.WindowScale : 0) | (Ecn && other.Ecn ? TcpFeatures.Ecn : 0);
    }

    /// <summary>Sets it in a board's options.</summary>
    public void Apply(StackOptions options)
    {
        options.SelectiveAcknowledgment = Sack;
        options.Timestamps = Timestamps;
        options.WindowScale = WindowScale;
        options.ExplicitCongestionNotification = Ecn;
    }

    /// <summary>Sets it in a namespace, for the connections to come.</summary>
    public void Apply(NetworkNamespace network)
    {
        network.Run(() =>
        {
            Set("tcp_sack", Sack);
            Set("tcp_dsack", Sack);
            Set("tcp_timestamps", Timestamps);
            Set("tcp_window_scaling", WindowScale);
            Set("tcp_ecn", Ecn);
            return true;
        });
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string on = (Sack ? " SACK" : string.Empty) + (Timestamps ? " timestamps" : string.Empty)
            + (WindowScale ? " window-scale" : string.Empty) + (Ecn ? " ECN" : string.Empty);
        return on.Length == 0 ? "no options" : on[1..];
    }

    private static void Set(string name, bool on)
    {
        // Each namespace has its own /proc/sys/net, that of the thread which looks.
        File.WriteAllText("/proc/sys/net/ipv4/" + name, on ? "1" : "0");
    }
}
