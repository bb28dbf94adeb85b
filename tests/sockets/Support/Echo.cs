using System.IO;
using System.Threading;
using EmbeddedTcp.Sockets;

namespace EmbeddedTcp.SocketTests.Support;

/// <summary>Serving by a thread for each peer: accept, and let a thread of its own answer.</summary>
public sealed class Echo
{
    /// <summary>Why the last thread ended, or null.</summary>
    public SocketException Ended;

    /// <summary>Peers served to their end.</summary>
    public int Served;

    private readonly TcpListener _listener;
    private TcpClient _accepted;

    /// <summary>Serves a listener until that is stopped.</summary>
    public Echo(TcpListener listener)
    {
        _listener = listener;
        new Thread(AcceptAll).Start();
    }

    private void AcceptAll()
    {
        try
        {
            while (true)
            {
                _accepted = _listener.AcceptTcpClient();
                Thread thread = new Thread(Serve);
                thread.Start();
                while (_accepted != null)
                {
                    Thread.Sleep(1);
                }
            }
        }
        catch (SocketException e)
        {
            Ended = e;
        }
    }

    private void Serve()
    {
        TcpClient client = _accepted;
        _accepted = null;
        try
        {
            NetworkStream stream = client.GetStream();
            byte[] block = new byte[256];
            int n;
            while ((n = stream.Read(block, 0, block.Length)) > 0)
            {
                stream.Write(block, 0, n);
            }
        }
        catch (IOException)
        {
            // The peer is gone.
        }

        client.Close();
        Interlocked.Increment(ref Served);
    }
}
