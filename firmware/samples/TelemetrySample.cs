using EmbeddedTcp.App;
using EmbeddedTcp.Link;
using EmbeddedTcp.Messaging;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Samples;

/// <summary>
/// A long connection: a message channel to a server, with heartbeats, that comes back by itself after a pulled cable or a restart of the server. A
/// reading goes out every five seconds while the channel is open, and whenever the server asks for one.
/// </summary>
public sealed class TelemetrySample : BoardApp
{
    /// <summary>The server's port unless the settings name another.</summary>
    public const int DefaultPort = 9001;

    /// <summary>Milliseconds between two readings.</summary>
    public const int Interval = 5000;

    private readonly SampleSettings _settings;
    private Station _station;

    /// <summary>Telemetry for this server.</summary>
    public TelemetrySample(SampleSettings settings)
        : base("telemetry")
    {
        _settings = settings;
    }

    /// <summary>The channel, to be looked at; null before the sample is attached.</summary>
    public MessageChannel Channel
    {
        get { return _station == null ? null : _station.Channel; }
    }

    /// <inheritdoc/>
    public override void Attach(Application application)
    {
        _station = new Station(application, _settings);
    }

    /// <inheritdoc/>
    public override void Start(Application application)
    {
        _station.Start();
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        _station.Stop();
    }

    /// <summary>Ticked by the stack's own poll, as the channel is.</summary>
    private sealed class Station : NetworkService
    {
        internal readonly MessageChannel Channel;

        private readonly Application _application;
        private readonly SampleSettings _settings;
        private long _nextAt;
        private bool _running;

        internal Station(Application application, SampleSettings settings)
            : base(application.Net)
        {
            _application = application;
            _settings = settings;
            Sensor sensor = settings.Sensor == null ? new TrafficSensor(application.Net) : settings.Sensor;
            Readings = new Readings(application, sensor);
            ChannelOptions options = new ChannelOptions();
            options.MaximumMessage = 256;
            options.HeartbeatInterval = 10000;
            Channel = new MessageChannel(application.Net, options, Readings);
        }

        private Readings Readings { get; }

        internal void Start()
        {
            _running = true;
            Wake();
        }

        internal void Stop()
        {
            _running = false;
            Channel.Close();
        }

        /// <inheritdoc/>
        protected override int Tick()
        {
            if (!_running)
            {
                return NetworkInterface.Never;
            }

            // The gateway is known once there is an address; from then on the channel looks after itself.
            if (Channel.State == ChannelState.Closed && (_settings.Server != null || Net.Gateway != 0))
            {
                string host = _settings.Server == null ? Ipv4Address.Format(Net.Gateway) : _settings.Server;
                Channel.Open(host, _settings.Port == 0 ? DefaultPort : _settings.Port, _application.Network.Dns);
            }

            long now = Net.NowMs;
            if (now >= _nextAt)
            {
                _nextAt = now + Interval;
                if (Channel.State == ChannelState.Open)
                {
                    Readings.Send(Channel);
                }
            }

            return (int)(_nextAt - now);
        }

        /// <inheritdoc/>
        protected override void AddressChanged()
        {
            Wake();
        }
    }

    /// <summary>What is said on the channel, and on the console about it.</summary>
    private sealed class Readings : ChannelHandler
    {
        private readonly Application _application;
        private readonly Sensor _sensor;
        private readonly TextBuffer _text = new TextBuffer(256);

        internal Readings(Application application, Sensor sensor)
        {
            _application = application;
            _sensor = sensor;
        }

        // A reading that finds no room is not worth waiting for: the next one is newer.
        internal void Send(MessageChannel channel)
        {
            Compose();
            channel.Send(_text.Bytes, 0, _text.Length);
        }

        /// <inheritdoc/>
        public override void OnOpen(MessageChannel channel)
        {
            _application.Output.WriteLine("telemetry connected, heartbeat " + channel.HeartbeatInterval.ToString() + " ms");
        }

        /// <inheritdoc/>
        public override void OnClosed(MessageChannel channel, ChannelEnd end)
        {
            _application.Output.WriteLine("telemetry disconnected: " + ChannelEndName.Of(end));
        }

        /// <summary>Every request means: now.</summary>
        public override bool OnRequest(MessageChannel channel, int request, byte[] message, int length)
        {
            Compose();
            return channel.Reply(request, _text.Bytes, 0, _text.Length) != SendResult.NoRoom;
        }

        private void Compose()
        {
            _text.Clear();
            _text.Append("{\"board\":");
            _text.AppendJson(_application.BoardName);
            _text.Append(",\"uptimeMs\":");
            _text.Append(_application.UptimeMs);
            _text.Append(",\"quantity\":");
            _text.AppendJson(_sensor.Quantity);
            _text.Append(",\"value\":");
            _text.Append(_sensor.Read());
            _text.Append("}");
        }
    }
}
