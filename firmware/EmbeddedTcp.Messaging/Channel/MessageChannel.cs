using System;
using EmbeddedTcp.Link;
using EmbeddedTcp.Services.Dns;
using EmbeddedTcp.Tcp;

namespace EmbeddedTcp.Messaging;

/// <summary>
/// Messages with a length over one TCP connection at a time: whole, in order, of a bounded size, with heartbeats, and with requests that are
/// replied to. A client connects, and connects again; the channels of a <see cref="ChannelListener"/> are accepted. Allocates nothing after it is
/// made. docs/message-channel.md has the format.
/// </summary>
/// <remarks>
/// What is sent is queued whole or refused, and what is received is taken by the application or stays, so that nothing grows. A message that is
/// queued when its connection is lost may or may not have arrived: only a reply tells.
/// </remarks>
public sealed partial class MessageChannel : NetworkService
{
    private readonly ChannelOptions _options;
    private readonly ChannelHandler _handler;
    private readonly Parting _parting = new Parting();
    private readonly Dialler _dialler;
    private readonly RequestTable _requests;
    private readonly byte[] _head = new byte[ChannelFormat.HelloLength];
    private readonly byte[] _out = new byte[ChannelFormat.HelloLength];
    private readonly byte[] _message;
    private readonly bool _client;

    private ChannelState _state;
    private TcpConnection _connection;
    private int _generation;
    private int _peerMaximum;
    private int _interval;

    // When the state's own deadline is: the hello's, or the next attempt's.
    private int _dueAt;
    private bool _atOnce;
    private int _openedAt;
    private bool _stable;
    private int _heardAt;
    private int _sentAt;
    private int _progressAt;
    private int _failures;
    private ChannelEnd _verdict;

    /// <summary>Makes a client's channel; nothing happens before it is opened.</summary>
    /// <param name="net">The interface.</param>
    /// <param name="options">Sizes and times; not to be changed afterwards.</param>
    /// <param name="handler">Who is told.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public MessageChannel(NetworkInterface net, ChannelOptions options, ChannelHandler handler)
        : this(net, options, handler, new ChannelCounters(), true)
    {
        net.Memory.Add("message channel", BytesOf(options));
    }

    internal MessageChannel(NetworkInterface net, ChannelOptions options, ChannelHandler handler, ChannelCounters counters, bool client)
        : base(net)
    {
        if (options == null || handler == null)
        {
            throw new ArgumentNullException(options == null ? "options" : "handler");
        }

        options.Check();
        _options = options;
        _handler = handler;
        _client = client;
        _dialler = client ? new Dialler(this) : null;
        _requests = new RequestTable(options.RequestSlots);
        _message = new byte[options.MaximumMessage];
        Counters = counters;
    }

    /// <inheritdoc/>
    public override string OwnerName
    {
        get { return "channel"; }
    }

    /// <summary>Where it stands.</summary>
    public ChannelState State
    {
        get { return _state; }
    }

    /// <summary>How the last connection, or attempt, ended.</summary>
    public ChannelEnd LastEnd { get; private set; }

    /// <summary>What the peer said with its last goodbye, or −1: one of <see cref="Goodbye"/>.</summary>
    public int PeerGoodbye { get; private set; } = -1;

    /// <summary>What was counted; an accepted channel shares them with all of its listener.</summary>
    public ChannelCounters Counters { get; }

    /// <summary>Whatever the application wants to find again.</summary>
    public object Tag { get; set; }

    /// <summary>Failures in a row, 0 after a channel that was stable.</summary>
    public int Failures
    {
        get { return _failures; }
    }

    /// <summary>Milliseconds until the next attempt in <see cref="ChannelState.Backoff"/>; −1 in other states, and while there is no link or address.</summary>
    public int RetryInMs
    {
        get
        {
            int wait = _dueAt - (int)Net.NowMs;
            return _state != ChannelState.Backoff || !NetworkReady ? -1 : _atOnce || wait < 0 ? 0 : wait;
        }
    }

    /// <summary>The peer's address, or 0 while there is no connection.</summary>
    public uint RemoteAddress
    {
        get { return _connection == null ? 0 : _connection.RemoteAddress; }
    }

    /// <summary>The peer's port, or 0 while there is no connection.</summary>
    public int RemotePort
    {
        get { return _connection == null ? 0 : _connection.RemotePort; }
    }

    /// <summary>Largest message the peer takes, as its hello said.</summary>
    public int PeerMaximum
    {
        get { return _peerMaximum; }
    }

    /// <summary>The heartbeat interval both have agreed on, in milliseconds.</summary>
    public int HeartbeatInterval
    {
        get { return _interval; }
    }

    /// <summary>Requests of ours that wait for their reply.</summary>
    public int Waiting
    {
        get { return _requests.Count; }
    }

    /// <summary>True while an accepted channel can serve another peer.</summary>
    internal bool Free
    {
        get { return _state == ChannelState.Closed && !_parting.Busy; }
    }

    private bool NetworkReady
    {
        get { return Net.LinkUp && Net.Address != 0; }
    }

    /// <summary>Connects to an address and keeps connected until <see cref="Close()"/>. Only for a client's channel.</summary>
    /// <param name="address">A host's address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <returns>False when the channel is not closed.</returns>
    /// <exception cref="ArgumentException">Not an address or port of a peer.</exception>
    public bool Open(uint address, int port)
    {
        if (_state != ChannelState.Closed || !_client)
        {
            return false;
        }

        _dialler.To(address, port);
        return Begin();
    }

    /// <summary>As the other; the name is looked up before each attempt.</summary>
    /// <param name="host">A name, or an address as text.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="dns">Who looks it up.</param>
    /// <returns>False when the channel is not closed.</returns>
    /// <exception cref="ArgumentException">No name, port or resolver.</exception>
    public bool Open(string host, int port, DnsClient dns)
    {
        if (_state != ChannelState.Closed || !_client)
        {
            return false;
        }

        _dialler.To(host, port, dns);
        return Begin();
    }

    /// <summary>
    /// Ends the channel: the peer gets what is queued and a goodbye; requests that wait fail, and <see cref="ChannelHandler.OnClosed"/> is called if it
    /// was open, both before the return. A large message under way is cut off by a reset. A client does not connect again.
    /// </summary>
    public void Close()
    {
        Close(Goodbye.Done);
    }

    /// <summary>As the other.</summary>
    /// <param name="goodbye">What the peer is told, one of <see cref="Goodbye"/>: its client tries again after each.</param>
    public void Close(int goodbye)
    {
        if (_state == ChannelState.Closed)
        {
            return;
        }

        _failures = 0;
        End(ChannelEnd.Closed, goodbye);
    }

    /// <summary>Has a message given again that the handler did not take.</summary>
    public void Resume()
    {
        if (_held)
        {
            _again = true;
            Wake();
        }
    }

    internal static int BytesOf(ChannelOptions options)
    {
        return options.MaximumMessage + ChannelFormat.HelloLength * 2 + options.RequestSlots * RequestTable.BytesPerRequest + Parting.Bytes + 2;
    }

    /// <inheritdoc />
    protected override int Tick()
    {
        int now = (int)Net.NowMs;
        int wait = _parting.Tick(now);
        int own;
        switch (_state)
        {
            case ChannelState.Closed:
                return wait;
            case ChannelState.Greeting:
            case ChannelState.Open:
                own = TickConnection(now);
                break;
            default:
                own = TickAttempt(now);
                break;
        }

        return own < wait ? own : wait;
    }

    /// <inheritdoc />
    protected override void LinkChanged(bool up)
    {
        if (!up && (_state == ChannelState.Resolving || _state == ChannelState.Connecting))
        {
            // Nobody's failure: it begins anew with the link.
            _dialler.Cancel();
            _state = ChannelState.Backoff;
        }

        TryNow();
    }

    /// <inheritdoc />
    protected override void AddressChanged()
    {
        TryNow();
    }
}
