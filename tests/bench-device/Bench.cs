using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.DeviceBench;

/// <summary>What one full segment received, one sent, and one request with its reply cost the stack, with several numbers of slots open.</summary>
public sealed class Bench
{
    private const int Full = 1460;
    private readonly ScriptedPeer _peer = new ScriptedPeer();
    private readonly NetworkInterface _net;
    private readonly TcpConnection[] _open;
    private readonly int[] _seq;
    private readonly int[] _ack;
    private readonly byte[][] _frames;
    private readonly int[] _sums;
    private readonly byte[] _buffer = new byte[4096];
    private long _now = 1000;
    private long _idle;

    /// <summary>Opens so many connections from the scripted peer.</summary>
    public Bench(int slots, int ring)
    {
        _net = NewInterface(_peer, slots, ring);
        _net.Open();
        TcpListener listener = _net.Tcp.Listen(7, slots);
        _open = new TcpConnection[slots];
        _seq = new int[slots];
        _ack = new int[slots];
        _frames = new byte[slots][];
        _sums = new int[slots];
        byte[] b = new byte[EthernetDevice.MaxFrameLength];
        for (int i = 0; i < slots; i++)
        {
            int port = 20000 + i;
            _peer.Compose(b, port, 7, 1000, 0, TcpFlags.Syn, 4);
            _peer.Queue(b, 60);
            Poll();
            if (i == 0)
            {
                _peer.RxBuffer = b;
                _peer.QueueArpReply();
                Poll();
            }

            int iss = BigEndian.ReadInt32(_peer.TxBuffer, 38);
            _peer.Compose(b, port, 7, 1001, iss + 1, TcpFlags.Ack, 0);
            _peer.Queue(b, 60);
            Poll();
            _open[i] = listener.Accept();
            _seq[i] = 1001;
            _ack[i] = iss + 1;
        }
    }

    /// <summary>An interface with so many slots on the scripted peer.</summary>
    public static NetworkInterface NewInterface(EthernetDevice device, int slots, int ring)
    {
        StackOptions options = new StackOptions();
        options.Address = ScriptedPeer.Board;
        options.MacAddress = new byte[] { 2, 0, 0, 0, 0, 2 };
        options.Connections = slots;
        options.ReceiveBufferSize = ring;
        options.SendBufferSize = ring;
        return new NetworkInterface(device, options);
    }

    /// <summary>Bytes of the stack's fixed buffers.</summary>
    public int FixedMemory
    {
        get { return _net.Memory.Total; }
    }

    /// <summary>
    /// Full segments in, acknowledged, read. Returns 100 ns ticks.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="textLength">Octets of each.</param>
    /// <param name="reply">True writes them back.</param>
    public long Receive(int count, int textLength, bool reply)
    {
        Prepare(textLength, TcpFlags.Ack | TcpFlags.Psh);
        long start = DateTime.UtcNow.Ticks;
        int slots = _open.Length;
        int k = 0;
        for (int i = 0; i < count; i++)
        {
            _peer.Patch(_frames[k], _sums[k], _seq[k], _ack[k], 54 + textLength);
            _seq[k] += textLength;
            Poll();
            TcpConnection c = _net.Tcp.TakeReady();
            c.TakeEvents();
            int n = c.Read(_buffer, 0, textLength);
            if (n != textLength)
            {
                throw new Exception("received " + n.ToString());
            }

            if (reply)
            {
                c.Write(_buffer, 0, n);
                _ack[k] += n;
            }

            _net.Flush();

            if (++k == slots)
            {
                k = 0;
            }
        }

        return DateTime.UtcNow.Ticks - start;
    }

    /// <summary>Full segments out, each acknowledged by the peer in the next turn. Returns 100 ns ticks.</summary>
    public long Send(int count)
    {
        Prepare(0, TcpFlags.Ack);
        long start = DateTime.UtcNow.Ticks;
        int slots = _open.Length;
        int k = 0;
        int sent = _peer.Sent;
        for (int i = 0; i < count; i++)
        {
            if (_open[k].Write(_buffer, 0, Full) != Full)
            {
                throw new Exception("not written");
            }

            // The poll takes the acknowledgment of what was sent before and sends what was written.
            _peer.Patch(_frames[k], _sums[k], _seq[k], _ack[k], 60);
            _ack[k] += Full;
            Poll();
            if (++k == slots)
            {
                k = 0;
            }
        }

        long ticks = DateTime.UtcNow.Ticks - start;
        if (_peer.Sent - sent < count)
        {
            throw new Exception("not sent");
        }

        return ticks;
    }

    /// <summary>The checksum of a full segment's text alone, for comparison. Returns 100 ns ticks.</summary>
    public long ChecksumAlone(int count)
    {
        byte[] text = _peer.Text;
        long start = DateTime.UtcNow.Ticks;
        for (int i = 0; i < count; i++)
        {
            Checksum.Sum(text, 0, Full);
        }

        return DateTime.UtcNow.Ticks - start;
    }

    /// <summary>The script's own work for as many frames: what the loops above do but for the calls of the stack.</summary>
    public long PeerShare(int count, int textLength)
    {
        Prepare(textLength, TcpFlags.Ack);
        int keep = _seq[0];
        long start = DateTime.UtcNow.Ticks;
        int slots = _open.Length;
        int k = 0;
        for (int i = 0; i < count; i++)
        {
            _peer.Patch(_frames[k], _sums[k], keep, _ack[k], 54 + textLength);
            _ack[k] += textLength;
            Tick();
            if (++k == slots)
            {
                k = 0;
            }
        }

        long ticks = DateTime.UtcNow.Ticks - start;
        _peer.Receive();
        return ticks;
    }

    private void Prepare(int textLength, int flags)
    {
        for (int i = 0; i < _open.Length; i++)
        {
            if (_frames[i] == null)
            {
                _frames[i] = new byte[54 + Full];
            }

            _peer.Compose(_frames[i], 20000 + i, 7, 0, 0, flags, textLength);
            _sums[i] = _peer.BaseSum(_frames[i], textLength);
            // What is still to be acknowledged from the run before goes with the next frame; drain it first.
            _peer.Compose(_buffer, 20000 + i, 7, _seq[i], _ack[i], TcpFlags.Ack, 0);
            _peer.Queue(_buffer, 60);
            Poll();
            while (_net.Tcp.TakeReady() != null)
            {
            }
        }
    }

    private void Poll()
    {
        _now++;
        _net.Poll(_now);
    }

    // As Poll, without the stack, whose time must not pass: nobody answers when a neighbour is asked for again.
    private void Tick()
    {
        _idle++;
    }
}
