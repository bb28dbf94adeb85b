using EmbeddedTcp.Link;

namespace EmbeddedTcp.App;

/// <summary>Prints what the device says of itself: registers with their bits decoded, and what has gone wrong so far.</summary>
public sealed class ChipCommand : Command
{
    /// <summary>The command.</summary>
    public ChipCommand()
        : base("chip", "[--json]", "the Ethernet chip: registers, decoded, and errors")
    {
    }

    /// <inheritdoc/>
    public override Job Run(Application application, TextOutput output, string[] arguments)
    {
        string stray = Stray(arguments);
        if (stray != null)
        {
            return Complain(output, "\"" + stray + "\" is no option");
        }

        return Has(arguments, Json) ? new JsonLines(application.Net.Device, output) : (Job)new TextLines(application.Net.Device, output);
    }

    private sealed class TextLines : Listing
    {
        private readonly EthernetDevice _device;
        private readonly string _text;
        private int _next;

        public TextLines(EthernetDevice device, TextOutput output)
            : base(output)
        {
            _device = device;
            _text = device.Describe();
        }

        protected override bool Print(int step)
        {
            if (_next < _text.Length)
            {
                int end = _text.IndexOf('\n', _next);
                end = end < 0 ? _text.Length : end;
                Output.WriteLine(_text.Substring(_next, end - _next));
                _next = end + 1;
                return true;
            }

            Output.WriteLine("brought back " + Format.Count(_device.Recoveries, "time")
                + (_device.Error == null ? "" : "; the last attempt failed:"));
            if (_device.Error != null)
            {
                Output.WriteLine("  " + _device.Error);
            }

            return false;
        }
    }

    private sealed class JsonLines : JsonListing
    {
        private readonly EthernetDevice _device;
        private readonly string _text;
        private int _next;

        public JsonLines(EthernetDevice device, TextOutput output)
            : base(output)
        {
            _device = device;
            _text = device.Describe();
        }

        protected override bool Compose(int step)
        {
            if (step == 0)
            {
                Json.Begin(null, '{');
                Json.Flag("linkUp", _device.LinkUp);
                Json.Number("framesReceived", (uint)_device.FramesReceived);
                Json.Number("framesSent", (uint)_device.FramesSent);
                Json.Number("receiveErrors", (uint)_device.ReceiveErrors);
                Json.Number("sendErrors", (uint)_device.SendErrors);
                Json.Number("recoveries", (uint)_device.Recoveries);
                Json.String("error", _device.Error == null ? "" : _device.Error);
                Json.Line();
                Json.Begin("description", '[');
                return true;
            }

            if (_next < _text.Length)
            {
                int end = _text.IndexOf('\n', _next);
                end = end < 0 ? _text.Length : end;
                Json.String(null, _text.Substring(_next, end - _next));
                Json.Line();
                _next = end + 1;
                return true;
            }

            Json.End(']');
            Json.End('}');
            return false;
        }
    }
}
