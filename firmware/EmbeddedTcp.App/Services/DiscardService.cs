using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>The discard protocol (RFC 863): what comes in is thrown away, nothing goes out.</summary>
public sealed class DiscardService : Service
{
    /// <summary>Bytes thrown away since start.</summary>
    public long Bytes;

    /// <summary>A discard service on a port.</summary>
    public DiscardService(int port)
        : base("discard", port)
    {
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        byte[] scratch = Dispatcher.Scratch;
        bool moved = false;
        int count;
        while ((count = connection.Read(scratch, 0, scratch.Length)) > 0)
        {
            Bytes += count;
            moved = true;
        }

        if (count < 0)
        {
            Finish(connection);
        }
        else if (moved)
        {
            Dispatcher.SetDeadline(connection, Dispatcher.Options.IdleLimit);
        }
    }
}
