using System.Threading;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.SocketTests.Support;

/// <summary>A thread that reads from a stream on which nothing comes.</summary>
public sealed class Blocked
{
    private readonly NetworkStream _stream;
    private readonly Thread _thread;
    private int _error;

    /// <summary>Begins to read.</summary>
    public Blocked(NetworkStream stream)
    {
        _stream = stream;
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>Waits until so many threads wait at a host.</summary>
    public void WaitUntilItWaits(SocketHost host, int threads)
    {
        for (int i = 0; i < 2000 && host.Waiting < threads; i++)
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>The error with which the read ended; 0 when it has not, within five seconds.</summary>
    public int Error()
    {
        return _thread.Join(5000) ? _error : 0;
    }

    private void Run()
    {
        _error = StreamTests.ReadError(_stream);
    }
}
