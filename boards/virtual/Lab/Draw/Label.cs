using System.Collections.Generic;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Draw;

/// <summary>A segment in a few words.</summary>
internal static class Label
{
    // A relative number beyond this belongs to another connection than the one it is measured from: the absolute one says more.
    private const long Strange = 1 << 24;

    /// <summary>Flags, numbers, length, window and options as far as they fit.</summary>
    internal static string Of(Flight flight, bool absolute, int width)
    {
        WireSegment s = flight.Segment;
        var parts = new List<string> { "seq=" + Number(flight.RelativeSeq, s.Seq, absolute) };
        if (s.Has(TcpFlags.Ack))
        {
            parts.Add("ack=" + Number(flight.RelativeAck, s.Ack, absolute));
        }

        if (s.Text > 0)
        {
            parts.Add($"len={s.Text}");
        }

        if (!s.Has(TcpFlags.Rst))
        {
            parts.Add($"win={s.Window}");
        }

        if (s.Options.Count > 0)
        {
            parts.Add("<" + string.Join(", ", s.Options) + ">");
        }

        string label = s.Name;
        foreach (string part in parts)
        {
            if (label.Length + 1 + part.Length > width)
            {
                break;
            }

            label += " " + part;
        }

        return label;
    }

    private static string Number(long relative, uint absolute, bool wanted)
        => wanted || relative is > Strange or < -Strange ? $"{absolute}" : $"{relative}";
}
