using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.App;

/// <summary>
/// The character generator (RFC 864): an endless text for whoever connects, until they close. What they send is thrown away.
/// </summary>
public sealed class ChargenService : Service
{
    /// <summary>Bytes generated since start.</summary>
    public long Bytes;

    private int[] _positions;

    /// <summary>A character generator on a port.</summary>
    public ChargenService(int port)
        : base("chargen", port)
    {
    }

    /// <inheritdoc/>
    public override int MemoryBytes => base.MemoryBytes + (_positions == null ? 0 : _positions.Length * 4);

    /// <inheritdoc/>
    public override void Attach(Dispatcher dispatcher)
    {
        base.Attach(dispatcher);
        _positions = new int[dispatcher.SlotCount];
    }

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection)
    {
        base.OnAccepted(connection);
        _positions[connection.Index] = 0;
    }

    /// <inheritdoc/>
    protected override void Serve(TcpConnection connection)
    {
        byte[] scratch = Dispatcher.Scratch;
        int count;
        while ((count = connection.Read(scratch, 0, scratch.Length)) > 0)
        {
        }

        if (count < 0)
        {
            // "… until the calling user terminates the connection": their FIN is how they say so.
            Finish(connection);
            return;
        }

        int position = _positions[connection.Index];
        bool moved = false;
        int room;
        while ((room = connection.WriteSpace) > 0)
        {
            int piece = room < scratch.Length ? room : scratch.Length;
            position = ChargenPattern.Fill(scratch, 0, piece, position);
            if (connection.Write(scratch, 0, piece) != piece)
            {
                break; // It ended under our hands; the event follows.
            }

            Bytes += piece;
            moved = true;
        }

        if (moved)
        {
            _positions[connection.Index] = position;
            Dispatcher.SetDeadline(connection, Dispatcher.Options.IdleLimit);
        }
    }
}
