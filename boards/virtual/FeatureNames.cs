using System;
using System.Linq;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard;

/// <summary>The TCP features of the command line.</summary>
internal static class FeatureNames
{
    private static readonly (string Name, int Bit)[] Known =
    [
        ("sack", TcpFeatures.Sack),
        ("timestamps", TcpFeatures.Timestamps),
        ("window-scale", TcpFeatures.WindowScale),
        ("ecn", TcpFeatures.Ecn),
    ];

    /// <summary>Reads a list.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    internal static string? TryRead(string text, out int? features)
    {
        int bits = 0;
        features = bits;
        if (text == "none")
        {
            return null;
        }

        foreach (string word in text.Split(','))
        {
            if (word == "all")
            {
                bits |= Known.Aggregate(0, (all, f) => all | f.Bit);
                continue;
            }

            int at = Array.FindIndex(Known, f => f.Name == word);
            if (at < 0)
            {
                return "is not a list of sack, timestamps, window-scale and ecn, nor none or all";
            }

            bits |= Known[at].Bit;
        }

        features = bits;

        return null;
    }

    /// <summary>Makes the options offer the features; null: what suits the rings.</summary>
    internal static void Offer(StackOptions options, int? features)
    {
        if (features == null)
        {
            StackOptions sized = StackOptions.WithBuffers(Math.Max(options.ReceiveBufferSize, options.SendBufferSize));
            options.SelectiveAcknowledgment = sized.SelectiveAcknowledgment;
            options.Timestamps = sized.Timestamps;
            options.WindowScale = sized.WindowScale;
            return;
        }

        options.SelectiveAcknowledgment = (features & TcpFeatures.Sack) != 0;
        options.Timestamps = (features & TcpFeatures.Timestamps) != 0;
        options.WindowScale = (features & TcpFeatures.WindowScale) != 0;
        options.ExplicitCongestionNotification = (features & TcpFeatures.Ecn) != 0;
    }
}
