using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EmbeddedTcp.VirtualBoard.Lab.Play;

namespace EmbeddedTcp.VirtualBoard.Lab.Scenarios;

/// <summary>What many scenarios do, and how they judge.</summary>
internal static class Steps
{
    private const long Patience = 400_000;

    /// <summary>The server listens, the client connects; both sockets, or what there is of them when the wire does not let them.</summary>
    internal static (LabSocket Client, LabSocket Server) Open(this LabStage stage)
    {
        stage.Server.Listen();
        return stage.Connect();
    }

    /// <summary>The client connects to a server that listens.</summary>
    internal static (LabSocket Client, LabSocket Server) Connect(this LabStage stage, int localPort = 0)
    {
        int before = stage.Server.Sockets.Count;
        LabSocket client = stage.Client.Connect(localPort: localPort);
        stage.Until(() => client.Ended || (client.Open && stage.Server.Sockets.Count > before), Patience);
        stage.Run(2 * stage.LatencyMs);
        return stage.Server.Sockets.Count > before
            ? (client, stage.Server.Sockets[^1])
            : throw new LabException("the connection did not come about");
    }

    /// <summary>One side writes so many octets and the other reads them.</summary>
    internal static void Transfer(this LabStage stage, LabSocket from, LabSocket to, int count)
    {
        long target = to.Octets + count;
        int left = count - Math.Max(0, from.Write(count));
        stage.Each = () =>
        {
            left -= left > 0 ? Math.Max(0, from.Write(left, true)) : 0;
            if (to.Connection.Available > 0)
            {
                to.Read(count > 4096);
            }
        };
        stage.Until(() => to.Octets >= target || from.Ended || to.Ended, Patience);
        stage.Each = null;
        stage.Run(300);
    }

    /// <summary>Reads the end of the stream when it has come.</summary>
    internal static void ReadEnd(this LabStage stage, LabSocket socket)
    {
        stage.Until(() => socket.Connection.PeerClosed || socket.Ended, Patience);
        socket.Read();
    }

    /// <summary>Long enough for retransmissions and the 2MSL wait.</summary>
    internal static void Rest(this LabStage stage)
    {
        stage.Run(1000);
        stage.Until(() => stage.Quiet, Patience);
    }

    /// <summary>Complains unless the first segments were sent at these moments.</summary>
    internal static IEnumerable<string> SentAt(this LabStage stage, params long[] moments)
    {
        long[] actual = [.. stage.Flights.Take(moments.Length).Select(f => f.SentMs)];
        if (!actual.SequenceEqual(moments))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"sent at {string.Join(' ', actual)} ms instead of {string.Join(' ', moments)}");
        }
    }

    /// <summary>Complains unless something is so.</summary>
    internal static IEnumerable<string> Unless(bool so, string complaint) => so ? [] : [complaint];
}
