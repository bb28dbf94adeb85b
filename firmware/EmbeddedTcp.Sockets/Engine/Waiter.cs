using System.Threading;

namespace EmbeddedTcp.Sockets.Engine;

/// <summary>A thread that waits until a verb can be done. There are as many as threads ever waited at once; each is used again.</summary>
internal sealed class Waiter
{
    internal readonly AutoResetEvent Signal = new AutoResetEvent(false);
    internal Handle Handle;
    internal int Verb;
    internal Waiter Next;

    /// <summary>True between the signal and the moment when the thread holds the lock again.</summary>
    internal bool Woken;

    internal void Wake()
    {
        if (!Woken)
        {
            Woken = true;
            Signal.Set();
        }
    }
}
