namespace EmbeddedTcp.Sockets.Engine;

/// <summary>
/// What a socket, or a lookup, is to the stack: verbs that never wait. Everything here is called with the host's lock held.
/// </summary>
internal abstract class Handle
{
    /// <summary>What <see cref="Attempt"/> returns when the verb would have to wait.</summary>
    internal const int Again = int.MinValue;

    internal const int Receive = 0;
    internal const int Peek = 1;
    internal const int Send = 2;
    internal const int Accept = 3;
    internal const int Connect = 4;
    internal const int Resolve = 5;
    internal const int PollRead = 6;
    internal const int PollWrite = 7;
    internal const int PollError = 8;

    internal readonly SocketHost Host;
    internal bool Closed;

    protected Handle(SocketHost host)
    {
        Host = host;
    }

    /// <summary>Does a verb if that can be done at once.</summary>
    /// <returns>Its result, or <see cref="Again"/>.</returns>
    internal abstract int Attempt(int verb, byte[] buffer, int offset, int count, Peer peer);

    /// <summary>True when an attempt would succeed, or fail for good.</summary>
    internal abstract bool Ready(int verb);

    /// <summary>Gives back what is the stack's. Called once.</summary>
    internal abstract void Release();

    /// <summary>Called in a poll while a thread waits: what must happen at the time it is, and not at that of the last poll.</summary>
    /// <returns>False when it is to be called again in a millisecond.</returns>
    internal virtual bool Turn(int verb)
    {
        return true;
    }

    internal void Close()
    {
        if (!Closed)
        {
            Closed = true;
            Release();
            Host.Stirred(this);
        }
    }

    protected static void Fail(SocketError error)
    {
        throw new SocketException(error);
    }
}

/// <summary>The other end of a datagram.</summary>
internal sealed class Peer
{
    internal uint Address;
    internal int Port;
}
