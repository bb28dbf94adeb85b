using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Messaging;

/// <summary>
/// The end of a connection: what the peer still sends is thrown away until its FIN, so that no RST overtakes our last word (RFC 2525 §2.17), but not
/// for ever.
/// </summary>
internal sealed class Parting
{
    internal const int Bytes = 64;

    private const int ReadsAtOnce = 64;

    private readonly byte[] _scratch = new byte[Bytes];
    private TcpConnection _connection;
    private bool _shut;
    private int _dueAt;

    internal bool Busy
    {
        get { return _connection != null; }
    }

    /// <summary>We have said our last word and close first: a peer that does not follow in time is reset.</summary>
    internal void Begin(TcpConnection c, int now, int timeout)
    {
        Await(c, now, timeout);
        c.Shutdown();
        _shut = true;
    }

    /// <summary>The peer is to close first; if it does not in time, we do.</summary>
    internal void Await(TcpConnection c, int now, int timeout)
    {
        Give(_shut);
        _connection = c;
        _shut = false;
        _dueAt = now + timeout;
    }

    /// <returns>Milliseconds until it is to be called again.</returns>
    internal int Tick(int now)
    {
        TcpConnection c = _connection;
        if (c == null)
        {
            return NetworkInterface.Never;
        }

        int n = 1;
        for (int i = 0; i < ReadsAtOnce && n > 0; i++)
        {
            n = c.Read(_scratch, 0, _scratch.Length);
        }

        if (n < 0 || _dueAt - now <= 0)
        {
            Give(_shut && n >= 0);
            return NetworkInterface.Never;
        }

        return n > 0 ? 0 : _dueAt - now;
    }

    private void Give(bool reset)
    {
        TcpConnection c = _connection;
        _connection = null;
        if (c == null)
        {
            return;
        }

        if (reset)
        {
            c.Abort();
        }
        else
        {
            c.Close();
        }
    }
}
