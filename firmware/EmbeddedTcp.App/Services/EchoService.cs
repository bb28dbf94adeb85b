using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The echo protocol (RFC 862): what comes in goes out, up to the peer's FIN and including all that came before it.
/// </summary>
/// <remarks>It reads no more than it can write, so a peer that does not read finds its own sending stopped by our window.</remarks>
public sealed class EchoService : Service
{
    /// <summary>Bytes echoed since start.</summary>
    public long Bytes;

    /// <summary>An echo service on a port.</summary>
    public EchoService(int port)
        : base("echo", port)
    {
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        byte[] scratch = Dispatcher.Scratch;
        bool moved = false;
        for (;;)
        {
            int room = connection.WriteSpace;
            if (room > scratch.Length)
            {
                room = scratch.Length;
            }

            if (room == 0)
            {
                break;
            }

            int count = connection.Read(scratch, 0, room);
            if (count < 0)
            {
                Finish(connection);
                return;
            }

            if (count == 0)
            {
                break;
            }

            if (connection.Write(scratch, 0, count) != count)
            {
                break; // It ended under our hands; the event follows.
            }

            Bytes += count;
            moved = true;
        }

        if (moved)
        {
            Dispatcher.SetDeadline(connection, Dispatcher.Options.IdleLimit);
        }
    }
}
