using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Messaging;

/// <summary>A port on which peers open channels, up to a fixed number at once; whoever comes when all are in use is told so.</summary>
public sealed class ChannelListener : NetworkService
{
    private readonly ChannelOptions _options;
    private readonly MessageChannel[] _channels;
    private readonly Parting[] _refused = new Parting[] { new Parting(), new Parting() };
    private readonly byte[] _hello = new byte[ChannelFormat.HelloLength];
    private readonly int _port;
    private TcpListener _listener;

    /// <summary>Makes a listener and its channels; nothing happens before <see cref="Open"/>.</summary>
    /// <param name="net">The interface; each channel in use takes one of its <see cref="StackOptions.Connections"/>, and so do up to two peers that are refused.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="channels">Channels at once, 1 to 64.</param>
    /// <param name="options">Sizes and times of each; not to be changed afterwards.</param>
    /// <param name="handler">Who is told.</param>
    /// <exception cref="ArgumentException">Something is out of its range; the message names it.</exception>
    public ChannelListener(NetworkInterface net, int port, int channels, ChannelOptions options, ChannelHandler handler)
        : base(net)
    {
        if (port < 1 || port > 65535 || channels < 1 || channels > 64)
        {
            throw new ArgumentException("port or channels");
        }

        _port = port;
        _options = options;
        Counters = new ChannelCounters();
        _channels = new MessageChannel[channels];
        for (int i = 0; i < channels; i++)
        {
            _channels[i] = new MessageChannel(net, options, handler, Counters, false);
        }

        net.Memory.Add("message channels", channels, channels * MessageChannel.BytesOf(options));
    }

    /// <inheritdoc/>
    public override string OwnerName
    {
        get { return "channel"; }
    }

    /// <summary>Number of channels.</summary>
    public int ChannelCount
    {
        get { return _channels.Length; }
    }

    /// <summary>What was counted on all of them together.</summary>
    public ChannelCounters Counters { get; }

    /// <summary>Peers that were told that no channel is free.</summary>
    public int Refused { get; private set; }

    /// <summary>Channels in use.</summary>
    public int InUse
    {
        get
        {
            int count = 0;
            for (int i = 0; i < _channels.Length; i++)
            {
                count += _channels[i].State != ChannelState.Closed ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>A channel, in use or not.</summary>
    /// <param name="index">0 to <see cref="ChannelCount"/> − 1.</param>
    public MessageChannel ChannelAt(int index)
    {
        return _channels[index];
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>False when the port is taken or TCP has no listener free.</returns>
    public bool Open()
    {
        if (_listener != null)
        {
            return false;
        }

        _listener = Net.Tcp.Listen(_port, _channels.Length);
        if (_listener == null)
        {
            return false;
        }

        _listener.Service = this;
        return true;
    }

    /// <summary>Stops listening and ends every channel; the peers are told that we go away.</summary>
    public void Close()
    {
        if (_listener != null)
        {
            _listener.Close();
            _listener = null;
        }

        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i].Close(Goodbye.GoingAway);
        }
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        int now = (int)Net.NowMs;
        int wait = NetworkInterface.Never;
        TcpConnection c;
        while (_listener != null && (c = _listener.Accept()) != null)
        {
            MessageChannel free = FreeChannel();
            if (free != null)
            {
                free.Accept(c);
            }
            else
            {
                Refuse(c, now);
            }
        }

        for (int i = 0; i < _refused.Length; i++)
        {
            int left = _refused[i].Tick(now);
            wait = left < wait ? left : wait;
        }

        return wait;
    }

    private MessageChannel FreeChannel()
    {
        for (int i = 0; i < _channels.Length; i++)
        {
            if (_channels[i].Free)
            {
                return _channels[i];
            }
        }

        return null;
    }

    // A crowd is reset, without a word: words take a slot each.
    private void Refuse(TcpConnection c, int now)
    {
        Refused++;
        for (int i = 0; i < _refused.Length; i++)
        {
            if (!_refused[i].Busy)
            {
                MessageChannel.WriteHello(_hello, _options, Goodbye.Full);
                c.Service = this;
                c.Write(_hello, 0, ChannelFormat.HelloLength);
                _refused[i].Begin(c, now, _options.CloseTimeout);
                return;
            }
        }

        c.Abort();
    }
}
