using System;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.VirtualBoard.Lab.Play;

/// <summary>A connection as its application sees it; what it does and learns becomes part of the story.</summary>
public sealed class LabSocket
{
    private readonly LabStage _stage;
    private readonly byte[] _buffer = new byte[65536];
    private bool _told;
    private bool _connected;
    private uint _written;
    private uint _read;

    internal LabSocket(LabStage stage, LabSide side, TcpConnection connection)
    {
        _stage = stage;
        Side = side;
        Connection = connection;
        _connected = connection.State == TcpState.Established;
        LocalPort = connection.LocalPort;
    }

    /// <summary>Where it is.</summary>
    public LabSide Side { get; }

    /// <summary>The slot; the application's until it closes.</summary>
    public TcpConnection Connection { get; }

    /// <summary>Its port.</summary>
    public int LocalPort { get; }

    /// <summary>True once the connection has ended, for whatever reason.</summary>
    public bool Ended => Connection.EndReason != TcpEndReason.None;

    /// <summary>True when the handshake is complete on its side.</summary>
    public bool Open => Connection.State >= TcpState.Established;

    /// <summary>Octets that were read in all.</summary>
    public long Octets => _read;

    /// <summary>True when every octet read was the one that the other side wrote in that place.</summary>
    public bool Intact { get; private set; } = true;

    /// <summary>Writes octets of a pattern.</summary>
    /// <param name="count">How many.</param>
    /// <param name="quietly">True leaves it out of the story.</param>
    /// <returns>How many the ring had room for.</returns>
    public int Write(int count, bool quietly = false)
    {
        for (int i = 0; i < count; i++)
        {
            _buffer[i] = Pattern(_written + (uint)i);
        }

        int n = Connection.Write(_buffer, 0, count);
        _written += (uint)Math.Max(0, n);
        if (!quietly)
        {
            Do(n < 0 ? "write fails" : n == count ? $"write {n}" : $"write {count}: room for {n}");
        }

        return n;
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>How much; −1 at the end of the stream or the connection.</returns>
    public int Read(bool quietly = false)
    {
        int n = Connection.Read(_buffer, 0, _buffer.Length);
        for (int i = 0; i < n; i++)
        {
            Intact &= _buffer[i] == Pattern(_read + (uint)i);
        }

        _read += (uint)Math.Max(0, n);
        if (!quietly || n < 0)
        {
            Do(n < 0 ? "read: end of stream" : $"read: {n}");
        }

        return n;
    }

    /// <summary>Ends the direction to the peer (half-close).</summary>
    public void Shutdown()
    {
        Do("shutdown()");
        Connection.Shutdown();
        _stage.Drain(Side);
    }

    /// <summary>Probes an idle peer from now on.</summary>
    public void KeepAlive()
    {
        Do("keep-alive on");
        Connection.KeepAlive = true;
    }

    /// <summary>Closes.</summary>
    public void Close()
    {
        Do("close()");
        _told = true;
        Connection.Close();
        _stage.Drain(Side);
    }

    /// <summary>Ends the connection with a RST.</summary>
    public void Abort()
    {
        Do("abort()");
        _told = true;
        Connection.Abort();
        _stage.Drain(Side);
    }

    internal void LookAround()
    {
        if (!_connected && Connection.State == TcpState.Established)
        {
            _connected = true;
            Do("connected");
        }

        if (!_told && Ended)
        {
            _told = true;
            if (Connection.EndReason != TcpEndReason.Closed)
            {
                Do("told: " + Reason(Connection.EndReason));
            }
        }
    }

    private static byte Pattern(uint at) => (byte)((at * 31) ^ (at >> 8));

    private static string Reason(TcpEndReason reason) => reason switch
    {
        TcpEndReason.Refused => "connection refused",
        TcpEndReason.Reset => "connection reset by peer",
        TcpEndReason.TimedOut => "timed out",
        TcpEndReason.KeepAliveTimedOut => "peer is gone (keep-alive)",
        _ => reason.ToString().ToLowerInvariant(),
    };

    private void Do(string text) => Side.Do(text);
}
