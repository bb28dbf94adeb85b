namespace EmbeddedTcp.StormTests.Storm;

/// <summary>How a connection ends.</summary>
internal enum Ending
{
    /// <summary>The client ends its direction after its data; the server ends its own after that.</summary>
    ClientFirst,

    /// <summary>The other way round.</summary>
    ServerFirst,

    /// <summary>Both end their direction as soon as their own data is queued.</summary>
    Both,

    /// <summary>The client closes, without waiting, when it has everything.</summary>
    ClientCloses,

    /// <summary>The server closes, without waiting, when it has everything.</summary>
    ServerCloses,

    /// <summary>The client resets the connection in the middle.</summary>
    ClientAborts,

    /// <summary>The server resets it.</summary>
    ServerAborts,

    /// <summary>The client closes while the server still has data for it: the server's data is answered with a RST.</summary>
    ClientClosesEarly,

    /// <summary>Nobody listens on the port.</summary>
    Refused,
}

/// <summary>How one application reads and writes.</summary>
internal sealed class Manner
{
    internal int Chunk;

    /// <summary>0: reads whatever is there; else one chunk each so many milliseconds.</summary>
    internal int ReadEvery;

    /// <summary>After so many octets it reads nothing for a while: the window closes.</summary>
    internal int ReadPauseAt = int.MaxValue;
    internal int ReadPause;

    /// <summary>After so many octets it writes nothing for a while.</summary>
    internal int WritePauseAt = int.MaxValue;
    internal int WritePause;
    internal bool NoDelay;
    internal bool KeepAlive;

    /// <summary>It keeps the connection until its end is reported, instead of giving it back at once.</summary>
    internal bool Hold;

    internal static Manner Draw(Dice d, int reads, int writes, bool strict)
    {
        Manner m = new Manner
        {
            Chunk = d.Of(1, 7, 100, 512, 1000, 1460, 4096, 20000),
            NoDelay = d.Chance(300),

            // Under pressure a client may believe in a connection that the server has given up: only asking tells it.
            KeepAlive = d.Chance(100) || strict,
            Hold = strict || d.Chance(500),
        };

        // A long way in small steps would only take time.
        m.Chunk = Math.Max(m.Chunk, Math.Max(reads, writes) / 300);
        if (d.Chance(250))
        {
            m.ReadEvery = d.Between(1, 1 + d.Skewed(2000));
            m.Chunk = Math.Max(m.Chunk, reads / 100);
        }

        if (d.Chance(120) && reads > 0)
        {
            m.ReadPauseAt = d.Below(reads);
            m.ReadPause = d.Of(300, 3000, 30000, 400000);
        }

        if (d.Chance(80) && writes > 0)
        {
            m.WritePauseAt = d.Below(writes);
            m.WritePause = d.Of(300, 3000, 30000, 400000);
        }

        return m;
    }
}

/// <summary>One connection as it is meant to go.</summary>
internal sealed class Script
{
    internal int Number;

    /// <summary>The side that opens: 0 is A, 1 is B.</summary>
    internal int ClientSide;
    internal bool Simultaneous;
    internal int Up;
    internal int Down;
    internal Ending Ending;

    /// <summary>For the endings in the middle: octets received by, and sent by, the one who ends.</summary>
    internal int EndAfterReceived;
    internal int EndAfterSent;
    internal int StartAfter;
    internal Manner Client;
    internal Manner Server;

    internal bool ServerIsVictim
    {
        get { return Ending is Ending.ClientAborts or Ending.ClientClosesEarly; }
    }

    internal bool ClientIsVictim
    {
        get { return Ending == Ending.ServerAborts; }
    }

    /// <summary>Nobody reads slowly, and nobody stops reading before the end.</summary>
    internal bool ReadsAtOnce
    {
        get
        {
            return Client.ReadEvery + Client.ReadPause + Server.ReadEvery + Server.ReadPause == 0
                && Ending is not (Ending.ClientAborts or Ending.ServerAborts or Ending.ClientClosesEarly);
        }
    }

    /// <summary>Takes out whatever keeps a window closed.</summary>
    internal void MakeBrisk()
    {
        foreach (Manner m in new[] { Client, Server })
        {
            m.ReadEvery = 0;
            m.ReadPause = 0;
            m.ReadPauseAt = int.MaxValue;
        }

        if (!ReadsAtOnce)
        {
            Ending = Ending.Both;
        }
    }

    internal static Script Draw(Dice d, int number, int clientSide, bool strict, int largest)
    {
        Script s = new Script { Number = number, ClientSide = clientSide };
        s.Up = d.Chance(150) ? 0 : d.Skewed(largest);
        s.Down = d.Chance(150) ? 0 : d.Skewed(largest);
        s.StartAfter = d.Chance(500) ? 0 : d.Skewed(3000);
        int ending = d.Below(100);
        s.Ending = ending < 22 ? Ending.ClientFirst : ending < 40 ? Ending.ServerFirst : ending < 58 ? Ending.Both
            : ending < 68 ? Ending.ClientCloses : ending < 78 ? Ending.ServerCloses : ending < 85 ? Ending.ClientAborts
            : ending < 91 ? Ending.ServerAborts : ending < 96 ? Ending.ClientClosesEarly : Ending.Refused;
        if (strict && s.Ending is Ending.ClientCloses or Ending.ServerCloses or Ending.ClientClosesEarly)
        {
            // Under pressure a connection that its application closed may be evicted; then nothing could be asserted.
            s.Ending = Ending.ClientFirst;
        }

        if (s.Ending == Ending.ClientClosesEarly)
        {
            s.Down = Math.Max(s.Down, 2);
        }

        s.Client = Manner.Draw(d, s.Down, s.Up, strict);
        s.Server = Manner.Draw(d, s.Up, s.Down, strict);
        if (s.Ending is Ending.ClientAborts or Ending.ServerAborts or Ending.ClientClosesEarly)
        {
            bool byClient = s.Ending != Ending.ServerAborts;
            int reads = byClient ? s.Down : s.Up;
            int writes = byClient ? s.Up : s.Down;
            s.EndAfterReceived = reads == 0 ? 0 : d.Below(s.Ending == Ending.ClientClosesEarly ? reads : reads + 1);
            s.EndAfterSent = writes == 0 ? 0 : d.Below(writes + 1);

            // Whoever is left behind by a lost RST finds out by asking, and holds on until it has.
            Manner victim = byClient ? s.Server : s.Client;
            victim.KeepAlive = true;
            victim.Hold = true;
        }

        return s;
    }

    public override string ToString()
    {
        return $"#{Number} {(ClientSide == 0 ? "A" : "B")} opens{(Simultaneous ? " (both at once)" : string.Empty)}, up {Up}, down {Down}, {Ending}"
            + (EndAfterReceived + EndAfterSent > 0 ? $" after {EndAfterReceived}/{EndAfterSent}" : string.Empty)
            + $"; client {Text(Client)}; server {Text(Server)}";
    }

    private static string Text(Manner m)
    {
        return $"chunk {m.Chunk}" + (m.ReadEvery > 0 ? $" each {m.ReadEvery} ms" : string.Empty)
            + (m.ReadPause > 0 ? $" rests {m.ReadPause} ms after {m.ReadPauseAt} read" : string.Empty)
            + (m.WritePause > 0 ? $" rests {m.WritePause} ms after {m.WritePauseAt} written" : string.Empty)
            + (m.NoDelay ? " no delay" : string.Empty) + (m.Hold ? " holds" : string.Empty);
    }
}
