using EmbeddedTcp.App;
using EmbeddedTcp.Link;
using EmbeddedTcp.Messaging;
using EmbeddedTcp.Services.Text;
using EmbeddedTcp.Wire;

namespace EmbeddedTcp.Samples;

/// <summary>
/// Short connections: every ten seconds a sensor is read and the value posted to a web server, POST /readings. Connect, one exchange, close:
/// between two readings the board holds nothing, and the server closes first, so that the TIME_WAIT is not ours either.
/// </summary>
public sealed class SensorSample : BoardApp
{
    /// <summary>The server's port unless the settings name another.</summary>
    public const int DefaultPort = 9000;

    /// <summary>Milliseconds between two readings.</summary>
    public const int Interval = 10000;

    private readonly SampleSettings _settings;
    private Uploader _uploader;

    /// <summary>A sensor that tells this server.</summary>
    public SensorSample(SampleSettings settings)
        : base("sensor")
    {
        _settings = settings;
    }

    /// <inheritdoc/>
    public override void Attach(Application application)
    {
        _uploader = new Uploader(application, _settings);
    }

    /// <inheritdoc/>
    public override void Start(Application application)
    {
        _uploader.Start();
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        _uploader.Stop();
    }

    /// <summary>Ticked by the stack's own poll: no thread, no clock.</summary>
    private sealed class Uploader : NetworkService
    {
        private readonly Application _application;
        private readonly SampleSettings _settings;
        private readonly Sensor _sensor;
        private readonly ShortExchange _exchange;
        private readonly TextBuffer _request = new TextBuffer(512);
        private readonly TextBuffer _body = new TextBuffer(160);
        private long _nextAt;
        private bool _running;

        internal Uploader(Application application, SampleSettings settings)
            : base(application.Net)
        {
            _application = application;
            _settings = settings;
            _sensor = settings.Sensor == null ? new TrafficSensor(application.Net) : settings.Sensor;
            _exchange = new ShortExchange(application.Net, 512, new Report(application.Output))
            {
                // An upload that does not get through in time has been overtaken by the next one.
                Deadline = Interval - 1000,
                AttemptTimeout = 3000,
                Retries = 2,
            };
        }

        internal void Start()
        {
            _running = true;
            _nextAt = Net.NowMs;
            Wake();
        }

        internal void Stop()
        {
            _running = false;
            _exchange.Cancel();
        }

        /// <inheritdoc/>
        protected override int Tick()
        {
            if (!_running)
            {
                return NetworkInterface.Never;
            }

            long now = Net.NowMs;
            if (now >= _nextAt)
            {
                _nextAt = now + Interval;

                // Without an address there is nobody to tell.
                if (Net.Address != 0)
                {
                    Upload();
                }
            }

            return (int)(_nextAt - now);
        }

        private void Upload()
        {
            string host = _settings.Server == null ? Ipv4Address.Format(Net.Gateway) : _settings.Server;
            int port = _settings.Port == 0 ? DefaultPort : _settings.Port;
            _body.Clear();
            _body.Append("{\"board\":");
            _body.AppendJson(_application.BoardName);
            _body.Append(",\"quantity\":");
            _body.AppendJson(_sensor.Quantity);
            _body.Append(",\"value\":");
            _body.Append(_sensor.Read());
            _body.Append("}");
            _request.Clear();
            _request.Append("POST /readings HTTP/1.1\r\nHost: ");
            _request.Append(host);
            _request.Append("\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ");
            _request.Append(_body.Length);
            _request.Append("\r\n\r\n");
            for (int i = 0; i < _body.Length; i++)
            {
                _request.AppendByte(_body.Bytes[i]);
            }

            _exchange.Start(host, port, _application.Network.Dns, _request.Bytes, 0, _request.Length);
        }
    }

    /// <summary>Says on the console what became of each upload.</summary>
    private sealed class Report : ExchangeHandler
    {
        private readonly TextOutput _output;

        internal Report(TextOutput output)
        {
            _output = output;
        }

        /// <inheritdoc/>
        public override void OnDone(ShortExchange exchange)
        {
            if (exchange.Result != ExchangeResult.Answered)
            {
                _output.WriteLine("sensor    not uploaded: " + ExchangeResultName.Of(exchange.Result));
            }
            else if (!Success(exchange.Answer, exchange.AnswerLength))
            {
                _output.WriteLine("sensor    refused by the server");
            }
            else
            {
                _output.WriteLine("sensor    uploaded, " + exchange.Answered.ToString() + " so far");
            }
        }

        // HTTP/1.1 2xx
        private static bool Success(byte[] answer, int length)
        {
            return length > 12 && answer[0] == 'H' && answer[1] == 'T' && answer[2] == 'T' && answer[3] == 'P' && answer[8] == ' ' && answer[9] == '2';
        }
    }
}
